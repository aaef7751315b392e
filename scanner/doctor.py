"""Which indicators can fire on what a piece of evidence holds, which never can, and why."""

from collections import Counter
from collections.abc import Iterable
from functools import cache

import msgspec

from scanner import artifact as registry
from scanner.artifact import Artifact, Finder
from scanner.contents import FileContent, concerned
from scanner.evidence import Evidence
from scanner.feeds.compound import Comparison, Compound, Expression, Joined, Qualified, Test
from scanner.feeds.model import Feed
from scanner.record import Kind, Record, observables
from scanner.sift import CONTENTS

NONE = frozenset[Kind]()
HOSTS = frozenset({Kind.DOMAIN, Kind.IP, Kind.CIDR})
NAMES = frozenset({Kind.PATH, Kind.FILE_NAME})
HASHES = frozenset({Kind.MD5, Kind.SHA1, Kind.SHA256, Kind.SHA512})
REACHES: dict[Kind, frozenset[Kind]] = {
    Kind.URL: HOSTS | {Kind.URL},
    Kind.DOMAIN: HOSTS,
    Kind.IP: HOSTS,
    Kind.EMAIL: HOSTS | {Kind.EMAIL},
    Kind.PHONE: HOSTS | {Kind.EMAIL, Kind.PHONE},
    Kind.HANDLE: HOSTS | {Kind.EMAIL, Kind.PHONE},
    Kind.PROCESS: NAMES | {Kind.PROCESS},
    Kind.PATH: NAMES,
    Kind.FILE_NAME: NAMES,
    Kind.APP_ID: frozenset({Kind.APP_ID}),
    Kind.CLIENT: NAMES | {Kind.APP_ID, Kind.PROCESS},
    Kind.PROFILE: frozenset({Kind.PROFILE}),
    Kind.ANDROID_PROPERTY: frozenset({Kind.ANDROID_PROPERTY}),
    Kind.CERT_ORGANISATION: frozenset({Kind.CERT_ORGANISATION}),
    Kind.HASH: HASHES,
    Kind.CERT_HASH: frozenset({Kind.CERT_MD5, Kind.CERT_SHA1, Kind.CERT_SHA256}),
    Kind.TEXT: HOSTS | HASHES | {Kind.URL, Kind.EMAIL},
}
"""The kinds of indicators that a field of a kind can meet, as the index of the indicators compares them."""
NO_ARTIFACT = "no artifact of this version shows such values"
OTHER_SYSTEM = "only artifacts of another system show such values: "
NOT_THERE = "none of the files that show such values is in this evidence: "
MAX_NAMED = 8
MAX_PATTERN = 200


class Ability(msgspec.Struct, kw_only=True):
    """What can become of the indicators of one kind."""

    kind: Kind
    indicators: int
    artifacts: list[str]
    """The artifacts that can meet them: of this evidence those whose files are really there, else of all."""
    never: str | None = None
    """Why they cannot fire."""


class Diagnosis(msgspec.Struct, kw_only=True):
    """What loaded feeds can do, on one piece of evidence or on any."""

    evidence: str | None = None
    kinds: list[Ability]
    can: int
    """Indicators that can fire."""
    never: int
    unsupported: dict[str, int] = {}
    """Entries that this version cannot match, by feed."""
    compounds: int = 0
    """Compound patterns that can fire."""
    compounds_never: list[str] = []
    """Those that cannot, because nothing shows what they ask for."""
    yara: int = 0
    """YARA sources; they are run over the contents of files."""


def reach(record: type[Record]) -> frozenset[Kind]:
    """The kinds of indicators that records of a type can meet."""
    return frozenset(kind for _, field, *_ in observables(record) for kind in REACHES.get(field, NONE))


@cache
def exposing() -> dict[str, frozenset[Kind]]:
    """Every artifact, and the look into contents, with the kinds of indicators that its records can meet."""
    found = {name: one.records for name, one in registry.load().items()} | {CONTENTS: (FileContent,)}
    return {name: NONE.union(*map(reach, records)) for name, records in found.items()}


def exposed() -> frozenset[Kind]:
    """The kinds of indicators that anything of this version can meet."""
    return NONE.union(*exposing().values())


