"""What every format of a report holds, and that it is the same each time."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import stix2
from defusedxml.ElementTree import fromstring
from msgspec.structs import replace

from scanner.cli.report import Written
from scanner.feeds import stix as feeds
from scanner.feeds.model import Indicator
from scanner.finding import Matched, Problem, Report, State, Verdict
from scanner.record import Kind
from scanner.report import formats, sarif
from scanner.report.share import shared
from tests.report.sample import GOLDEN, PUBLIC, SAFARI, STREAMED, finding, golden, judged, report, written

UNSAID = {Kind.HANDLE, Kind.CLIENT, Kind.HASH, Kind.CERT_HASH, Kind.TEXT, Kind.CERT_ORGANISATION}
"""Kinds of fields that no indicator has, and one that STIX has no pattern for."""
VALUES = {
    Kind.DOMAIN: "moth.example", Kind.URL: "https://moth.example/a?b='c'&d=e", Kind.IP: "2001:db8::7",
    Kind.CIDR: "192.0.2.0/24", Kind.EMAIL: "a@moth.example", Kind.PHONE: "+15550100", Kind.PATH: "/data/it's/moth",
    Kind.MD5: "ab" * 16, Kind.SHA1: "ab" * 20, Kind.SHA256: "ab" * 32, Kind.SHA512: "ab" * 64,
    Kind.CERT_MD5: "ab" * 16, Kind.CERT_SHA1: "ab" * 20, Kind.CERT_SHA256: "ab" * 32,
    Kind.PROFILE: "B1A5ED00-5EED-4C0D-8E57-0C41E3A0D001",
}  # fmt: skip
BESIDE = Path(__file__).parents[3] / "shared" / "schemas" / "sarif-schema-2.1.0.json"
"""The schema of SARIF, where it lies beside the project."""


def document(name: str, made: Report | None = None) -> Any:
    return json.loads(written(made or report(), name))


def run(made: Report | None = None) -> Any:
    return document("sarif", made)["runs"][0]


@pytest.mark.parametrize("name", STREAMED)
def test_golden(name: str) -> None:
    """`python -m tests.report.sample` writes them anew; look at what changed."""
    assert written(report(), name) == golden(name).read_bytes()


def test_golden_folder(tmp_path: Path) -> None:
    formats.save(report(), "mvt", tmp_path / "mvt")
    for path in (GOLDEN / "mvt").iterdir():
        assert (tmp_path / "mvt" / path.name).read_bytes() == path.read_bytes()


def test_every_format_is_offered_and_has_a_writer() -> None:
    assert {one.value for one in Written} == set(formats.FORMATS)
    assert all(callable(formats.FORMATS[name].write) for name in (*STREAMED, "text", "json", "mvt", "parquet"))
    with pytest.raises(ValueError, match="unknown format 'pdf'; text, json, "):
        formats.write(report(), "pdf", io.BytesIO())


def test_sarif_says_what_was_found_and_where() -> None:
    one = run()
    first, second, *_ = one["results"]
    rules = one["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in one["results"]] == [each["ruleId"] for each in one["results"]]
    assert [each["level"] for each in one["results"]] == ["error", "error", "warning", "note"]
    place = first["locations"][0]
    uri = "private/var/mobile/Library/Safari/History%20%C3%BC%231.db"
    assert place["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "phone"}
    assert place["logicalLocations"] == [{"fullyQualifiedName": "history_visits row 12", "kind": "row"}]
    assert len(first["relatedLocations"]) == 1
    physical = second["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "dumpsys:/package"}, "region": {"startLine": 342}}
    assert first["partialFingerprints"]["primaryLocationLineHash"] == "ioc001-id"
    assert "May be harmless" in rules[0]["help"]["text"]


def test_sarif_does_not_succeed_with_gaps() -> None:
    (gapped,) = run()["invocations"]
    assert (gapped["executionSuccessful"], gapped["exitCode"]) == (False, 1)
    levels = Counter(one["level"] for one in gapped["toolExecutionNotifications"])
    assert levels == {"error": 1, "note": 1, "warning": 1}
    quiet = replace(report(), findings=[])
    assert run(quiet)["invocations"][0]["exitCode"] == 3
    whole = [one for one in quiet.coverage if one.state is State.CHECKED]
    verdict = Verdict(level="none", headline="nothing", checked=1, possible=1, incomplete=0)
    (clean,) = run(replace(quiet, coverage=whole, verdict=verdict))["invocations"]
    assert (clean["executionSuccessful"], clean["exitCode"]) == (True, 0)


def test_sarif_keeps_within_limits_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    one = run()
    assert len(one["results"]) == 2
    told = [each["message"]["text"] for each in one["invocations"][0]["toolExecutionNotifications"]]
    assert told[0] == "2 findings are left out here; report.json has all of them"
    problems = [Problem("x", f"number {each}") for each in range(6000)]
    assert len(run(replace(report(), problems=problems))["invocations"][0]["toolExecutionNotifications"]) == 5002
    long = finding("IOC001", "high", "none", SAFARI, message="a" * 5000)
    message = run(replace(report(), findings=[long]))["results"][0]["message"]["text"]
    assert message.endswith("… (shortened)")
    assert len(message) < 1024


@pytest.mark.skipif(not BESIDE.is_file(), reason="the schema is not beside the project")
def test_sarif_fits_its_schema() -> None:
    jsonschema.validate(document("sarif"), json.loads(BESIDE.read_text(encoding="utf-8")))


def test_what_is_suppressed_or_known_is_said_and_does_not_count() -> None:
    one = run(judged())
    first, second, third, _ = one["results"]
    (said,) = first["suppressions"]
    assert said["justification"] == "a page of the press"
    assert said["properties"] == {"author": "A. Analyst", "expires": "2027-01-01"}
    assert second["suppressions"] == third["suppressions"] == []
    assert [each["baselineState"] for each in one["results"]] == ["new", "unchanged", "new", "new"]
    kinds = Counter(one["type"] for one in document("stix", judged())["objects"])
    assert (kinds["sighting"], kinds["note"], kinds["observed-data"]) == (1, 3, 4)
    domain, app = document("misp", judged())["Event"]["Attribute"]
    assert (domain["to_ids"], len(domain["Sighting"]), len(app["Sighting"])) == (False, 0, 1)
    root = fromstring(written(judged(), "junit"))
    assert (root.attrib["failures"], root.attrib["skipped"]) == ("1", "2")
    page = written(judged(), "markdown").decode()
    assert "- `a page of the press`, by `A. Analyst`, until `2027-01-01`\n  `IOC001`" in page
    assert "(known before) `IOC006 found it`" in page
    row = next(csv.DictReader(io.StringIO(written(judged(), "csv").decode(), newline="")))
    assert row["suppressed"] == "a page of the press; by A. Analyst; until 2027-01-01"
    assert "suppressed" in json.loads(written(judged(), "timesketch").splitlines()[0])["tag"]


def test_the_exit_code_of_sarif_is_of_what_counts() -> None:
    made = judged()
    made.findings = made.findings[:2]
    assert run(made)["invocations"][0]["exitCode"] == 3


def test_stix_holds_together() -> None:
    made = document("stix")
    stix2.parse(made, version="2.1")
    inside = {one["id"] for one in made["objects"]}
    assert len(inside) == len(made["objects"])
    refs = [ref for one in made["objects"] for name, value in one.items() if name.endswith(("_ref", "_refs"))
            for ref in (value if isinstance(value, list) else [value])]  # fmt: skip
    assert set(refs) <= inside
    kinds = Counter(one["type"] for one in made["objects"])
    assert (kinds["indicator"], kinds["sighting"], kinds["observed-data"], kinds["note"]) == (2, 2, 4, 2)
    assert {one["pattern"] for one in made["objects"] if one["type"] == "indicator"} == {
        "[domain-name:value = 'moth.example']", "[app:id = 'example.moth']",
    }  # fmt: skip


@pytest.mark.parametrize("kind", [one for one in Kind if one not in UNSAID])
def test_stix_written_is_a_feed_that_says_the_same(kind: Kind) -> None:
    matched = Matched(kind=kind, value=VALUES.get(kind, "example.moth"), observed="x", field="x", sources=(PUBLIC,))
    made = replace(report(), findings=[finding("X", "high", "none", SAFARI, indicator=matched)])
    (read,) = (one for one in feeds.read(written(made, "stix"), "again") if isinstance(one, Indicator))
    assert (read.kind, read.value, read.source.family) == (kind, matched.value, "Chimera")


def test_stix_marks_what_is_confidential() -> None:
    marked = [one for one in document("stix")["objects"] if "object_marking_refs" in one]
    assert {one["type"] for one in marked} >= {"indicator", "sighting", "domain-name", "url", "report"}
    app = next(one for one in document("stix")["objects"] if one.get("pattern") == "[app:id = 'example.moth']")
    assert "object_marking_refs" not in app


def test_ids_of_what_is_known_stay_from_scan_to_scan() -> None:
    later = replace(report(), run=replace(report().run, started=datetime(2026, 3, 1, tzinfo=UTC)))
    first, second = (
        {one["id"]: one["type"] for one in document("stix", made)["objects"]} for made in (report(), later)
    )
    stay = {first[name] for name in first.keys() & second.keys()}
    assert stay >= {"indicator", "malware", "identity", "domain-name", "relationship"}
    assert stay.isdisjoint({"sighting", "observed-data", "report", "note"})


@pytest.mark.parametrize("name", STREAMED)
def test_what_a_shared_report_withholds_stays_withheld(name: str) -> None:
    made = shared(replace(report(), findings=[shared_finding()]), "green", b"k" * 32)
    text = written(made, name).decode()
    assert "moth" not in text.lower()
    if name == "stix":
        assert not {"indicator", "domain-name", "sighting"} & {one["type"] for one in json.loads(text)["objects"]}
    if name == "misp":
        (attribute,) = json.loads(text)["Event"]["Attribute"]
        assert (attribute["type"], attribute["to_ids"]) == ("text", False)


def test_what_is_public_too_is_shared_without_the_marking_of_what_is_not() -> None:
    made = shared(report(), "green", b"k" * 32)
    assert not [one for one in document("stix", made)["objects"] if "object_marking_refs" in one]
    event = document("misp", made)["Event"]
    assert event["Tag"] == event["Attribute"][0]["Tag"] == []
    told = run(made)["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert told == "for sharing up to TLP:GREEN: 0 indicators are withheld"


def shared_finding() -> Any:
    one = report().findings[0]
    assert one.indicator
    return replace(one, indicator=replace(one.indicator, sources=one.indicator.sources[1:]), record={})


def test_misp_has_sightings_and_annotations() -> None:
    event = document("misp")["Event"]
    domain, app = event["Attribute"]
    assert (domain["type"], domain["to_ids"], app["type"]) == ("domain", True, "mobile-application-id")
    assert [tag["name"] for tag in domain["Tag"]] == ["tlp:amber+strict"]
    assert domain["Sighting"][0]["date_sighting"] == "1770091506"
    assert [one["name"] for one in event["Object"]] == ["forensic-evidence"] * 2 + ["annotation"] * 4
    assert event["Object"][2]["ObjectReference"][0]["referenced_uuid"] == domain["uuid"]
    assert (event["distribution"], event["published"], event["analysis"]) == ("0", False, "1")


def test_misp_loads() -> None:
    pymisp = pytest.importorskip("pymisp")
    event = pymisp.MISPEvent()
    event.load(document("misp"))
    assert len(event.objects) == 6


def test_timesketch_has_a_time_for_everything_and_says_which() -> None:
    lines = [json.loads(line) for line in written(report(), "timesketch").splitlines()]
    assert all({"message", "datetime", "timestamp_desc"} <= one.keys() for one in lines)
    assert lines[0]["datetime"] == "2026-02-03T04:05:06Z"
    assert [one["timestamp_desc"].split()[0] for one in lines] == ["Time", "Scan", "Time", "Evidence"]


def test_csv_is_a_table() -> None:
    text = written(report(), "csv").decode()
    assert text.count("\r\n") == text.count("\n") == 5
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0]["families"] == "Chimera"
    assert json.loads(rows[0]["record"])["deep"] == [{"title": "Ünïcode"}]


def test_junit_counts_what_it_holds() -> None:
    root = fromstring(written(report(), "junit"))
    cases = list(root.iter("testcase"))
    assert root.attrib["tests"] == str(len(cases)) == "10"
    for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert str(len(list(root.iter(kind)))) == root.attrib[attribute]
    assert [one.attrib["name"] for one in root] == ["phone", "android", "feeds"]


def test_markdown_is_cut_before_trackers_refuse_it() -> None:
    many = [finding(f"X{at:04}", "high", "none", SAFARI) for at in range(1000)]
    text = written(replace(report(), findings=many), "markdown").decode()
    assert 40_000 < len(text) < 65_536
    assert "no room for it here" in text
    assert "Where to get help" in text


def test_mvt_has_the_known_fields(tmp_path: Path) -> None:
    formats.save(report(), "mvt", tmp_path)
    first = json.loads((tmp_path / "alerts.json").read_text())[0]
    assert {"level", "module", "message", "event_time", "event", "matched_indicator"} <= first.keys()
    assert (first["level"], first["event_time"]) == ("CRITICAL", "2026-02-03 04:05:06.000000")
    with (tmp_path / "timeline.csv").open(newline="") as stream:
        assert len(list(csv.reader(stream))) == 3


def test_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    formats.save(report(), "parquet", tmp_path / "x.parquet")
    rows = parquet.read_table(tmp_path / "x.parquet").to_pylist()
    assert rows[0]["time"] == report().findings[0].time
    assert [one["line"] for one in rows] == [None, 342, 342, None]


def test_parquet_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ValueError, match="needs the package pyarrow"):
        formats.write(report(), "parquet", io.BytesIO())


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    target.write_text("before")
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"x": deep}
    bad = replace(report(), findings=[finding("X", "high", "none", SAFARI, record=deep)])
    with pytest.raises(ValueError, match="nested too deeply"):
        formats.save(bad, "csv", target)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]
    formats.save(report(), "csv", target)
    assert target.read_bytes() == written(report(), "csv")
