"""Evidence that cannot be read, each with its own sentence and exit code 2; what can still be read is, and says so."""

import os
import plistlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.formats import bplist, keybag
from scanner.synthetic import Phone, make, write_backup
from tests.backups import LITTLE, PASSWORD
from tests.conftest import Bridle, Ended

OPTIONS = {"password": PASSWORD, "double_iterations": 1000}
WANTED = ("--artifact", "ios.tcc.access", "--no-default-feeds", "--no-yara", "-j", "1")
Bad = Callable[[Path], Path]


@pytest.fixture(scope="module")
def phone() -> Phone:
    return make(amount=LITTLE, planted=False)


@pytest.fixture(scope="module")
def whole(phone: Phone, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """A plain and an encrypted backup without a flaw."""
    root = tmp_path_factory.mktemp("whole")
    write_backup(phone, root / "plain")
    write_backup(phone, root / "encrypted", **OPTIONS)  # type: ignore[arg-type]
    return {False: root / "plain", True: root / "encrypted"}


@pytest.fixture
def copy(whole: dict[bool, Path], tmp_path: Path) -> Callable[[bool], Path]:
    """A copy to damage."""
    return lambda encrypted: shutil.copytree(whole[encrypted], tmp_path / "backup")


def stopped(ended: Ended) -> str:
    """The one sentence of a scan that could not be."""
    assert ended.code == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert ended.err.startswith("bridle: ")
    assert ended.err.count("\n") == 1
    return ended.err


def without(name: str) -> Bad:
    def remove(folder: Path) -> Path:
        (folder / name).unlink()
        return folder

    return remove


def holding(name: str, change: Callable[[bytes], bytes]) -> Bad:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(change(path.read_bytes()))
        return folder

    return write


def noise(data: bytes) -> bytes:
    return bytes((number * 89 + 7) % 251 for number in range(len(data)))


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder)
    folder.mkdir()
    return folder


def status(state: object) -> Bad:
    return holding("Status.plist", lambda _: plistlib.dumps({"SnapshotState": state}))


