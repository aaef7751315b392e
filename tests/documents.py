"""Report documents made by hand, for what reads reports."""

from datetime import UTC, datetime

from scanner.finding import Counts, Coverage, EvidenceFacts, Finding, Problem, Report, Run, State, Tool, Verdict

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def report(*findings: Finding, problems: tuple[Problem, ...] = ()) -> Report:
    """A report of some findings on one phone, all of which could be checked."""
    return Report(
        tool=Tool(name="bridle", version="0"), run=Run(started=NOON, finished=NOON, seconds=0, jobs=1),
        evidence=[EvidenceFacts(id="phone", path="/evidence/phone", kind="ios backup")], feeds=[],
        verdict=Verdict(level="none", headline="nothing found", checked=1, possible=1, incomplete=0),
        coverage=[Coverage(evidence="phone", artifact="ios.x.y", path="/x", state=State.CHECKED)],
        findings=list(findings), problems=list(problems), counts=Counts(),
    )  # fmt: skip
