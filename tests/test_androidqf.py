"""AndroidQF's acquisitions: every container, what it recorded, and what it leaves in odd states."""

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from scanner.evidence import Evidence, EvidenceError
from scanner.scan import Request, scan
from scanner.synthetic.android_backup import adb_backup
from tests.android_acquisitions import (
    PROPERTIES,
    QF,
    QF_SHAPES,
    contents,
    written,
    zipped,
)


@pytest.mark.parametrize("shape", QF_SHAPES)
def test_androidqf_is_the_same_in_any_container(shape: str, acquired: Callable[..., Evidence]) -> None:
    evidence = acquired(QF_SHAPES[shape])
    paths = {entry.path for entry in evidence.entries()}
    assert paths >= {
        "androidqf:/packages.json", "androidqf:/getprop.txt", "dumpsys:/package", "/data/local/tmp/wd/pred.so",
        "/data/anr/anr_1", "intrusion:/2026-05-01.txt", "/data/tombstones/tombstone_00",
        "/data/data/org.example/files/a",
    }  # fmt: skip
    assert not evidence.problems
    assert evidence.facts.device.timezone == "Europe/Berlin"
    assert str(evidence.facts.acquired) == "2024-06-15 11:00:00+00:00"


def test_what_changed_since_it_was_collected_is_found(tmp_path: Path) -> None:
    lines = [f"/cases/uuid/{name},{sha256(data).hexdigest()}" for name, data in QF.items()]
    hashes = {"hashes.csv": "\n".join(lines).encode()}
    whole = written(QF | hashes, tmp_path / "whole")
    made = scan(Request((whole,), default_feeds=False, jobs=1))
    row = next(row for row in made.coverage if row.artifact == "integrity")
    assert (row.state, row.records) == ("checked", len(QF))
    assert "INT001" not in {one.rule for one in made.findings}
    changed = written(
        {f"uuid/{name}": data for name, data in (QF | hashes | {"packages.json": b"null"}).items()}, tmp_path / "c"
    )
    made = scan(Request((changed,), default_feeds=False, jobs=1))
    (found,) = [one for one in made.findings if one.rule == "INT001"]
    assert (found.locator.path, found.locator.line) == ("androidqf:/packages.json", 3)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_both_read(acquired: Callable[..., Evidence]) -> None:
    target = io.BytesIO(zipped(QF))
    with zipfile.ZipFile(target, "a") as archive:
        for content in (b"first", b"second", b"third"):
            archive.writestr("apks/org.example_split.apk", content)
    found = contents(acquired({"x.zip": target.getvalue()}))
    apks = {path: data for path, data in found.items() if path.startswith("androidqf:/apks/")}
    assert apks == {
        "androidqf:/apks/org.example_split.apk": b"first",
        "androidqf:/apks/org.example_split (2).apk": b"second",
        "androidqf:/apks/org.example_split (3).apk": b"third",
    }


@pytest.mark.parametrize(
    ("backup", "note"), [(b"", "is empty: the phone or its owner refused it"), (adb_backup({}), "")]
)
def test_a_backup_that_was_refused_or_is_empty_is_no_gap(
    backup: bytes, note: str, acquired: Callable[..., Evidence]
) -> None:
    evidence = acquired(QF | {"backup.ab": backup})
    assert not next(iter(evidence.entries())).path.startswith("/data/data/")
    assert not evidence.problems
    assert any(note in one for one in evidence.facts.notes) or not note


def test_a_report_that_was_never_finished_is_said(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired(QF | {"bugreport.zip": b"PK\5\6 and nothing"})
    assert [one.path for one in evidence.problems] == ["bugreport.zip"]


def test_lines_of_old_phones_end_with_two_characters(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired({"getprop.txt": PROPERTIES.replace("\n", "\r\n").encode(), "packages.json": b"null"})
    assert evidence.facts.device.model == "Pixel 9"


def test_two_acquisitions_are_not_taken_for_one(acquired: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match="2 AndroidQF acquisitions"):
        acquired({f"{name}/{member}": data for name in "ab" for member, data in QF.items()})


@pytest.mark.parametrize("folder", ["", "intrusion_logs/"])
def test_packed_intrusion_logs_are_read(folder: str, acquired: Callable[..., Evidence]) -> None:
    log = b'{"dns_event":{"hostname":"a.example"}}\n'
    members = {f"{folder}2026-05-01.txt": log, f"{folder}b.zip": zipped({"2026-05-02.txt": log})}
    if folder:
        members = QF | members
    assert contents(acquired(members))["intrusion:/2026-05-02.txt"] == log
