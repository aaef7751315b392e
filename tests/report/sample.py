"""A small report made by hand, the same with hostile text everywhere, and the golden files of every format.

`python -m tests.report.sample` writes the golden files anew.
"""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from scanner.finding import (
    Counts,
    Coverage,
    Device,
    EvidenceFacts,
    FeedFacts,
    Finding,
    Locator,
    Matched,
    Problem,
    Report,
    Run,
    Source,
    State,
    Suppressed,
    Tool,
    Verdict,
)
from scanner.record import Place
from scanner.report import formats

GOLDEN = Path(__file__).parent / "golden"
STREAMED = ("sarif", "stix", "misp", "timesketch", "csv", "junit", "markdown")
NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
PUBLIC = Source(
    feed="chimera", family="Chimera", first_seen="2026-01-05T00:00:00Z", place="objects[3]",
    reports=("https://lab.example/chimera",),
)  # fmt: skip
LAB = Source(feed="lab", family="Chimaera", canonical="Chimera", campaign="Moth", tlp="amber+strict", weak="short")
SAFARI = Locator(
    evidence="phone", artifact="ios.safari.history", path="/private/var/mobile/Library/Safari/History ü#1.db",
    native="e74113c1", sha256="ab" * 32, table="history_visits", row=12,
)  # fmt: skip
PACKAGES = Locator(evidence="android", artifact="android.packages.packages", path="dumpsys:/package", line=342)
PAGE: dict[str, Any] = {
    "why": "it matters", "benign": "may be nothing", "next": "look", "references": ("https://docs.example/rule",),
}  # fmt: skip


def finding(rule: str, severity: str, stage: str, locator: Locator, **more: Any) -> Finding:
    given: dict[str, Any] = {"title": f"What {rule} finds.", "message": f"{rule} found it", "time": None} | more
    return Finding(
        id=f"{rule}-id".lower(), rule=rule, severity=severity, stage=stage, confidence="high", locator=locator,
        **PAGE, **given,
    )  # fmt: skip


def findings() -> list[Finding]:
    link = Matched(
        kind="domain", value="moth.example", observed="https://www.moth.example/x?a=1", field="url",
        sources=(PUBLIC, LAB),
    )  # fmt: skip
    app = Matched(
        kind="app_id", value="example.moth", observed="example.moth", field="package", sources=(PUBLIC,)
    )  # fmt: skip
    record = {"url": link.observed, "visits": 3, "deep": [{"title": "Ünïcode"}], "odd": float("nan")}
    return [
        finding("IOC001", "critical", "visit", SAFARI, indicator=link, time=NOW, count=2, record=record,
                places=[Place(table="history_visits", row=14), Place(table="history_visits", row=14)]),
        finding("IOC006", "high", "presence", PACKAGES, indicator=app),
        finding("AND001", "medium", "none", PACKAGES, time=NOW.replace(microsecond=250000)),
        finding("IOS002", "info", "delivery", Locator(evidence="phone", artifact="ios.x", path="/x", key="a.b")),
    ]  # fmt: skip


def judged() -> Report:
    """The report with its first finding suppressed, and its second known before."""
    made = report()
    first, second, *_ = made.findings
    first.suppressed = Suppressed(reason="a page of the press", author="A. Analyst", expires="2027-01-01")
    second.known, made.counts.suppressed, made.counts.known = True, 1, 1
    return made


def report() -> Report:
    gone = Problem("ios.sms.messages", "the database is damaged", "/sms.db", 7)
    bad = Problem("feed", "no domain: 'x'", "lab", "line 4")
    return Report(
        tool=Tool(name="bridle", version="1.2.3"),
        run=Run(started=NOW, finished=NOW.replace(second=9), seconds=3.0, jobs=1),
        evidence=[
            EvidenceFacts(
                id="phone", path="backups/phone", kind="ios backup", acquired=NOW.replace(day=1),
                device=Device(name="Phone", model="iPhone14,5", os="iOS", version="17.5"),
            ),
            EvidenceFacts(id="android", path="qf", kind="androidqf"),
        ],
        feeds=[
            FeedFacts(id="chimera", name="Chimera", path="feeds/chimera.stix2", sha256="cd" * 32, indicators=5),
            FeedFacts(id="lab", name="Lab", path="feeds/lab.stix2", sha256="ef" * 32, indicators=1, problems=[bad]),
        ],
        verdict=Verdict(level="critical", headline="3 findings to look at", checked=2, possible=3, incomplete=1),
        coverage=[
            Coverage(evidence="phone", artifact="ios.safari.history", path=SAFARI.path, state=State.CHECKED, records=9),
            Coverage(
                evidence="phone", artifact="ios.sms.messages", path="/sms.db", state=State.FAILED, problems=[gone]
            ),
            Coverage(evidence="phone", artifact="ios.calls.calls", path=None, state=State.ABSENT),
            Coverage(evidence="android", artifact="android.packages.packages", path="dumpsys:/package",
                     state=State.CHECKED, records=3),
        ],
        findings=findings(), problems=[gone, bad], counts=Counts(critical=1, high=1, medium=1, info=1, records=12),
    )  # fmt: skip


KEPT = frozenset({"severity", "stage", "state", "kind", "schema", "level", "role", "threat", "tlp", "confidence"})
"""Words that come from a list."""


def hostile(text: str) -> Report:
    """The report with a text in place of every free text, keys of records too; one finding is suppressed."""
    made = msgspec.convert(poisoned(msgspec.to_builtins(report()), text), Report)
    made.findings[3].suppressed = Suppressed(reason=text, author=text, expires=text)
    for at, one in enumerate(made.findings):
        one.id = f"{text}{at}"
    return made


def poisoned(value: Any, text: str, name: str = "") -> Any:
    if isinstance(value, dict):
        inner = {key: poisoned(one, text, key) for key, one in value.items()}
        return {text: inner, f"{text}2": text} if name == "record" else inner
    if isinstance(value, list | tuple):
        return [poisoned(one, text, name) for one in value]
    timed = name in {"started", "finished", "time", "acquired", "fetched"}
    return text if isinstance(value, str) and name not in KEPT and not timed else value


def written(made: Report, name: str) -> bytes:
    stream = io.BytesIO()
    formats.write(made, name, stream)
    return stream.getvalue()


def golden(name: str) -> Path:
    return GOLDEN / f"report{formats.FORMATS[name].extension}"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for each in STREAMED:
        golden(each).write_bytes(written(report(), each))
    formats.save(report(), "mvt", GOLDEN / "mvt")
