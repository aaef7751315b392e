"""Our own reviewed indicators: YAML, one family of software a file.

    family: Examplespy
    class: stalkerware            # mercenary, stalkerware, watchware, dual-use, unknown
    synonyms: [Example Spy]
    reports: [https://lab.example/report]
    source: where the values were published (LICENCE)
    licence: LICENCE              # if `source` does not name it
    tlp: clear                    # clear, green, amber, amber+strict, red
    indicators:
      - {kind: app_id, value: com.example.spy, role: infection, campaign: 2026, weak: why, note: text, report: URL,
         first_seen: 2024-01-31, last_seen: 2025-01-31, valid_until: 2026-01-31, revoked: why, tlp: amber}

Every scalar is taken as text, so that `1.10` and `no` stay what they are.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import yaml

from scanner.feeds import markings, normalise
from scanner.feeds.families import canonical
from scanner.feeds.model import Entry, Indicator, Role, Threat
from scanner.feeds.nodes import compose, mapping, text, texts
from scanner.finding import Problem, Source
from scanner.record import Kind

FAMILY_KEYS = frozenset({"family", "class", "synonyms", "reports", "source", "note", "licence", "tlp", "indicators"})
TEXTS = (
    "value", "campaign", "weak", "note", "report", "platform", "first_seen", "last_seen", "valid_until", "revoked",
    "tlp",
)  # fmt: skip
ENTRY_KEYS = frozenset({"kind", "role", *TEXTS})
LICENCE = re.compile(r"\(([^()]+)\)")
"""As `source` names it: `Example Lab (CC-BY)`."""
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLATFORMS = frozenset({None, "ios", "android", "any"})


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


def doubt(weak: str | None, note: str | None) -> str | None:
    """Why an entry is weak; `weak: true` leaves that to its note."""
    if weak in {None, "", "false", "no"}:
        return None
    return (note or "marked weak by its curator") if weak in {"true", "yes"} else weak


def doubts(given: dict[str, str | None], common: str | None) -> str | None:
    """All reasons why an entry says less than others.

    Raises:
        ValueError: `valid_until` is no date.
    """
    found = []
    if (why := given["revoked"]) and why not in {"false", "no"}:
        found.append("revoked" if why in {"true", "yes"} else f"revoked: {why}")
    if until := given["valid_until"]:
        if not DATE.fullmatch(until):
            raise ValueError(f"valid_until {until[:40]!r} is no date like 2026-01-31")
        if until < datetime.now(UTC).date().isoformat():
            found.append(f"expired on {until}")
    return "; ".join([*found, *filter(None, [doubt(given["weak"], given["note"]) or common])]) or None


def marking(word: str | None) -> str | None:
    """A marking of the Traffic Light Protocol.

    Raises:
        ValueError: It is none.
    """
    if word is not None and markings.level(word) is None:
        raise ValueError(f"unknown marking {word[:40]!r}; {', '.join(markings.LEVELS)} are known")
    return markings.level(word)


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
            family, published = text(given.get("family"), "family"), text(given.get("source"), "source")
            source = Source(
                feed=self.feed,
                family=family,
                canonical=next(filter(None, map(canonical, (family, *texts(given.get("synonyms"), "synonyms")))), None),
                licence=text(given.get("licence"), "licence") or "; ".join(LICENCE.findall(published or "")) or None,
                tlp=marking(text(given.get("tlp"), "tlp")),
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
        source = msgspec.structs.replace(
            of,
            campaign=given["campaign"],
            role=Role(text(nodes.get("role"), "role") or "unknown").value,
            reports=((given["report"],) if given["report"] else ()) + of.reports,
            first_seen=given["first_seen"],
            last_seen=given["last_seen"],
            valid_until=given["valid_until"],
            tlp=marking(given["tlp"]) or of.tlp,
            weak=doubts(given, normalise.weakness(kind, value)),
            place=f"{name} line {node.start_mark.line + 1}",
        )
        return Indicator(kind=kind, value=value, source=source)
