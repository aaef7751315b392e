"""A summary that needs no training: what was found, how far it goes, what was not checked, what to do next."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import IO

from scanner.finding import INCOMPLETE, RUNGS, SEVERITIES, Coverage, Finding, Report, Severity, State
from scanner.report.plain import printable
from scanner.report.support import HELPLINES, QUIET, SERIOUS

Paint = Callable[[str, str], str]
COLOURS = {"critical": "31;1", "high": "31", "medium": "33", "low": "36", "info": "2", "good": "32", "head": "1"}
MOST = 12
OLD_DAYS = 60


def colourless(text: str, _: str) -> str:
    """Text as it is."""
    return text


def coloured(text: str, role: str) -> str:
    """Text in the colour of its role, for terminals."""
    return f"\x1b[{COLOURS[role]}m{text}\x1b[0m"


def write(report: Report, stream: IO[str], *, colour: bool = False, verbose: bool = False) -> None:
    """Write the summary; `verbose` lists every finding and every gap."""
    paint = coloured if colour else colourless
    for part in (
        device(report, paint),
        found(report, paint, verbose),
        gaps(report, paint, verbose),
        advice(report, paint),
    ):
        stream.writelines(line + "\n" for line in part)


def device(report: Report, paint: Paint) -> Iterable[str]:
    """What was scanned, with what."""
    for evidence in report.evidence:
        phone = evidence.device
        names = (phone.name, phone.product or phone.model, f"{phone.os} {phone.version}" if phone.version else None)
        yield paint(f"{evidence.kind}: {printable(evidence.path)}", "head")
        yield "  " + printable(", ".join(name for name in names if name) or "the phone is not named")
        if evidence.acquired:
            yield f"  made {evidence.acquired:%Y-%m-%d %H:%M} UTC" + (", encrypted" if evidence.encrypted else "")
        yield from (f"  note: {printable(note)}" for note in evidence.notes)
    indicators = sum(feed.indicators for feed in report.feeds)
    yield f"  {indicators} indicators of {len(report.feeds)} feeds" + "".join(aged(report))
    if report.redacted:
        yield "  names, numbers and texts are replaced by pseudonyms"
    if held := report.withheld:
        yield (
            f"  for sharing up to TLP:{held.level.upper()}: withheld are {held.indicators} indicators"
            f" (in {held.findings} findings), {held.sources} sources and {held.feeds} feeds"
        )
    yield ""


def aged(report: Report) -> Iterable[str]:
    """A word on feeds that are old."""
    ages = [feed.age_days for feed in report.feeds if feed.age_days is not None]
    if ages and min(ages) > OLD_DAYS:
        yield f"; the newest is {min(ages)} days old"


def found(report: Report, paint: Paint, verbose: bool) -> Iterable[str]:
    """The headline and the findings, worst first."""
    role = report.verdict.level if report.verdict.level in COLOURS else "good"
    yield paint(printable(report.verdict.headline[0].upper() + report.verdict.headline[1:] + "."), role)
    yield ""
    counting = [one for one in report.findings if one.counts]
    for rule, group in groupby(counting, key=lambda one: (one.severity, one.stage, one.rule)):
        same = list(group)
        yield paint(f"{rule[0].upper()} {same[0].rule} {same[0].title}", rule[0])
        yield from explained(same[0])
        shown = same if verbose else same[:MOST]
        for one in shown:
            yield f"    - {printable(one.message)}"
            yield f"      {where(one)}"
        if len(same) > len(shown):
            yield f"    … and {len(same) - len(shown)} more (-v shows all)"
        yield ""
    yield from set_aside([one for one in report.findings if not one.counts], verbose)


def set_aside(findings: list[Finding], verbose: bool) -> Iterable[str]:
    """Findings that somebody has judged, or that an earlier report showed: they stay, and do not count."""
    if not findings:
        return
    yield f"Set aside ({len(findings)}):"
    for one in findings if verbose else findings[:MOST]:
        why = (
            f"{one.suppressed.reason} ({one.suppressed.author or 'nobody named'})" if one.suppressed else "known before"
        )
        yield f"  {one.severity} {one.rule} {printable(one.message)}  [{one.id}]"
        yield f"      {printable(why)}"
    if len(findings) > MOST and not verbose:
        yield f"  … and {len(findings) - MOST} more (-v shows all)"
    yield ""


def explained(one: Finding) -> Iterable[str]:
    """How far it goes, and what else it may be."""
    if one.severity == "info":
        return
    if RUNGS.get(one.stage):
        yield f"  how far: {RUNGS[one.stage]}"
    yield f"  why it matters: {one.why}"
    yield f"  may be harmless: {one.benign}"
    yield f"  next: {one.next}"


def where(one: Finding) -> str:
    """When, and where in the evidence."""
    at = one.locator
    place = [
        f"{name} {value}"
        for name in ("table", "row", "line", "offset", "key")
        if (value := getattr(at, name)) is not None
    ]
    time = f"{one.time:%Y-%m-%d %H:%M:%S} UTC, " if one.time else ""
    times = f", {one.count} times" if one.count > 1 else ""
    return f"{time}{printable(at.path)} ({printable(', '.join(place) or 'the file')}){times}  [{one.id}]"


def gaps(report: Report, paint: Paint, verbose: bool) -> Iterable[str]:
    """What was not checked: first what is broken, then what this evidence does not hold."""
    broken = [row for row in report.coverage if row.state in INCOMPLETE]
    if broken:
        yield paint("Not checked completely:", "medium")
        for row in broken if verbose else broken[:MOST]:
            yield f"  {row.state}: {row.artifact} {printable(row.path or '')}"
            yield from (f"      {printable(problem.message)}" for problem in row.problems[: None if verbose else 2])
        if len(broken) > MOST and not verbose:
            yield f"  … and {len(broken) - MOST} more (-v shows all)"
        yield ""
    missing = sorted({row.artifact for row in report.coverage if row.state is State.ABSENT and row.problems})
    if missing:
        yield paint(f"Listed by the evidence, but not in this copy ({len(missing)}):", "medium")
        yield f"  {', '.join(missing)}"
        yield ""
    gone = {row.artifact for row in report.coverage if row.state is State.ABSENT}
    absent = sorted(gone - present(report.coverage) - set(missing))
    if absent:
        yield f"Not in this evidence ({len(absent)}): {', '.join(absent)}"
    faults = [problem for feed in report.feeds for problem in feed.problems]
    unsupported = sum(feed.unsupported for feed in report.feeds)
    if faults or unsupported:
        yield f"Feeds: {len(faults)} entries could not be read, {unsupported} cannot be matched by this version"
        yield from (f"  {printable(f'{one.path} {one.row or str()}: {one.message}')}" for one in faults[:MOST])
    yield ""


def present(coverage: Iterable[Coverage]) -> set[str]:
    """The artifacts of which some file was there."""
    return {row.artifact for row in coverage if row.state is not State.ABSENT}


def advice(report: Report, paint: Paint) -> Iterable[str]:
    """What to do next, and who helps."""
    serious = any(one.counts and SEVERITIES[one.severity] >= Severity.MEDIUM for one in report.findings)
    yield paint("What to do next", "head")
    yield from (f"  * {line}" for line in (SERIOUS if serious else QUIET))
    yield paint("Where to get help", "head")
    yield from (f"  * {name}: {link}" for name, link in HELPLINES)
