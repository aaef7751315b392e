"""The outcomes of every piece of evidence gathered into one report, whose verdict is never better than its coverage."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scanner import __version__
from scanner.evidence import Evidence
from scanner.feeds.model import Feed
from scanner.finding import (
    INCOMPLETE,
    SEVERITIES,
    STAGES,
    Counts,
    Coverage,
    EvidenceFacts,
    Finding,
    Outcome,
    Problem,
    Report,
    Run,
    Severity,
    State,
    Tool,
    Verdict,
    level,
)
from scanner.integrity import INTEGRITY
from scanner.sift import CONTENTS

BATCHED = frozenset({CONTENTS, INTEGRITY})
"""Checks whose tasks are batches of files: one row of coverage together."""


@dataclass
class Gathered:
    """What the outcomes of a scan add up to."""

    evidence: list[EvidenceFacts] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    hashes: dict[str, dict[str, str]] = field(default_factory=dict)
    """SHA-256 of what was read, by evidence and device path."""
    counts: Counts = field(default_factory=Counts)

    def take(self, outcome: Outcome) -> None:
        """Add one outcome."""
        self.findings += outcome.findings
        self.problems += outcome.problems
        self.hashes.setdefault(outcome.evidence, {}).update(outcome.hashes)
        self.counts.records += outcome.records
        self.counts.files += outcome.files
        self.counts.bytes += outcome.size
        if outcome.artifact == "correlations" and not outcome.problems:
            return
        self.cover(outcome)

    def opened(self, evidence: Evidence) -> None:
        """Add what the evidence says of itself, once it has been read: its own problems are gaps in coverage."""
        facts, problems = evidence.facts, list(evidence.problems)
        self.evidence.append(facts)
        self.problems += problems
        if problems:
            row = Coverage(
                evidence=facts.id, artifact="evidence", path=problems[0].path, state=State.PARTIAL, problems=problems
            )
            self.coverage.append(row)

    def cover(self, outcome: Outcome) -> None:
        """One row of coverage; the batches of one check are one row together."""
        rows = (row for row in self.coverage if (row.artifact, row.evidence) == (outcome.artifact, outcome.evidence))
        records = outcome.files if outcome.artifact == CONTENTS else outcome.records
        if outcome.artifact in BATCHED and (row := next(rows, None)):
            row.records += records
            row.problems += outcome.problems
            row.state = State.PARTIAL if row.problems else State.CHECKED
            return
        self.coverage.append(
            Coverage(
                evidence=outcome.evidence, artifact=outcome.artifact, path=outcome.path or None, state=outcome.state,
                records=records, problems=outcome.problems,
            )
        )  # fmt: skip


def report(gathered: Gathered, feeds: Iterable[Feed], started: datetime, jobs: int, options: dict[str, Any]) -> Report:
    """The document. Everything in it but `run` is the same for the same evidence and feeds."""
    finished = datetime.now(UTC)
    gathered.findings = merged(gathered.findings)
    gathered.coverage.sort(key=lambda row: (row.evidence, row.artifact, row.path or ""))
    for problems in (gathered.problems, *(row.problems for row in gathered.coverage if row.artifact in BATCHED)):
        problems.sort(key=lambda one: (one.where, one.path or "", str(one.row), one.message))
    facts = [feed.facts for feed in feeds]
    gathered.problems += [problem for feed in facts for problem in feed.problems]
    return Report(
        tool=Tool(name="bridle", version=__version__),
        run=Run(
            started=started, finished=finished, seconds=round((finished - started).total_seconds(), 3), jobs=jobs,
            options=options | {"python": platform.python_version(), "system": platform.system()},
        ),
        evidence=gathered.evidence, feeds=facts, verdict=verdict(gathered), coverage=gathered.coverage,
        findings=gathered.findings, problems=gathered.problems, counts=counted(gathered),
    )  # fmt: skip


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in their order; what two copies of one file show is one finding, found twice."""
    once: dict[str, Finding] = {}
    for one in sorted(findings, key=lambda one: (order(one), one.locator.evidence, one.locator.native or "")):
        first = once.setdefault(f"{one.locator.evidence}/{one.id}", one)
        if first is not one:
            first.count += one.count
    return list(once.values())


def order(finding: Finding) -> tuple[Any, ...]:
    """Worst first, then furthest, then by place: an order that does not depend on who ended first."""
    severity, stage = SEVERITIES[finding.severity], STAGES[finding.stage]
    return (
        -severity,
        -stage,
        finding.rule,
        finding.locator.artifact,
        finding.locator.path,
        finding.locator.row or 0,
        finding.id,
    )


def counted(gathered: Gathered) -> Counts:
    """Totals; what is suppressed is counted apart."""
    counts = gathered.counts
    counts.suppressed = sum(one.suppressed is not None for one in gathered.findings)
    counts.known = sum(one.known and one.suppressed is None for one in gathered.findings)
    for finding in gathered.findings:
        if finding.suppressed is not None:
            continue
        setattr(counts, finding.severity, getattr(counts, finding.severity) + 1)
    counts.artifacts = len({row.artifact for row in gathered.coverage if row.state is not State.ABSENT})
    return counts


def verdict(gathered: Gathered) -> Verdict:
    """The headline: never better than the coverage. What was known before is no better for that, it is only not new."""
    nothing = {State.ABSENT, State.SKIPPED}
    there = [row for row in gathered.coverage if row.state not in nothing or row.problems]
    incomplete = [row for row in there if row.state in INCOMPLETE | nothing]
    checked = len(there) - len(incomplete)
    worst = level(SEVERITIES[one.severity] for one in gathered.findings if one.suppressed is None)
    return Verdict(
        level=worst, headline=headline(gathered.findings, checked, len(there), len(incomplete)), checked=checked,
        possible=len(there), incomplete=len(incomplete),
    )  # fmt: skip


def headline(findings: list[Finding], checked: int, possible: int, incomplete: int) -> str:
    """One sentence on what was found and what was checked; of a report that was compared, on what is new."""
    counting = [one for one in findings if one.counts]
    known = sum(one.known and one.suppressed is None for one in findings)
    suppressed = sum(one.suppressed is not None for one in findings)
    new = "new " if known else ""
    serious = [one for one in counting if SEVERITIES[one.severity] >= Severity.MEDIUM]
    if serious:
        found = f"{plural(len(serious), f'{new}finding')} to look at"
    elif counting:
        found = f"nothing serious {'and new ' if new else ''}found, {plural(len(counting), f'{new}minor note')}"
    else:
        found = f"nothing {new}found"
    rest = f"; {incomplete} could not be checked completely" if incomplete else ""
    rest += f"; {plural(known, 'finding')} known already" if known else ""
    rest += f"; {plural(suppressed, 'finding')} suppressed" if suppressed else ""
    return f"{found} in {checked} of {possible} checks that this evidence allows{rest}"


def plural(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def exit_code(made: Report, fail_on: Severity, *, strict: bool) -> int:
    """1 findings that count, 3 something could not be checked, 0 neither."""
    if any(one.counts and SEVERITIES[one.severity] >= fail_on for one in made.findings):
        return 1
    if made.verdict.incomplete or (strict and not all(one.note for one in made.problems)):
        return 3
    return 0
