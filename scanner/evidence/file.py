"""One file of the evidence as an artifact sees it: rows, property lists, lines or bytes, and what goes wrong."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import msgspec

from scanner.convert import convert
from scanner.evidence.query import UnsupportedError
from scanner.evidence.reader import Reader
from scanner.evidence.tables import Raw, Tables
from scanner.formats.wall_clock import WallClock
from scanner.record import Place, Record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

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
    dated: datetime | None = None
    """When the phone wrote it, for times in it that leave out the year; None: when the evidence was acquired."""


class Promise(NamedTuple):
    """What a collector recorded of a file when it made it."""

    entry: Entry
    sha256: str
    line: int
    """In the collector's list."""


class File:
    """One file of the evidence, open to one artifact."""

    def __init__(self, entry: Entry, open_entry: Callable[[Entry], Reader], tables: Tables) -> None:
        """A file that is opened when it is first read; its `tables` may be shared with other artifacts."""
        self.entry, self.path = entry, entry.path
        self.open_entry, self.tables = open_entry, tables
        self.problems: list[tuple[str, int | str | None]] = []
        self.left_out = 0
        self.clock = WallClock()
        """The phone's own clock."""
        self.details = False
        """Whether an artifact shall also read what is costly and rarely wanted: times and modes of listed files."""

    def open(self) -> Reader:
        """Random access to the bytes.

        Raises:
            OSError: it cannot be opened.
        """
        reader = self.open_entry(self.entry)
        self.damage(reader)
        return reader

    def damage(self, reader: Reader) -> None:
        """Note what a reader says is wrong with its file, once; some know only when they have read it."""
        problem = getattr(reader, "problem", None)
        if problem and (problem, None) not in self.problems:
            self.problem(problem)

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
            self.damage(reader)
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

    def dictionary(self, of: str = "") -> dict[str, Any]:
        """The root of a property list that is a dictionary, in a damaged one what is left of it.

        Args:
            of: What it should be a dictionary of, for the reason why not.

        Raises:
            UnsupportedError: its root is something else.
            ValueError: it is no property list.
        """
        found = self.plist()
        if not isinstance(found, dict):
            raise UnsupportedError("the property list is no dictionary" + (f" of {of}" if of else ""))
        return found

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
        """The dictionaries in the list under a key of a property list, with their places; what is none is noted.

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

    def stored_plist(self, stored: object, place: Place) -> dict[str, Any]:
        """The dictionary of a property list in a column of a row; empty where there is none or it is broken."""
        if stored is None:
            return {}
        from scanner.formats import bplist

        try:
            found = bplist.loads(stored if isinstance(stored, bytes) else str(stored).encode("utf-8", "replace"))
        except ValueError as error:
            self.problem(str(error), place.row)
            return {}
        for message in found.problems:
            self.problem(message, place.row)
        return found.root if isinstance(found.root, dict) else {}

    def archive(self) -> Any:
        """The root of a property list that is a keyed archive, as plain dictionaries and lists."""
        from scanner.formats import nskeyedarchiver

        return nskeyedarchiver.unarchive(self.plist())

    def json(self) -> Any:
        """The value of a JSON text.

        Raises:
            ValueError: it is none, or larger than an artifact may take whole.
        """
        try:
            return msgspec.json.decode(self.read())
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None

    def json_lines(self) -> Iterator[tuple[int, Any]]:
        """Numbered values of a text with one JSON value a line; a line that is none is noted."""
        for number, line in self.lines():
            if line.strip():
                try:
                    value = msgspec.json.decode(line)
                except (ValueError, RecursionError) as error:
                    self.problem(f"not JSON: {error}", number)
                else:
                    yield number, value

    def xml(self) -> "Element":
        """The root of an XML text, or of Android's binary XML.

        Raises:
            ValueError: it is neither.
        """
        from scanner.formats import xml

        return xml.loads(self.read())

    def local(self, text: str) -> datetime | None:
        """The instant that a text of the phone's own clock stands for; None, and noted, where it is no time."""
        return cast("datetime | None", self.dated(text)["time"])

    def dated(self, text: str, line: int | None = None) -> dict[str, Any]:
        """The fields of a `Dated` record for a text of the phone's own clock; one that is no time is noted."""
        try:
            moment = self.clock.read(text)
        except ValueError as error:
            self.problem(str(error), line)
            return {"time": None, "written": text, "clock": None}
        return {"time": moment.time, "written": text, "clock": moment.clock}

    def lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines of a text; what is no UTF-8 is kept as escapes, a line beyond 1 MB is cut and noted."""
        reader = self.open()
        try:
            yield from self.numbered(reader)
            self.damage(reader)
        finally:
            reader.close()

    def numbered(self, reader: Reader) -> Iterator[tuple[int, str]]:
        """The lines that a reader gives."""
        offset, rest, number = 0, b"", 0
        while piece := reader.read(offset, LINES):
            offset += len(piece)
            end = piece.rfind(b"\n")
            if end < 0:
                rest += piece
            else:
                for line in decoded(rest + piece[:end]):
                    number += 1
                    yield number, line
                rest = piece[end + 1 :]
            if len(rest) > MAX_LINE:
                self.problem(f"a line longer than {MAX_LINE} bytes was cut", number + 1)
                rest = rest[:MAX_LINE]
        if rest:
            yield number + 1, rest.decode("utf-8", "backslashreplace")

    def record(self, into: type[R], place: Place, **values: Any) -> Iterator[R]:
        """The record of some raw values, or none and a note where they do not fit."""
        if (made := self.made(into, place, values)) is not None:
            yield made

    def made(self, into: type[R], place: Place, values: dict[str, Any]) -> R | None:
        """The same for a parser of many rows: the record or None. It takes `values` over and changes them."""
        values["place"] = place
        try:
            return convert(into, values, self.complain)
        except ValueError as error:
            self.problem(str(error), at(place))
            return None

    def complain(self, message: str, place: Place | None) -> None:
        """Note a value that did not fit."""
        self.problem(message, at(place) if place else None)

    def rows(self, into: type[R], *queries: str) -> Iterator[R]:
        """Rows of the first query that this database's schema supports, as records.

        A database that is damaged gives what SQLite still reads, then what its pages still hold.

        Raises:
            UnsupportedError: the schema is none of those that the queries are for.
            ValueError: it is no database.
        """
        made = self.made
        for table, row in self.raw(into, queries):
            if (record := made(into, placed(table, row), row)) is not None:
                yield record

    def raw(self, into: type[Record], queries: tuple[str, ...]) -> Iterator[Raw]:
        """Rows by column name, with the table that they stand in; their row number under the empty name."""
        return self.tables.raw(into, queries, self.problem)

    def has_table(self, name: str) -> bool:
        """Whether the database has a table."""
        return self.tables.has(name)

    def close(self) -> None:
        """Say how many problems were not listed."""
        if self.left_out:
            self.problems.append((f"{self.left_out} further problems are not listed", None))


def decoded(block: bytes) -> list[str]:
    """The lines of a text; decoding them at once is several times as fast as one by one."""
    text = block.decode("utf-8", "backslashreplace")
    if "\r" not in text:
        return text.split("\n")
    return [line.rstrip("\r") for line in text.split("\n")]


def at(place: Place) -> int | str | None:
    """A place as a Problem names it."""
    return place.row if place.row is not None else place.key or place.line


def placed(table: str | None, row: dict[str, Any]) -> Place:
    """The place of a raw row, taken out of it."""
    number = row.pop("", None)
    if type(number) is not int:
        number = None
    return Place(table, number, recovered=True) if row.pop("+", None) else Place(table, number)