def diagnose(feeds: Iterable[Feed], evidence: Evidence | None = None) -> Diagnosis:
    """What loaded feeds can do.

    Args:
        feeds: The loaded feeds.
        evidence: Opened evidence, whose list of files is gone through; without it, every artifact counts as there.
    """
    loaded = list(feeds)
    counts = Counter(kind for kind, _ in {(one.kind, one.value) for feed in loaded for one in feed.indicators})
    there = present(evidence) if evidence else set(exposing())
    kinds = [ability(kind, count, there, evidence) for kind, count in sorted(counts.items())]
    can = sum(one.indicators for one in kinds if not one.never)
    shown = NONE.union(*(kinds for name, kinds in exposing().items() if name in there))
    compounds = [one for feed in loaded for one in feed.compounds]
    barren = [one.pattern for one in compounds if not met(one.tree, one, shown)]
    return Diagnosis(
        evidence=evidence.facts.path if evidence else None,
        kinds=kinds,
        can=can,
        never=counts.total() - can,
        unsupported={feed.facts.id: feed.facts.unsupported for feed in loaded if feed.facts.unsupported},
        compounds=len(compounds) - len(barren),
        compounds_never=barren,
        yara=sum(len(feed.yara) for feed in loaded),
    )


def ability(kind: Kind, count: int, there: set[str], evidence: Evidence | None) -> Ability:
    """What can become of the indicators of one kind, and why nothing, if so."""
    showing = sorted(name for name, kinds in exposing().items() if kind in kinds)
    readers = [name for name in showing if name in there]
    made = Ability(kind=kind, indicators=count, artifacts=readers)
    if not showing:
        made.never = NO_ARTIFACT
    elif not readers and evidence:
        fitting = [name for name in showing if name in possible(evidence)]
        made.never = NOT_THERE + some(fitting) if fitting else OTHER_SYSTEM + some(showing)
    return made


def met(part: Expression, of: Compound, shown: frozenset[Kind]) -> bool:
    """Whether evidence that shows some kinds of values can meet a part of a compound pattern; its depth is bounded."""
    if isinstance(part, Qualified):
        return met(part.operand, of, shown)
    if isinstance(part, Joined):
        return (any if part.operator == "OR" else all)(met(one, of, shown) for one in part.operands)
    return tested(of.observations[part.number], shown)


def tested(test: Test, shown: frozenset[Kind]) -> bool:
    """Whether a record that shows some kinds of values can pass a test."""
    if isinstance(test, Comparison):
        return test.negated or test.kind in shown or bool(shown & REACHES.get(test.kind, NONE))
    return (any if test.operator == "OR" else all)(tested(one, shown) for one in test.operands)


def some(names: list[str]) -> str:
    """The first few of some names."""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def possible(evidence: Evidence) -> dict[str, Artifact | None]:
    """The artifacts that this kind of evidence could hold: of its system, and of its own files; contents always."""
    fitting: dict[str, Artifact | None] = {
        name: one for name, one in registry.load().items() if one.fits(evidence.facts.device.os, evidence.schemes)
    }
    return fitting | {CONTENTS: None}


def present(evidence: Evidence) -> set[str]:
    """The artifacts of which at least one file is stored in the evidence."""
    find = Finder({name: one for name, one in possible(evidence).items() if one is not None})
    unseen, there = set(find.fixed), set[str]()
    for entry in evidence.entries():
        if entry.stored:
            if concerned(entry.path, evidence.schemes):
                there.add(CONTENTS)
            readers = find(entry.path)
            there.update(one.id for one in readers)
            unseen.discard(entry.path)
    for path in unseen:
        if evidence.unlisted(path) is not None:
            there.update(one.id for one in find(path))
    return there


def text(made: Diagnosis) -> list[str]:
    """A diagnosis as lines for a person: what can fire, then what never can."""
    where = made.evidence or "some evidence that this version reads"
    lines = [f"{made.can} of {made.can + made.never} indicators can fire on {where}"]
    lines += [
        f"  {one.kind}: {one.indicators} indicators, {len(one.artifacts)} artifacts: {some(one.artifacts)}"
        for one in made.kinds
        if not one.never
    ]
    lines += [
        f"! {one.kind}: {one.indicators} indicators can never fire: {one.never}" for one in made.kinds if one.never
    ]
    lines += [
        f"! {feed}: {count} entries cannot be matched by this version" for feed, count in made.unsupported.items()
    ]
    lines += [f"  compound patterns: {made.compounds} can fire"] if made.compounds else []
    lines += [f"! a compound pattern asks for what nothing shows: {one[:MAX_PATTERN]}" for one in made.compounds_never]
    return lines + ([f"  YARA: {made.yara} sources, run over the contents of files"] if made.yara else [])
