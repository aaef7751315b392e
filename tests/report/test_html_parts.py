"""The parts of the page: stories, charts, coverage, rows of the timeline."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

from scanner.finding import Coverage, Problem, State
from scanner.report.html_activity import busiest, chart
from scanner.report.html_coverage import areas, by_artifact, counted
from scanner.report.html_ladder import ladder
from scanner.report.html_rows import BLOCK, timeline, told
from scanner.report.html_stories import Hit, stories
from scanner.report.html_text import visible
from tests.report.html_pages import NOW, Page, finding, report, written


def test_findings_of_one_app_are_one_story_the_worst_first() -> None:
    findings = [
        finding(1, indicator=None, record={"process": "oakd"}, severity="low", stage="execution"),
        finding(2, stage="presence"),
        finding(3, indicator=None, record={"app_id": "example.bad.app"}, rule="AND003", severity="high", time=None),
        finding(4, indicator=None, record={"url": "https://late.example"}, time=NOW + timedelta(minutes=13)),
        finding(5, indicator=None, record={"url": "https://later.example"}, time=NOW + timedelta(minutes=24)),
    ]
    made = stories(findings)
    assert [(one.subject.kind, one.subject.name, len(one.hits)) for one in made] == [
        ("app", "example.bad.app", 2), ("link", "late.example", 1), ("link", "later.example", 1),
        ("process", "oakd", 1),
    ]  # fmt: skip
    app, late, later, process = made
    assert [check.first.rule for check in app.checks] == ["IOC006", "AND003"]
    assert app.families == ["Oakfamily"]
    assert process.near == [app]
    assert later.near == []
    assert late.near == []
    assert app.near == [process]


def test_phones_are_kept_apart() -> None:
    one, other = finding(1), finding(2)
    other.locator = type(other.locator)(evidence="second", artifact="ios.x", path="/x")
    assert len(stories([one, other])) == 2
    assert stories([one, other])[0].near == []


def test_the_ladder_counts_each_rung() -> None:
    rungs, beside = ladder(
        [finding(1, stage="visit", severity="low"), finding(2, stage="visit"), finding(3, stage="none")]
    )
    assert [(rung.name, rung.findings, rung.severity, rung.top) for rung in rungs] == [
        ("contact", 0, "info", False), ("delivery", 0, "info", False), ("visit", 2, "critical", True),
        ("presence", 0, "info", False), ("execution", 0, "info", False),
    ]  # fmt: skip
    assert beside == 1


def test_bars_hold_every_finding_and_never_are_too_many() -> None:
    for span in (0, 1, 59, 3600, 86_400, 10**8, 10**9, 2 * 10**11):
        marks = [(datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=span * part / 7), "high") for part in range(8)]
        made = chart(marks)
        assert made is not None
        assert sum(bar.count for bar in made.bars) == 8
        assert len(made.bars) <= made.width <= 96
        assert max(part.height for bar in made.bars for part in bar.parts) == 100
    assert chart([]) is None


def test_records_are_the_ground_of_the_chart() -> None:
    made = chart([(NOW, "low")], [0, 10**6, 10**6, 10**6 * int(NOW.timestamp())])
    assert made is not None
    assert sum(bar.records for bar in made.bars) == 4
    assert max(bar.shade for bar in made.bars) == 100


def test_the_busiest_time_is_drawn_if_there_is_one() -> None:
    crowd = [(NOW + timedelta(seconds=second), "high") for second in range(20)]
    far = [(NOW + timedelta(days=day), "low") for day in range(1, 9)]
    assert busiest(crowd + far) == crowd
    assert busiest(far) == []
    assert busiest(crowd[:3]) == []


def test_coverage_is_never_better_than_its_worst_file() -> None:
    def row(artifact: str, state: State, path: str | None = "/x", *problems: Problem) -> Coverage:
        return Coverage(evidence="e", artifact=artifact, path=path, state=state, problems=list(problems), records=2)

    said, gone = Problem(where="x", message="said", note=True), Problem(where="x", message="gone")
    checked = by_artifact([
        row("ios.sms.a", State.CHECKED), row("ios.sms.a", State.FAILED, "/y", gone, said),
        row("ios.sms.b", State.ABSENT, None),
        row("ios.sms.b", State.CHECKED), row("ios.tcc.c", State.ABSENT, None),
    ])  # fmt: skip
    assert [(one.artifact, one.state, one.records, one.files) for one in checked] == [
        ("ios.sms.a", State.FAILED, 4, 2), ("ios.sms.b", State.CHECKED, 4, 1), ("ios.tcc.c", State.ABSENT, 2, 0),
    ]  # fmt: skip
    assert [(path, problem.message) for path, problem in checked[0].problems] == [("/y", "gone")]
    assert [(area.name, area.states, len(area.there)) for area in areas(checked)] == [
        ("sms", {"failed": 1, "checked": 1}, 2), ("tcc", {"absent": 1}, 0),
    ]  # fmt: skip
    assert counted(checked) == {"failed": 1, "checked": 1, "absent": 1}


def test_rows_are_in_order_compressed_and_whole() -> None:
    rows = [
        (NOW - timedelta(seconds=number % 977), f"ios.a{number % 3}", f"row\t{number}\n")
        for number in range(BLOCK + 10)
    ]
    made = timeline([*rows, (None, "ios.a", "x")], [Hit(1, finding(1))])
    blocks = [gzip.decompress(base64.b64decode(block)).decode().split("\n") for block in made.blocks]
    facts = json.loads(made.index)
    assert made.left_out == 1
    assert [len(block) for block in blocks] == [BLOCK, 11]
    lines = [line.split("\t") for block in blocks for line in block]
    assert [int(line[0]) for line in lines] == sorted(int(line[0]) for line in lines)
    assert facts["starts"] == [int(block[0].split("\t")[0]) for block in blocks]
    assert {(facts["artifacts"][int(line[1])], line[4]) for line in lines if line[2] == "0"} == {
        (artifact, visible(text)) for _, artifact, text in rows
    }
    assert [line[2:] for line in lines if line[2] != "0"] == [["5", "1", "IOC006 app 1"]]


def test_records_around_a_story_stand_in_the_page() -> None:
    rows = [(NOW + timedelta(minutes=minute), "ios.sms", f"<b>minute {minute}") for minute in range(-30, 30)]
    said = Page(written(report(finding(0)), records=rows)).said()
    assert "<b>minute 0" in said
    assert "<b>minute -9" not in said, "no more than eight before and after"
    assert "<b>minute -7" in said
    assert "<b>minute 7" in said
    assert "<b>minute 11" not in said


def test_a_record_is_told_in_one_line() -> None:
    assert told({"time": "2026", "url": "https://x.example", "title": None, "visits": 0, "tags": []}) == (
        "url=https://x.example  visits=0"
    )
