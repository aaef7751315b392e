"""The findings as events for Timesketch: JSON lines.

A finding without a time of its own stands at the time that the evidence was made, or scanned, and says so.

References:
    Timesketch, import of JSONL: https://timesketch.org/guides/user/import-from-json-csv/
"""

from datetime import datetime
from typing import Any, TextIO

from scanner.finding import Finding, Report
from scanner.report.strict_json import encoded, moment, whole
from scanner.report.table import cells

MAX_TEXT = 8000
"""Characters of one field; the search engine behind Timesketch refuses terms above 32 KB."""


def write(report: Report, stream: TextIO) -> None:
    """Write one line for each finding, in the order of the report."""
    acquired = {one.id: one.acquired for one in report.evidence}
    events = (event(one, *dated(one, acquired.get(one.locator.evidence), report)) for one in report.findings)
    stream.writelines(encoded(one) + "\n" for one in events)


def dated(one: Finding, acquired: datetime | None, report: Report) -> tuple[datetime, str]:
    """When it stands on the time line, and what that time is."""
    if one.time:
        return one.time, f"Time of the record ({one.locator.artifact})"
    if acquired:
        return acquired, "Evidence acquired (the finding has no time of its own)"
    return report.run.started, "Scan started (the finding has no time of its own)"


def event(one: Finding, time: datetime, described: str) -> dict[str, Any]:
    """The event of a finding: what Timesketch wants, then everything that is known of it."""
    known = {name: shortened(value) for name, value in cells(one).items() if name not in {"message", "time"}}
    return {
        "message": shortened(f"[{one.severity}] {one.rule}: {one.message or one.title}"),
        "datetime": moment(time),
        "timestamp_desc": shortened(described),
        "data_type": "bridle:finding",
        "tag": ["bridle", one.severity, one.stage, *(["suppressed"] if one.suppressed else [])],
        **{name: value for name, value in known.items() if value not in {None, ""}},
        **{name: shortened(getattr(one, name)) for name in ("why", "benign", "next") if getattr(one, name)},
    }


def shortened(value: Any) -> Any:
    """Text of a size that can be indexed; other values as they are."""
    if not isinstance(value, str):
        return value
    return whole(value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "…")
