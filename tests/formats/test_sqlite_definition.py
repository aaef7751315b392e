"""What CREATE TABLE statements declare, as SQLite reads them and as the tokenizer cuts them."""

import pytest

from scanner.formats.sqlite_definition import affinity_of, read_definition

QUOTED = '''CREATE TABLE "a b" ( -- the first, second
    [the id] INTEGER PRIMARY KEY AUTOINCREMENT, /* a, b */
    `x``y` VARCHAR(10, 2) NOT NULL DEFAULT 'it', "say ""hi""" REAL COLLATE mine DEFAULT 1.5,
    twice AS (n * 2), n INT DEFAULT -3, CHECK (n < 9), UNIQUE (n)){end}'''


@pytest.mark.parametrize("end", ["", " $damaged$"])
def test_sqlite_and_the_tokenizer_find_the_same_columns(end: str) -> None:
    definition, refusal = read_definition(QUOTED.replace("{end}", end))
    assert bool(refusal) == bool(end)
    found = [(column.name, column.affinity, column.rowid_alias, column.stored) for column in definition.columns]
    assert found == [
        ("the id", "INTEGER", True, True),
        ("x`y", "TEXT", False, True),
        ('say "hi"', "REAL", False, True),
        ("twice", "BLOB", False, False),
        ("n", "INTEGER", False, True),
    ]


def test_literal_defaults() -> None:
    definition, _ = read_definition(
        "CREATE TABLE t (a DEFAULT 'it''s', b DEFAULT 1.5, c DEFAULT -3, d DEFAULT (1 + 1))"
    )
    assert [column.default for column in definition.columns] == ["it's", 1.5, -3, None]


@pytest.mark.parametrize(
    ("sql", "alias"),
    [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY)", True),
        ("CREATE TABLE t (id INTEGER, PRIMARY KEY (id))", True),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY DESC)", False),
        ("CREATE TABLE t (id INT PRIMARY KEY)", False),
    ],
)
def test_which_key_is_the_rowid(sql: str, alias: bool) -> None:
    assert read_definition(sql)[0].columns[0].rowid_alias is alias


def test_without_rowid_is_seen() -> None:
    assert read_definition("CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID")[0].without_rowid


@pytest.mark.parametrize(
    "sql", ["", "DROP TABLE t", "ATTACH 'x' AS y", "CREATE TABLE t (", "CREATE TABLE t (" * 999_999]
)
def test_what_declares_nothing_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match="CREATE TABLE"):
        read_definition(sql)


def test_affinities() -> None:
    assert [affinity_of(name) for name in ("CHARINT", "nvarchar", "", "double", "timestamp", "BLOB")] == [
        "INTEGER",
        "TEXT",
        "BLOB",
        "REAL",
        "NUMERIC",
        "BLOB",
    ]
