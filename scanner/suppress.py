"""Findings that somebody has judged: `suppressions.yaml`, and what an earlier report showed already.

Nothing is taken out of a report: what is suppressed or known is marked so, and counts no more.

    suppressions:
      - rule: IOS006            # any of: id, rule, indicator, subject; all that are given must hold
        subject: org.example.app
        reason: our own device management, checked on 3 May
        author: H. Analyst
        expires: 2027-01-31     # the last day on which it holds
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec.structs import replace

from scanner.evidence import EvidenceError
from scanner.feeds import nodes
from scanner.finding import Finding, Problem, Report, Suppressed
from scanner.gather import Gathered, counted, verdict
from scanner.report import json as json_report
from scanner.stories import address, named, path, subject

WHERE = "suppressions"
MAX_BYTES = 4 << 20
KEYS = frozenset({"id", "rule", "indicator", "subject", "reason", "author", "expires"})
TARGETS = ("id", "rule", "indicator", "subject")


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: which findings it names, and why they do not count."""

    line: int
    reason: str
    id: str | None = None
    rule: str | None = None
    """A rule's whole id."""
    indicator: tuple[str, str] | None = None
    """Kind and value, as the report writes them."""
    subject: str | None = None
    """An app's id, a host, a process, a path, a number or address: what the finding is about."""
    author: str | None = None
    expires: date | None = None

    def names(self, one: Finding) -> bool:
        """Whether it is about a finding."""
        matched = one.indicator
        return (
            self.id in {None, one.id}
            and self.rule in {None, one.rule}
            and (self.indicator is None or (matched is not None and self.indicator == (matched.kind, matched.value)))
            and (self.subject is None or alike(self.subject) in set(map(alike, about(one))))
        )

    def __str__(self) -> str:
        """What it names, for a problem."""
        told = {"id": self.id, "rule": self.rule, "indicator": self.indicator and " ".join(self.indicator)}
        return ", ".join(f"{key} {value}" for key, value in (told | {"subject": self.subject}).items() if value)


class Suppressions(msgspec.Struct, frozen=True, kw_only=True):
    """A file of suppressions, read."""

    path: str
    entries: tuple[Suppression, ...]
    problems: tuple[Problem, ...] = ()
    """Of entries that say nothing that can be followed: they suppress nothing."""


def read(file: Path) -> Suppressions:
    """The suppressions of a file; an entry that is wrong is a problem with its line, and suppresses nothing.

    Raises:
        EvidenceError: The file is not there, too large or not laid out as suppressions.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES >> 20} MB")
        top = nodes.mapping(nodes.compose(file.read_bytes()), frozenset({"suppressions"}))
        listed = top["suppressions"].value if isinstance(top.get("suppressions"), yaml.SequenceNode) else None
        if listed is None:
            raise ValueError("it has no list `suppressions`")
    except OSError as error:
        raise EvidenceError(f"the suppressions {file} cannot be read: {error.strerror or error}") from error
    except (ValueError, yaml.YAMLError) as error:
        raise EvidenceError(f"{file} is no file of suppressions: {nodes.explained(error)}") from error
    entries, problems = [], []
    for node in listed:
        try:
            entries.append(entry(node))
        except ValueError as error:
            line = node.start_mark.line + 1
            problems.append(Problem(WHERE, f"line {line}: {error}; it suppresses nothing", str(file), line))
    return Suppressions(path=str(file), entries=tuple(entries), problems=tuple(problems))


def entry(node: Any) -> Suppression:
    """One entry.

    Raises:
        ValueError: What is wrong with it.
    """
    found = nodes.mapping(node, KEYS)
    given = {key: nodes.text(found.get(key), key) for key in KEYS - {"indicator"}}
    if not (reason := given["reason"]):
        raise ValueError("it has no reason")
    if not any(found.get(key) for key in TARGETS):
        raise ValueError(f"it names nothing: one of {', '.join(TARGETS)} is needed")
    if empty := [key for key in TARGETS if key in found and key != "indicator" and not given[key]]:
        raise ValueError(f"{empty[0]} is empty")
    return Suppression(
        line=node.start_mark.line + 1, reason=reason, author=given["author"], id=given["id"], rule=given["rule"],
        subject=given["subject"], indicator=indicator(found.get("indicator")), expires=day(given["expires"]),
    )  # fmt: skip


def indicator(node: Any) -> tuple[str, str] | None:
    """The kind and value of an indicator.

    Raises:
        ValueError: It is not both.
    """
    if node is None:
        return None
    found = nodes.mapping(node, frozenset({"kind", "value"}))
    kind, value = (nodes.text(found.get(key), f"an indicator's {key}") for key in ("kind", "value"))
    if not kind or not value:
        raise ValueError("an indicator needs its kind and its value")
    return kind, value


def day(text: str | None) -> date | None:
    """A date.

    Raises:
        ValueError: It is none.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"expires is no date: {text!r}; write it like 2027-01-31") from None


