"""Our own reviewed indicators: YAML, one family of software a file.

    family: Examplespy
    class: stalkerware            # mercenary, stalkerware, watchware, dual-use, unknown
    synonyms: [Example Spy]
    reports: [https://lab.example/report]
    source: where the values were published
    indicators:
      - {kind: app_id, value: com.example.spy, role: infection, campaign: 2026, weak: why, note: text, report: URL}

Every scalar is taken as text, so that `1.10` and `no` stay what they are.

References:
    YAML 1.1: https://yaml.org/spec/1.1/
"""

from collections.abc import Iterator
from typing import Any

import yaml

from scanner.feeds import normalise
from scanner.feeds.model import Entry, Indicator, Role, Threat
from scanner.finding import Problem, Source
from scanner.record import Kind

MAX_BYTES = 64 << 20
MAX_EVENTS = 4_000_000
MAX_DEPTH = 16
FAMILY_KEYS = frozenset({"family", "class", "synonyms", "reports", "source", "note", "licence", "indicators"})
ENTRY_KEYS = frozenset({"kind", "value", "role", "campaign", "weak", "note", "report", "platform", "first_seen"})
TEXTS = ("value", "campaign", "weak", "note", "report", "platform", "first_seen")
PLATFORMS = frozenset({None, "ios", "android", "any"})
NULL = "tag:yaml.org,2002:null"

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(data: bytes, feed: str) -> Iterator[Entry]:
    """The indicators of a curated file; a bad entry is a Problem with its index and line.

    Args:
        data: The file: one mapping as above, or a list of such mappings.
        feed: The feed's id, for `Source.feed` and the path of problems.
    """
    try:
        node = compose(data)
    except (ValueError, yaml.YAMLError) as error:
        yield Problem(where="feed", message=f"invalid YAML: {' '.join(str(error).split())[:300]}", path=feed)
        return
    families = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for family in families:
        yield from Reader(feed).family(family)


def compose(data: bytes) -> Any:
    """The node tree of a YAML file that is small, shallow and without aliases.

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


def doubt(weak: str | None, note: str | None) -> str | None:
    """Why an entry is weak; `weak: true` leaves that to its note."""
    if weak in {None, "", "false", "no"}:
        return None
    return (note or "marked weak by its curator") if weak in {"true", "yes"} else weak


class Reader:
    """Reads the families of one file."""

    def __init__(self, feed: str) -> None:
        """For the feed of this id."""
        self.feed = feed

    def problem(self, error: Exception, node: Any, name: str) -> Problem:
        """A problem, with the name of the entry and its line."""
        line = node.start_mark.line + 1 if node is not None else 1
        return Problem(where="feed", message=str(error), path=self.feed, row=f"{name} line {line}")

    def family(self, node: Any) -> Iterator[Entry]:
        """The entries of one family."""
        try:
            given = mapping(node, FAMILY_KEYS)
            source = Source(
                feed=self.feed,
                family=text(given.get("family"), "family"),
                threat=Threat(text(given.get("class"), "class") or "unknown").value,
                reports=texts(given.get("reports"), "reports"),
            )
            listed = given.get("indicators")
            if not isinstance(listed, yaml.SequenceNode):
                raise ValueError("no list of indicators")
        except ValueError as error:
            yield self.problem(error, node, "family")
            return
        for at, entry in enumerate(listed.value):
            try:
                yield self.entry(entry, source, f"indicators[{at}]")
            except ValueError as error:
                yield self.problem(error, entry, f"indicators[{at}]")

    def entry(self, node: Any, of: Source, name: str) -> Indicator:
        """One indicator.

        Raises:
            ValueError: An unknown key, kind, role or platform, or a value that is none of its kind.
        """
        nodes = mapping(node, ENTRY_KEYS)
        given = {key: text(nodes.get(key), key) for key in TEXTS}
        if given["platform"] not in PLATFORMS:
            raise ValueError(f"unknown platform {given['platform']!r}")
        kind, value = normalise.indicator(Kind(text(nodes.get("kind"), "kind") or "none"), given["value"] or "")
        source = Source(
            feed=self.feed,
            family=of.family,
            campaign=given["campaign"],
            role=Role(text(nodes.get("role"), "role") or "unknown").value,
            threat=of.threat,
            reports=((given["report"],) if given["report"] else ()) + of.reports,
            first_seen=given["first_seen"],
            weak=doubt(given["weak"], given["note"]) or normalise.weakness(kind, value),
            place=f"{name} line {node.start_mark.line + 1}",
        )
        return Indicator(kind=kind, value=value, source=source)