@pytest.mark.parametrize(
    ("encrypted", "bad", "sentence"),
    [
        (False, lambda folder: folder / "nowhere", "there is no "),
        (False, emptied, "is no evidence that Bridle knows"),
        (False, lambda _: Path(__file__), "is no evidence that Bridle knows"),
        (False, without("Manifest.db"), "incomplete copy of a backup: Manifest.db is missing"),
        (True, without("Manifest.db"), "incomplete copy of a backup: Manifest.db is missing"),
        (True, without("Manifest.plist"), "Manifest.plist, which would tell"),
        (True, holding("Manifest.plist", noise), "Manifest.plist, which would tell"),
        (False, holding("Manifest.db", lambda data: data[:5000]), "is damaged"),
        (False, holding("Manifest.db", noise), "is damaged (file is not a database)"),
        (False, holding("Manifest.db", lambda _: b""), "is damaged (no such table: Files)"),
        (True, holding("Manifest.db", lambda data: data[:5001]), "is damaged"),
        (True, holding("Manifest.db", noise), "is damaged (file is not a database)"),
        (True, holding("Manifest.db", lambda _: b""), "is damaged (no such table: Files)"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    encrypted: bool, bad: Bad, sentence: str, copy: Callable[[bool], Path], bridle: Bridle
) -> None:
    assert sentence in stopped(bridle("scan", bad(copy(encrypted)), *WANTED, BRIDLE_PASSWORD=PASSWORD))


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (holding("Info.plist", noise), "Info.plist is damaged"),
        (holding("Status.plist", lambda data: data[:20]), "Status.plist is damaged"),
        (status("uploading"), "the backup was not finished (its state is 'uploading')"),
        (
            holding("Manifest.db", lambda data: data[: len(data) // 2].ljust(len(data), b"\0")),
            "the manifest is damaged",
        ),
    ],
)
def test_what_can_still_be_read_is_scanned_and_the_gap_said(
    bad: Bad, problem: str, copy: Callable[[bool], Path], bridle: Bridle
) -> None:
    ended = bridle("scan", bad(copy(False)), *WANTED)
    assert ended.code == 3
    assert problem in ended.out
    assert ended.err == ""


@pytest.mark.parametrize("missing", ["Manifest.plist", "Info.plist", "Status.plist"])
def test_a_plain_backup_is_scanned_without_its_property_lists(
    missing: str, copy: Callable[[bool], Path], bridle: Bridle
) -> None:
    folder = copy(False)
    (folder / missing).unlink()
    assert bridle("scan", folder, *WANTED).code == 0


def test_an_old_backup_without_manifest_plist_is_an_incomplete_copy(
    phone: Phone, tmp_path: Path, bridle: Bridle
) -> None:
    write_backup(phone, tmp_path / "old", style="mbdb", password=PASSWORD)
    (tmp_path / "old" / "Manifest.plist").unlink()
    assert "Manifest.plist is missing" in stopped(bridle("scan", tmp_path / "old", *WANTED))


@pytest.mark.parametrize("data", [b"", b"mbdb", b"no manifest at all", b"mbdb\5\0" + b"\xff" * 100])
def test_an_old_manifest_that_is_none(data: bytes, phone: Phone, tmp_path: Path, bridle: Bridle) -> None:
    write_backup(phone, tmp_path / "old", style="mbdb")
    (tmp_path / "old" / "Manifest.mbdb").write_bytes(data)
    assert "the manifest of" in stopped(bridle("scan", tmp_path / "old", *WANTED))


def test_no_password(whole: dict[bool, Path], bridle: Bridle) -> None:
    said = stopped(bridle("scan", whole[True], *WANTED))
    assert all(way in said for way in ("BRIDLE_PASSWORD", "--password-file", "--key-file"))


def test_a_wrong_password(whole: dict[bool, Path], bridle: Bridle) -> None:
    said = stopped(bridle("scan", whole[True], *WANTED, BRIDLE_PASSWORD="wrong"))
    assert "the password does not open" in said
    assert "not the phone's passcode" in said


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nsecond line"])
def test_the_password_from_a_file_and_from_standard_input(
    ending: str, whole: dict[bool, Path], tmp_path: Path, bridle: Bridle
) -> None:
    file = tmp_path / "password"
    file.write_bytes((PASSWORD + ending).encode())
    assert bridle("scan", whole[True], *WANTED, "--password-file", file).code == 0
    assert bridle("scan", whole[True], *WANTED, "--password-file", "-", stdin=PASSWORD + ending).code == 0


def test_the_password_from_the_environment_and_the_key_from_a_file(
    whole: dict[bool, Path], tmp_path: Path, bridle: Bridle
) -> None:
    assert bridle("scan", whole[True], *WANTED, BRIDLE_PASSWORD=PASSWORD).code == 0
    manifest: dict[str, Any] = plistlib.loads((whole[True] / "Manifest.plist").read_bytes())
    key = tmp_path / "key"
    key.write_text(keybag.derive(keybag.parse(manifest["BackupKeyBag"]), PASSWORD).hex() + "\n")
    assert bridle("scan", whole[True], *WANTED, "--key-file", key).code == 0
    key.write_text("00" * 32)
    assert "the derived key does not open" in stopped(bridle("scan", whole[True], *WANTED, "--key-file", key))
    key.write_text("no key")
    assert "is no key file: a derived key is 64 hex" in stopped(bridle("scan", whole[True], *WANTED, "--key-file", key))
    key.write_bytes(b"\xff\xfe\x00")
    assert "is no key file: a derived key is 64 hex" in stopped(bridle("scan", whole[True], *WANTED, "--key-file", key))


@pytest.mark.parametrize("option", ["--password-file", "--key-file"])
def test_a_secret_that_is_not_there(option: str, whole: dict[bool, Path], tmp_path: Path, bridle: Bridle) -> None:
    assert "cannot be read: No such file" in stopped(bridle("scan", whole[True], *WANTED, option, tmp_path / "nowhere"))


@pytest.mark.parametrize("at", ["recognise", "plist", "manifest", "files"])
def test_no_permission(at: str, whole: dict[bool, Path], monkeypatch: pytest.MonkeyPatch, bridle: Bridle) -> None:
    """As root nothing is forbidden, so the refusal is made."""
    from scanner.evidence import ios_backup, ios_backup_open

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    place: tuple[Any, str] = {
        "recognise": (ios_backup_open, "detect"),
        "plist": (bplist, "loads"),
        "manifest": (ios_backup, "PlainFile"),
        "files": (os, "scandir"),
    }[at]
    monkeypatch.setattr(*place, refuse)
    said = stopped(bridle("scan", whole[False], *WANTED))
    assert "no permission to read" in said
    assert "Full Disk Access" in said


def test_one_folder_that_cannot_be_listed_is_a_gap(
    whole: dict[bool, Path], monkeypatch: pytest.MonkeyPatch, bridle: Bridle
) -> None:
    def refuse(path: Path) -> Any:
        if len(path.name) == 2:
            raise PermissionError(13, "Permission denied")
        return listing(path)

    listing = os.scandir
    monkeypatch.setattr(os, "scandir", refuse)
    ended = bridle("scan", whole[False], *WANTED)
    assert ended.code == 3
    assert "cannot be listed: Permission denied" in ended.out


def test_a_folder_of_backups(whole: dict[bool, Path], tmp_path: Path, bridle: Bridle) -> None:
    parent = tmp_path / "MobileSync" / "Backup"
    shutil.copytree(whole[False], parent / "first")
    (parent / "other").mkdir()
    assert bridle("scan", parent, *WANTED).code == 0
    assert bridle("scan", parent.parent, *WANTED).code == 0
    assert bridle("scan", parent / "first" / "Manifest.db", *WANTED).code == 0
    shutil.copytree(whole[False], parent / "second")
    said = stopped(bridle("scan", parent, *WANTED))
    assert f"holds 2 backups; scan one of them, or name several: {parent / 'first'}, {parent / 'second'}" in said
    ended = bridle("scan", parent / "first", parent / "second", *WANTED, "--format", "json")
    assert ended.code == 0
    assert ended.out.count('"kind": "ios backup"') == 2


def test_evidence_says_what_a_path_is(whole: dict[bool, Path], bridle: Bridle, tmp_path: Path) -> None:
    for encrypted, words in ((True, "encrypted: its password is needed"), (False, "not encrypted")):
        ended = bridle("evidence", whole[encrypted])
        assert (ended.code, ended.err) == (0, "")
        assert words in ended.out
        assert "udid: 00008110-000A1B2C3D4E5F60" in ended.out
    assert "there is no" in stopped(bridle("evidence", tmp_path / "nowhere"))
