"""Indicators: what feeds say, one shape for all formats."""

from enum import StrEnum

import msgspec

from scanner.feeds.compound import Compound
from scanner.finding import FeedFacts, Problem, Source
from scanner.record import Kind


class Role(StrEnum):
    """What part a value plays; it decides how much an occurrence means."""

    UNKNOWN = "unknown"
    INFECTION = "infection"
    C2 = "c2"
    WEBSITE = "website"
    DISTRIBUTION = "distribution"
    ATTACKER_ACCOUNT = "attacker_account"


class Threat(StrEnum):
    """The class of software that an indicator belongs to."""

    UNKNOWN = "unknown"
    MERCENARY = "mercenary"
    STALKERWARE = "stalkerware"
    WATCHWARE = "watchware"
    DUAL_USE = "dual-use"


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One value in normal form, and one entry of a feed that names it."""

    kind: Kind
    value: str
    source: Source


class YaraSource(msgspec.Struct, frozen=True, kw_only=True):
    """A YARA source file, to be compiled in a namespace of its own."""

    name: str
    text: str
    source: Source


class Unsupported(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is sound but that this version cannot match: counted and shown, never dropped."""

    what: str
    place: str


Entry = Indicator | Compound | YaraSource | Unsupported | Problem
"""What a reader yields: bytes in, entries out, and nothing it meets ends the reading."""


class Feed(msgspec.Struct, kw_only=True):
    """A loaded feed file: its facts for the report, and its entries."""

    facts: FeedFacts
    indicators: list[Indicator] = []
    yara: list[YaraSource] = []
    compounds: list[Compound] = []
