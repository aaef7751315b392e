"""Databases that running apps have open, and their last operations."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.artifacts.android.folders import app_of, user_of
from scanner.evidence import File
from scanner.record import AppId, AwareTime, Dated, Path, Place, Process, Record, Stage, Text

PROCESS = re.compile(r"\*\* Database info for pid (\d{1,9}) \[(.*)\] \*\*")
OPERATION = re.compile(r"\s+\d+: \[([^\]]*)\] (?:\[Pid:\((\d{1,9})\)\])?(\w+) (.*)")
SQL = re.compile(r', sql="(.*?)"(?:, (?:path|bindArgs|exception)=|$)')
FILE = re.compile(r"\s+(.+?)\s+(\d{1,18})b ctime=(\S+) mtime=(\S+) atime=(\S+)")
HOUSEKEEPING = ("PRAGMA ", "COMMIT", "BEGIN ", "ROLLBACK", "END")
MAX_SQL = 2000


class DatabasePool(Dated):
    """A database that a running process has open; `time` is its last operation."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    pid: int | None = None
    process: Process | None = None
    package: AppId | None = None
    user: int | None = None
    path: Path | None = None
    operations: int = 0
    """How many of the last operations are listed."""


class DatabaseOperation(Dated):
    """One of the last statements that an app's process ran on a database; those that only keep house are left out."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    pid: int | None = None
    process: Process | None = None
    package: AppId | None = None
    user: int | None = None
    path: Path | None = None
    kind: str | None = None
    """What SQLite was asked: `executeForCursorWindow` reads, `executeForChangedRowCount` writes."""
    outcome: str | None = None
    sql: Text | None = None
    """The statement with `?` for its values, cut after 2,000 letters."""


class DatabaseFile(Record):
    """A file in a folder of databases that a running process has open."""

    path: Path
    package: AppId | None = None
    user: int | None = None
    size: int | None = None
    time: AwareTime | None = None
    """When it was last changed."""
    created: AwareTime | None = None
    """When its metadata last changed (ctime)."""
    accessed: AwareTime | None = None


class Pool:
    """The pool that is being read."""

    def __init__(self, line: int, path: str, process: tuple[str, str] | None) -> None:
        """Without operations yet."""
        self.line, self.latest, self.count = line, "", 0
        pid, name = process or (None, None)
        self.who: dict[str, Any] = {"pid": pid, "process": name, "path": path, **owner(path)}

    def record(self, file: File) -> Iterator[DatabasePool]:
        """Its record, when it has been read."""
        dated = file.dated(self.latest, self.line) if self.latest else {}
        yield from file.record(DatabasePool, Place(line=self.line), operations=self.count, **self.who, **dated)


def owner(path: str) -> dict[str, Any]:
    """The app and user in whose folder a path lies."""
    package = app_of(path)
    return {"package": package, "user": user_of(path)} if package else {}


@artifact("dumpsys:/dbinfo")
def dbinfo(file: File) -> Iterator[DatabasePool | DatabaseOperation | DatabaseFile]:
    """Databases that running apps had open, their last twenty operations each, and the files beside them.

    It shows what an app works on, also of apps that were removed since. Values of statements are not in it. Android
    from version 8 on names the database in each operation, older ones in the pool's headline only; some put the
    process id before the operation. Files are listed since Android 10.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/database/sqlite/SQLiteConnection.java
    """
    process, pool, folder = None, None, ""
    for number, text in file.lines():
        if text.startswith("     "):
            if pool is not None and (found := OPERATION.match(text)):
                yield from operation(file, pool, found, number)
        elif text.startswith("** Database info"):
            yield from pool.record(file) if pool else ()
            pool, process = None, (found[1], found[2]) if (found := PROCESS.match(text)) else None
        elif text.startswith("Connection pool for "):
            yield from pool.record(file) if pool else ()
            pool = Pool(number, text.removeprefix("Connection pool for ").removesuffix(":"), process)
        elif text.startswith("Database files in "):
            folder = text.removeprefix("Database files in ").removesuffix(":")
        elif " ctime=" in text and (found := FILE.match(text)):
            yield from listed(file, folder, found, number)
    yield from pool.record(file) if pool else ()


def operation(file: File, pool: Pool, found: re.Match[str], number: int) -> Iterator[DatabaseOperation]:
    """The record of an operation that says something; every one counts for its pool."""
    time, pid, kind, rest = found.groups()
    pool.count += 1
    pool.latest = max(pool.latest, time)
    outcome, _, where = rest.rpartition(", path=")
    statement = SQL.search(rest)
    if kind == "prepare" or statement is None or statement[1].lstrip().upper().startswith(HOUSEKEEPING):
        return
    values = {**pool.who, "pid": pid or pool.who["pid"]}
    if where.startswith("/") and outcome:
        values.update(path=where, **owner(where))
    outcome = rest[: statement.start()].rpartition(" - ")[2] or None
    values.update(kind=kind, outcome=outcome, sql=statement[1][:MAX_SQL])
    yield from file.record(DatabaseOperation, Place(line=number), **values, **file.dated(time, number))


def listed(file: File, folder: str, found: re.Match[str], number: int) -> Iterator[DatabaseFile]:
    """The record of a file in a folder's listing."""
    name, size, created, changed, accessed = found.groups()
    path = f"{folder.rstrip('/')}/{name}"
    times = {"time": changed, "created": created, "accessed": accessed}
    yield from file.record(DatabaseFile, Place(line=number), path=path, size=size, **owner(path), **times)
