"""SQLite over evidence: a read-only file system on readers, so that no database is ever copied or decrypted to disk.

Only the pages that a query touches are read; a `-wal` beside the database is opened by SQLite itself.

References:
    APSW, "Virtual File System (VFS)": https://rogerbinns.github.io/apsw/vfs.html
    SQLite, "Defense Against The Dark Arts": https://www.sqlite.org/security.html
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from time import monotonic
from typing import Any

import apsw

from scanner.evidence.domains import device_path
from scanner.evidence.reader import Memory, Reader

MAX_VALUE = 64 << 20
QUERY_SECONDS = 240
STEPS = 200_000
numbers = count()
LOG = "-wal"
EMPTY = Memory(b"")


class EvidenceVFS(apsw.VFS):
    """What SQLite sees of the evidence: the named readers, nothing else, and nothing can be written."""

    def __init__(self) -> None:
        """Register under the name `evidence`."""
        self.readers: dict[str, Reader] = {}
        super().__init__("evidence", "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        """Open a registered reader; a write-ahead log that the evidence does not hold is empty."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path not in self.readers and not str(path).endswith(LOG):
            raise apsw.CantOpenError(str(path))
        flags[1] = flags[0]
        return OpenFile(self.readers.get(path, EMPTY))

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802, ARG002 - as SQLite calls it
        """Whether there is such a reader."""
        return pathname in self.readers

    def xFullPathname(self, filename: str) -> str:  # noqa: N802
        """Names are already full."""
        return filename

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Nothing is deleted."""


class OpenFile:
    """One reader as SQLite asks for it."""

    def __init__(self, reader: Reader) -> None:
        """Serve `reader`."""
        self.reader = reader
        self.xRead = self.read
        self.xFileSize = lambda: reader.size
        self.xWrite = self.xTruncate = self.refuse
        self.xClose = self.xLock = self.xUnlock = self.xSync = self.nothing
        self.xCheckReservedLock = self.xFileControl = self.no
        self.xSectorSize = self.xDeviceCharacteristics = lambda: 0

    def read(self, amount: int, offset: int) -> bytes:
        """SQLite's order of arguments."""
        return self.reader.read(offset, amount)

    def refuse(self, *_: Any) -> None:
        """Evidence is read-only."""
        raise apsw.ReadOnlyError("evidence is read-only")

    def nothing(self, *_: Any) -> None:
        """Locks and syncs mean nothing here."""

    def no(self, *_: Any) -> bool:
        """No such thing here."""
        return False


@cache
def vfs() -> EvidenceVFS:
    """The one file system of this process."""
    return EvidenceVFS()


class Database:
    """One database of the evidence, open for reading."""

    def __init__(self, reader: Reader, wal: Reader | None = None) -> None:
        """Open `reader`, and `wal` as the write-ahead log beside it.

        Raises:
            apsw.Error: SQLite will not take it for a database.
        """
        self.name = f"/{next(numbers)}.db"
        vfs().readers[self.name] = reader
        if wal:
            vfs().readers[self.name + LOG] = wal
        try:
            self.connection = connect(self.name)
        except apsw.Error:
            self.forget()
            raise

    def close(self) -> None:
        """Close, and forget the readers."""
        self.connection.close(True)
        self.forget()

    def forget(self) -> None:
        """Take the readers out of the file system."""
        for name in (self.name, self.name + LOG):
            if reader := vfs().readers.pop(name, None):
                reader.close()


def connect(name: str) -> apsw.Connection:
    """Open a name of the evidence file system; the log's index lives in the heap, no `-shm` is needed."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
    db = apsw.Connection(f"file:{name}", flags=flags, vfs="evidence")
    db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    harden(db)
    db.execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = 1; PRAGMA cell_size_check = 1")
    return db


def harden(db: apsw.Connection) -> None:
    """What a hostile schema could do is switched off, and a query that does not end is interrupted.

    Queries may use `device_path(domain, relative path)`.
    """
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    db.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    db.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    db.limit(apsw.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    db.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
    db.execute("PRAGMA temp_store = MEMORY")
    db.create_scalar_function("device_path", lambda *parts: device_path(*map(str, parts)), 2, deterministic=True)
    deadline = monotonic() + QUERY_SECONDS
    db.set_progress_handler(lambda: monotonic() > deadline, STEPS)


def damage(db: apsw.Connection, check: str = "quick_check") -> str | None:
    """What SQLite's own check finds wrong with the structure of a database, or None.

    `integrity_check` also compares the indexes with the tables; it takes several times as long.
    """
    try:
        found = db.execute(f"PRAGMA {check}(1)").get
    except (apsw.Error, UnicodeDecodeError) as error:
        return str(error)
    return None if found == "ok" else str(found).replace("\n", " ")


Row = tuple[Any, ...]


def texts_kept(cursor: Iterator[Row], broken: Callable[[], None]) -> Iterator[Row]:
    """Rows of a cursor; one whose text is no UTF-8 is counted by `broken`, and the cursor goes on behind it."""
    while True:
        try:
            yield from cursor
        except UnicodeDecodeError:
            broken()
        else:
            return


def undecodable(db: apsw.Connection, query: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """Only the rows of a query with a text that is no UTF-8, their texts as bytes."""
    quoted = ['"' + name.replace('"', '""') + '"' for name in columns]
    values = ", ".join(f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END" for name in quoted)
    kinds = ", ".join(f"typeof({name})" for name in quoted)
    for row in db.execute(f"SELECT {values}, {kinds} FROM ({query})"):  # noqa: S608 - the query is ours
        got, kinds_of = row[: len(columns)], row[len(columns) :]
        if any(kind == "text" and not is_utf8(value) for value, kind in zip(got, kinds_of, strict=True)):
            yield got


def is_utf8(value: bytes) -> bool:
    """Whether bytes are text."""
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
