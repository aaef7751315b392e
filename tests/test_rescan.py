"""Old cases against new indicators: the findings are those of a fresh scan, for every kind of indicator."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner import past
from scanner.feeds import normalise
from scanner.feeds.model import Feed, Indicator
from scanner.finding import FeedFacts, Report, Source
from scanner.record import Kind, observables
from scanner.rescan import rescan
from scanner.scan import Request, scan
from scanner.synthetic import android, bundle, make, write_backup
from tests.backups import LITTLE
from tests.conftest import Bridle

Answer = Callable[[Request], list[Feed]]


@dataclass
class Kept:
    """Evidence, the case of a scan that looked for nothing, and the feed of what is planted."""

    evidence: Path
    case: Path
    feed: Path
    fresh: Report
    """Of a scan with that feed."""


def without_run(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(report))
    del found["run"]
    return found


@pytest.fixture(scope="module", params=["ios", "android"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    root: Path = tmp_path_factory.mktemp(request.param)
    evidence, feed = root / "evidence", root / "chimera.stix2"
    if request.param == "ios":
        write_backup(make(amount=LITTLE), evidence)
        feed.write_text(json.dumps(bundle()), encoding="utf-8")
    else:
        android.write(android.androidqf(android.make()), evidence)
        feed.write_text(json.dumps(android.bundle()), encoding="utf-8")
    asked = Request((evidence,), default_feeds=False, jobs=2, cache=False)
    scan(replace(asked, output=root / "case"))
    fresh = scan(replace(asked, output=root / "fresh", feeds=(feed,)))
    return Kept(evidence, root / "case", feed, fresh)


def test_a_rescan_is_a_fresh_scan_but_for_the_run(kept: Kept) -> None:
    """Findings with their ids, places, counts and hashes; coverage, counts, verdict."""
    looked = rescan(kept.case, Request((), feeds=(kept.feed,), default_feeds=False, cache=False))
    assert looked.new
    assert without_run(looked.report) == without_run(kept.fresh)


def test_what_the_feeds_no_longer_name_is_gone(kept: Kept) -> None:
    request = Request((), default_feeds=False, cache=False)
    rescan(kept.case, replace(request, feeds=(kept.feed,)))
    looked = rescan(kept.case, request)
    assert looked.gone
    assert not looked.new
    assert looked.unchanged == len(past.read(kept.case).report.findings)
    assert looked.report.run.options["compared"]["with"].startswith("reports/")
    assert without_run(looked.report) == without_run(past.read(kept.case).report)


def feed_of(indicators: list[Indicator]) -> Feed:
    facts = FeedFacts(id="made", name="made", path="made", sha256="0", indicators=len(indicators))
    return Feed(facts=facts, indicators=indicators)


FORMS: dict[Kind, tuple[Kind, ...]] = {
    Kind.URL: (Kind.URL, Kind.DOMAIN), Kind.DOMAIN: (Kind.DOMAIN,), Kind.IP: (Kind.IP, Kind.CIDR),
    Kind.EMAIL: (Kind.EMAIL,), Kind.PHONE: (Kind.PHONE,), Kind.HANDLE: (Kind.HANDLE,), Kind.PROCESS: (Kind.PROCESS,),
    Kind.PATH: (Kind.PATH, Kind.FILE_NAME), Kind.FILE_NAME: (Kind.FILE_NAME, Kind.PATH), Kind.APP_ID: (Kind.APP_ID,),
    Kind.CLIENT: (Kind.APP_ID, Kind.PROCESS), Kind.PROFILE: (Kind.PROFILE,), Kind.HASH: (Kind.HASH,),
    Kind.CERT_HASH: (Kind.CERT_SHA256,), Kind.ANDROID_PROPERTY: (Kind.ANDROID_PROPERTY,),
    Kind.CERT_ORGANISATION: (Kind.CERT_ORGANISATION,), Kind.TEXT: (),
}  # fmt: skip


def seen(case: Path) -> Iterator[tuple[Kind, str]]:
    """Indicators out of what a case holds: every kind, whole and in part."""
    found = past.read(case)
    for task in found.tasks:
        for outcome in task.outcomes:
            for kind, records in past.kept(found.records, outcome):
                for _, field, get, many in observables(kind):
                    for record in records[::5]:
                        value = get(record)
                        for one in value if many and value else (value,):
                            if one:
                                yield from meant(field, one)


def meant(field: Kind, value: str) -> Iterator[tuple[Kind, str]]:
    """What of a value an indicator may name."""
    for kind in FORMS[field]:
        yield kind, value.rpartition("/")[2] if kind in {Kind.FILE_NAME, Kind.PROCESS} else value
    if field is Kind.PATH and value.count("/") > 3:
        folder, _, name = value.rpartition("/")
        yield Kind.PATH, folder + "/"
        yield Kind.PATH, f"{folder.rpartition('/')[2]}/{name}"
    if field is Kind.TEXT:
        yield from (
            (Kind.DOMAIN, word.partition("://")[2].partition("/")[0]) for word in value.split() if "://" in word
        )
    if field is Kind.DOMAIN:
        yield Kind.CIDR, f"{value}/24"
    if field is Kind.PROCESS:
        yield Kind.PROCESS, value.rpartition("/")[2] + "-that-is-longer-than-a-kernel-keeps"


def made_indicators(case: Path) -> list[Indicator]:
    """Some of each kind."""
    found: dict[Kind, dict[str, None]] = {}
    for kind, raw in seen(case):
        try:
            known, value = normalise.indicator(kind, raw)
        except ValueError:
            continue
        found.setdefault(known, {})[value] = None
    return [
        Indicator(kind=kind, value=value, source=Source(feed="made"))
        for kind, values in found.items()
        for value in list(values)[:: max(1, len(values) // 15)]
    ]


def test_every_kind_of_indicator_is_found_again(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indicators = made_indicators(kept.case)
    kinds = {one.kind for one in indicators}
    assert {Kind.DOMAIN, Kind.PROCESS, Kind.PATH, Kind.FILE_NAME, Kind.APP_ID, Kind.SHA256} <= kinds
    answer: Answer = lambda _: [feed_of(list(indicators))]  # noqa: E731
    monkeypatch.setattr("scanner.scan.load_feeds", answer)
    monkeypatch.setattr("scanner.rescan.load_feeds", answer)
    fresh = scan(Request((kept.evidence,), tmp_path / "fresh", jobs=2))
    looked = rescan(kept.case, Request(()))
    assert {one.indicator.kind for one in fresh.findings if one.indicator} >= kinds - {Kind.CIDR}
    assert without_run(looked.report) == without_run(fresh)


PATTERNS = (
    "[url:value LIKE '%parcel%'] AND [process:name = 'chimerad']",
    "[email-message:body MATCHES 'lantern'] OR [domain-name:value = 'parcel-lantern.example']",
    "[domain-name:value = 'parcel-lantern.example'] FOLLOWEDBY [process:name MATCHES '^chim'] WITHIN 90000 SECONDS",
    "[file:name LIKE 'lantern-stage%' AND file:name != 'x'] OR [app:id = 'example.chimera.companion']",
)


def test_compound_patterns_are_met_again(kept: Kept, tmp_path: Path) -> None:
    objects = [
        {"type": "indicator", "id": f"indicator--0000000{number}-0000-4000-8000-000000000000", "pattern": pattern,
         "spec_version": "2.1", "pattern_type": "stix", "valid_from": "2024-01-01T00:00:00Z"}
        for number, pattern in enumerate(PATTERNS)
    ]  # fmt: skip
    feed = tmp_path / "compound.stix2"
    feed.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}), encoding="utf-8")
    request = Request((kept.evidence,), feeds=(feed,), default_feeds=False, jobs=2, cache=False)
    fresh = scan(replace(request, output=tmp_path / "fresh"))
    looked = rescan(kept.case, request)
    assert any(one.rule == "IOC009" for one in fresh.findings)
    assert without_run(looked.report) == without_run(fresh)


def test_exit_codes_and_what_is_printed(kept: Kept, bridle: Bridle, tmp_path: Path) -> None:
    base = ("rescan", kept.case, "--no-default-feeds", "--no-cache")
    bridle(*base, "-q")
    first = bridle(*base, "--feeds", kept.feed)
    assert (first.code, first.err) == (1, "")
    assert " new, 0 gone, " in first.out
    assert "  + critical IOC003 'chimerad' is known of Chimera" in first.out
    assert bridle(*base, "--feeds", kept.feed, "-q").code == 1, "nothing is new, but all count"
    again = bridle(*base, "--feeds", kept.feed, "--new-only", "--format", "json")
    assert again.code in {0, 3}, "nothing is new"
    document = json.loads(again.out)
    assert document["run"]["options"]["compared"]["new"] == []
    assert all(one["known"] for one in document["findings"])
    assert bridle("verify", kept.case).code == 0
    both = bridle("rescan", tmp_path, kept.case, "--no-default-feeds", "--no-cache")
    assert both.code == 2
    assert "is no case" in both.err
    assert "since reports/" in both.out, "the others are looked at all the same"
    for arguments, words in (
        (("rescan", tmp_path), "is no case"),
        (("rescan", kept.case, "--feeds", tmp_path / "none"), "there is no feed"),
    ):
        ended = bridle(*arguments)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err


def test_a_case_without_records_cannot_be_matched_again(kept: Kept, bridle: Bridle, tmp_path: Path) -> None:
    quick = ("-q", "-j", "1", "--no-default-feeds", "--no-yara", "--artifact", "*.tcc.*", "--artifact", "android.apk.*")
    bridle("scan", kept.evidence, *quick, "-o", tmp_path / "case", "--no-keep-records")
    ended = bridle("rescan", tmp_path / "case")
    assert ended.code == 2
    assert "keeps no records" in ended.err


def test_new_yara_rules_are_said_to_need_the_evidence(kept: Kept, tmp_path: Path) -> None:
    rules = tmp_path / "new.yar"
    rules.write_text("rule anything { condition: true }", encoding="utf-8")
    looked = rescan(kept.case, Request((), feeds=(rules,), default_feeds=False, cache=False))
    (row,) = [one for one in looked.report.coverage if one.artifact == "contents"]
    assert row.state == "partial"
    assert "need the evidence" in row.problems[-1].message


def test_another_version_judges_everything_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every rule and correlation; the report says what no version can read from a case."""
    monkeypatch.setattr("scanner.rescan.__version__", "99.0")
    looked = rescan(kept.case, Request((), feeds=(kept.feed,), default_feeds=False, cache=False))
    document, fresh = without_run(looked.report), without_run(kept.fresh)
    said = document["problems"].pop()
    assert said["note"]
    assert "what this version reads beyond that is not in the case" in said["message"]
    assert document == fresh


