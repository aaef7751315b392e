"""Where a write-ahead log breaks."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.formats.wal import damage

PAGE = 4096
FRAME = PAGE + 24


@dataclass
class Bytes:
    """A page source over bytes, which may claim to be larger."""

    data: bytes
    claimed: int = 0

    @property
    def size(self) -> int:
        return self.claimed or len(self.data)

    def read(self, offset: int, amount: int) -> bytes:
        return self.data[offset : offset + amount]


def transaction(database: sqlite3.Connection, rows: int) -> None:
    database.executemany("INSERT INTO t VALUES (?)", [("text " * 100,) for _ in range(rows)])
    database.commit()


@pytest.fixture
def log(tmp_path: Path) -> bytes:
    """A log of several transactions, the last of more than one frame."""
    path = tmp_path / "live.db"
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA page_size={PAGE}")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA wal_autocheckpoint=0")
    database.execute("CREATE TABLE t (x TEXT)")
    for rows in (1, 30, 5, 40):
        transaction(database, rows)
    data = path.with_name("live.db-wal").read_bytes()
    database.close()
    return data


def broken(log: bytes, at: int) -> bytes:
    return log[:at] + bytes([log[at] ^ 4]) + log[at + 1 :]


def commits(log: bytes) -> list[int]:
    frames = range((len(log) - 32) // FRAME)
    return [frame for frame in frames if any(log[32 + frame * FRAME + 4 : 32 + frame * FRAME + 8])]


def test_a_sound_log_an_empty_and_a_blank_one_are_fine(log: bytes) -> None:
    assert damage(Bytes(log)) is None
    assert damage(Bytes(b"")) is None
    assert damage(Bytes(bytes(10_000))) is None


@pytest.mark.parametrize("offset", [2, 6, 9, 17, 24, 500, FRAME - 1])
def test_a_flipped_bit_in_a_frame_is_named(log: bytes, offset: int) -> None:
    frames = (len(log) - 32) // FRAME
    for frame in (0, 3, commits(log)[-1]):
        report = damage(Bytes(broken(log, 32 + frame * FRAME + offset)))
        assert report is not None
        assert report.startswith(f"frame {frame + 1} of the write-ahead log, at byte {32 + frame * FRAME}, ")
        assert report.endswith(f"it and {frames - 1 - frame} frames after it are unreadable")


def test_a_broken_tail_that_was_never_committed_is_no_damage(log: bytes) -> None:
    last = commits(log)[-1]
    tail = log[: 32 + last * FRAME]
    assert last - 1 not in commits(log)
    assert damage(Bytes(broken(tail, len(tail) - 5))) is None


def test_frames_of_an_older_round_are_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "again.db"
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE t (x TEXT)")
    transaction(database, 50)
    database.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
    transaction(database, 1)
    data = path.with_name("again.db-wal").read_bytes()
    database.close()
    salts = {data[at + 8 : at + 16] for at in range(32, len(data), FRAME)}
    assert len(salts) == 2
    assert damage(Bytes(data)) is None


def test_a_damaged_header_makes_everything_unreadable(log: bytes) -> None:
    for at in (0, 9, 17, 30):
        report = damage(Bytes(broken(log, at)))
        assert report is not None
        assert "header" in report
    assert "blank" in str(damage(Bytes(bytes(32) + log[32:])))
    assert "ends inside its header" in str(damage(Bytes(log[:20])))


def test_a_log_cut_inside_a_frame_is_named(log: bytes) -> None:
    report = damage(Bytes(log[: 32 + 5 * FRAME + 100]))
    assert report is not None
    assert report.startswith(f"frame 6 of the write-ahead log, at byte {32 + 5 * FRAME}, is cut off")


def test_a_huge_log_is_said_to_be_unchecked(log: bytes) -> None:
    assert "too large" in str(damage(Bytes(log, claimed=300 << 20)))
