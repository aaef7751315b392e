"""Findings of one subject as one story: how far it went, when, which rules say so, and what happened around it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from scanner.finding import SEVERITIES, STAGES, Finding, Severity
from scanner.report.html_text import zoned
from scanner.stories import WITHIN, Subject, subject

MAX_NEAR = 5
MAX_SEEN = 24
"""How many findings before and after are looked at; thousands may bear one time."""


@dataclass(frozen=True)
class Hit:
    """A finding, and its number in the page."""

    number: int
    finding: Finding


@dataclass(frozen=True)
class Check:
    """What one rule found on a subject."""

    hits: list[Hit]

    @property
    def first(self) -> Finding:
        """One of its findings, for what they share: the page of the rule."""
        return self.hits[0].finding


@dataclass
class Story:
    """The findings on one subject in one piece of evidence."""

    evidence: str
    subject: Subject
    hits: list[Hit] = field(default_factory=list)
    number: int = 0
    near: "list[Story]" = field(default_factory=list)
    """Other stories with findings within ten minutes."""

    @property
    def findings(self) -> list[Finding]:
        """Its findings, without their numbers."""
        return [hit.finding for hit in self.hits]

    @cached_property
    def severity(self) -> str:
        """The worst."""
        return max((one.severity for one in self.findings), key=severity)

    @cached_property
    def stage(self) -> str:
        """The highest rung of the ladder."""
        return max((one.stage for one in self.findings), key=stage)

    @property
    def serious(self) -> bool:
        """Whether a person should look at it: MEDIUM or worse, and not suppressed."""
        return any(severity(one.severity) >= Severity.MEDIUM and one.suppressed is None for one in self.findings)

    @cached_property
    def times(self) -> list[datetime]:
        """When, in order."""
        return sorted(zoned(one.time) for one in self.findings if one.time)

    @cached_property
    def checks(self) -> list[Check]:
        """By rule, the worst first; by time within."""
        rules: dict[str, list[Hit]] = {}
        for hit in self.hits:
            rules.setdefault(hit.finding.rule, []).append(hit)
        found = [Check(sorted(hits, key=order)) for hits in rules.values()]
        return sorted(found, key=lambda one: -max(severity(hit.finding.severity) for hit in one.hits))

    @cached_property
    def families(self) -> list[str]:
        """By what names feeds know it."""
        named = {
            source.canonical or source.family or ""
            for one in self.findings if one.indicator for source in one.indicator.sources
        }  # fmt: skip
        return sorted(named - {""})

    @cached_property
    def weak(self) -> list[str]:
        """Why the indicators alone say little."""
        return sorted({
            source.weak for one in self.findings if one.indicator for source in one.indicator.sources if source.weak
        })  # fmt: skip


def severity(name: str) -> Severity:
    """A severity by its word; what is not known counts as information."""
    return SEVERITIES.get(name, Severity.INFO)


def stage(name: str) -> int:
    """A rung's number by its word."""
    return STAGES.get(name, 0)


def order(hit: Hit) -> tuple[bool, str, int]:
    """By time; what has none comes last."""
    time = hit.finding.time
    return time is None, zoned(time).isoformat() if time else "", hit.number


def stories(findings: Iterable[Finding]) -> list[Story]:
    """The stories of a report, the worst first, numbered from 1."""
    found: dict[tuple[str, Subject], Story] = {}
    for number, one in enumerate(findings, 1):
        about = (one.locator.evidence, subject(one))
        found.setdefault(about, Story(*about)).hits.append(Hit(number, one))
    made = sorted(found.values(), key=weight)
    for number, story in enumerate(made, 1):
        story.number = number
    relate(made)
    return made


def weight(story: Story) -> tuple[bool, int, int, int, str]:
    """Where a story stands: by severity, rung and how much of it there is."""
    worst = -severity(story.severity)
    return not story.serious, worst, -stage(story.stage), -len(story.hits), story.subject.name


def relate(made: list[Story]) -> None:
    """Tell each story which others happened within ten minutes, the nearest first."""
    times = sorted((time, story.number) for story in made for time in story.times)
    bare = [time for time, _ in times]
    for story in made:
        gaps: dict[int, timedelta] = {}
        for number, gap in beside(story, times, bare):
            if number != story.number and made[number - 1].evidence == story.evidence:
                gaps[number] = min(gap, gaps.get(number, gap))
        nearest = sorted(gaps, key=lambda number: (gaps[number], number))
        story.near = [made[number - 1] for number in nearest[:MAX_NEAR]]


def beside(story: Story, times: list[tuple[datetime, int]], bare: list[datetime]) -> Iterator[tuple[int, timedelta]]:
    """The stories that have something within ten minutes of this one's first and last times, and how far that is."""
    for own in {story.times[0]: 0, story.times[-1]: 0} if story.times else ():
        low = max(bisect_left(bare, own - WITHIN), bisect_left(bare, own) - MAX_SEEN)
        high = min(bisect_right(bare, own + WITHIN), bisect_right(bare, own) + MAX_SEEN)
        for time, number in times[low:high]:
            yield number, abs(time - own)