def test_several_pieces_of_evidence_in_one_case(tmp_path: Path) -> None:
    for name, planted in (("one", True), ("two", False), ("three", True)):
        write_backup(make(amount=LITTLE, planted=planted), tmp_path / name / "backup")
    paths = tuple(tmp_path / name / "backup" for name in ("one", "two", "three"))
    (tmp_path / "feed.stix2").write_text(json.dumps(bundle()), encoding="utf-8")
    request = Request(
        paths, default_feeds=False, jobs=2, cache=False, artifacts=("ios.safari.*", "ios.tcc.*"), yara=None
    )
    scan(replace(request, output=tmp_path / "case"))
    with_feed = replace(request, feeds=(tmp_path / "feed.stix2",))
    fresh = scan(replace(with_feed, output=tmp_path / "fresh"))
    looked = rescan(tmp_path / "case", with_feed)
    assert {one.locator.evidence for one in looked.new} == {"backup", "backup-3"}
    assert without_run(looked.report) == without_run(fresh)


def test_damage_is_said_and_costs_little(kept: Kept, bridle: Bridle, tmp_path: Path) -> None:
    shutil.copytree(kept.case, tmp_path / "case", ignore=shutil.ignore_patterns("reports"))
    shards = sorted((tmp_path / "case" / "records").rglob("*.zst"))
    for shard in shards[::2]:
        shard.write_bytes(shard.read_bytes()[:-9])
    looked = rescan(tmp_path / "case", Request((), feeds=(kept.feed,), default_feeds=False, cache=False))
    assert looked.new
    assert [
        one for one in looked.report.coverage if any("cannot be matched again" in each.message for each in one.problems)
    ]
    atoms, outcomes = tmp_path / "case" / "atoms.sqlite", tmp_path / "case" / "outcomes.jsonl"
    atoms.write_bytes(atoms.read_bytes()[:5000])
    ended = bridle("rescan", tmp_path / "case", "--no-default-feeds", "--feeds", kept.feed, "--no-cache")
    assert (ended.code, "is damaged" in ended.err) == (2, True)
    outcomes.write_bytes(outcomes.read_bytes()[:-9])
    ended = bridle("rescan", tmp_path / "case")
    assert (ended.code, "is damaged: outcomes.jsonl, line" in ended.err) == (2, True)


