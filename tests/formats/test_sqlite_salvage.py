"""A damaged database rebuilt in memory: hostile schemas, odd values, hostile pages."""

import contextlib
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from scanner.formats.sqlite_salvage import rebuild, salvage

PAGE = 1024


@dataclass
class Bytes:
    """A page source over bytes, which refuses the pages in `unreadable`."""

    data: bytes
    unreadable: frozenset[int] = frozenset()

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, amount: int) -> bytes:
        if offset // PAGE + 1 in self.unreadable:
            raise OSError("the medium is bad")
        return self.data[offset : offset + amount]


Make = Callable[..., bytes]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(*statements: str, rows: tuple[str, list[tuple[object, ...]]] | None = None) -> bytes:
        path = tmp_path / "made.db"
        path.unlink(missing_ok=True)
        database = sqlite3.connect(path)
        database.execute(f"PRAGMA page_size={PAGE}")
        for statement in statements:
            database.execute(statement)
        if rows:
            database.executemany(*rows)
        database.commit()
        database.close()
        return path.read_bytes()

    return made


def values(data: bytes, query: str) -> list[tuple[object, ...]]:
    connection, _ = rebuild(Bytes(data))
    with contextlib.closing(connection):
        return [tuple(row) for row in connection.execute(query)]


def test_columns_added_later_get_their_literal_defaults(make: Make) -> None:
    data = make(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        "INSERT INTO t VALUES (5, 'first')",
        "ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 7",
        "ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'it''s'",
        "ALTER TABLE t ADD COLUMN d",
        "INSERT INTO t VALUES (6, 'second', 1, 'x', 2.5)",
    )
    assert values(data, "SELECT * FROM t") == [(5, "first", 7, "it's", None), (6, "second", 1, "x", 2.5)]


def test_generated_columns_shift_nothing(make: Make) -> None:
    create = "CREATE TABLE t (a INT, twice INT AS (a * 2), b TEXT, more INT AS (a + 1) STORED, c REAL CHECK (c > 0))"
    data = make(create, "INSERT INTO t (a, b, c) VALUES (4, 'x', 9)")
    assert values(data, "SELECT * FROM t") == [(4, None, "x", 5, 9.0)]


def test_rowids_are_kept_even_when_a_column_is_called_rowid(make: Make) -> None:
    data = make("CREATE TABLE t (rowid TEXT, x)", "INSERT INTO t (_rowid_, rowid, x) VALUES (-3, 'name', x'00ff')")
    assert values(data, "SELECT _rowid_, rowid, x FROM t") == [(-3, "name", b"\x00\xff")]


def test_bad_text_is_kept_with_escapes(make: Make) -> None:
    data = make("CREATE TABLE t (x TEXT)", "INSERT INTO t VALUES (CAST(x'41ff42' AS TEXT)), (CAST(x'610062' AS TEXT))")
    assert [values for _, values, _ in salvage(Bytes(data)).rows("t")] == [["A\\xffB"], ["a\0b"]]


def test_what_cannot_be_rebuilt_is_named(make: Make) -> None:
    data = make(
        "CREATE TABLE plain (a)",
        "CREATE TABLE odd (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
        "CREATE VIRTUAL TABLE words USING fts4(body)",
        "CREATE TRIGGER t AFTER INSERT ON plain BEGIN DELETE FROM plain; END",
        "INSERT INTO odd VALUES ('k', 1)",
    )
    connection, problems = rebuild(Bytes(data))
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    connection.close()
    assert "plain" in names
    assert not names & {"odd", "words", "t"}
    assert "WITHOUT ROWID table odd not salvaged" in problems
    assert "virtual table words not salvaged" in problems


