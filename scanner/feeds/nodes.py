"""YAML from strangers as a tree of nodes whose scalars stay text: no tags, no aliases, small and shallow.

`1.10`, `no` and `2020-01-01` are version numbers, names and texts in feeds; nothing is made of them here.

References:
    YAML 1.1: https://yaml.org/spec/1.1/
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

MAX_BYTES = 64 << 20
MAX_EVENTS = 1_000_000
MAX_DEPTH = 16
MAX_PARTS = 20_000
"""Entries of a broken list that are tried one by one."""
NULL = "tag:yaml.org,2002:null"
ENTRY = re.compile(rb"^-[ \t]", re.MULTILINE)

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(data: bytes) -> Any:
    """The node tree of a YAML file that is small, shallow and without aliases or tags.

    Raises:
        ValueError: It is not.
        yaml.YAMLError: It is not YAML.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES >> 20} MB")
    depth = 0
    for count, event in enumerate(yaml.parse(data, Loader=Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        refused = "aliases are not taken" if event.__class__ is yaml.AliasEvent else ""
        refused = "tags are not taken" if getattr(event, "tag", None) else refused
        if depth > MAX_DEPTH or count > MAX_EVENTS:
            refused = "too deep or too long"
        if refused:
            raise ValueError(f"line {event.start_mark.line + 1 if event.start_mark else 0}: {refused}")
    return yaml.compose(data, Loader=Loader)


def mapping(node: Any, allowed: frozenset[str]) -> dict[str, Any]:
    """A mapping's nodes by key.

    Raises:
        ValueError: Not a mapping, or a key that is unknown or there twice.
    """
    if not isinstance(node, yaml.MappingNode):
        raise ValueError("not a mapping")
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name not in allowed or name in found:
            raise ValueError(f"key {name[:40]!r} is {'there twice' if name in found else 'unknown'}")
        found[name] = value
    return found


def text(node: Any, name: str) -> str | None:
    """A scalar's text, None for null.

    Raises:
        ValueError: Not a scalar.
    """
    if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == NULL):
        return None
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError(f"{name} is not a text")
    return str(node.value)


def texts(node: Any, name: str) -> tuple[str, ...]:
    """The texts of a list, or of a single text.

    Raises:
        ValueError: Neither.
    """
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(value for one in nodes if (value := text(one, name)))


def parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The entries of a list at the left margin and the line where each starts (from 0), for a list broken as a whole.

    What stands before the first entry is left out.
    """
    starts = [found.start() for found in islice(ENTRY.finditer(data), MAX_PARTS)]
    line = at = 0
    for start, end in zip(starts, [*starts[1:], len(data)], strict=False):
        line += data.count(b"\n", at, start)
        at = start
        yield line, data[start:end]


def explained(error: Exception) -> str:
    """What a parser says is wrong, in one line."""
    mark = getattr(error, "problem", None)
    return " ".join(str(mark or error).split())[:300]
