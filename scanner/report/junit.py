"""The report as JUnit XML, which build servers show: a suite for each piece of evidence.

Each row of the coverage is a test case: an error where something could not be checked completely, skipped where there
was nothing. Each finding is one too: a failure from medium severity on, skipped if it is suppressed. A suite of its own
names the feeds.

References:
    JUnit XML as build servers read it: https://github.com/testmoapp/junitxml
    XML 1.0, characters: https://www.w3.org/TR/xml/#charsets
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from scanner.finding import INCOMPLETE, SEVERITIES, Coverage, Finding, Problem, Report, Severity, State
from scanner.report.plain import printable
from scanner.report.strict_json import moment
from scanner.report.text import where

SKIPPED = frozenset({State.ABSENT, State.SKIPPED})
SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\ufffe": "\\ufffe", "\uffff": "\\uffff"}
MAX_TEXT = 4000
MAX_PROBLEMS = 20


def write(report: Report, stream: TextIO) -> None:
    """Write the suites one after the other."""
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    counts = counted(report.coverage, report.findings)
    counts["tests"] += len(report.feeds)
    stream.write(f"<testsuites{attributes(name=report.tool.name, **counts, time=report.run.seconds)}>\n")
    known = [one.id for one in report.evidence]
    rest = dict.fromkeys(one.evidence for one in report.coverage) | dict.fromkeys(
        one.locator.evidence for one in report.findings
    )
    for name in dict.fromkeys([*known, *rest]):
        stream.writelines(suite(report, name))
    stream.writelines(feeds(report))
    stream.write("</testsuites>\n")


def suite(report: Report, name: str) -> Iterator[str]:
    """The suite of one piece of evidence."""
    coverage = [one for one in report.coverage if one.evidence == name]
    findings = [one for one in report.findings if one.locator.evidence == name]
    counts = counted(coverage, findings)
    yield f"  <testsuite{attributes(name=name, timestamp=moment(report.run.started), **counts)}>\n"
    yield f'    <properties><property name="headline"{attributes(value=report.verdict.headline)}/></properties>\n'
    yield from map(check, coverage)
    yield from map(case, findings)
    yield "  </testsuite>\n"


def feeds(report: Report) -> Iterator[str]:
    """The suite of the feeds: what is wrong with one is told, and fails nothing."""
    yield f"  <testsuite{attributes(name='feeds', **counted([], []) | {'tests': len(report.feeds)})}>\n"
    for one in report.feeds:
        said = "\n".join(map(told, one.problems[:MAX_PROBLEMS]))
        inner = f"<system-err>{text(said)}</system-err>" if said else ""
        yield whole_case("feeds", f"{one.id}: {one.indicators} indicators, {len(one.problems)} problems", inner)
    yield "  </testsuite>\n"


def check(one: Coverage) -> str:
    """The test case of a row of the coverage."""
    said = "\n".join(map(told, one.problems[:MAX_PROBLEMS]))
    inner = ""
    if one.state in INCOMPLETE:
        inner = f"<error{attributes(message=one.state, type=one.state)}>{text(said)}</error>"
    elif one.state in SKIPPED:
        first = one.problems[0].message if one.problems else ""
        inner = f"<skipped{attributes(message=f'{one.state}: {first}' if first else one.state)}/>"
    return whole_case(one.artifact, f"{one.state}: {one.path or 'the evidence as a whole'}", inner)


def case(one: Finding) -> str:
    """The test case of a finding."""
    body = "\n".join([one.message, where(one), *(line for line in (one.why, one.benign, one.next) if line)])
    if one.suppressed:
        inner = f"<skipped{attributes(message=f'suppressed: {one.suppressed.reason}')}/>"
    elif fails(one):
        inner = f"<failure{attributes(message=one.message, type=one.severity)}>{text(body)}</failure>"
    else:
        inner = f"<system-out>{text(body)}</system-out>"
    return whole_case(f"{one.locator.artifact}.{one.rule}", f"{one.severity}: {one.title} [{one.id}]", inner)


def whole_case(of: str, name: str, inner: str) -> str:
    """A test case."""
    return f"    <testcase{attributes(classname=of, name=name)}{f'>{inner}</testcase>' if inner else '/>'}\n"


def counted(coverage: list[Coverage], findings: list[Finding]) -> dict[str, int]:
    """How many test cases there are, and how they ended."""
    states = Counter(one.state for one in coverage)
    return {
        "tests": len(coverage) + len(findings),
        "failures": sum(map(fails, findings)),
        "errors": sum(states[one] for one in INCOMPLETE),
        "skipped": sum(states[one] for one in SKIPPED) + sum(one.suppressed is not None for one in findings),
    }


def fails(one: Finding) -> bool:
    """Whether a finding is a failure."""
    return one.counts and SEVERITIES[one.severity] >= Severity.MEDIUM


def told(problem: Problem) -> str:
    """A problem in a line."""
    row = "" if problem.row is None else f" ({problem.row})"
    return f"{problem.path or problem.where}{row}: {problem.message}"


def attributes(**values: object) -> str:
    """Attributes of an element, each with a blank before it."""
    return "".join(f' {name}="{text(str(value))}"' for name, value in values.items())


def text(value: str) -> str:
    """Text as XML takes it; lines stay, other control characters become escapes."""
    lines = (printable(line, MAX_TEXT) for line in value.split("\n")[:MAX_PROBLEMS])
    return re.sub('[&<>"\ufffe\uffff]', lambda found: SPECIAL[found[0]], "\n".join(lines))
