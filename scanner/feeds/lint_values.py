"""Rules of lint about single values: what is refused, of another kind than said, odd, or too common to mean much."""

import re
from collections.abc import Iterator

from scanner import data
from scanner.feeds import normalise
from scanner.feeds.lint_model import Level, Said, Subject, rule
from scanner.feeds.observed import INVISIBLE
from scanner.finding import Problem
from scanner.record import Kind

LEFT_OUT = "left out"
SHORT_PROCESS = 6
MAX_SHOWN = 80
DEFANGED = re.compile(r"[\[({]\s?(?:\.|dot|:|@|at)\s?[\])}]|\Ah(?:xx|\*\*)p|\\\.", re.IGNORECASE)
SHARED = re.compile(r"(?:/var/tmp|/tmp|/data/local/tmp)/([a-z]{1,8})/?")
"""A plain word in a folder where any program may write."""
BROAD = frozenset(
    {"/applications", "/data", "/etc", "/library", "/private", "/sdcard", "/system", "/users", "/usr", "/var"}
    | {"/tmp"}  # noqa: S108 - of a phone
    | {f"/data/{name}" for name in ("app", "data", "local", "local/tmp")}
    | {f"/usr/{name}" for name in ("bin", "lib", "libexec", "sbin")}
    | {f"/var/{name}" for name in ("containers", "db", "log", "mobile", "root", "tmp", "wireless")}
    | {f"/var/mobile/{name}" for name in ("containers", "documents", "downloads", "library", "media")}
    | {"/system/library", "library", "media", "documents"}
)
"""Folders that every phone has, in normal form and lower case."""
TYPED = frozenset({Kind.DOMAIN, Kind.FILE_NAME, Kind.PROCESS, Kind.URL, Kind.IP, Kind.EMAIL})


def of_entry(problem: Problem) -> bool:
    """Whether a problem of a reader is about one entry, not about the file."""
    return problem.row is not None and not problem.message.startswith("invalid")


@rule("FEED001", Level.ERROR)
def damaged(subject: Subject) -> Iterator[Said]:
    """The file cannot be read, or is damaged.

    What a scan can still read of it is used, but nobody knows what is missing. A note for a file of a folder that is
    perhaps no feed at all.
    """
    for one in subject.feed.facts.problems:
        if not of_entry(one):
            left_out = Level.NOTE if one.message.endswith(LEFT_OUT) else None
            yield Said(one.message, str(one.row) if one.row is not None else None, level=left_out)


@rule("FEED002", Level.ERROR)
def refused(subject: Subject) -> Iterator[Said]:
    """A value cannot be one of its kind, or an entry cannot be understood.

    A scan leaves it out: a domain without a dot, a hash of a wrong length, a path that holds everything.
    """
    for one in subject.feed.facts.problems:
        if of_entry(one):
            yield Said(one.message, str(one.row))


@rule("FEED003", Level.ERROR)
def mistyped(subject: Subject) -> Iterator[Said]:
    """A value is of another kind than its feed says: an address, a URL or a path that is typed as a domain or a name.

    A scan takes it for what it is; other software does not, and never finds it.
    """
    for kind, raw, place in subject.written:
        if kind in TYPED:
            try:
                found, value = normalise.indicator(kind, raw)
            except ValueError:
                continue  # that is FEED002
            if found is not kind and {found, kind} != {Kind.IP, Kind.CIDR}:
                yield Said(f"{found} typed as {kind}: {raw[:MAX_SHOWN]}", place, value)


@rule("FEED004", Level.WARNING)
def defanged(subject: Subject) -> Iterator[Said]:
    """A value is defanged, has a wildcard or a dot at its end, or spaces or invisible characters round it.

    A scan sees through it; other software compares letter by letter.
    """
    for kind, raw, place in subject.written:
        if kind not in {Kind.PROCESS, Kind.FILE_NAME, Kind.PATH} and DEFANGED.search(raw):
            yield Said(f"{kind} is defanged: {raw[:MAX_SHOWN]}", place, raw)
        elif raw != raw.strip() or raw != raw.translate(INVISIBLE):
            yield Said(f"{kind} with characters round it that nobody sees: {raw[:MAX_SHOWN]!r}", place, raw)
        elif kind is Kind.DOMAIN and (raw.startswith("*.") or raw.endswith(".")):
            yield Said(f"{kind} with a wildcard or a final dot: {raw[:MAX_SHOWN]}", place, raw)


@rule("FEED005", Level.NOTE)
def unknown_tld(subject: Subject) -> Iterator[Said]:
    """A domain ends in something that our list of top-level domains does not have.

    The list is short (country codes and the usual others): the name may be sound, or it is a typing error like `.comv`.
    """
    known = data.lines("baselines/tlds.txt")
    for (kind, value), one in subject.values.items():
        top = value.rpartition(".")[2]
        if kind is Kind.DOMAIN and top not in known and not top.startswith("xn--"):
            yield Said(f"unknown top-level domain .{top}: {value}", one.source.place, value)


@rule("FEED006", Level.NOTE)
def www(subject: Subject) -> Iterator[Said]:
    """A domain is listed with `www.` only: its bare name is met weaker, other hosts below it are not met at all."""
    for (kind, value), one in subject.values.items():
        bare = value.removeprefix("www.")
        if kind is Kind.DOMAIN and bare != value and (kind, bare) not in subject.values:
            yield Said(f"{value} is listed without {bare}", one.source.place, value)


@rule("FEED007", Level.WARNING)
def weak(subject: Subject) -> Iterator[Said]:
    """A name is so short or common that a hit on it alone says little.

    A process or file name of few letters, a name that genuine software bears, or a plain word in a folder where any
    program may write. What its feed itself calls weak is not repeated.
    """
    for (kind, value), one in subject.values.items():
        why, level = normalise.weakness(kind, value), None
        if one.source.weak and one.source.weak != why:
            continue
        if not why and kind is Kind.PROCESS and len(value) <= SHORT_PROCESS:
            why, level = f"a name of {len(value)} characters", Level.NOTE
        elif kind is Kind.PATH and SHARED.fullmatch(value):
            why, level = "a plain word in a folder where any program may write", Level.NOTE
        if why:
            yield Said(f"{kind} {value}: {why}", one.source.place, value, level)


@rule("FEED008", Level.ERROR)
def broad(subject: Subject) -> Iterator[Said]:
    """A path is a folder that every phone has: everything below it would be a hit."""
    for (kind, value), one in subject.values.items():
        if kind is Kind.PATH and value.lower().rstrip("/") in BROAD:
            yield Said(f"path {value} holds what every phone has", one.source.place, value)


@rule("FEED009", Level.NOTE)
def relative(subject: Subject) -> Iterator[Said]:
    """A path does not begin with `/`: it is met at the end of any path, at the boundary of a folder."""
    for (kind, value), one in subject.values.items():
        if kind is Kind.PATH and value[:1] != "/":
            yield Said(f"relative path {value}", one.source.place, value)
