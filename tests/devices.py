"""Small devices from text files: what a case's `in/` folder holds becomes the files of a phone."""

import base64
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from scanner.evidence import Entry, Promise
from scanner.evidence.reader import PlainFile, Reader
from scanner.finding import Device, EvidenceFacts, Problem

SCHEMES = ("backup", "dumpsys", "section", "androidqf", "bugreport", "intrusion", "file", "mvt")
"""Folders that stand for what has no path on the phone: `dumpsys/package` is `dumpsys:/package`."""
ACQUIRED = datetime(2024, 6, 15, 12, tzinfo=UTC)


class CaseDevice:
    """A folder of files as they lie on the phone; a folder named in SCHEMES stands for that scheme."""

    schemes: tuple[str, ...] = tuple(f"{name}:" for name in SCHEMES)

    def __init__(self, root: Path) -> None:
        """Take a built folder."""
        self.root = root
        self.facts = EvidenceFacts(id="case", path="case", kind="case", device=Device(), acquired=ACQUIRED)
        self.problems: list[Problem] = []

    def entries(self) -> Iterator[Entry]:
        """Every file, by name."""
        for path in sorted(self.root.rglob("*")):
            if path.is_file():
                native = path.relative_to(self.root).as_posix()
                first, _, rest = native.partition("/")
                yield Entry(f"{first}:/{rest}" if first in SCHEMES else "/" + native, native)

    def unlisted(self, path: str) -> Entry | None:
        """None: everything is listed."""
        del path
        return None

    def size(self, entry: Entry) -> int:
        """A file's size."""
        return (self.root / entry.native).stat().st_size

    def reader(self, entry: Entry) -> Reader:
        """One file's content."""
        return PlainFile(self.root / entry.native)

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """None: its maker records no hashes."""
        return iter(())

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose name has a suffix more."""
        path = self.root / (entry.native + suffix)
        return PlainFile(path) if path.is_file() else None

    def close(self) -> None:
        """Nothing is kept open."""


def build(case: Path, device: Path) -> CaseDevice:
    """A case's device: `X.sql` becomes the database X, `X.b64` the bytes X, every other file is itself."""
    shutil.copytree(case, device)
    for source in sorted(device.rglob("*")):
        target = source.with_suffix("")
        if source.suffix == ".sql":
            with closing(sqlite3.connect(target)) as database:
                database.executescript(source.read_text(encoding="utf-8"))
            source.unlink()
        elif source.suffix == ".b64":
            target.write_bytes(base64.b64decode(source.read_text(encoding="ascii")))
            source.unlink()
    return CaseDevice(device)
