"""Damaged copies of stores: made from a seed, read by the real task, compared with what the sound store gives."""

import io
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from xml.etree import ElementTree

from scanner import artifact
from scanner.context import Context
from scanner.evidence import Entry, Evidence, Promise, tables
from scanner.evidence.query import Select
from scanner.evidence.reader import Memory, Reader
from scanner.examine import Task
from scanner.finding import Device, EvidenceFacts, Outcome, Problem
from scanner.formats import bplist, mbdb, xml
from scanner.formats.sqlite_pages import PageFile, parse_page
from scanner.formats.sqlite_record import read_varint, signed
from scanner.formats.sqlite_salvage import salvage
from scanner.formats.wal import WithLog
from scanner.matching.index import Index
from scanner.record import Record
from scanner.store import read

KINDS = ("flip", "cut", "zero", "noise", "remove", "repeat")
MAGIC = b"SQLite format 3\0"
PAGE = 4096
CONTAINERS = frozenset({"plist", "dict", "array"})
LEAVES = frozenset({"key", "string", "integer", "real", "true", "false", "date", "data"})
SECONDS = 10.0
Key = tuple[str, str | None, int | str | None]
"""Record type, table, and row (or key or line): what tells a record of a store from others."""
Own = dict[str | None, frozenset[str]]
"""By table of the place: the columns that stand in that table's own row."""


@dataclass(frozen=True)
class Store:
    """One file that artifacts read."""

    name: str
    path: str
    content: bytes
    log: bytes | None = None

    def merged(self, content: bytes) -> bytes:
        """A copy's content as it is with what was committed to the log."""
        both = WithLog(Memory(content), Memory(self.log or b""))
        return both.read(0, both.size)

    @property
    def database(self) -> bool:
        """Whether it is a SQLite database."""
        return self.content.startswith(MAGIC)

    @cached_property
    def artifacts(self) -> tuple[str, ...]:
        return tuple(one.id for one in artifact.Finder(artifact.load())(self.path))


@dataclass(frozen=True)
class Copy:
    """A damaged copy: its number is the seed."""

    number: int
    kind: str
    content: bytes
    log: bytes | None = None
    """The log, where that is what was damaged."""


def copies(store: Store, amount: int) -> Iterator[Copy]:
    """So many damaged copies; the kinds take turns, and copy 7 is the same whatever the amount."""
    for number in range(amount):
        random = Random(f"{store.name}/{number}")
        kind = KINDS[number % len(KINDS)]
        damaged = damage(store.content, kind, PAGE if store.database else 16, random)
        if damaged != store.content:
            yield Copy(number, kind, damaged)


