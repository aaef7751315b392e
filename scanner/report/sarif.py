"""The report as SARIF 2.1.0: for code-scanning pages, editors and whatever else collects the results of analyses.

A finding is a result, its rule a reporting descriptor with the text of its page; what could not be checked is a
notification of the invocation, and an invocation that has gaps did not succeed. Records of the evidence are left out.

References:
    OASIS SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    GitHub's limits:
        https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from scanner.finding import INCOMPLETE, SEVERITIES, Finding, Locator, Report, Severity
from scanner.record import Place
from scanner.report.sarif_notifications import descriptors, notifications
from scanner.report.sarif_rules import LEVELS, described
from scanner.report.sarif_text import plain, short, uri
from scanner.report.strict_json import encoded, listed, moment

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 25_000
"""More of them in one run are refused."""
SHA256 = re.compile("[0-9a-fA-F]{64}")
RANKS = {"critical": 100.0, "high": 80.0, "medium": 50.0, "low": 20.0, "info": 0.0}
EXIT = {
    0: "nothing of medium severity or above was found, and everything was checked",
    1: "something of medium severity or above was found",
    3: "nothing of medium severity or above was found, but something could not be checked completely",
}


def write(report: Report, stream: TextIO) -> None:
    """Write the report as one SARIF log of one run."""
    shown = report.findings[:MAX_RESULTS]
    rules = described(shown)
    place = {one["id"]: at for at, one in enumerate(rules)}
    stream.write(f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [\n')
    results = (result(one, place[short(one.rule)]) | history(one, report) for one in shown)
    listed(stream, run(report, rules), "results", results)
    stream.write("\n]}\n")


def run(report: Report, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """The run without its results (section 3.14)."""
    left = len(report.findings) - MAX_RESULTS
    driver = {
        "name": short(report.tool.name), "version": short(report.tool.version), "rules": rules,
        "notifications": descriptors(),
    }  # fmt: skip
    names = [one.id for one in report.evidence]
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": plain(f"{report.tool.name}/{'+'.join(names)}/")},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            short(one.id): {"description": {"text": plain(f"the root of the phone in {one.path} ({one.kind})")}}
            for one in report.evidence
        },
        "invocations": [invocation(report, max(left, 0))],
        "artifacts": list(artifacts(report)),
        "properties": {"verdict": report.verdict.level, "headline": plain(report.verdict.headline)},
    }


def invocation(report: Report, left: int) -> dict[str, Any]:
    """How the scan went (section 3.20); the exit code is that of a scan without options."""
    worst = max((SEVERITIES[one.severity] for one in report.findings if one.counts), default=Severity.INFO)
    gaps = report.verdict.incomplete or any(one.state in INCOMPLETE for one in report.coverage)
    code = 1 if worst >= Severity.MEDIUM else 3 if gaps else 0
    return {
        "executionSuccessful": not gaps,
        "exitCode": code,
        "exitCodeDescription": EXIT[code],
        "startTimeUtc": moment(report.run.started),
        "endTimeUtc": moment(report.run.finished),
        "toolExecutionNotifications": list(notifications(report, left)),
    }


def artifacts(report: Report) -> Iterator[dict[str, Any]]:
    """The files that results stand in, with their hashes (section 3.24)."""
    seen = set()
    for one in report.findings[:MAX_RESULTS]:
        at = one.locator
        if at.sha256 and SHA256.fullmatch(at.sha256) and (key := (at.evidence, at.path, at.sha256)) not in seen:
            seen.add(key)
            yield {"location": file(at), "hashes": {"sha-256": at.sha256}}


def result(one: Finding, at: int) -> dict[str, Any]:
    """A finding (section 3.27)."""
    made: dict[str, Any] = {
        "ruleId": short(one.rule),
        "ruleIndex": at,
        "level": LEVELS[one.severity],
        "rank": RANKS[one.severity],
        "message": {"text": plain(one.message or one.title)},
        "locations": [location(one.locator, one.locator)],
        "partialFingerprints": {"bridleFinding/v1": short(one.id), "primaryLocationLineHash": short(one.id)},
        "occurrenceCount": max(one.count, 1),
        "properties": properties(one),
    }
    if more := distinct(location(one.locator, place) for place in one.places):
        made["relatedLocations"] = more
    return made


def history(one: Finding, report: Report) -> dict[str, Any]:
    """What was said of a finding before: every result tells if any does (sections 3.27.23, 3.27.24)."""
    made: dict[str, Any] = {}
    if report.counts.known or one.known:
        made["baselineState"] = "unchanged" if one.known else "new"
    if said := one.suppressed:
        more = {name: short(value) for name in ("author", "expires") if (value := getattr(said, name))}
        made["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": plain(said.reason), "properties": more}
        ]
    elif report.counts.suppressed:
        made["suppressions"] = []
    return made


def distinct(locations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each location once: arrays of SARIF are sets."""
    return list({encoded(one): one for one in locations}.values())


def properties(one: Finding) -> dict[str, Any]:
    """What SARIF has no place for."""
    made: dict[str, Any] = {
        "severity": one.severity, "stage": one.stage, "confidence": short(one.confidence),
        "evidence": short(one.locator.evidence), "artifact": short(one.locator.artifact),
        "devicePath": short(one.locator.path),
    }  # fmt: skip
    if one.time:
        made["time"] = moment(one.time)
    if matched := one.indicator:
        names = dict.fromkeys(source.family or source.feed for source in matched.sources)
        made["indicator"] = {
            "kind": short(matched.kind), "value": short(matched.value), "observed": short(matched.observed),
            "field": short(matched.field), "knownOf": list(map(short, names)),
        }  # fmt: skip
    return made


def location(at: Locator, place: Locator | Place) -> dict[str, Any]:
    """Where a finding stands (section 3.28): the file, and the line, byte, row or key in it."""
    physical: dict[str, Any] = {"artifactLocation": file(at)}
    if place.line is not None and place.line > 0:
        physical["region"] = {"startLine": place.line}
    elif place.offset is not None and place.offset >= 0:
        physical["region"] = {"byteOffset": place.offset}
    made: dict[str, Any] = {"physicalLocation": physical}
    words = Place(table=place.table, row=place.row, key=place.key)
    if said := str(words):
        kind = "row" if place.row is not None else "member" if place.key is not None else "table"
        made["logicalLocations"] = [{"fullyQualifiedName": plain(said), "kind": kind}]
    return made


def file(at: Locator) -> dict[str, Any]:
    """A file of the evidence (section 3.4): relative to the phone's root, or under a scheme of Bridle's own."""
    name, absolute = uri(at.path)
    return {"uri": name} if absolute else {"uri": name, "uriBaseId": short(at.evidence)}