def test_views_that_only_read_are_kept_and_others_left_out(make: Make) -> None:
    data = make(
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES ('x')",
        "CREATE VIEW fine AS SELECT upper(a) AS big FROM t",
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "CREATE VIEW greedy AS SELECT zeroblob(1000000000) FROM t",
    )
    connection, problems = rebuild(Bytes(data))
    assert connection.execute("SELECT big FROM fine").fetchall() == [("X",)]
    assert connection.execute("SELECT name FROM sqlite_schema WHERE type='view'").fetchall() == [("fine",)]
    assert {"view endless left out", "view greedy left out"} <= set(problems)
    with pytest.raises(apsw.ReadOnlyError):
        connection.execute("DELETE FROM t")
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t(a); ATTACH '{path}' AS stolen; CREATE TABLE stolen.u(b)",
        "ATTACH '{path}' AS stolen",
        "VACUUM INTO '{path}'",
        "CREATE TABLE t AS SELECT writefile('{path}', 'x') AS a",
        "CREATE TABLE t(a DEFAULT (load_extension('{path}')))",
        "CREATE TABLE t(a \"INTEGER); VACUUM INTO '{path}'; --\")",
    ],
)
def test_hostile_schema_text_never_runs(make: Make, tmp_path: Path, sql: str) -> None:
    target = tmp_path / "written"
    data = make(
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES ('x')",
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql='" + sql.replace("{path}", str(target)).replace("'", "''") + "'",
    )
    connection, _ = rebuild(Bytes(data))
    assert connection.execute("PRAGMA database_list").fetchall() == [(0, "main", "")]
    connection.close()
    assert not target.exists()


def test_a_refused_create_statement_still_gives_column_names(make: Make) -> None:
    data = make("CREATE TABLE t (id INTEGER PRIMARY KEY, [a b] TEXT, c INT)", "INSERT INTO t VALUES (9, 'x', 2)")
    data = data.replace(b"c INT)", b"c INT$")
    connection, problems = rebuild(Bytes(data))
    assert connection.execute('SELECT id, "a b", c FROM t').fetchall() == [(9, "x", 2)]
    connection.close()
    assert any("refused" in problem for problem in problems)


def long_rows(amount: int) -> tuple[str, list[tuple[object, ...]]]:
    return "INSERT INTO t VALUES (?, ?)", [(number, f"text {number} " + "x" * 5000) for number in range(amount)]


def test_a_broken_overflow_chain_leaves_the_beginning_of_the_text(make: Make) -> None:
    data = bytearray(make("CREATE TABLE t (n INT, x TEXT)", rows=long_rows(1)))
    data[3 * PAGE - PAGE : 3 * PAGE - PAGE + 4] = (2**31).to_bytes(4, "big")
    page = data.index(b"text 0") // PAGE + 1
    found = salvage(Bytes(bytes(data)))
    ((_, (number, text), _),) = found.rows("t")
    assert number == 0
    assert isinstance(text, str)
    assert text.startswith("text 0 xxx")
    assert len(text) < 5000
    assert found.problems == [
        f"page {page}, cell 0: overflow chain is broken: page {2**31} is outside the file of {len(data) // PAGE} pages"
    ]


def test_an_overflow_chain_that_bites_its_tail_ends(make: Make) -> None:
    data = bytearray(make("CREATE TABLE t (n INT, x TEXT)", rows=long_rows(1)))
    data[2 * PAGE : 2 * PAGE + 4] = (3).to_bytes(4, "big")
    found = salvage(Bytes(bytes(data)))
    assert len(list(found.rows("t"))) == 1
    assert "overflow chain comes back to page 3" in found.problems[0]


