"""Single stages of a scan, each against a floor measured in the same run: a bare library on the same data."""

import hashlib
import json
import os
import sqlite3
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import material
from scanner import artifact, synthetic
from scanner.evidence import Evidence, open_file
from scanner.evidence.open import recognise
from scanner.evidence.reader import EncryptedFile
from scanner.evidence.secret import Secret
from scanner.feeds.load import load
from scanner.matching.index import Index
from scanner.record import Record

TURNS = 3
ROWS = 20_000
FILES = 5_000
BYTES = 64 << 20
PIECE = 1 << 18
KEY_BYTES = 32
MESSAGES = "ios.sms.messages"
SELECT = """
    SELECT m.ROWID, m.date, m.text, m.attributedBody, m.payload_data, m.service, m.is_from_me, m.guid, h.id
    FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id
    """
HEAD = ("stage", "this", "floor", "what the floor is", "this / floor")


@dataclass(frozen=True)
class Stage:
    """A figure and its floor, in the same unit."""

    name: str
    unit: str
    seconds: float
    floor: float
    amount: float
    of: str
    """What the floor is."""

    def cells(self) -> tuple[str, ...]:
        """As a row: microseconds for each of `amount`, or megabytes in a second."""
        ratio = f"{self.seconds / self.floor:.1f}"
        return (self.name, self.figure(self.seconds), self.figure(self.floor), self.of, ratio)

    def figure(self, seconds: float) -> str:
        """A time in the stage's unit."""
        if self.unit == "MB/s":
            return f"{self.amount / seconds:,.0f} MB/s"
        return f"{seconds / self.amount * 1e6:.2f} µs/{self.unit}"


def quickest(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest of some turns."""
    times = []
    for _ in range(TURNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return max(min(times), 1e-6)


def drain(values: Iterable[object]) -> None:
    """Take everything, keep nothing."""
    deque(values, maxlen=0)


def table(feeds: Path | None = None) -> list[tuple[str, ...]]:
    """Every stage, as rows."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "phone"
        amount = replace(synthetic.SMALL, messages=ROWS, files=FILES)
        synthetic.write_backup(synthetic.make(amount=amount), root)
        backup = recognise(root).open(Secret())
        stages = [
            reading(backup, root), matching(backup, feeds or material.default_feeds()), listing(root),
            loading(feeds or material.default_feeds()), decrypting(Path(folder) / "cipher"),
        ]  # fmt: skip
        backup.close()
    return [HEAD, *(stage.cells() for stage in stages)]


def messages(backup: Evidence) -> Iterable[Record]:
    """The records of the backup's messages."""
    parse = artifact.load()[MESSAGES]
    entry = next(entry for entry in backup.entries() if entry.path.endswith("/SMS/sms.db"))
    file = open_file(backup, entry)
    try:
        yield from parse.parse(file)
    finally:
        file.tables.close()


def reading(backup: Evidence, root: Path) -> Stage:
    """Rows of sms.db into records."""
    entry = next(entry for entry in backup.entries() if entry.path.endswith("/SMS/sms.db"))
    path = root / entry.native[:2] / entry.native

    def select() -> None:
        with closing(sqlite3.connect(path)) as db:
            drain(db.execute(SELECT))

    count = sum(1 for _ in messages(backup))
    ours = quickest(lambda: drain(messages(backup)))
    return Stage("messages into records", "row", ours, quickest(select), count, "sqlite3")


def matching(backup: Evidence, feeds: Path) -> Stage:
    """Those records against all indicators."""
    index = Index(one for feed in load([feeds]) for one in feed.indicators)
    index.prepare()
    found = list(messages(backup))
    ours = quickest(lambda: drain(map(index.hits, found)))
    floor = quickest(lambda: drain(map(json.dumps, (getattr(one, "text", "") for one in found))))
    return Stage(f"matching, {len(index):,} indicators", "record", ours, floor, len(found), "json.dumps of the text")


def listing(root: Path) -> Stage:
    """A backup opened, and the files of its manifest under their device paths, with whether each is stored."""

    def select() -> None:
        with closing(sqlite3.connect(root / "Manifest.db")) as db:
            drain(db.execute("SELECT fileID, domain, relativePath FROM Files WHERE flags = 1"))

    def entries() -> Iterable[object]:
        yield from recognise(root).open(Secret()).entries()

    count = sum(1 for _ in entries())
    ours = quickest(lambda: drain(entries()))
    return Stage("opening, listing the files", "file", ours, quickest(select), count, "sqlite3")


def loading(feeds: Path) -> Stage:
    """Feeds into indicators."""
    stix = sorted(feeds.rglob("*.stix2"))
    paths = stix or [path for path in sorted(feeds.rglob("*")) if path.is_file()]
    count = sum(len(feed.indicators) for feed in load(paths))
    whole = quickest(lambda: load(paths))
    floor = quickest(lambda: drain(map(parsed, paths)))
    of = "json.loads" if stix else "reading the bytes"
    return Stage("loading feeds", "indicator", whole, floor, max(count, 1), of)


def parsed(path: Path) -> object:
    """A file as the standard library reads it, where it is JSON."""
    data = path.read_bytes()
    return json.loads(data) if path.suffix == ".stix2" else data


def decrypting(path: Path) -> Stage:
    """An encrypted file, read in pieces."""
    path.write_bytes(os.urandom(BYTES))

    def ours() -> None:
        reader = EncryptedFile(path, bytes(KEY_BYTES))
        for offset in range(0, reader.size, PIECE):
            reader.read(offset, PIECE)
        reader.close()

    def floor() -> None:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    return Stage("decrypting", "MB/s", quickest(ours), quickest(floor), BYTES / 1e6, "SHA-256")


if __name__ == "__main__":
    from benchmarks.table import text

    print(text(table()))
