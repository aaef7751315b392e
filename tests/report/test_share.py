"""A shared report tells nothing that was told in confidence, and says how much it leaves out."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

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
    Tool,
    Verdict,
)
from scanner.record import Place
from scanner.report import json as json_report
from scanner.report import text
from scanner.report.share import kept_key, shared

KEY = b"k" * 32
NOW = datetime(2026, 1, 2, tzinfo=UTC)
SECRET = "secret.example"


def finding(value: str, *sources: Source, kind: str = "domain", observed: str | None = None, **more: Any) -> Finding:
    observed = observed or f"https://{value}/x"
    matched = Matched(kind=kind, value=value, observed=observed, field="url", sources=sources)
    given: dict[str, Any] = {
        "record": {"url": observed, "deep": [{"title": f"at {value.upper()}"}], "visits": 3},
        "locator": Locator(evidence="phone", artifact="ios.x", path="/var/x.db", sha256="ab", row=7),
        "message": f"{observed!r} is known of Redfamily: reason", "indicator": matched,
    } | more  # fmt: skip
    return Finding(
        id="0123", rule="IOC001", title="A link", severity="high", stage="visit", confidence="medium", time=NOW, **given
    )


def report(*findings: Finding, feeds: tuple[FeedFacts, ...] = (), problems: tuple[Problem, ...] = ()) -> Report:
    return Report(
        tool=Tool(name="bridle", version="1"),
        run=Run(started=NOW, finished=NOW, seconds=0.0, jobs=1),
        evidence=[EvidenceFacts(id="phone", path="phone", kind="tree", device=Device(), notes=[f"had {SECRET}"])],
        feeds=list(feeds), verdict=Verdict(level="high", headline="x", checked=1, possible=1, incomplete=0),
        coverage=[Coverage(evidence="phone", artifact="ios.x", path=f"/var/{SECRET}/x", state=State.CHECKED)],
        findings=list(findings), problems=[*problems, *(one for feed in feeds for one in feed.problems)],
        counts=Counts(high=len(findings)),
    )  # fmt: skip


def feed(name: str, **more: Any) -> FeedFacts:
    return FeedFacts(id=name, name=f"{name}-name", path=f"/feeds/{name}.json", sha256="c" * 64, **more)


def written(made: Report) -> str:
    return msgspec.json.encode(made).decode()


RED = Source(feed="lab", family="Redfamily", campaign="Redcampaign", tlp="red", weak="redweak", place="objects[3]")
OPEN = Source(feed="public", family="Openfamily")


@pytest.mark.parametrize(
    ("source", "level", "seen"),
    [
        ({"tlp": None}, "clear", True),
        ({"tlp": "clear"}, "clear", True),
        ({"tlp": "green"}, "clear", False),
        ({"tlp": "green"}, "green", True),
        ({"tlp": "amber"}, "green", False),
        ({"tlp": "amber"}, "amber", True),
        ({"tlp": "amber+strict"}, "amber", False),
        ({"tlp": "amber+strict"}, "red", True),
        ({"tlp": "red"}, "amber", False),
        ({"tlp": "red"}, "red", True),
        ({"tlp": "purple"}, "amber", False),
        ({"private": True}, "red", False),
        ({"private": True, "tlp": "clear"}, "red", False),
    ],
)
def test_levels(source: dict[str, Any], level: str, seen: bool) -> None:
    made = shared(report(finding(SECRET, Source(feed="lab", **source))), level, KEY)
    assert (SECRET in written(made)) is seen
    assert made.withheld is not None
    assert made.withheld.indicators == (0 if seen else 1)


def test_nothing_of_a_confidential_indicator_is_left() -> None:
    other = finding("open.example", OPEN, record={"url": f"https://a.{SECRET}/y"}, message=f"see {SECRET.upper()}")
    problem = Problem("rule", f"the rule failed at {SECRET}", f"/x/{SECRET}", SECRET)
    whole = report(finding(SECRET, RED), other, problems=(problem,))
    before = written(whole)
    made = shared(whole, "amber", KEY)
    text_ = written(made).lower()
    for word in (SECRET, "redfamily", "redcampaign", "redweak", '"lab"', "objects[3]", "reason"):
        assert word not in text_, word
    assert written(whole) == before
    first, second = made.findings
    assert first.id != whole.findings[0].id
    assert (first.severity, first.stage, first.locator.path, first.locator.row) == ("high", "visit", "/var/x.db", 7)
    assert second.indicator is not None
    assert second.indicator.value == "open.example"
    assert made.withheld is not None
    assert (made.withheld.findings, made.withheld.indicators, made.withheld.sources) == (1, 1, 1)
    assert made.counts == whole.counts
    msgspec.json.decode(written(made), type=Report)


def test_what_is_public_too_stays_and_its_confidential_source_goes() -> None:
    made = shared(report(finding("both.example", RED, OPEN)), "clear", KEY)
    (one,) = made.findings
    assert one.indicator is not None
    assert one.indicator.value == "both.example"
    assert OPEN in one.indicator.sources
    assert one.message == "'https://both.example/x' is known of Openfamily (domain 'both.example')"
    assert "Redfamily" not in written(made)
    assert made.withheld is not None
    assert (made.withheld.findings, made.withheld.sources) == (0, 1)


def test_feeds_that_are_confidential_are_counted_and_not_named() -> None:
    bad = Problem(where="feed", message="no domain: 'hush'", path="lab")
    feeds = (feed("lab", private=True, problems=[bad], indicators=5), feed("half", tlp="red"), feed("public"))
    half = Source(feed="half", family="Halffamily", place="objects[1]")
    made = shared(report(finding("open.example", half), feeds=feeds), "green", KEY)
    said = written(made)
    assert not [word for word in ("lab", "hush", "half", "objects[1]") if word in said]
    assert "Halffamily" in said
    assert made.feeds[0].indicators == 5
    assert made.feeds[2] == feeds[2]
    assert made.withheld is not None
    assert made.withheld.feeds == 2


def test_traces_on_the_phone_lose_their_path() -> None:
    where = Locator(evidence="phone", artifact="a", path="/data/app/com.evil.app/base.apk", key="com.evil.app")
    hit = finding(
        "com.evil.app", RED, kind="app_id", observed="com.Evil.app", locator=where, places=[Place(key="evil")]
    )
    rule = finding("YaraRule", RED, kind="yara", observed="/x/y", locator=where)
    beside = finding(
        "open.example", OPEN, locator=where, record={"path": "/data/app/com.Evil.App/x", "not": "com.evil.apps"}
    )
    made = shared(report(hit, rule, beside), "green", KEY)
    said = written(made)
    assert "com.evil.app/" not in said.lower()
    assert "YaraRule" not in said
    assert made.findings[0].locator.path == made.findings[1].locator.path == "withheld"
    assert made.findings[2].record["not"] == "com.evil.apps"


def test_other_ways_of_writing() -> None:
    """Schemes, final slashes and forms that only the observed value has."""
    link = finding("https://secret.example/in/", RED, kind="url", observed="http://secret.example/in/")
    number = finding("+15550100", RED, kind="phone", observed="+1 (555) 0100")
    beside = finding("open.example", OPEN, record={"a": "http://secret.example/in", "b": ["call +1 (555) 0100"]})
    record = shared(report(link, number, beside), "green", KEY).findings[2].record
    assert "secret" not in record["a"]
    assert "0100" not in record["b"][0].rpartition("-")[0]


def test_odd_letters_do_not_break_it() -> None:
    odd = finding("straße İ.example", RED, kind="process", observed="STRASSE ſ K")
    beside = finding("open.example", OPEN, record={"a": "STRAßE i̇.example, strasse s k ſ K"})
    assert shared(report(odd, beside), "green", KEY).findings[1].record


def test_pseudonyms_are_stable_and_need_the_key() -> None:
    whole = report(finding(SECRET, RED), finding(SECRET, RED), finding("other.example", RED))
    first, again, other = (shared(whole, "green", key) for key in (KEY, KEY, b"o" * 32))
    values = [one.indicator.value for one in first.findings if one.indicator]
    assert written(first) == written(again)
    assert values[0] == values[1] != values[2]
    assert other.findings[0].indicator != first.findings[0].indicator


def test_an_unknown_level_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown level"):
        shared(report(), "white", KEY)


def test_the_key_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = kept_key(folder)
    assert kept_key(folder) == key
    assert len(key) == 32
    (folder / "pseudonyms.key").write_bytes(b"short")
    assert kept_key(folder) != kept_key(folder)
    (tmp_path / "file").write_text("x")
    assert len(kept_key(tmp_path / "file" / "x")) == 32


def test_the_summary_says_what_is_withheld() -> None:
    made = shared(report(finding(SECRET, RED)), "green", KEY)
    out, document = io.StringIO(), io.StringIO()
    text.write(made, out)
    json_report.write(made, document)
    assert "TLP:GREEN: withheld are 1 indicators (in 1 findings), 1 sources and 0 feeds" in out.getvalue()
    assert json.loads(document.getvalue())["withheld"]["level"] == "green"
    assert SECRET not in out.getvalue()
