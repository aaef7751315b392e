"""An indicator by its value, as a person types it: in any writing, of any kind, or a part of it."""

from collections.abc import Iterable
from contextlib import suppress

import msgspec

from scanner.feeds import normalise
from scanner.feeds.model import Indicator
from scanner.finding import Source
from scanner.record import Kind

MOST = 20
"""Values that are shown for a part of one."""
SHORTEST_PART = 3


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator with all its sources."""

    kind: Kind
    value: str
    sources: tuple[Source, ...]


class Lookup(msgspec.Struct, kw_only=True):
    """What is known of what a person typed."""

    asked: str
    exact: list[Shown] = []
    """Indicators that are this value, of whatever kind."""
    above: list[Shown] = []
    """Domains that it is below, and that it would therefore be a hit of."""
    partial: list[Shown] = []
    """Indicators that hold the text, where there is none of the above; at most 20."""
    more: int = 0
    """How many others hold it."""


def lookup(asked: str, indicators: Iterable[Indicator]) -> Lookup:
    """Look a value up in its normal form; where there is none, look for the text as a part of values.

    Args:
        asked: A value in any writing: defanged, upper case, Unicode, with or without a scheme.
        indicators: Those of all loaded feeds.
    """
    known: dict[tuple[Kind, str], dict[Source, None]] = {}
    for one in indicators:
        known.setdefault((one.kind, one.value), {})[one.source] = None
    names = forms(asked)
    made = Lookup(asked=asked)
    made.exact = [shown(name, known[name]) for name in names if name in known]
    made.above = [shown(name, known[name]) for name in above(names) if name in known]
    if not made.exact and not made.above and len(part := normalise.refang(asked).lower()) >= SHORTEST_PART:
        found = sorted(name for name in known if part in name[1].lower())
        made.partial = [shown(name, known[name]) for name in found[:MOST]]
        made.more = len(found) - len(made.partial)
    return made


def shown(name: tuple[Kind, str], sources: Iterable[Source]) -> Shown:
    """An indicator with its sources."""
    return Shown(kind=name[0], value=name[1], sources=tuple(sources))


def forms(asked: str) -> list[tuple[Kind, str]]:
    """What a text may be, in normal form, by kind."""
    found: dict[tuple[Kind, str], None] = {}
    for kind in normalise.FORMS:
        with suppress(ValueError):
            found[normalise.indicator(kind, asked)] = None
    return list(found)


def above(names: Iterable[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """The domains above the hosts among some values, and the hosts of the links among them."""
    found: dict[tuple[Kind, str], None] = {}
    for kind, value in names:
        rest = value if kind is Kind.DOMAIN else ""
        if kind is Kind.URL or kind is Kind.EMAIL:
            rest = "." + (normalise.host_of(value) if kind is Kind.URL else value.rpartition("@")[2])
        while "." in (rest := rest.partition(".")[2]):
            found[Kind.DOMAIN, rest] = None
    return [name for name in found if name not in set(names)]


def text(made: Lookup) -> list[str]:
    """A lookup as lines for a person."""
    lines = [line for one in made.exact for line in described(one)]
    for one in made.above:
        lines += [f"{made.asked} is below", *described(one)]
    if made.partial:
        lines = [f"no indicator is {made.asked}; these hold it (show one of them for its sources):"]
        lines += [f"  {one.kind} {one.value}" for one in made.partial]
        lines += [f"  and {made.more} more: ask for a longer part"] if made.more else []
    return lines or [
        f"no indicator of the loaded feeds is {made.asked}, or holds it; `bridle feeds list` names the feeds"
    ]


def described(one: Shown) -> list[str]:
    """An indicator and each of its sources."""
    lines = [f"{one.kind} {one.value}"]
    for source in one.sources:
        said = [source.family, source.campaign, source.role, source.threat]
        facts = ", ".join(dict.fromkeys(each for each in said if each and each != "unknown"))
        lines.append(f"  {source.feed} {source.place or ''}: {facts or 'nothing is said of it'}")
        seen = {"first seen": source.first_seen, "last seen": source.last_seen, "valid until": source.valid_until}
        rest = seen | {"TLP": source.tlp, "licence": source.licence, "weak": source.weak}
        lines += [f"    {name}: {value}" for name, value in rest.items() if value]
        lines += [f"    {url}" for url in source.reports]
    return lines
