"""One file of the evidence as an artifact sees it: rows, property lists, lines or bytes, and a place for what goes wrong."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import apsw

from scanner.convert import convert
from scanner.evidence import sqlite
from scanner.evidence.query import Select, UnsupportedError, supported
from scanner.evidence.reader import Reader
from scanner.record import Place, Record

R = TypeVar("R", bound=Record)

MAX_WHOLE = 256 << 20
MAX_LINE = 1 << 20
LINES = 1 << 20
MAX_PROBLEMS = 1000


class Entry(NamedTuple):
    """A file as the evidence lists it."""

    path: str
    """The path on the device."""
    native: str
    """What the evidence itself calls it: a file id, a member's name."""
    stored: bool = True
    """Whether its content is there; a partial copy lists files that it does not hold."""


class File:
    """One file of the evidence, open to one artifact."""

    def __init__(self, entry: Entry, open_entry: Callable[[Entry], Reader], beside: Callable[[str], Reader | None]) -> None:
        """A file that is opened when it is first read; `beside` opens the file whose path has a suffix more."""
        self.entry, self.path = entry, entry.path
        self.open_entry, self.beside = open_entry, beside
        self.problems: list[tuple[str, int | str | None]] = []
        self.left_out = 0
        self.databases: list[sqlite.Database] = []
        self.rebuilt: apsw.Connection | None = None
        self.details = False
        """Whether an artifact shall also read what is costly and only sometimes wanted: times and modes of listed files."""

    def open(self) -> Reader:
        """Random access to the bytes.

        Raises:
            OSError: it cannot be opened.
        """
        reader = self.open_entry(self.entry)
        if problem := getattr(reader, "problem", None):
            self.problem(problem)
        return reader

    def problem(self, message: str, row: int | str | None = None) -> None:
        """Note something that could not be read; the artifact is then at best partial."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append((message, row))
        else:
            self.left_out += 1

    def read(self) -> bytes:
        """The whole content.

        Raises:
            ValueError: it is empty, or larger than an artifact may take whole.
        """
        reader = self.open()
        try:
            if reader.size > MAX_WHOLE:
                raise ValueError(f"{reader.size} bytes are more than the {MAX_WHOLE} that are read whole")
            data = reader.read(0, reader.size)
        finally:
            reader.close()
        if not data:
            raise ValueError("the file is empty (0 bytes)")
        return data

    def plist(self) -> Any:
        """The root of a property list; what is damaged in it is left out and noted.

        Raises:
            ValueError: it is no property list.
        """
        from scanner.formats import bplist

        found = bplist.loads(self.read())
        for message in found.problems:
            self.problem(message)
        return found.root

    def mapping(self, value: object, key: str) -> dict[str, Any]:
        """The dictionary under a key of a property list; empty, and noted, where something else stands there.

        Raises:
            UnsupportedError: the property list has no such key.
        """
        if not isinstance(value, dict) or key not in value:
            raise UnsupportedError(f"the property list has no {key!r}")
        if isinstance(found := value[key], dict):
            return found
        self.problem(f"{key}: not a dictionary but {type(found).__name__}", key)
        return {}

    def members(self, value: object, key: str) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The dictionaries in the list under a key of a property list, with their places; what else stands there is noted.

        Raises:
            UnsupportedError: the property list has no such key.
        """
        if not isinstance(value, dict) or key not in value:
            raise UnsupportedError(f"the property list has no {key!r}")
        if not isinstance(found := value[key], list):
            self.problem(f"{key}: not a list but {type(found).__name__}", key)
            return
        for number, member in enumerate(found):
            place = Place(key=f"{key}.{number}")
            if isinstance(member, dict):
                yield place, member
            else:
                self.problem(f"not a dictionary but {type(member).__name__}", place.key)

    def dictionaries(self, found: dict[str, Any], key: str = "") -> Iterator[tuple[str, Place, dict[str, Any]]]:
        """The dictionaries in a dictionary of a property list: name, place and content; whatever else is noted."""
        for name, content in found.items():
            place = Place(key=f"{key}.{name}" if key else name)
            if isinstance(content, dict):
                yield name, place, content
            else:
                self.problem(f"{place.key}: not a dictionary but {type(content).__name__}", place.key)

    def archive(self) -> Any:
        """The root of a property list that is a keyed archive, as plain dictionaries and lists."""
        from scanner.formats import nskeyedarchiver

        return nskeyedarchiver.unarchive(self.plist())

    def lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines of a text; what is no UTF-8 is kept as escapes, a line beyond 1 MB is cut and noted."""
        reader, offset, rest, number = self.open(), 0, b"", 0
        while piece := reader.read(offset, LINES):
            offset += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                number += 1
                yield number, line.decode("utf-8", "backslashreplace").rstrip("\r")
            if len(rest) > MAX_LINE:
                self.problem(f"a line longer than {MAX_LINE} bytes was cut", number + 1)
                rest = rest[:MAX_LINE]
        if rest:
            yield number + 1, rest.decode("utf-8", "backslashreplace")
        reader.close()

    def record(self, into: type[R], place: Place, **values: Any) -> Iterator[R]:
        """The record of some raw values, or none and a note where they do not fit."""
        row = place.row if place.row is not None else place.key or place.line
        try:
            yield convert(into, values | {"place": place}, lambda message: self.problem(message, row))
        except ValueError as error:
            self.problem(str(error), row)

    def rows(self, into: type[R], *queries: str) -> Iterator[R]:
        """Rows of the first query that this database's schema supports, as records.

        A database that is damaged gives what SQLite still reads, then what its pages still hold.

        Raises:
            UnsupportedError: the schema is none of those that the queries are for.
            ValueError: it is no database.
        """
        for table, row in self.raw(into, queries):
            yield from self.record(into, placed(table, row), **row)

    def raw(self, into: type[Record], queries: tuple[str, ...]) -> Iterator[tuple[str | None, dict[str, Any]]]:
        """Rows by column name, with the table that they stand in; their row number under the empty name."""
        database, damage = self.database()
        if damage is None and database:
            yield from self.select(database.connection, supported(database.connection, into, queries))
            return
        self.problem(f"the database is damaged: {damage}")
        seen: set[Any] = set()
        if database:
            yield from self.readable(database.connection, into, queries, seen)
        yield from self.recovered(into, queries, seen)

    def select(self, db: apsw.Connection, select: Select) -> Iterator[tuple[str | None, dict[str, Any]]]:
        """Rows of one query."""
        names = tuple("" if name.startswith("_") else name for name in select.columns)
        table = next((name[1:] for name in select.columns if name.startswith("_")), None)
        broken: list[None] = []
        query = str(select)
        for row in sqlite.texts_kept(db.execute(query), lambda: broken.append(None)):
            yield table, dict(zip(names, row, strict=True))
        if broken:
            for row in sqlite.undecodable(db, query, select.columns):
                yield table, dict(zip(names, row, strict=True))

    def readable(
        self, db: apsw.Connection, into: type[Record], queries: tuple[str, ...], seen: set[Any]
    ) -> Iterator[tuple[str | None, dict[str, Any]]]:
        """What SQLite still reads of a damaged database, up to where it stops."""
        try:
            for table, row in self.select(db, supported(db, into, queries)):
                seen.add(identity(row))
                yield table, row
        except (apsw.Error, UnsupportedError) as error:
            self.problem(f"SQLite stopped: {error}")

    def recovered(
        self, into: type[Record], queries: tuple[str, ...], seen: set[Any]
    ) -> Iterator[tuple[str | None, dict[str, Any]]]:
        """What the pages of a damaged database hold beyond `seen`."""
        db = self.salvaged()
        for table, row in self.select(db, supported(db, into, queries)):
            if identity(row) not in seen:
                yield table, row | {"+": 1}

    def salvaged(self) -> apsw.Connection:
        """The database rebuilt in memory from its pages."""
        from scanner.formats.sqlite_salvage import rebuild

        if self.rebuilt is None:
            reader = self.open_entry(self.entry)
            self.rebuilt, problems = rebuild(reader)
            reader.close()
            sqlite.harden(self.rebuilt)
            for message in problems:
                self.problem(message)
        return self.rebuilt

    def database(self) -> tuple[sqlite.Database | None, str | None]:
        """The open database, and what is wrong with it; checked once.

        Raises:
            ValueError: the file is empty.
        """
        if self.databases:
            return self.databases[0], getattr(self, "damage", None)
        reader, log = self.open(), self.beside("-wal")
        if not reader.size:
            reader.close()
            raise ValueError("the file is empty (0 bytes)")
        self.damage: str | None = None
        try:
            self.databases.append(sqlite.Database(reader, log))
            self.damage = sqlite.damage(self.databases[0].connection)
        except apsw.Error as error:
            self.damage = str(error)
            return None, self.damage
        if log and (broken := self.log_damage(log)):
            self.problem(f"the write-ahead log is damaged: {broken}")
        return self.databases[0], self.damage

    @staticmethod
    def log_damage(log: Reader) -> str | None:
        """What is wrong with a write-ahead log."""
        from scanner.formats import wal

        return wal.damage(log)

    def close(self) -> None:
        """Close what is open."""
        for database in self.databases:
            database.close()
        if self.rebuilt:
            self.rebuilt.close(True)
        if self.left_out:
            self.problems.append((f"{self.left_out} further problems are not listed", None))


def placed(table: str | None, row: dict[str, Any]) -> Place:
    """The place of a raw row, taken out of it."""
    number = row.pop("", None)
    return Place(table=table, row=number if isinstance(number, int) else None, recovered=bool(row.pop("+", 0)))


def identity(row: dict[str, Any]) -> Any:
    """What tells a row from others: its row number, else its values."""
    return row[""] if "" in row else tuple(map(repr, row.values()))
