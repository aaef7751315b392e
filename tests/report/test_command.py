"""`bridle report`: a case in, a format out; and what is no report is told in one sentence."""

import json
import stat
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner.finding import SCHEMA
from scanner.report import json as json_report
from scanner.synthetic import make, write_backup
from tests.backups import LITTLE
from tests.conftest import Bridle
from tests.report.sample import STREAMED, golden, report, written


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "report.json").write_bytes(written(report(), "json"))
    return folder


@pytest.mark.parametrize("name", STREAMED)
def test_a_case_is_written_to_standard_output_or_a_file(name: str, case: Path, bridle: Bridle, tmp_path: Path) -> None:
    ended = bridle("report", case, "-f", name)
    want = golden(name).read_bytes()
    assert (ended.code, ended.err, ended.out.encode()) == (0, "", want)
    target = tmp_path / "written"
    assert bridle("report", case / "report.json", "-f", name, "-o", target)[:2] == (0, "")
    assert target.read_bytes() == want
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_text_is_what_is_printed_if_nothing_is_named(case: Path, bridle: Bridle) -> None:
    ended = bridle("report", case)
    assert ended.code == 0
    assert "3 findings to look at." in ended.out


def test_what_is_there_is_replaced_only_by_force(case: Path, bridle: Bridle, tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("before")
    ended = bridle("report", case, "-f", "csv", "-o", target)
    assert (ended.code, ended.out) == (2, "")
    assert "exists; name another, or give --force" in ended.err
    assert target.read_text() == "before"
    assert bridle("report", case, "-f", "csv", "-o", target, "--force").code == 0
    assert target.read_bytes() == golden("csv").read_bytes()


def test_mvt_is_a_folder(case: Path, bridle: Bridle, tmp_path: Path) -> None:
    assert bridle("report", case, "-f", "mvt").err == "bridle: mvt makes a folder: name it with -o\n"
    assert bridle("report", case, "-f", "mvt", "-o", tmp_path / "mvt").code == 0
    assert {path.name for path in (tmp_path / "mvt").iterdir()} == {"alerts.json", "info.json", "timeline.csv"}


def changed(**more: Any) -> bytes:
    return json.dumps(json.loads(written(report(), "json")) | more).encode()


BAD = {
    "empty": b"",
    "cut": written(report(), "json")[:2000],
    "no JSON": b"\x00\xff\xfe",
    "a list": b"[]",
    "another document": b'{"schema": "bridle.manifest/1"}',
    "a later version": changed(schema="bridle.report/2"),
    "no headline": changed(verdict={"level": "x", "headline": "", "checked": 1, "possible": 1, "incomplete": 0}),
    "deep": b'{"run":' + b"[" * 200_000,
    "bad bytes": changed(schema="x").replace(b'"x"', b'"\xff"'),
    "unknown severity": written(report(), "json").replace(b'"severity": "critical"', b'"severity": "awful"'),
    "unknown stage": written(report(), "json").replace(b'"stage": "visit"', b'"stage": "moon"'),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_is_no_report_is_one_sentence_and_2(data: bytes, tmp_path: Path, bridle: Bridle) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(data)
    ended = bridle("report", tmp_path, "-f", "sarif")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"bridle: {path} is ")


def test_what_is_not_there_or_cannot_be_written(case: Path, bridle: Bridle, tmp_path: Path) -> None:
    for arguments, words in (
        ((tmp_path / "nowhere",), "nowhere: No such file"),
        ((tmp_path,), "report.json: No such file"),
        ((case, "-f", "csv", "-o", tmp_path / "no" / "x.csv"), "No such file"),
        ((case, "-f", "pdf"), "pdf"),
    ):
        ended = bridle("report", *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err


def test_a_report_is_read_as_it_was_written() -> None:
    made = json_report.parsed(written(report(), "json"), "x")
    assert msgspec.json.encode(made) == msgspec.json.encode(report())
    assert made.schema == SCHEMA


def test_a_scan_prints_sarif_and_nothing_else(bridle: Bridle, tmp_path: Path) -> None:
    write_backup(make(amount=LITTLE), tmp_path / "phone")
    scan = ("scan", tmp_path / "phone", "-j", "1", "--no-yara", "--no-default-feeds", "--artifact", "ios.tcc.*")
    ended = bridle(*scan, "--format", "sarif", "-o", tmp_path / "case")
    log = json.loads(ended.out)
    assert (ended.err, log["version"]) == ("", "2.1.0")
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["exitCode"] == ended.code
    assert json.loads(bridle("report", tmp_path / "case", "-f", "sarif").out) == log