def alike(value: str) -> str:
    """A value as subjects are compared: numbers without spaces, paths without `/private`, all in lower case."""
    return address(path(value)).casefold()


def about(one: Finding) -> Iterator[str]:
    """What a finding is about: its subject, its indicator; without an indicator, everything that its record names.

    A message that holds an indicator is not suppressed with the app that received it.
    """
    yield subject(one).name
    if one.indicator:
        yield from (one.indicator.value, one.indicator.observed)
    else:
        yield from (each.name for each in named(one.record))


def suppressed(report: Report, given: Suppressions, today: date) -> Report:
    """A report whose suppressed findings are marked and count no more; the given one stays as it is.

    Entries that are past their day, that name no finding or that cannot be followed are problems.
    """
    holding = [one for one in given.entries if one.expires is None or today <= one.expires]
    marked, used = [], set[Suppression]()
    for one in report.findings:
        naming = [each for each in holding if each.names(one)]
        used.update(naming)
        marked.append(replace(one, suppressed=mark(naming[0])) if naming else one)
    return judged(replace(report, findings=marked, problems=[*report.problems, *remarks(given, holding, used)]))


def mark(one: Suppression) -> Suppressed:
    """What a suppressed finding says of it."""
    expires = one.expires.isoformat() if one.expires else None
    return Suppressed(reason=one.reason, author=one.author, expires=expires)


def remarks(given: Suppressions, holding: list[Suppression], used: set[Suppression]) -> Iterator[Problem]:
    """What is to be said of suppressions."""
    yield from given.problems
    for one in given.entries:
        if one not in holding:
            said = f"line {one.line}: expired on {one.expires}, and suppresses nothing any more ({one})"
            yield Problem(WHERE, said, given.path, one.line)
        elif one not in used:
            said = f"line {one.line}: names no finding of this report ({one})"
            yield Problem(WHERE, said, given.path, one.line, note=True)


def compared(report: Report, earlier: Iterable[str]) -> Report:
    """A report whose findings that an earlier one has, by their ids, are marked known: only the others are new."""
    ids = frozenset(earlier)
    return judged(replace(report, findings=[replace(one, known=one.id in ids) for one in report.findings]))


def baseline(file: Path) -> list[str]:
    """The ids of the findings of an earlier report, or of the report of a case.

    Raises:
        EvidenceError: It is no report.
    """
    try:
        return [one.id for one in json_report.read(file / "report.json" if file.is_dir() else file).findings]
    except OSError as error:
        raise EvidenceError(f"the baseline {file} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise EvidenceError(f"the baseline {file} cannot be used: {error}") from error


Weigh = Callable[[Report, datetime], Report]


def weigher(suppressions: Path | None, earlier: Path | None) -> Weigh:
    """What marks the findings of a report, both files read now: before a long scan, not after it.

    Raises:
        EvidenceError: See `read` and `baseline`.
    """
    given = read(suppressions) if suppressions else None
    ids = baseline(earlier) if earlier else None

    def weigh(report: Report, now: datetime) -> Report:
        report = suppressed(report, given, now.date()) if given else report
        return report if ids is None else compared(report, ids)

    return weigh


def judged(report: Report) -> Report:
    """A report with the verdict and the counts that its findings, marked as they are, give."""
    gathered = Gathered(
        coverage=report.coverage, findings=report.findings,
        counts=replace(report.counts, critical=0, high=0, medium=0, low=0, info=0, suppressed=0, known=0),
    )  # fmt: skip
    return replace(report, verdict=verdict(gathered), counts=counted(gathered))
