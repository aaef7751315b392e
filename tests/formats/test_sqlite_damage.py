"""Seeded damage to synthetic databases: every row whose pages are whole must come back, and nothing may crash."""

import random
import sqlite3
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from scanner.formats.sqlite_record import Value, read_varint
from scanner.formats.sqlite_salvage import rebuild, salvage

Stored = tuple[Value, ...]
SEEDS = 60
SLOWEST_SECONDS = 5.0
FIRST_BYTES = 20
FLIPS = 80
TABLES = {
    "message": "CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, -- a comment\n"
    " text TEXT, date INTEGER DEFAULT 0, service TEXT, handle INTEGER, CHECK (length(guid) > 0))",
    "attachment": 'CREATE TABLE "attachment" ([row id] INTEGER PRIMARY KEY, `data` BLOB, size REAL,'
    ' "mime ""type""" TEXT)',
    "visit": "CREATE TABLE visit (url TEXT NOT NULL, title VARCHAR(200), seconds REAL, bytes INT)",
}


@dataclass
class Bytes:
    """A page source over bytes."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, amount: int) -> bytes:
        return self.data[offset : offset + amount]


def build(path: Path, page_size: int = 1024, encoding: str = "UTF-8", rows: int = 400) -> bytes:
    """Make a database with long texts, blobs, overflow chains, indexes, deep trees and a freelist."""
    rng = random.Random(7)
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA page_size={page_size}")
    database.execute(f"PRAGMA encoding='{encoding}'")
    for statement in TABLES.values():
        database.execute(statement)
    database.execute("CREATE INDEX message_date ON message (date)")
    database.execute("CREATE TABLE scratch (x TEXT)")
    database.executemany("INSERT INTO scratch VALUES (?)", [("gone " * 20,) for _ in range(60)])
    for number in range(rows):
        text = f"Grüße {number} " + "lorem " * rng.choice([0, 3, 9, 20, 700 if number % 40 == 0 else 5])
        database.execute(
            "INSERT INTO message (guid, text, date, service, handle) VALUES (?, ?, ?, ?, ?)",
            (f"guid-{number:08}", text, 700_000_000 + number * 60, "iMessage", rng.choice([None, 1, 2, 300])),
        )
        blob = rng.randbytes(rng.choice([10, 60, 200, 5000 if number % 50 == 0 else 30]))
        database.execute("INSERT INTO attachment VALUES (?, ?, ?, ?)", (number * 3, blob, float(number), "image/png"))
        url = f"https://site{number}.example/{'p' * (number % 50)}"
        database.execute("INSERT INTO visit VALUES (?, ?, ?, ?)", (url, f"Title {number}", number / 7, -number))
    database.execute("DELETE FROM message WHERE id % 17 = 0")
    database.execute("DROP TABLE scratch")
    database.commit()
    database.close()
    return path.read_bytes()


def true_rows(path: Path) -> dict[str, dict[int, Stored]]:
    """Return table -> rowid -> values, as SQLite reads them."""
    database = sqlite3.connect(path)
    found = {}
    for table in TABLES:
        query = f"SELECT _rowid_, * FROM {table}"
        found[table] = {rowid: tuple(values) for rowid, *values in database.execute(query)}
    database.close()
    return found


def pages_of_rows(path: Path) -> dict[str, dict[int, frozenset[int]]]:
    """Return table -> rowid -> the pages that hold the row, from SQLite's own dbstat and the cells' rowids."""
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    data = path.read_bytes()
    page_size = int(str(database.execute("PRAGMA page_size").fetchall()[0][0]))
    found: dict[str, dict[int, frozenset[int]]] = defaultdict(dict)
    for table in TABLES:
        stat = database.execute("SELECT path, pageno, pagetype FROM dbstat WHERE name=?", (table,)).fetchall()
        overflow = defaultdict(set)
        for where, number, kind in stat:
            if kind == "overflow":
                overflow[str(where).split("+")[0]].add(int(str(number)))
        for where, number, kind in stat:
            if kind == "leaf":
                page = data[(int(str(number)) - 1) * page_size : int(str(number)) * page_size]
                for cell in range(int.from_bytes(page[3:5], "big")):
                    at = int.from_bytes(page[8 + 2 * cell : 10 + 2 * cell], "big")
                    rowid, _ = read_varint(page, read_varint(page, at)[1])
                    # dbstat names an overflow page after its leaf's path and the cell's index in hexadecimal.
                    chain = overflow.get(f"{where}{cell:03x}", set())
                    found[table][rowid] = frozenset({int(str(number)), *chain})
    database.close()
    return dict(found)


@dataclass(frozen=True)
class Sample:
    """An undamaged database and the truth about it."""

    data: bytes
    page_size: int
    rows: dict[str, dict[int, Stored]]
    pages: dict[str, dict[int, frozenset[int]]]
    schema_pages: frozenset[int]
    interior_pages: dict[str, list[int]]

    def damaged_pages(self, data: bytes) -> set[int]:
        """Return the pages that differ; a change in the file header alone does not count."""
        size, found = self.page_size, set()
        for number in range(1, len(self.data) // size + 1):
            start = 100 if number == 1 else (number - 1) * size
            if data[start : number * size] != self.data[start : number * size]:
                found.add(number)
        return found


KINDS = [(512, "UTF-16be"), (1024, "UTF-8"), (4096, "UTF-16le"), (65536, "UTF-8")]


@pytest.fixture(scope="module", params=KINDS, ids=str)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    page_size, encoding = request.param
    path = tmp_path_factory.mktemp("databases") / "sample.db"
    data = build(path, page_size, encoding)
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    query = "SELECT pageno FROM dbstat WHERE name=? AND pagetype LIKE ?"
    schema = database.execute(query, ("sqlite_schema", "%")).fetchall()
    interior = {
        table: [int(str(number)) for (number,) in database.execute(query, (table, "internal"))] for table in TABLES
    }
    database.close()
    pages = frozenset(int(str(number)) for (number,) in schema)
    return Sample(data, page_size, true_rows(path), pages_of_rows(path), pages, interior)


def damage(data: bytes, page_size: int, rng: random.Random) -> bytes:
    """Return the data with one of five sorts of damage."""
    damaged = bytearray(data)
    at = rng.randrange(len(data))
    match rng.randrange(5):
        case 0:
            damaged[at] ^= 1 << rng.randrange(8)
        case 1:
            page = at // page_size * page_size
            damaged[page : page + page_size] = bytes(page_size)
        case 2:
            del damaged[at:]
        case 3:
            run = rng.randbytes(rng.randrange(1, 3 * page_size))[: len(data) - at]
            damaged[at : at + len(run)] = run
        case _:
            for _ in range(20):
                damaged[rng.randrange(len(data) // page_size) * page_size + rng.randrange(16)] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def lost_rows(sample: Sample, data: bytes) -> tuple[list[tuple[str, int]], int]:
    """Return the rows on whole pages that salvage misses or gets wrong, and how many rows it got right."""
    found, bad = salvage(Bytes(data)), sample.damaged_pages(data)
    lost: list[tuple[str, int]] = []
    right = 0
    for table, truth in sample.rows.items():
        if table not in found.tables:
            assert bad & sample.schema_pages, found.problems
            continue
        got: dict[int, Stored] = {}
        for rowid, values, _ in found.rows(table):
            got.setdefault(rowid, tuple(values))
        right += sum(truth.get(rowid) == values for rowid, values in got.items())
        if not bad & sample.schema_pages:
            whole = (rowid for rowid, pages in sample.pages[table].items() if not pages & bad)
            lost += [(table, rowid) for rowid in whole if got.get(rowid) != truth[rowid]]
    return lost, right


def test_every_row_of_a_sound_database_is_read_in_its_tree(sample: Sample) -> None:
    found = salvage(Bytes(sample.data))
    for table, truth in sample.rows.items():
        got = {rowid: tuple(values) for rowid, values, orphan in found.rows(table) if not orphan}
        assert repr(sorted(got.items())) == repr(sorted(truth.items())), "1.0 and 1 are not the same here"
    assert found.problems == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rows_on_whole_pages_survive_any_damage(sample: Sample, seed: int) -> None:
    data = damage(sample.data, sample.page_size, random.Random(seed))
    start = time.process_time()
    lost, _ = lost_rows(sample, data)
    rebuild(Bytes(data))[0].close()
    assert lost == []
    assert time.process_time() - start < SLOWEST_SECONDS


def test_a_blank_file_header_costs_no_row(sample: Sample) -> None:
    lost, right = lost_rows(sample, bytes(100) + sample.data[100:])
    assert not lost
    assert right == sum(map(len, sample.rows.values()))


def test_every_bit_of_the_file_header_may_flip(sample: Sample) -> None:
    for bit in range(0, 800, 5):
        data = bytearray(sample.data[: 64 << 10] if sample.page_size < 1 << 14 else sample.data)
        data[bit // 8] ^= 1 << bit % 8
        assert not lost_rows(sample, bytes(data))[0], f"bit {bit}"


def test_no_flipped_bit_in_an_interior_page_costs_a_row(sample: Sample) -> None:
    pages = [number for numbers in sample.interior_pages.values() for number in numbers]
    used = [
        (number - 1) * sample.page_size + byte
        for number in pages
        for byte in range(sample.page_size)
        if byte < FIRST_BYTES or sample.data[(number - 1) * sample.page_size + byte]
    ]
    for at in used[:: max(1, len(used) // FLIPS)]:
        data = bytearray(sample.data)
        data[at] ^= 1 << at % 8
        assert not lost_rows(sample, bytes(data))[0], f"byte {at}"


def test_rows_below_blank_interior_pages_are_all_found_loose(sample: Sample) -> None:
    for table, numbers in sample.interior_pages.items():
        data = bytearray(sample.data)
        for number in numbers:
            data[(number - 1) * sample.page_size : number * sample.page_size] = bytes(sample.page_size)
        rows = list(salvage(Bytes(bytes(data))).rows(table))
        assert {rowid: tuple(values) for rowid, values, _ in rows} == sample.rows[table]
        assert not numbers or all(orphan for _, _, orphan in rows)
