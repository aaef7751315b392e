"""What a linter of feeds works with: a rule, the file it looks at, and what it has to say."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from inspect import cleandoc
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from scanner.feeds import written
from scanner.feeds.model import Feed, Indicator
from scanner.feeds.written import Written
from scanner.record import Kind

LINE = re.compile(r"\bline (\d{1,9})\b")
STIX_ID = re.compile(r'"id"\s*:\s*"([^"\\]{1,200})"')


class Level(StrEnum):
    """How bad it is: an error makes the exit code 1; the words are those of SARIF."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a rule says of one entry, or of a file as a whole."""

    rule: str
    level: Level
    message: str
    path: str
    place: str | None = None
    """The entry: `objects[12] indicator--…`, `line 7`."""
    line: int | None = None
    value: str | None = None


class Said(NamedTuple):
    """What a rule says, without what is the same for all that it says."""

    message: str
    place: str | None = None
    value: str | None = None
    level: Level | None = None
    """Another level than the rule's own."""


@dataclass(frozen=True)
class Options:
    """What a lint may be told."""

    exposed: frozenset[Kind] | None = None
    """The kinds of indicators that some artifact of this version can meet; None leaves dead ones unsaid."""
    warninglists: Path | None = None
    strict: bool = False
    """Also ask the parser of the stix2 package."""


@dataclass(frozen=True)
class Subject:
    """One feed file, read as a scan reads it, and as it is written."""

    path: Path
    feed: Feed
    data: bytes
    options: Options = field(default_factory=Options)

    @cached_property
    def objects(self) -> list[dict[str, Any]]:
        """Its STIX objects."""
        return written.objects(self.data)

    @cached_property
    def written(self) -> list[Written]:
        """Its values as they are written, where its format shows them."""
        return list(written.of_objects(self.objects)) if self.objects else list(written.of_curated(self.data))

    @cached_property
    def values(self) -> dict[tuple[Kind, str], Indicator]:
        """Each indicator once, with its first source."""
        found: dict[tuple[Kind, str], Indicator] = {}
        for one in self.feed.indicators:
            found.setdefault((one.kind, one.value), one)
        return found

    @cached_property
    def lines(self) -> dict[str, int]:
        """The line of every STIX id that an object bears."""
        text, found, line, at = self.data.decode("utf-8", "replace"), dict[str, int](), 1, 0
        for one in STIX_ID.finditer(text):
            line, at = line + text.count("\n", at, one.start()), one.start()
            found.setdefault(one[1], line)
        return found

    def line(self, place: str | None) -> int | None:
        """The line of an entry, if its place tells it."""
        if place is None:
            return None
        if (said := LINE.search(place)) is not None:
            return int(said[1])
        return self.lines.get(place.partition(" ")[2]) if self.objects else None


Look = Callable[[Subject], Iterator[Said]]


@dataclass(frozen=True)
class Rule:
    """A rule with its id, its level and its documentation."""

    id: str
    level: Level
    doc: str
    look: Look

    @property
    def title(self) -> str:
        """The first line of its documentation."""
        return self.doc.splitlines()[0]


RULES: dict[str, Rule] = {}


def rule(id_: str, level: Level) -> Callable[[Look], Look]:
    """Register a rule; its docstring is what a person reads about it."""

    def register(look: Look) -> Look:
        if id_ in RULES:
            raise ValueError(f"two rules are named {id_}")
        RULES[id_] = Rule(id_, level, cleandoc(look.__doc__ or ""), look)
        return look

    return register