def test_a_case_cannot_name_files_outside_it(tmp_path: Path) -> None:
    for names in (("..", "x"), ("e", "../../x"), ("e", "/etc/passwd"), ("/e", "x")):
        with pytest.raises(ValueError, match="outside the case"):
            past.below(tmp_path, *names)
    assert past.below(tmp_path, "e", "a/b.zst") == tmp_path / "e" / "a" / "b.zst"


def test_a_report_for_others_names_nothing_private(kept: Kept) -> None:
    private = Request((), private_feeds=(kept.feed,), share_level="clear", default_feeds=False, cache=False)
    rescan(kept.case, Request((), feeds=(kept.feed,), default_feeds=False, cache=False))
    looked = rescan(kept.case, private)
    assert looked.written
    text = looked.written.read_text(encoding="utf-8")
    assert "withheld" in text
    assert "Chimera" not in text


def test_what_yara_found_stays_with_its_rules(kept: Kept, tmp_path: Path) -> None:
    """Whatever the feed is called today."""
    rules, moved = tmp_path / "own.yar", tmp_path / "moved" / "renamed.yar"
    rules.write_text('rule planted { strings: $a = "chimera" nocase condition: $a }', encoding="utf-8")
    moved.parent.mkdir()
    shutil.copy(rules, moved)
    asked = Request((kept.evidence,), tmp_path / "case", feeds=(rules,), default_feeds=False, jobs=2, cache=False)
    asked = replace(asked, yara="all", artifacts=("contents",))
    found = [one.id for one in scan(asked).findings if one.rule == "YAR001"]
    assert found
    again = Request((), default_feeds=False, cache=False)
    assert [one.id for one in rescan(tmp_path / "case", replace(again, feeds=(moved,))).report.findings] == found
    assert [one.id for one in rescan(tmp_path / "case", again).gone] == found