def test_a_page_the_medium_refuses_costs_only_its_rows(make: Make) -> None:
    rows = [(number, f"text {number} " + "x" * 80) for number in range(100)]
    data = make("CREATE TABLE t (n INT, x TEXT)", rows=("INSERT INTO t VALUES (?, ?)", rows))
    found = salvage(Bytes(data, frozenset({5})))
    kept = {tuple(row) for _, row, _ in found.rows("t")}
    assert set(rows) - kept == {row for row in rows if (data.index(row[1].encode()) // PAGE + 1) == 5}
    assert any("page 5 cannot be read" in problem for problem in found.problems)


def test_a_damaged_pointer_array_is_made_good_by_looking_for_cells(make: Make) -> None:
    rows = [(number, f"text {number}") for number in range(20)]
    data = bytearray(make("CREATE TABLE t (n INT, x TEXT)", rows=("INSERT INTO t VALUES (?, ?)", rows)))
    data[PAGE + 8 : PAGE + 8 + 40] = b"\xff" * 40
    found = list(salvage(Bytes(bytes(data))).rows("t"))
    assert sorted(tuple(row) for _, row, _ in found) == sorted(rows)
    assert all(orphan for _, _, orphan in found)


def test_loose_rows_go_to_the_table_they_fit_and_never_over_rows_in_place(make: Make) -> None:
    data = bytearray(
        make(
            "CREATE TABLE lost (a TEXT NOT NULL, b INT)",
            "CREATE TABLE kept (a INT, b TEXT)",
            *(f"INSERT INTO lost VALUES ('{'name ' * 9}{number}', {number})" for number in range(100)),
            *(f"INSERT INTO kept VALUES ({number}, '{'text ' * 9}{number}')" for number in range(100)),
        )
    )
    data[PAGE : 2 * PAGE] = bytes(PAGE)
    found = salvage(Bytes(bytes(data)))
    assert sorted(row[1] for _, row, orphan in found.rows("lost") if orphan) == list(range(100))  # type: ignore[type-var]
    assert [orphan for _, _, orphan in found.rows("kept")] == [False] * 100


@pytest.mark.parametrize("junk", [b"", b"x", b"SQLite format 3\0", bytes(5000), random.Random(3).randbytes(20_000)])
def test_what_is_no_database_is_a_value_error_or_empty(junk: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert salvage(Bytes(junk)).tables == []


@dataclass
class Counting(Bytes):
    """Counts the reads."""

    reads: int = 0

    def read(self, offset: int, amount: int) -> bytes:
        self.reads += 1
        return super().read(offset, amount)


def varint(number: int) -> bytes:
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


def leaf(cells: list[bytes], pointers: list[int] | None = None) -> bytes:
    content, offsets = b"", []
    for cell in cells:
        content = cell + content
        offsets.append(PAGE - len(content))
    offsets = pointers or offsets
    start = min(offsets)
    head = b"\x0d\0\0" + len(offsets).to_bytes(2, "big") + start.to_bytes(2, "big") + b"\0"
    head += b"".join(offset.to_bytes(2, "big") for offset in offsets)
    return head.ljust(PAGE - len(content), b"\0") + content


def test_overflow_chains_shared_by_every_record_are_not_read_again_and_again(make: Make) -> None:
    first_two = make("CREATE TABLE t (a, b, c BLOB)")[: 2 * PAGE]
    total = 104 + 1020 * 880
    record = varint(6) + b"\0\0" + varint(12 + 2 * (total - 6))
    cells = [varint(total) + varint(n + 1) + record.ljust(104, b"x") + (3).to_bytes(4, "big") for n in range(7)]
    chain = b"".join((number + 1).to_bytes(4, "big") + bytes(PAGE - 4) for number in range(3, 883))
    source = Counting(first_two[:PAGE] + bytes(PAGE) + chain + leaf(cells) * 500)
    found = salvage(source)
    rows = sum(1 for _ in found.rows("t"))
    assert rows == 3500
    assert any("longer than its payload" in problem for problem in found.problems)
    assert any("shared by too many chains" in problem for problem in found.problems)
    assert source.reads < 10 * source.size // PAGE


def test_pointers_to_overlapping_cells_are_not_all_believed(make: Make) -> None:
    first_two = make("CREATE TABLE t (a)")
    page = leaf([b"\x08" * 600], list(range(430, 1000, 2)))
    found = salvage(Bytes(first_two[:PAGE] + page))
    assert len(list(found.rows("t"))) < PAGE // 9
    assert any("overlap" in problem for problem in found.problems)


def test_interior_pages_that_point_in_circles_end(make: Make) -> None:
    first_two = make("CREATE TABLE t (a)")
    interior = b"\x05\0\0\0\x01\x03\xf0\0\0\0\0\x02" + b"\x03\xf0"
    interior = interior.ljust(0x3F0, b"\0") + b"\0\0\0\x02\x05"
    found = salvage(Bytes(first_two[:PAGE] + interior.ljust(PAGE, b"\0")))
    assert list(found.rows("t")) == []
    assert "table t, page 2: belongs to another part of the database already" in found.problems
