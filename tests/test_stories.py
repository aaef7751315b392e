"""Stories: the findings of one subject together, and what lies around a finding."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner import stories
from scanner.finding import RUNGS, STAGES, Finding, Locator, Matched, Source, Suppressed
from scanner.stories import Subject, subject
from tests.documents import report

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def finding(name: str, minutes: int | None = 0, *, artifact: str = "ios.x.y", **fields: Any) -> Finding:
    at = None if minutes is None else NOON + timedelta(minutes=minutes)
    place = Locator(evidence=fields.pop("evidence", "phone"), artifact=artifact, path="/x")
    fields = {"severity": "high", "stage": "visit"} | fields
    return Finding(id=name, rule="R", title="", confidence="", message="", time=at, locator=place, **fields)


def matched(kind: str, value: str, observed: str) -> Matched:
    source = Source(feed="f", family="Chimera")
    return Matched(kind=kind, value=value, observed=observed, field="url", sources=(source,))


def test_the_findings_on_one_subject_are_one_story_with_its_times() -> None:
    link = matched("domain", "lantern.example", "https://a.lantern.example/x")
    page = matched("url", "https://lantern.example/t", "https://lantern.example/t/1")
    made = report(
        finding("a", 7, indicator=link, severity="critical"),
        finding("b", 1, indicator=page, stage="delivery"),
        finding("c", None, record={"url": "http://lantern.example:8080/"}, stage="execution"),
        finding("d", 2, indicator=link, evidence="other"),
    )
    first, second = stories.stories(made)
    assert (first.kind, first.subject, first.findings) == ("link", "lantern.example", ("a", "b", "c"))
    assert (first.severity, first.stage) == ("critical", "execution")
    assert (first.first, first.last) == (NOON + timedelta(minutes=1), NOON + timedelta(minutes=7))
    assert first.families == ("Chimera",)
    assert second.evidence == "other"


@pytest.mark.parametrize(
    ("artifact", "record", "expected"),
    [
        ("android.x.y", {"process": "org.example.app:remote"}, Subject("app", "org.example.app")),
        ("android.x.y", {"process": "/system/bin/sh"}, Subject("process", "/system/bin/sh")),
        ("ios.x.y", {"process": "agentd"}, Subject("process", "agentd")),
        ("ios.x.y", {"url": "https://x.example/a", "title": "t"}, Subject("link", "x.example")),
        ("ios.x.y", {"sender": "15550100188@s.whatsapp.net"}, Subject("contact", "+15550100188")),
        ("ios.x.y", {"phone": "+1 (555) 010-0188"}, Subject("contact", "+15550100188")),
        ("ios.x.y", {"path": "/private/var/tmp/a/"}, Subject("file", "/var/tmp/a")),
        ("ios.x.y", {"url": "http://[2001:db8::1]:80/"}, Subject("link", "2001:db8::1")),
        ("ios.x.y", {"number": 3, "urls": []}, Subject("place", "ios.x.y")),
    ],
)
def test_a_record_tells_what_a_finding_is_about(artifact: str, record: dict[str, Any], expected: Subject) -> None:
    assert subject(finding("a", artifact=artifact, record=record)) == expected


def test_what_is_suppressed_does_not_weigh_in_a_story() -> None:
    bad = finding("a", record={"app_id": "x.y"}, severity="critical", suppressed=Suppressed(reason="known"))
    (both,) = stories.stories(report(bad, finding("b", record={"app_id": "x.y"}, severity="low")))
    assert (both.severity, both.suppressed) == ("low", False)
    (alone,) = stories.stories(report(bad))
    assert (alone.severity, alone.suppressed) == ("critical", True)


def test_related_is_what_lies_within_ten_minutes_on_the_same_phone() -> None:
    one = finding("a")
    rest = [finding(str(at), at) for at in (-11, 11, 10, -10, 3)]
    made = report(one, *rest, finding("b", evidence="other"), finding("c", None))
    assert [near.id for near in stories.related(made, one)] == ["-10", "3", "10"]
    assert stories.related(made, made.findings[-1]) == []


def test_every_rung_has_its_meaning() -> None:
    assert RUNGS.keys() == STAGES.keys()
    assert all(RUNGS[stage].startswith(f"{stage}: ") for stage in STAGES if stage != "none")
