"""Backups and folders made to harm: nothing outside is read, nothing waits for ever, nothing is silently left out."""

import json
import os
import pickle
import plistlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner.evidence import Entry, EvidenceError, keys
from scanner.scan import Request, scan
from scanner.synthetic import Phone, make, write_backup, write_tree
from scanner.synthetic.backup import file_id
from tests.backups import HISTORY, LITTLE, SMS, STYLES, TCC, content, contents, entry_of, messages
from tests.conftest import Opened

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def phone() -> Phone:
    return make(amount=LITTLE)


@pytest.fixture
def made(phone: Phone, tmp_path: Path) -> Make:
    """A backup to damage: plain unless options say otherwise."""

    def write(style: str = "plain", **options: Any) -> Path:
        write_backup(phone, tmp_path / "backup", **STYLES[style] | options)
        return tmp_path / "backup"

    return write


def manifest_rows(folder: Path, *rows: tuple[Any, ...]) -> None:
    """Add rows to a plain backup's manifest."""
    with closing(sqlite3.connect(folder / "Manifest.db")) as database, database:
        database.executemany("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", rows)


@pytest.mark.parametrize("text", ["", "ab" * 31, "zz" * 32, " ".join(["ab"] * 22)[:64], "é" * 64])
def test_what_is_no_derived_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal|fromhex"):
        keys.derived_key(text)


def altered_manifest(folder: Path, **changes: Any) -> None:
    path = folder / "Manifest.plist"
    path.write_bytes(plistlib.dumps(plistlib.loads(path.read_bytes()) | changes, fmt=plistlib.FMT_BINARY))


def field(tag: bytes, value: bytes) -> bytes:
    return tag + len(value).to_bytes(4, "big") + value


CLASS = field(b"UUID", bytes(16)) + field(b"CLAS", b"\0\0\0\1") + field(b"WRAP", b"\0\0\0\2")
HEAD = field(b"TYPE", b"\0\0\0\1") + field(b"UUID", bytes(16)) + field(b"SALT", bytes(20))
ENDLESS = (2**31).to_bytes(4, "big")
FEW = field(b"ITER", b"\0\0\0\1")


@pytest.mark.parametrize(
    ("bag", "message"),
    [
        (HEAD + field(b"ITER", ENDLESS) + CLASS + field(b"WPKY", bytes(40)), "2147483648 iterations"),
        (HEAD + FEW + field(b"DPSL", bytes(20)) + field(b"DPIC", ENDLESS) + CLASS, "2147483648 iterations"),
        (HEAD + FEW + CLASS + field(b"WPKY", bytes(1 << 19)), "not wrapped in 40 bytes"),
        (HEAD + FEW + CLASS + field(b"WPKY", bytes(4)), "not wrapped in 40 bytes"),
        (HEAD + FEW + CLASS, "no class that a password opens"),
        (field(b"TYPE", b"\0\0\0\x09") + HEAD[12:] + FEW + CLASS + field(b"WPKY", bytes(40)), "kind 9"),
        (HEAD + CLASS[:-6], "ends within"),
        (bytes(2 << 20), "over the limit"),
        (b"", "without protection classes"),
        ("text", "holds no BackupKeyBag"),
        (None, "holds no BackupKeyBag"),
    ],
)
def test_a_hostile_keybag_is_refused_at_once(
    bag: object, message: str, made: Make, capfd: pytest.CaptureFixture[str], opened: Opened
) -> None:
    folder = made("encrypted")
    altered_manifest(folder, BackupKeyBag=[] if bag is None else bag)
    with pytest.raises(EvidenceError, match=message):
        opened(folder)
    assert capfd.readouterr() == ("", ""), "a report goes to standard output, nothing else"


@pytest.mark.parametrize("key", ["text", 7, b"", b"\1\0\0\0short", [b"x"]])
def test_a_hostile_manifest_key_is_refused(key: object, made: Make, opened: Opened) -> None:
    folder = made("encrypted")
    altered_manifest(folder, ManifestKey=key)
    with pytest.raises(EvidenceError, match="damaged"):
        opened(folder)


def test_hostile_facts_do_no_harm(made: Make, opened: Opened) -> None:
    folder = made()
    (folder / "Status.plist").write_bytes(plistlib.dumps({"SnapshotState": ["x"]}))
    (folder / "Info.plist").write_bytes(plistlib.dumps({"Device Name": {"x": 1}, "Last Backup Date": "x"}))
    altered_manifest(folder, Lockdown=["x"], Date=7)
    facts = opened(folder).facts
    assert (facts.complete, facts.device.name, facts.acquired) == (False, None, None)


