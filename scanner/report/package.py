"""A package for others: findings, their indicators and what was checked, and nothing of the evidence beside."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from scanner.finding import Finding, Matched, Report, Source
from scanner.report import formats

SCHEMA = "bridle.package/1"
WRITTEN = {"report.json": "json", "report.md": "markdown", "findings.csv": "csv"}
"""The report in the package, and its formats."""
MODE, FILE_MODE = 0o700, 0o600
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
README = """This package says what a scan with bridle found on a phone, and what could be checked.

report.json      the findings and the coverage; `bridle report report.json` writes it in other formats
report.md        the same, to read
findings.csv     the same, as a table
indicators.json  the indicators of the findings, and who published them
manifest.json    the SHA-256 of each file

{redacted}
Indicators that are marked above TLP:{level}, and those of private feeds, are left out; pseudonyms stand for them.
"""
REDACTED = "What tells of persons is replaced by pseudonyms: the same value has the same one everywhere in it."
PLAIN = "It is NOT redacted: it names persons and says what the evidence says."


def minimal(report: Report) -> Report:
    """A report with what a reader needs to judge it: of a record the field that matched, of feeds those not private.

    Findings that were judged and suppressed are left out; the headline counts them.
    """
    private = {one.id for one in report.feeds if one.private}
    said = {problem for feed in report.feeds for problem in feed.problems}
    options = {name: value for name, value in report.run.options.items() if not isinstance(value, dict)}
    return replace(
        report,
        run=replace(report.run, options=options),
        feeds=[
            replace(one, problems=[], path=one.path.replace("\\", "/").rpartition("/")[2])
            for one in report.feeds
            if one.id not in private
        ],
        findings=[least(one) for one in report.findings if one.suppressed is None],
        problems=[one for one in report.problems if one not in said and one.where != "suppressions"],
    )


def least(one: Finding) -> Finding:
    """A finding with nothing of its record but what its indicator matched."""
    matched = one.indicator
    seen = {name: value for name, value in one.record.items() if matched and name == matched.field}
    return replace(one, record=seen, locator=replace(one.locator, native=None))


def indicators(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The indicators of some findings, each once, with the findings that they gave and their sources."""
    found: dict[tuple[str, str], tuple[Matched, list[str]]] = {}
    for one in findings:
        if matched := one.indicator:
            found.setdefault((matched.kind, matched.value), (matched, []))[1].append(one.id)
    return [
        {"kind": kind, "value": value, "findings": ids, "sources": [source(each) for each in matched.sources]}
        for (kind, value), (matched, ids) in sorted(found.items())
    ]


def source(one: Source) -> dict[str, Any]:
    """Who knows an indicator."""
    names = ("feed", "canonical", "family", "campaign", "role", "threat", "reports", "tlp", "licence")
    return {name: value for name in names if (value := getattr(one, name))}


def write(report: Report, folder: Path, about: dict[str, Any]) -> None:
    """Write the package into a folder that only its owner can open; the manifest last.

    Args:
        report: What `minimal` leaves of a report.
        folder: An empty or new folder.
        about: What the manifest says beside the hashes.

    Raises:
        OSError: It cannot be written, or a file of the package is there already.
    """
    folder.mkdir(MODE, parents=True, exist_ok=True)
    folder.chmod(MODE)
    for name, format_ in WRITTEN.items():
        formats.save(report, format_, folder / name)
    level = report.withheld.level.upper() if report.withheld else "RED"
    text = README.format(redacted=REDACTED if report.redacted else PLAIN, level=level)
    put(folder / "README.txt", text)
    put(folder / "indicators.json", written(indicators(report.findings)))
    files = sorted(path for path in folder.iterdir() if path.name in {*WRITTEN, "README.txt", "indicators.json"})
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    tool = f"{report.tool.name} {report.tool.version}"
    manifest = {"schema": SCHEMA, "tool": tool, "redacted": report.redacted, **about, "files": hashes}
    put(folder / "manifest.json", written(manifest))


def written(value: object) -> str:
    """A document as JSON."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n"


def put(path: Path, text: str) -> None:
    """Write a new file that only its owner can read."""
    with os.fdopen(os.open(path, NEW, FILE_MODE), "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.write(text)
