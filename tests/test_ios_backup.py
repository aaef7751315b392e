"""Backups as evidence: every file as it was on the phone, whatever the style."""

import json
import pickle
import plistlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner.evidence import keys
from scanner.evidence.open import recognise
from scanner.evidence.reader import Memory
from scanner.evidence.secret import Secret
from scanner.evidence.sqlite import Database
from scanner.formats import keybag
from scanner.scan import Request, scan
from scanner.synthetic import Phone, bundle, make, write_backup, write_tree
from tests.backups import (
    ADDAILY,
    HISTORY,
    LITTLE,
    PASSWORD,
    SMS,
    STYLES,
    TCC,
    content,
    contents,
    entry_of,
    messages,
)
from tests.conftest import Opened

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def phone() -> Phone:
    return make(amount=LITTLE)


@pytest.fixture(scope="module")
def stored(phone: Phone, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same phone in every style, for tests that only read."""
    root = tmp_path_factory.mktemp("stored")
    for name, options in STYLES.items():
        write_backup(phone, root / name, **options)
    write_tree(phone, root / "tree")
    (root / "chimera.stix2").write_text(json.dumps(bundle()), encoding="utf-8")
    return {path.stem: path for path in root.iterdir()}


@pytest.fixture
def made(phone: Phone, tmp_path: Path) -> Make:
    """A backup to damage: plain unless options say otherwise."""

    def write(style: str = "plain", **options: Any) -> Path:
        write_backup(phone, tmp_path / "backup", **STYLES[style] | options)
        return tmp_path / "backup"

    return write


@pytest.mark.parametrize("style", [*STYLES, "tree"])
def test_every_style_gives_the_phone_s_bytes(style: str, phone: Phone, stored: dict[str, Path], opened: Opened) -> None:
    evidence = opened(stored[style])
    assert dict(contents(evidence)) == {item.path: item.read() for item in phone.files()}
    assert not evidence.problems
    evidence.close()


@pytest.mark.parametrize("style", STYLES)
def test_a_backup_says_what_it_is(style: str, stored: dict[str, Path], opened: Opened) -> None:
    facts = opened(stored[style]).facts
    old = style.startswith("old")
    assert (facts.id, facts.kind, facts.complete) == (style, "ios backup", True)
    assert facts.encrypted is style.endswith("encrypted")
    assert (facts.device.os, facts.device.version) == ("iOS", "9.3.5" if old else "17.5.1")
    assert facts.device.udid == "00008110-000A1B2C3D4E5F60"
    assert facts.acquired is not None
    assert facts.acquired.isoformat() == "2024-06-20T12:00:00+00:00"
    assert any("not encrypted" in note for note in facts.notes) is not facts.encrypted


def comparable(folder: Path, feed: Path) -> list[dict[str, Any]]:
    """The findings of a scan without what must differ between forms of evidence."""
    request = Request(paths=(folder,), feeds=(feed,), default_feeds=False, jobs=1)
    found = msgspec.to_builtins(scan(request, lambda one: Secret(PASSWORD) if one.encrypted else Secret()).findings)
    for finding in found:
        del finding["locator"]["evidence"], finding["locator"]["native"]
    return [finding for finding in found if ":" not in finding["locator"]["path"].partition("/")[0]]


def test_every_form_of_evidence_gives_the_same_findings(stored: dict[str, Path]) -> None:
    plain, encrypted, tree = (comparable(stored[style], stored["chimera"]) for style in ("plain", "encrypted", "tree"))
    assert plain == encrypted
    assert plain == tree
    assert {HISTORY, TCC, ADDAILY} <= {finding["locator"]["path"] for finding in plain}


def test_an_old_manifest_gives_the_findings_of_a_new_one(stored: dict[str, Path]) -> None:
    new, old = (comparable(stored[style], stored["chimera"]) for style in ("encrypted", "old-encrypted"))
    assert new == old


def test_the_stale_size_of_the_manifest_does_not_cut(phone: Phone, stored: dict[str, Path], opened: Opened) -> None:
    """The manifest claims fewer bytes for databases than there are."""
    with closing(sqlite3.connect(stored["plain"] / "Manifest.db")) as database:
        row = ("HomeDomain", HISTORY.removeprefix("/private/var/mobile/"))
        (blob,) = database.execute("SELECT file FROM Files WHERE domain = ? AND relativePath = ?", row).fetchone()
    noted = next(one["Size"] for one in plistlib.loads(blob)["$objects"] if isinstance(one, dict) and "Size" in one)
    evidence = opened(stored["encrypted"])
    assert noted < len(content(evidence, entry_of(evidence, HISTORY))) == len(phone.items[HISTORY].read())


@pytest.mark.parametrize("style", [*STYLES, "tree"])
def test_rows_of_the_write_ahead_log_are_read(style: str, stored: dict[str, Path], opened: Opened) -> None:
    evidence = opened(stored[style])
    entry = entry_of(evidence, SMS)
    log = evidence.beside(entry, "-wal")
    assert log is not None
    assert log.size == len(content(evidence, entry_of(evidence, SMS + "-wal")))
    image = bytearray(content(evidence, entry))
    image[18:20] = b"\1\1"  # without its log, as SQLite's older journal mode
    alone, whole = Database(Memory(bytes(image))), Database(evidence.reader(entry), log)
    counts = [one.connection.execute("SELECT count(*) FROM message").get for one in (alone, whole)]
    assert counts[0] < counts[1]
    alone.close()
    whole.close()
    assert evidence.beside(entry_of(evidence, TCC), "-wal") is None
    assert evidence.beside(next(evidence.entries()), "-nothing") is None


def test_a_store_whose_log_is_not_in_the_evidence_is_whole(made: Make, opened: Opened) -> None:
    evidence = opened(made(missing=[SMS + "-wal"]))
    database = Database(evidence.reader(entry_of(evidence, SMS)), evidence.beside(entry_of(evidence, SMS), "-wal"))
    assert database.connection.execute("SELECT count(*) FROM message").get
    database.close()


def test_reading_in_any_piece_gives_the_same_bytes(phone: Phone, stored: dict[str, Path], opened: Opened) -> None:
    """Decryption begins anywhere: ranges over chunks, to the end, beyond it."""
    evidence = opened(stored["encrypted"])
    path, whole = max(contents(evidence), key=lambda one: len(one[1]))
    assert len(whole) > 1 << 18, "the file must span decryption chunks"
    reader, random = evidence.reader(entry_of(evidence, path)), phone.random("pieces")
    for _ in range(200):
        offset, amount = random.randrange(len(whole) + 10), random.randrange(1 << 19)
        assert reader.read(offset, amount) == whole[offset : offset + amount]
    reader.close()


def test_the_derived_key_opens_what_the_password_opens(phone: Phone, stored: dict[str, Path]) -> None:
    manifest = plistlib.loads((stored["encrypted"] / "Manifest.plist").read_bytes())
    derived = keybag.derive(keybag.parse(manifest["BackupKeyBag"]), PASSWORD)
    secret = Secret(key=keys.derived_key(derived.hex() + "\n"))
    with closing(recognise(stored["encrypted"]).open(secret)) as evidence:
        assert content(evidence, entry_of(evidence, HISTORY)) == phone.items[HISTORY].read()
    assert derived.hex() not in repr(secret)
    assert PASSWORD not in repr(Secret(PASSWORD))


def test_iosbackup_unlocks_the_keybag(stored: dict[str, Path], monkeypatch: pytest.MonkeyPatch, opened: Opened) -> None:
    from iOSbackup import iOSbackup

    called: list[int] = []
    unlock = iOSbackup.unlockKeys

    def noted(self: Any) -> Any:
        called.append(len(self.classKeys))
        return unlock(self)

    monkeypatch.setattr(iOSbackup, "unlockKeys", noted)
    opened(stored["encrypted"])
    assert called == [11]


def test_missing_files_are_listed_as_missing(made: Make, opened: Opened) -> None:
    evidence = opened(made(missing=[HISTORY]))
    entry = entry_of(evidence, HISTORY)
    assert not entry.stored
    assert evidence.size(entry) == 0
    with pytest.raises(FileNotFoundError):
        evidence.reader(entry)
    made_of = scan(Request(paths=(evidence.root,), default_feeds=False, jobs=1))  # type: ignore[attr-defined]
    assert any("listed but not stored" in problem.message for problem in made_of.problems)
    assert made_of.verdict.incomplete


def test_a_copy_of_only_the_manifest_says_so(made: Make, opened: Opened) -> None:
    folder = made()
    for path in folder.glob("??/*"):
        path.unlink()
    assert "the copy is incomplete: it holds no file but the manifest" in messages(opened(folder))


@pytest.mark.parametrize("style", ["encrypted", "old-encrypted"])
def test_a_class_that_no_password_opens_is_a_problem(style: str, made: Make, opened: Opened) -> None:
    folder = made(style, device_only=[HISTORY, SMS + "-wal"])
    evidence = opened(folder)
    with pytest.raises(ValueError, match="protection class 11 cannot be opened"):
        evidence.reader(entry_of(evidence, HISTORY))
    request = Request(paths=(folder,), default_feeds=False, jobs=1)
    report = scan(request, lambda _: Secret(PASSWORD))
    (row,) = (row for row in report.coverage if row.path == HISTORY and row.artifact == "ios.safari.history")
    assert row.state == "failed"
    assert "protection class 11" in row.problems[0].message
    assert any(row.path == TCC and row.state == "checked" for row in report.coverage)


def test_a_backup_that_was_not_finished_says_so(made: Make, opened: Opened) -> None:
    folder = made(finished=False)
    facts = opened(folder).facts
    assert not facts.complete
    assert "was not finished" in facts.notes[0]
    assert scan(Request(paths=(folder,), default_feeds=False, jobs=1)).verdict.incomplete


def test_evidence_travels_to_other_processes(stored: dict[str, Path], opened: Opened) -> None:
    for style in (*STYLES, "tree"):
        evidence = opened(stored[style])
        there = pickle.loads(pickle.dumps(evidence))  # noqa: S301
        entry = entry_of(evidence, HISTORY)
        assert content(there, entry) == content(evidence, entry)
        there.close()
