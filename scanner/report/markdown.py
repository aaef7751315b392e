"""The report as Markdown for tickets: a summary, the findings worst first, what was not checked, what to do next.

Long reports are cut where trackers would refuse them, and say so.

References:
    CommonMark: https://spec.commonmark.org/0.31.2/
"""

from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from scanner.finding import INCOMPLETE, RUNGS, SEVERITIES, Finding, Report, Severity, State
from scanner.report.markdown_text import code, link, prose
from scanner.report.strict_json import moment
from scanner.report.support import HELPLINES, QUIET, SERIOUS
from scanner.report.text import where

MAX_SIZE = 50_000
"""Characters of the findings and gaps; GitHub takes 65,536 in all."""
MAX_OF_RULE = 20
CUT = "\n- … there is more, but no room for it here: see the report itself\n"


def write(report: Report, stream: TextIO) -> None:
    """Write the summary."""
    stream.writelines(head(report))
    room = MAX_SIZE
    for part in (*findings(report), *gaps(report)):
        room -= len(part)
        if room < 0:
            stream.write(CUT)
            break
        stream.write(part)
    stream.writelines(advice(report))


def head(report: Report) -> Iterator[str]:
    """What was scanned, and the headline."""
    yield f"# Bridle: {prose(report.verdict.headline)}\n\n"
    for one in report.evidence:
        phone = one.device
        words = [phone.product or phone.model, f"{phone.os or ''} {phone.version or ''}".strip()]
        said = ", ".join(code(word) for word in words if word)
        made = f", made {moment(one.acquired)}" if one.acquired else ""
        yield f"- {code(one.kind)} {code(one.id)}: {said or 'the phone is not named'}{made}\n"
    indicators = sum(feed.indicators for feed in report.feeds)
    yield f"- {indicators} indicators of {len(report.feeds)} feeds; {moment(report.run.finished)}\n"
    if held := report.withheld:
        yield f"- for sharing up to {code('TLP:' + held.level.upper())}: {held.indicators} indicators are withheld\n"
    yield "\n"


def findings(report: Report) -> Iterator[str]:
    """The findings by rule, worst first."""
    yield "## Findings\n\n"
    shown = [one for one in report.findings if one.suppressed is None]
    if not shown:
        yield "None.\n\n"
    for (severity, stage, rule), group in groupby(shown, key=lambda one: (one.severity, one.stage, one.rule)):
        same = list(group)
        yield f"### {severity.upper()} {code(rule)} {prose(same[0].title)}\n\n"
        yield "".join(explained(same[0], stage)) + "\n"
        yield from map(line, same[:MAX_OF_RULE])
        if len(same) > MAX_OF_RULE:
            yield f"- … and {len(same) - MAX_OF_RULE} more\n"
        yield "\n"
    yield from suppressed(report)


def suppressed(report: Report) -> Iterator[str]:
    """The findings that do not count, with who says so and why."""
    hidden = [(one, said) for one in report.findings if (said := one.suppressed)]
    if hidden:
        yield "## Suppressed\n\n"
        for one, said in hidden:
            by = "".join(
                f", {name} {code(word)}" for name, word in (("by", said.author), ("until", said.expires)) if word
            )
            yield f"- {code(said.reason)}{by}\n  {code(one.rule)} {code(one.message)}\n"
        yield "\n"


def explained(one: Finding, stage: str) -> Iterator[str]:
    """How far it goes, and what else it may be."""
    if RUNGS.get(stage):
        yield f"**How far:** {prose(RUNGS[stage])}  \n"
    for name, said in (("Why it matters", one.why), ("May be harmless", one.benign), ("Next", one.next)):
        if said:
            yield f"**{name}:** {prose(said)}  \n"
    if one.references:
        yield f"**References:** {' '.join(map(link, one.references[:5]))}\n"


def line(one: Finding) -> str:
    """A finding."""
    return f"- {'(known before) ' if one.known else ''}{code(one.message)}\n  {code(where(one))}\n"


def gaps(report: Report) -> Iterator[str]:
    """What was not checked completely, and what the evidence does not hold."""
    yield "## Not checked\n\n"
    broken = [one for one in report.coverage if one.state in INCOMPLETE]
    for one in broken:
        said = f": {code(one.problems[0].message)}" if one.problems else ""
        yield f"- {one.state}: {code(f'{one.artifact} {one.path or str()}'.strip())}{said}\n"
    absent = {one.artifact for one in report.coverage if one.state is State.ABSENT}
    absent -= {one.artifact for one in report.coverage if one.state is not State.ABSENT}
    if absent:
        yield f"- not in this evidence ({len(absent)}): {', '.join(map(code, sorted(absent)))}\n"
    if not broken and not absent:
        yield "Everything that this evidence can hold was checked.\n"
    faults, unsupported = sum(len(one.problems) for one in report.feeds), sum(one.unsupported for one in report.feeds)
    if faults or unsupported:
        yield f"\nFeeds: {faults} entries could not be read, {unsupported} cannot be matched by this version.\n"
    yield "\n"


def advice(report: Report) -> Iterator[str]:
    """What to do next, and who helps."""
    serious = any(one.suppressed is None and SEVERITIES[one.severity] >= Severity.MEDIUM for one in report.findings)
    yield "## What to do next\n\n"
    yield from (f"- {prose(one)}\n" for one in (SERIOUS if serious else QUIET))
    yield "\n## Where to get help\n\n"
    yield from (f"- {prose(name)}: {link(address)}\n" for name, address in HELPLINES)