def test_nonsense_in_the_manifest_is_counted_and_left(made: Make, tmp_path: Path, opened: Opened) -> None:
    folder, outside = made(), tmp_path / "outside"
    outside.write_text("not evidence")
    long = "x" * 10_000
    manifest_rows(
        folder,
        ("0" * 40, None, None, 1, None), (None, "HomeDomain", "Library/x", 1, b"no archive"), (b"blob", 7, 1.5, 1, 7),
        ("../../outside", "HomeDomain", "../../../etc/passwd", 1, b""),
        ("../outside" + "/" * 30, "HomeDomain", "b", 1, b""),
        ("1" * 40, f"AppDomain-{long}", long, 1, b""), ("2" * 40, "", "", 1, "text"),
        ("3" * 40, "HomeDomain", "c", "x", b""),
    )  # fmt: skip
    evidence = opened(folder)
    entries = list(evidence.entries())
    assert "3 rows name no file" in messages(evidence)
    hostile = [entry for entry in entries if len(entry.native) != 40 and not entry.path.startswith("backup:")]
    assert len(hostile) == 1
    for entry in [*hostile, Entry("/x", "../outside" + "/" * 30)]:
        assert evidence.size(entry) == 0
        with pytest.raises(ValueError, match="not a file id"):
            evidence.reader(entry)
    assert any(len(entry.path) > 20_000 for entry in entries)
    assert evidence.beside(Entry("/x", "2" * 40), "-wal") is None
    assert scan(Request(paths=(folder,), default_feeds=False, jobs=1)).verdict.incomplete


def test_names_that_are_no_text_are_counted(made: Make, opened: Opened) -> None:
    folder = made()
    with closing(sqlite3.connect(folder / "Manifest.db")) as database, database:
        database.execute("UPDATE Files SET relativePath = CAST(x'ff41' AS TEXT) WHERE relativePath LIKE '%History.db'")
    evidence = opened(folder)
    assert TCC in dict(contents(evidence))
    assert any("names are no text" in problem.message for problem in evidence.problems)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_links_and_pipes_in_a_backup_are_not_opened(made: Make, tmp_path: Path, opened: Opened) -> None:
    folder, secret = made(), tmp_path / "secret"
    secret.write_text("not evidence")
    for path, replaced in ((HISTORY, os.mkfifo), (TCC, lambda stored: stored.symlink_to(secret))):
        name = file_id("HomeDomain", path.removeprefix("/private/var/mobile/"))
        stored = folder / name[:2] / name
        stored.unlink()
        replaced(stored)
    evidence = opened(folder)
    assert not entry_of(evidence, HISTORY).stored
    assert not entry_of(evidence, TCC).stored


def test_links_in_a_tree_are_not_followed(phone: Phone, tmp_path: Path, opened: Opened) -> None:
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    write_tree(replace(phone, items={path: item for path, item in phone.items.items() if "Safari" not in path}), tree)
    outside.mkdir()
    (outside / "History.db").write_text("not evidence")
    library = tree / "private/var/mobile/Library"
    (library / "Safari").symlink_to(outside, target_is_directory=True)
    (library / "link.db").symlink_to(outside / "History.db")
    (library / "SMS" / "sms.db-shm").symlink_to(outside / "History.db")
    evidence = opened(tree)
    assert b"not evidence" not in dict(contents(evidence)).values()
    assert evidence.beside(entry_of(evidence, SMS), "-shm") is None


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are text here")
def test_a_name_that_is_no_text_can_be_read_and_reported(phone: Phone, tmp_path: Path, opened: Opened) -> None:
    tree = tmp_path / "tree"
    write_tree(phone, tree)
    path = Path(os.fsdecode(os.fsencode(tree / "private/var/mobile") + b"/\xff\x1b.txt"))
    path.write_bytes(b"odd")
    evidence = opened(tree)
    (entry,) = (entry for entry in evidence.entries() if entry.path.endswith(".txt") and "\x1b" in entry.path)
    assert content(pickle.loads(pickle.dumps(evidence)), entry) == b"odd"  # noqa: S301
    assert json.loads(msgspec.json.encode(list(entry)))
