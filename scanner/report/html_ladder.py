"""The ladder from contact to execution: how many findings stand on each rung, and how bad the worst of them is."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.finding import STAGES, Finding
from scanner.report.html_stories import severity, stage

RUNGS = tuple(name for name, level in sorted(STAGES.items(), key=lambda item: item[1]) if level)
"""From contact to execution."""


@dataclass(frozen=True)
class Rung:
    """One rung, and the findings on it."""

    name: str
    level: int
    findings: int
    severity: str
    top: bool
    """Whether it is the highest that something reached."""


def ladder(findings: Iterable[Finding]) -> tuple[list[Rung], int]:
    """The rungs from the lowest up, and how many findings stand beside it."""
    found: dict[int, list[str]] = {}
    for one in findings:
        found.setdefault(stage(one.stage), []).append(one.severity)
    beside = len(found.pop(0, []))
    top = max(found, default=0)
    rungs = [
        Rung(name, STAGES[name], len(on), max(on, key=severity, default="info"), STAGES[name] == top)
        for name in RUNGS for on in (found.get(STAGES[name], []),)
    ]  # fmt: skip
    return rungs, beside
