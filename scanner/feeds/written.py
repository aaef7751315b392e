"""Values as a feed writes them, before they are brought to normal form: what a linter must see and a scan must not.

STIX and our own YAML are read so; of other formats a linter sees what their readers make of them.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from scanner.feeds import tolerant
from scanner.feeds.patterns import Patience, values
from scanner.record import Kind

STIX = re.compile(rb'"(?:bundle|indicator|spec_version)"')
CURATED = re.compile(rb"^(?:- )?(?:family|class):", re.MULTILINE)
LONGEST_HEAD = 1 << 16
MAX_ID = 80


class Written(NamedTuple):
    """A value with the kind that the feed says it is of, and its place, called as the feed's readers call it."""

    kind: Kind
    raw: str
    place: str


def objects(data: bytes) -> list[dict[str, Any]]:
    """The STIX objects of a file in their order; none, if it is not STIX. What is no object is an empty one."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in {b"{", b"["} or not STIX.search(data):
        return []
    found, _ = tolerant.objects(data, "")
    kept = [one if isinstance(one, dict) else {} for one in found]
    return kept if any(isinstance(one.get("type"), str) and "id" in one for one in kept) else []


def of_objects(found: list[dict[str, Any]]) -> Iterator[Written]:
    """The values that STIX indicators name; patterns that name no single values are passed over."""
    patience = Patience()
    for at, one in enumerate(found):
        pattern = one.get("pattern")
        if one.get("type") != "indicator" or not isinstance(pattern, str) or one.get("pattern_type", "stix") != "stix":
            continue
        try:
            named = values(pattern, patience)
        except ValueError:
            continue
        yield from (Written(kind, raw, place(one, at)) for kind, raw in named)


def place(one: dict[str, Any], at: int) -> str:
    """`objects[12] indicator--…`."""
    name = one.get("id")
    return f"objects[{at}] {name[:MAX_ID]}" if isinstance(name, str) else f"objects[{at}]"


def of_curated(data: bytes) -> Iterator[Written]:
    """The values of a file of our own YAML layout; none, if it is something else or damaged."""
    if not CURATED.search(data[:LONGEST_HEAD]):
        return
    import yaml

    from scanner.feeds import curated, nodes

    try:
        node = nodes.compose(data)
        for family in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            listed = nodes.mapping(family, curated.FAMILY_KEYS).get("indicators")
            for at, entry in enumerate(listed.value if isinstance(listed, yaml.SequenceNode) else []):
                given = nodes.mapping(entry, curated.ENTRY_KEYS)
                kind, raw = (nodes.text(given.get(name), name) or "" for name in ("kind", "value"))
                yield Written(Kind(kind), raw, f"indicators[{at}] line {entry.start_mark.line + 1}")
    except (ValueError, AttributeError, yaml.YAMLError):
        return  # what the reader says of it is told anyway
