"""Times, owners and links of a backup's files, which are read only where they are wanted."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scanner.artifacts.ios.backup import BackedUpFile, files
from scanner.evidence import open_file
from scanner.synthetic.mbfile import Row, blob
from scanner.synthetic.phone import Item
from tests.devices import CaseDevice

LINK, TARGET = "/private/var/root/Library/link", "/private/var/mobile"
ITEM = Item(LINK, kind="link", modified=1_700_000_000, target=TARGET, mode=0o755)
BLOBS = (blob(Row(ITEM, "a" * 40, "RootDomain", "Library/link", 7, None, 1)), b"not an archive", 5, None)


def read(device: Path, *, details: bool) -> tuple[list[BackedUpFile], list[str]]:
    evidence = CaseDevice(device)
    file = open_file(evidence, next(evidence.entries()))
    file.details = details
    try:
        return [one for one in files(file) if isinstance(one, BackedUpFile)], [message for message, _ in file.problems]
    finally:
        file.close()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    (tmp_path / "backup").mkdir()
    with closing(sqlite3.connect(tmp_path / "backup" / "Manifest.db")) as manifest, manifest:
        manifest.execute("CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain, relativePath, flags, file)")
        rows = [(str(number), "RootDomain", "Library/link", 4, stored) for number, stored in enumerate(BLOBS)]
        manifest.executemany("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", rows)
    return tmp_path


def test_details_are_read_where_they_are_wanted(backup: Path) -> None:
    records, problems = read(backup, details=True)
    one = records[0]
    times = [round(time.timestamp()) - ITEM.modified for time in (one.created, one.time, one.changed) if time]
    assert times == [-60, 0, 1]
    assert (one.size, one.mode, one.target) == (7, 0o120755, TARGET)
    assert [record.path for record in records] == [LINK] * len(BLOBS)
    assert len(problems) == 2


def test_details_are_not_read_otherwise(backup: Path) -> None:
    records, problems = read(backup, details=False)
    assert len(records) == len(BLOBS)
    assert not problems
    assert all(record.time is None and record.mode is None for record in records)
