"""What changed between two states of feeds, by kind and normal value: ids, order and time stamps say nothing.

Publishers make new STIX ids at every build, so that a comparison by id calls everything removed and added.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from scanner.feeds import normalise
from scanner.feeds.model import Indicator
from scanner.record import Kind

SHRINKAGE = 0.05
"""The part of its indicators that a feed may lose without a word."""
NO_FAMILY = "(no family)"


class Said(StrEnum):
    """What a feed says of a value, and may say otherwise the next time."""

    FAMILY = "family"
    ROLE = "role"
    THREAT = "threat"


class Value(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One indicator of one state, with all that its sources say of it."""

    kind: Kind
    value: str
    family: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    threat: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator before and after, and what of it differs: kind, family, role, threat, or `near` for its writing."""

    before: Value
    after: Value
    what: tuple[str, ...]


class Tally(msgspec.Struct, kw_only=True):
    """Counts of one family."""

    added: int = 0
    removed: int = 0
    changed: int = 0


class Diff(msgspec.Struct, kw_only=True):
    """Two states compared; every list is sorted."""

    before: int
    after: int
    added: list[Value] = []
    removed: list[Value] = []
    changed: list[Change] = []
    near: list[Change] = []
    """The same in another writing: a final `/`, upper case, `www.`, brackets round a dot."""
    families: dict[str, Tally] = {}
    alarms: list[str] = []
    """Why this looks like a broken feed: it shrank, or lost a kind."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.removed or self.changed or self.near)


class Name(NamedTuple):
    """What an indicator is known by."""

    kind: Kind
    value: str


Key = Callable[[Value], str]


def diff(before: Iterable[Indicator], after: Iterable[Indicator]) -> Diff:
    """Compare two states.

    Args:
        before: The indicators of the older state, of one feed or of many.
        after: Those of the newer one.
    """
    old, new = merged(before), merged(after)
    made = Diff(before=len(old), after=len(new))
    gone = {name: one for name, one in old.items() if name not in new}
    come = {name: one for name, one in new.items() if name not in old}
    for name, one in old.items():
        if (other := new.get(name)) is not None and (what := differing(one, other)):
            made.changed.append(Change(before=one, after=other, what=what))
    made.changed += pair(gone, come, lambda one: one.value, "kind")
    made.near += pair(gone, come, lambda one: f"{one.kind} {loose(one.value)}", "near")
    made.removed, made.added = sorted(gone.values()), sorted(come.values())
    for changes in (made.changed, made.near):
        changes.sort(key=lambda one: (one.before, one.after))
    made.families = tallies(made)
    made.alarms = alarms(old, new, len(gone))
    return made


def merged(indicators: Iterable[Indicator]) -> dict[Name, Value]:
    """Each value once, with what all its sources say."""
    found: defaultdict[Name, dict[Said, set[str]]] = defaultdict(lambda: {one: set() for one in Said})
    for one in indicators:
        known = found[Name(one.kind, one.value)]
        for what in Said:
            said = getattr(one.source, what.value)
            if text := (one.source.canonical or said) if what is Said.FAMILY else said:
                known[what].add(str(text))
    return {
        name: Value(
            kind=name.kind,
            value=name.value,
            family=tuple(sorted(known[Said.FAMILY])),
            role=tuple(sorted(known[Said.ROLE])),
            threat=tuple(sorted(known[Said.THREAT])),
        )
        for name, known in found.items()
    }


def differing(one: Value, other: Value) -> tuple[str, ...]:
    """What is said otherwise of the same value; the case of a family's name does not count."""
    return tuple(
        what.value
        for what in Said
        if {text.casefold() for text in getattr(one, what.value)}
        != {text.casefold() for text in getattr(other, what.value)}
    )


def pair(gone: dict[Name, Value], come: dict[Name, Value], key: Key, what: str) -> list[Change]:
    """Take out of what is gone and what has come those that are the same by some key, one by one."""
    waiting: defaultdict[str, list[Name]] = defaultdict(list)
    for name in sorted(come, reverse=True):
        waiting[key(come[name])].append(name)
    found = []
    for name in sorted(gone):
        if others := waiting.get(key(gone[name])):
            one, other = gone.pop(name), come.pop(others.pop())
            kinds = ("kind",) if one.kind is not other.kind and what != "kind" else ()
            found.append(Change(before=one, after=other, what=(what, *kinds, *differing(one, other))))
    return found


def loose(value: str) -> str:
    """A value without what a publisher may write this way or that: case, brackets, `www.`, a final `/` or dot."""
    plain = normalise.refang(value).lower().rstrip("/.")
    return plain.partition("://")[2].removeprefix("www.") if "://" in plain else plain.removeprefix("www.")


def tallies(made: Diff) -> dict[str, Tally]:
    """Counts by family, in alphabetical order."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for what, values in (("added", made.added), ("removed", made.removed)):
        for one in values:
            for family in one.family or (NO_FAMILY,):
                counts[family][what] += 1
    for change in (*made.changed, *made.near):
        for family in dict.fromkeys(change.before.family + change.after.family) or (NO_FAMILY,):
            counts[family]["changed"] += 1
    return {family: Tally(**counts[family]) for family in sorted(counts)}


def alarms(old: dict[Name, Value], new: dict[Name, Value], gone: int) -> list[str]:
    """Why a newer state should not be taken without a person's word: more than 5 % are gone, or a whole kind is."""
    found = []
    if old and gone > SHRINKAGE * len(old):
        found.append(f"{gone} of {len(old)} indicators are gone ({gone / len(old):.0%})")
    kinds = {name.kind for name in old} - {name.kind for name in new}
    return found + [f"no {kind} is left" for kind in sorted(kinds)]


def text(made: Diff) -> list[str]:
    """A diff as lines for a person: the sum, families, then every value."""
    lines = [
        f"{made.before} indicators before, {made.after} after: {len(made.added)} added, {len(made.removed)} removed, "
        f"{len(made.changed)} changed, {len(made.near)} written otherwise"
    ]
    lines += [f"! {alarm}" for alarm in made.alarms]
    lines += [
        f"  {family}: +{tally.added} -{tally.removed} ~{tally.changed}" for family, tally in made.families.items()
    ]
    lines += [f"+ {named(one)}" for one in made.added] + [f"- {named(one)}" for one in made.removed]
    lines += [f"~ {named(one.before)} -> {told(one)}" for one in made.changed]
    return lines + [f"≈ {named(one.before)} -> {one.after.value}" for one in made.near]


def named(one: Value) -> str:
    """`domain evil.example (Family)`."""
    return f"{one.kind} {one.value}" + (f" ({', '.join(one.family)})" if one.family else "")


def told(change: Change) -> str:
    """What of a value is said otherwise now."""
    parts = []
    for what in change.what:
        now = getattr(change.after, what)
        parts.append(f"{what} {now if isinstance(now, str) else ', '.join(now) or 'none'}")
    return "; ".join(parts)
