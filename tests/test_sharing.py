"""`bridle scan --private-feeds --share-level`: the same findings, without what they were found by."""

import json
import re
from pathlib import Path

import pytest

from scanner import scan
from scanner.synthetic import bundle, make, write_backup
from tests.backups import LITTLE
from tests.conftest import Bridle

QUICK = ("-j", "1", "--no-default-feeds", "--no-yara", "--artifact", "ios.safari.history")


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sharing")
    write_backup(make(amount=LITTLE), root / "planted")
    (root / "hushhush.stix2").write_text(json.dumps(bundle()), encoding="utf-8")
    return root


def test_a_private_feed_is_in_no_shared_report(
    phone: Path, bridle: Bridle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "data_folder", lambda: tmp_path / "data")
    feeds = ("--private-feeds", str(phone / "hushhush.stix2"), "--format", "json")
    whole = json.loads(bridle("scan", phone / "planted", *QUICK, *feeds).out)
    ended = bridle("scan", phone / "planted", *QUICK, *feeds, "--share-level", "red", "-o", tmp_path / "case")
    made = json.loads(ended.out)
    values = {one["indicator"]["value"] for one in whole["findings"] if one["indicator"]}
    assert values
    assert whole["withheld"] is None
    assert ended.code == 1
    assert [one["severity"] for one in made["findings"]] == [one["severity"] for one in whole["findings"]]
    assert made["withheld"] | {"findings": 0, "sources": 0} == {
        "level": "red", "feeds": 1, "indicators": len(values), "findings": 0, "sources": 0
    }  # fmt: skip
    kept = (tmp_path / "case" / "report.json").read_text(encoding="utf-8")
    manifest = (tmp_path / "case" / "manifest.json").read_text(encoding="utf-8")
    for word in (*values, "hushhush"):
        assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", ended.out + kept + manifest, re.IGNORECASE), word


def test_a_private_feed_that_is_not_there_is_said(phone: Path, bridle: Bridle) -> None:
    ended = bridle("scan", phone / "planted", *QUICK, "--private-feeds", phone / "missing")
    assert ended.code == 2
    assert "there is no feed" in ended.err


def test_nothing_is_shared_while_it_is_not_known_what_is_private(
    phone: Path, bridle: Bridle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "data_folder", lambda: tmp_path)
    (tmp_path / "feeds.yaml").write_text("feeds: 5\n", encoding="utf-8")
    assert bridle("scan", phone / "planted", *QUICK, "-q", "--fail-on", "critical").code in {0, 1}
    ended = bridle("scan", phone / "planted", *QUICK, "--share-level", "green")
    assert ended.code == 2
    assert "nothing can be shared" in ended.err
