"""The findings in the files that tools around MVT read: `alerts.json`, `timeline.csv` and `info.json` in a folder.

All times are UTC. Hashes are those of the files that findings stand in; `manifest.json` of the case has all.

References:
    MVT's output: https://docs.mvt.re/en/latest/
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.finding import Finding, Report
from scanner.report.strict_json import encoded, whole
from scanner.report.table_csv import cell

LEVELS = {"info": "INFORMATIONAL", "low": "LOW", "medium": "MEDIUM", "high": "HIGH", "critical": "CRITICAL"}
HEAD = ("UTC Timestamp", "Plugin", "Event", "Description")
MODE = 0o700


def write(report: Report, folder: Path) -> None:
    """Write the three files into a folder, which is made if it is not there.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(MODE, parents=True, exist_ok=True)
    with (folder / "alerts.json").open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[\n" + ",\n".join(encoded(alert(one)) for one in report.findings) + "\n]\n")
    (folder / "info.json").write_text(encoded(info(report)) + "\n", encoding="utf-8", newline="\n")
    with (folder / "timeline.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        table.writerow(HEAD)
        table.writerows(sorted(timeline(report)))


def alert(one: Finding) -> dict[str, Any]:
    """A finding as an alert; its id, rule and place stand beside what MVT has."""
    matched = None
    if known := one.indicator:
        names = dict.fromkeys(source.canonical or source.family or source.feed for source in known.sources)
        feeds = dict.fromkeys(source.feed for source in known.sources)
        matched = {
            "value": known.value, "type": known.kind, "name": ", ".join(names), "stix2_file_name": ", ".join(feeds),
        }  # fmt: skip
    return {
        "level": LEVELS["info" if one.suppressed else one.severity], "module": one.locator.artifact,
        "message": f"{one.message} (suppressed: {one.suppressed.reason})" if one.suppressed else one.message,
        "event_time": stamp(one.time), "event": one.record, "matched_indicator": matched,
        "id": one.id, "rule": one.rule, "path": one.locator.path,
    }  # fmt: skip


def info(report: Report) -> dict[str, Any]:
    """What was scanned, with what."""
    hashes = {(one.locator.path, one.locator.sha256) for one in report.findings if one.locator.sha256}
    return {
        "target_path": ", ".join(one.path for one in report.evidence),
        "mvt_version": f"{report.tool.name} {report.tool.version}",
        "date": stamp(report.run.started),
        "ioc_files": [one.path for one in report.feeds],
        "hashes": [{"file_path": path, "sha256": digest} for path, digest in sorted(hashes)],
    }


def timeline(report: Report) -> Iterator[tuple[str, str, str, str]]:
    """The findings that have a time."""
    for one in report.findings:
        if one.time:
            yield stamp(one.time), cell(one.locator.artifact), cell(one.rule), cell(whole(one.message or one.title))


def stamp(time: datetime | None) -> str:
    """A time as MVT writes it; nothing for none."""
    if time is None:
        return ""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
