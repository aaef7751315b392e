"""The tables of one database: opened and checked once for all artifacts that read it, salvaged where it is damaged."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any

import apsw

from scanner.evidence import sqlite
from scanner.evidence.query import Select, UnsupportedError, supported
from scanner.evidence.reader import Reader
from scanner.record import Record

Raw = tuple[str | None, dict[str, Any]]
"""The table that a row stands in, and its values by column; its row number is under the empty name, and `+` marks one
that was recovered."""
Complain = Callable[[str], None]


class Tables:
    """A database of the evidence."""

    def __init__(self, open_file: Callable[[], Reader], open_log: Callable[[], Reader | None]) -> None:
        """Open nothing yet; `open_log` opens the write-ahead log beside it."""
        self.open_file, self.open_log = open_file, open_log
        self.database: sqlite.Database | None = None
        self.notes: list[str] = []
        """What is wrong with the file, for every artifact that reads it."""

    @cached_property
    def damage(self) -> str | None:
        """What is wrong with the database itself; looked for when it is opened.

        Raises:
            ValueError: the file is empty.
            OSError: it cannot be opened.
        """
        reader, log = self.open_file(), self.log()
        if problem := getattr(reader, "problem", None):
            self.notes.append(problem)
        if not reader.size:
            reader.close()
            raise ValueError("the file is empty (0 bytes)")
        if log and (broken := log_damage(log)):
            self.notes.append(f"the write-ahead log is damaged: {broken}")
        try:
            self.database = sqlite.Database(reader, log)
            return sqlite.damage(self.database.connection)
        except apsw.Error as error:
            return str(error)

    def log(self) -> Reader | None:
        """The write-ahead log; one that cannot be opened is noted, and costs only what it holds."""
        try:
            return self.open_log()
        except (OSError, ValueError) as error:
            self.notes.append(f"the write-ahead log cannot be read: {error}")
            return None

    @cached_property
    def salvaged(self) -> apsw.Connection:
        """The database rebuilt in memory from its pages and those of its log.

        Raises:
            ValueError: there are no pages of a database in it.
        """
        from scanner.formats.sqlite_salvage import rebuild
        from scanner.formats.wal import WithLog

        reader, log = self.open_file(), self.log()
        try:
            connection, problems = rebuild(WithLog(reader, log) if log else reader)
        finally:
            reader.close()
            if log:
                log.close()
        sqlite.harden(connection)
        self.notes += problems
        return connection

    def raw(self, into: type[Record], queries: tuple[str, ...], complain: Complain) -> Iterator[Raw]:
        """Rows of the first query that the schema supports; of a damaged database also what its pages still hold.

        Raises:
            UnsupportedError: the schema of a sound database is none of those that the queries are for.
            ValueError: it is no database.
        """
        if self.damage is None and self.database:
            for note in self.notes:
                complain(note)
            yield from self.whole(self.database.connection, into, queries, complain)
            return
        complain(f"the database is damaged: {self.damage}")
        seen: set[Any] = set()
        if self.database:
            yield from self.readable(self.database.connection, into, queries, seen, complain)
        yield from self.recovered(into, queries, seen, complain)

    def whole(
        self, db: apsw.Connection, into: type[Record], queries: tuple[str, ...], complain: Complain
    ) -> Iterator[Raw]:
        """The rows of a database that seems sound; where SQLite stops all the same, those of its pages follow."""
        given = 0
        try:
            query = supported(db, into, queries)
            for raw in select(db, query):
                given += 1
                yield raw
        except apsw.InterruptError:
            raise
        except apsw.Error as error:
            self.damage = str(error)
        else:
            return
        complain(f"the database is damaged: {self.damage}")
        seen = {identity(row) for _, row in islice(select(db, query), given)} if given else set()
        yield from self.recovered(into, queries, seen, complain)

    def readable(
        self, db: apsw.Connection, into: type[Record], queries: tuple[str, ...], seen: set[Any], complain: Complain
    ) -> Iterator[Raw]:
        """What SQLite still reads of a damaged database, up to where it stops."""
        try:
            for table, row in select(db, supported(db, into, queries)):
                seen.add(identity(row))
                yield table, row
        except apsw.InterruptError:
            raise
        except (apsw.Error, UnsupportedError) as error:
            complain(f"SQLite stopped: {error}")

    def recovered(
        self, into: type[Record], queries: tuple[str, ...], seen: set[Any], complain: Complain
    ) -> Iterator[Raw]:
        """What the pages of a damaged database hold beyond `seen`.

        A schema that is not known is a problem like others here, for the damage may be why.
        """
        db = self.salvaged
        for note in dict.fromkeys(self.notes):
            complain(note)
        try:
            query = supported(db, into, queries)
        except UnsupportedError as error:
            complain(f"nothing more can be recovered: {error}")
            return
        for table, row in select(db, query):
            if identity(row) not in seen:
                yield table, row | {"+": 1}

    def has(self, name: str) -> bool:
        """Whether there is a table of this name, as far as can be read."""
        db = self.database.connection if self.damage is None and self.database else self.salvaged
        return bool(db.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (name,)).fetchall())

    def close(self) -> None:
        """Close what is open."""
        if self.database:
            self.database.close()
        if "salvaged" in vars(self):
            self.salvaged.close(True)


def select(db: apsw.Connection, query: Select) -> Iterator[Raw]:
    """Rows of one query; those with a text that is no text come last, as bytes."""
    names = tuple("" if name.startswith("_") else name for name in query.columns)
    table = next((name[1:] for name in query.columns if name.startswith("_")), None)
    broken: list[None] = []
    text = str(query)
    for row in sqlite.texts_kept(db.execute(text), lambda: broken.append(None)):
        yield table, dict(zip(names, row))  # noqa: B905 - one name for each column; this is the hottest line
    if broken:
        for row in sqlite.undecodable(db, text, query.columns):
            yield table, dict(zip(names, row, strict=True))


def log_damage(log: Reader) -> str | None:
    """What is wrong with a write-ahead log."""
    from scanner.formats import wal

    return wal.damage(log)


def identity(row: dict[str, Any]) -> Any:
    """What tells a row from others: its row number, else its values."""
    number = row.get("")
    return tuple(map(repr, row.values())) if number is None else number
