"""What a scan could not check, as SARIF's notifications: gaps in the coverage, problems, and what was left out here.

References:
    OASIS SARIF 2.1.0, section 3.58: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from scanner.finding import INCOMPLETE, Coverage, Report, State
from scanner.report.sarif_text import MAX_TEXT, plain, short, uri
from scanner.report.strict_json import encoded

MAX_NOTIFICATIONS = 5000
LEVELS = {
    State.FAILED: "error", State.TIMED_OUT: "error", State.PARTIAL: "warning", State.UNSUPPORTED: "warning",
    State.ABSENT: "note", State.SKIPPED: "note",
}  # fmt: skip
NAMES = {state: f"coverage/{state.replace(' ', '-')}" for state in LEVELS}
PROBLEM, LIMIT = "problem", "limit"
WORDS = {
    **{NAMES[state]: f"What became of an artifact: {state}." for state in LEVELS},
    PROBLEM: "Something could not be read or understood.",
    LIMIT: "This file does not hold all that the report holds.",
}


def descriptors() -> list[dict[str, Any]]:
    """The kinds of notifications."""
    return [{"id": name, "shortDescription": {"text": text}} for name, text in WORDS.items()]


def notifications(report: Report, left: int) -> Iterator[dict[str, Any]]:
    """Everything that is to be told of how the scan went; `left` counts the findings that have no place here."""
    if left:
        yield notification(LIMIT, "warning", f"{left} findings are left out here; report.json has all of them")
    if held := report.withheld:
        said = f"for sharing up to TLP:{held.level.upper()}: {held.indicators} indicators are withheld"
        yield notification(LIMIT, "note", said)
    every = list(islice({encoded(one): one for one in all_of(report)}.values(), MAX_NOTIFICATIONS + 1))
    yield from every[:MAX_NOTIFICATIONS]
    if len(every) > MAX_NOTIFICATIONS:
        yield notification(LIMIT, "warning", f"there are more than {MAX_NOTIFICATIONS} notifications; see report.json")


def all_of(report: Report) -> Iterator[dict[str, Any]]:
    """Gaps, worst first, then the problems that belong to none."""
    gaps = [one for one in report.coverage if one.state in LEVELS and (one.state in INCOMPLETE or one.problems)]
    gaps.sort(key=lambda one: list(LEVELS).index(one.state))
    yield from map(gap, gaps)
    missing = sorted({one.artifact for one in report.coverage if one.state is State.ABSENT and not one.problems})
    if missing:
        said = f"not in this evidence: {', '.join(missing)}"
        yield notification(NAMES[State.ABSENT], "note", said)
    told = {problem for one in gaps for problem in one.problems}
    for problem in report.problems:
        if problem not in told:
            row = "" if problem.row is None else f" ({problem.row})"
            said = f"{problem.where}: {problem.message}{row}"
            yield notification(PROBLEM, "note" if problem.note else "warning", said, problem.path)


def gap(one: Coverage) -> dict[str, Any]:
    """What became of an artifact that was not checked completely."""
    said = "; ".join(problem.message[:MAX_TEXT] for problem in one.problems[:3])
    text = f"{one.state}: {one.artifact}" + (f": {said}" if said else "")
    return notification(NAMES[one.state], LEVELS[one.state], text, one.path, one.evidence)


def notification(
    name: str, level: str, text: str, path: str | None = None, evidence: str | None = None
) -> dict[str, Any]:
    """One notification."""
    made: dict[str, Any] = {"descriptor": {"id": name}, "level": level, "message": {"text": plain(text)}}
    if path:
        reference, absolute = uri(path)
        place = {"uri": reference} if absolute or evidence is None else {"uri": reference, "uriBaseId": short(evidence)}
        made["locations"] = [{"physicalLocation": {"artifactLocation": place}}]
    return made