def damage(content: bytes, kind: str, unit: int, random: Random) -> bytes:
    """One kind of damage somewhere; half the time from and to a boundary of the structure."""
    step = random.choice((1, unit))
    start = min(random.randrange(len(content)) // step * step, len(content) - 1)
    end = min(len(content), start + random.choice((1, 16, 100, 512, unit, 2 * unit)))
    if kind == "flip":
        return content[:start] + bytes([content[start] ^ 1 << random.randrange(8)]) + content[start + 1 :]
    middle = {
        "cut": b"",
        "zero": bytes(end - start),
        "noise": random.randbytes(end - start),
        "remove": b"",
        "repeat": content[start:end] * 2,
    }[kind]
    return content[:start] + middle + (b"" if kind == "cut" else content[end:])


def with_log(store: Store, folder: Path, change: str) -> Store:
    """A database of which a change is committed to the write-ahead log only."""
    path = folder / "live.db"
    path.write_bytes(store.content)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.execute(change)
        database.commit()
        return Store(
            f"{store.name} with log", store.path, path.read_bytes(), path.with_name("live.db-wal").read_bytes()
        )


class OneFile:
    """Evidence of a single file in memory."""

    schemes: tuple[str, ...] = ("backup:",)

    def __init__(self, path: str, content: bytes, log: bytes | None = None) -> None:
        """Hold one file and, if given, the write-ahead log beside it."""
        self.entry, self.content, self.log = Entry(path, "file"), content, log
        self.facts = EvidenceFacts(id="one", path="one", kind="one", device=Device(os="iOS"))
        self.problems: list[Problem] = []

    def entries(self) -> Iterator[Entry]:
        yield self.entry

    def unlisted(self, path: str) -> Entry | None:
        """None: everything is listed."""
        del path
        return None

    def size(self, _: Entry) -> int:
        return len(self.content)

    def reader(self, _: Entry) -> Reader:
        return Memory(self.content)

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """None: its maker records no hashes."""
        return iter(())

    def beside(self, _: Entry, suffix: str) -> Reader | None:
        return Memory(self.log) if self.log is not None and suffix == "-wal" else None

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Result:
    """What one artifact made of one copy."""

    outcome: Outcome
    records: dict[Key, list[Record]]

    @property
    def amounts(self) -> Counter[Key]:
        """How many records have each key."""
        return Counter({key: len(found) for key, found in self.records.items()})

    def missing(self, other: "Result") -> list[Key]:
        """The keys of this result's records that another has fewer of."""
        return list(self.amounts - other.amounts)

    @property
    def problems(self) -> list[str]:
        """What it says went wrong."""
        return [problem.message for problem in self.outcome.problems]


@dataclass
class Run:
    """All artifacts' results for one copy, and how long it took."""

    results: dict[str, Result]
    seconds: float


def run(store: Store, content: bytes, log: bytes | None) -> Run:
    """The artifacts of a store by the real task, with all their records kept; `content` stands in its place."""
    evidence = OneFile(store.path, content, log)
    begun = monotonic()
    outcomes = run_in(evidence, evidence.entry, store.artifacts)
    return Run(outcomes, monotonic() - begun)


def run_in(evidence: Evidence, entry: Entry, names: tuple[str, ...] = ()) -> dict[str, Result]:
    """The same in any evidence; without names, all artifacts that read the file."""
    names = names or tuple(one.id for one in artifact.Finder(artifact.load())(entry.path))
    context = Context(evidence=evidence, index=Index(), rules={}, seconds=SECONDS)
    types = {kind.__name__: kind for name in names for kind in artifact.load()[name].records}
    vars(context)["wanted"] = frozenset(types.values())
    results = {}
    for outcome in Task(names, entry).run(context):
        shards = (read(io.BytesIO(data), types[name]) for name, data in outcome.shards.items())
        results[outcome.artifact] = Result(outcome, keyed(chain.from_iterable(shards)))
    return results


def keyed(records: Iterable[Record]) -> dict[Key, list[Record]]:
    """Records by what tells them apart."""
    found: dict[Key, list[Record]] = {}
    for record in records:
        place: Any = record.place
        row = place.row if place.row is not None else place.key or place.line or place.offset
        found.setdefault((type(record).__name__, place.table, row), []).append(record)
    return found


@contextmanager
def queries() -> Iterator[list[Select]]:
    """Collects the queries that are run meanwhile."""
    seen: list[Select] = []
    original = tables.select

    def select(db: Any, query: Select, *more: Any) -> Any:
        seen.append(query)
        return original(db, query, *more)

    tables.select = select
    try:
        yield seen
    finally:
        tables.select = original


def own_columns(selects: Iterable[Select]) -> Own:
    """Which columns of the queries come from the row of the place alone, without joins."""
    found: Own = {}
    for select in selects:
        place = next((item for item in select.items if item.name.startswith("_")), None)
        if place is None:
            continue
        alias = re.match(r"(\w+)\.\w+$", place.expression)
        if not alias and "JOIN" in select.rest.upper():
            continue
        names = frozenset(item.name for item in select.items if alone(item.expression, alias and alias[1]))
        found[place.name[1:]] = found.get(place.name[1:], names) & names
    return found


def alone(expression: str, alias: str | None) -> bool:
    """Whether an expression names no table but one."""
    if re.search(r"\bSELECT\b", expression, re.IGNORECASE):
        return False
    bare = re.sub(r"'[^']*'", "", expression)
    return set(re.findall(r"\b([a-zA-Z]\w*)\.\w", bare)) <= ({alias} if alias else set())


class Layout:
    """Where the rows of a sound database lie: by table and row number, the pages of the leaf and its overflow."""

    def __init__(self, content: bytes) -> None:
        """Walk the pages."""
        found = salvage(Memory(content))
        self.content, self.page_size = content, found._pages.page_size
        self.rows: dict[tuple[str, int], frozenset[int]] = {}
        self.schema = frozenset({1}) if not content else frozenset(schema_pages(found._pages))
        for name, tree in found._trees.items():
            for number in tree.leaves:
                for _, at in parse_page(found._pages, number).pointers:
                    rowid, pages = cell_pages(found._pages, number, at)
                    self.rows[name, rowid] = pages

    def whole(self, pages: Iterable[int], damaged: bytes) -> bool:
        """Whether pages are all there and untouched."""
        size = self.page_size
        return all(
            damaged[(page - 1) * size : page * size] == self.content[(page - 1) * size : page * size] for page in pages
        )

    def schema_whole(self, damaged: bytes) -> bool:
        """Whether the schema is untouched; the file header before it may be damaged."""
        rest = self.schema - {1}
        return damaged[100 : self.page_size] == self.content[100 : self.page_size] and self.whole(rest, damaged)


def schema_pages(pages: PageFile) -> set[int]:
    """Page 1 and, if the schema is larger, the pages below it."""
    found, waiting = {1}, [1]
    while waiting:
        number = waiting.pop()
        page = parse_page(pages, number)
        if page.kind == 5:
            below = {int.from_bytes(page.data[at : at + 4], "big") for _, at in page.pointers} | {page.right}
            waiting += below - found
            found |= below
        else:
            for _, at in page.pointers:
                found |= cell_pages(pages, number, at)[1]
    return found


def cell_pages(pages: PageFile, number: int, at: int) -> tuple[int, frozenset[int]]:
    """The row number of a leaf cell, and the pages that hold it."""
    page = pages.page(number)
    total, at = read_varint(page, at)
    rowid, at = read_varint(page, at)
    local = pages.local_size(total)
    found = {number}
    if local < total:
        more = int.from_bytes(page[at + local : at + local + 4], "big")
        while more:
            found.add(more)
            more = int.from_bytes(pages.page(more)[:4], "big")
    return signed(rowid), frozenset(found)


def is_sound(database: bytes) -> bool:
    """Whether SQLite finds nothing wrong with a database."""
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.deserialize(database)
        try:
            return opened.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        except sqlite3.Error:
            return False


def is_text(store: Store) -> bool:
    """Whether a store is a plain text of lines, of which any other lines are as sound: no XML, no JSON value."""
    if store.path.startswith(("dumpsys:", "section:")):
        return True
    try:
        text = store.content.decode()
    except UnicodeDecodeError:
        return False
    return "\0" not in text and not text.startswith(("<", "ABX")) and not is_json(text)


def is_json(text: str) -> bool:
    """Whether a text is one JSON value of several."""
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def same_shape(before: bytes, after: bytes) -> bool:
    """Whether both are sound: a property list, XML, JSON or a manifest of old, that differ in their values alone."""
    try:
        if before.startswith(b"ABX\0") or (before.startswith(b"<") and b"<plist" not in before):
            return xml.loads(after) is not None
        if before[:1] in {b"{", b"["}:
            return shape(json.loads(before)) == shape(json.loads(after))
        if before.startswith(mbdb.MAGIC):
            return lengths(before) == lengths(after)
        return shape(bplist.loads(before).root) == shape(bplist.loads(after).root)
    except ValueError:
        return False


def is_valid_xml(data: bytes) -> bool:
    """Whether bytes are an XML property list as its definition has it, with no key twice in a dictionary."""
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - made by the tests
    except ElementTree.ParseError:
        return False
    return all(is_valid_element(element) for element in root.iter())


def is_valid_element(element: ElementTree.Element) -> bool:
    """Whether one element, without those below, can stand in a property list."""
    if element.tag not in CONTAINERS:
        return element.tag in LEAVES and not len(element)
    between = [element.text or "", *(child.tail or "" for child in element)]
    if any(text.strip() for text in between):
        return False
    tags, keys = [child.tag for child in element], [child.text for child in element[::2]]
    whole = not len(element) % 2 and set(tags[::2]) <= {"key"} and "key" not in tags[1::2]
    return element.tag != "dict" or (whole and len(set(keys)) == len(keys))


def lengths(manifest: bytes) -> list[tuple[int, int]]:
    """The lengths of domain and path in each record of Manifest.mbdb."""
    return [(len(record.domain.encode()), len(record.path.encode())) for record in mbdb.records(manifest)]


def shape(value: object) -> object:
    """A property list without its content."""
    if isinstance(value, dict):
        return sorted((str(shape(one)) for one in value.values()), key=str)
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__
