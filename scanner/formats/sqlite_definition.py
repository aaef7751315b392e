"""What a CREATE TABLE statement from evidence declares: columns, affinities, defaults.

The statement is run by SQLite itself in an empty in-memory database whose authorizer lets it do nothing but create a
table; that handles quoted names, comments, CHECK and generated columns as SQLite does. A statement that SQLite
refuses (a damaged one) is cut into columns by a small tokenizer instead.

References:
    https://www.sqlite.org/datatype3.html#determination_of_column_affinity
    https://www.sqlite.org/lang_createtable.html
"""

import re
from dataclasses import dataclass
from functools import cached_property

import apsw

from .sqlite_record import Value

_LONGEST_SQL = 1 << 20
_MOST_STEPS = 200_000
_MOST_COLUMNS = 2000
_VIRTUAL = 2
_LONGEST_DEFAULT = 10_000
_FIRST_SIZED_TYPE = 12
_LAST_NUMBER_TYPE = 9
_FLOAT_TYPE = 7
_SCHEMA_TABLES = frozenset({"sqlite_master", "sqlite_schema", "sqlite_temp_master"})
_SCRATCH_ACTIONS = frozenset(
    {apsw.SQLITE_CREATE_TABLE, apsw.SQLITE_CREATE_INDEX, apsw.SQLITE_FUNCTION, apsw.SQLITE_READ}
)
_SCHEMA_ACTIONS = frozenset({apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE})
_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\[[^\]]*\]|[\w$.+-]+|\S""", re.DOTALL
)
_LITERAL = re.compile(r"(?P<number>[+-]?\d+)|(?P<real>[+-]?\d+\.\d*)|'(?P<text>(?:[^']|'')*)'")
_CONSTRAINT_WORDS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
_TYPE_ENDS = frozenset({*_CONSTRAINT_WORDS, "NOT", "NULL", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS", "ON"})


@dataclass(frozen=True)
class Column:
    """One declared column; `stored` is false for virtual generated columns, which no record holds."""

    name: str
    affinity: str
    not_null: bool = False
    rowid_alias: bool = False
    stored: bool = True
    default: Value = None


@dataclass(frozen=True)
class Definition:
    """The columns of a table, in declared order."""

    columns: tuple[Column, ...]
    without_rowid: bool = False

    @cached_property
    def stored(self) -> tuple[Column, ...]:
        """The columns that records hold, in the order they hold them."""
        return tuple(column for column in self.columns if column.stored)

    def fits(self, types: list[int]) -> bool:
        """Whether a record with these serial types can be a row of this table."""
        if len(types) > len(self.stored):
            return False
        return not any(_contradicts(column, kind) for column, kind in zip(self.stored, types, strict=False))

    def likeness(self, types: list[int]) -> float:
        """How well a record that fits matches the declared types, from about -0.5 to 1.5."""
        points = sum(_points(column, kind) for column, kind in zip(self.stored, types, strict=False))
        return points / max(1, len(self.stored)) + (0.5 if len(types) == len(self.stored) else 0.0)


def _contradicts(column: Column, kind: int) -> bool:
    if kind == 0:
        return column.not_null and not column.rowid_alias
    return column.rowid_alias or (column.affinity == "TEXT" and kind <= _LAST_NUMBER_TYPE)


def _points(column: Column, kind: int) -> float:
    if kind == 0:
        return 1.0 if column.rowid_alias else 0.1
    if column.affinity == "BLOB":
        return 0.8 if kind >= _FIRST_SIZED_TYPE and not kind & 1 else 0.3
    if kind >= _FIRST_SIZED_TYPE:
        return 1.0 if column.affinity == "TEXT" and kind & 1 else -0.5
    natural = column.affinity == "REAL" or kind != _FLOAT_TYPE
    return 1.0 if natural else 0.5


def read_definition(sql: str) -> tuple[Definition, str]:
    """Return what a CREATE TABLE statement declares, and why SQLite refused it (empty when it did not).

    Raises:
        ValueError: not even column names can be made out.
    """
    if len(sql) > _LONGEST_SQL:
        raise ValueError("the CREATE TABLE statement is too long")
    try:
        return _ask_sqlite(sql), ""
    except (apsw.Error, ValueError) as error:
        return _cut_columns(sql), str(error) or type(error).__name__


def _only_create_table(action: int, first: str | None, _: str | None, __: str | None, ___: str | None) -> int:
    allowed = action in _SCRATCH_ACTIONS or (action in _SCHEMA_ACTIONS and first in _SCHEMA_TABLES)
    return apsw.SQLITE_OK if allowed else apsw.SQLITE_DENY


def _ask_sqlite(sql: str) -> Definition:
    scratch = apsw.Connection(":memory:")
    try:
        scratch.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        scratch.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        # Collations of the application are unknown here and need not be right: nothing is ever compared.
        scratch.collation_needed(lambda connection, name: connection.create_collation(name, lambda _, __: 0))
        scratch.set_progress_handler(lambda: True, _MOST_STEPS)
        scratch.authorizer = _only_create_table
        scratch.execute(sql)
        scratch.authorizer = None
        return _declared(scratch)
    finally:
        scratch.close()


def _declared(scratch: apsw.Connection) -> Definition:
    names = scratch.execute("SELECT name, wr FROM pragma_table_list WHERE schema='main' AND name NOT LIKE 'sqlite_%'")
    found = names.fetchall()
    if len(found) != 1:
        raise ValueError("not exactly one table is created")
    (table, without_rowid) = found[0]
    own_key = scratch.execute("SELECT 1 FROM pragma_index_list(?) WHERE origin='pk'", (table,)).fetchall()
    wanted = 'name, type, "notnull", dflt_value, pk, hidden'
    info = scratch.execute(f"SELECT {wanted} FROM pragma_table_xinfo(?)", (table,))  # noqa: S608 - no outside text
    columns = tuple(
        Column(
            str(name),
            affinity_of(str(declared)),
            bool(not_null),
            bool(key) and not own_key and not without_rowid,
            hidden != _VIRTUAL,
            _literal(default),
        )
        for name, declared, not_null, default, key, hidden in info
    )
    return Definition(columns, bool(without_rowid))


def affinity_of(declared: str) -> str:
    """Return the affinity SQLite gives a declared type: INTEGER, TEXT, BLOB, REAL or NUMERIC."""
    upper = declared.upper()
    for marks, affinity in ((("INT",), "INTEGER"), (("CHAR", "CLOB", "TEXT"), "TEXT"), (("BLOB",), "BLOB")):
        if any(mark in upper for mark in marks):
            return affinity
    if not upper.strip():
        return "BLOB"
    return "REAL" if any(mark in upper for mark in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


def _literal(default: object) -> Value:
    match = _LITERAL.fullmatch(default) if isinstance(default, str) and len(default) <= _LONGEST_DEFAULT else None
    if match is None:
        return None
    if match["number"]:
        number = int(match["number"][:20])
        return number if abs(number) < 1 << 63 else None
    return float(match["real"]) if match["real"] else match["text"].replace("''", "'")


def _cut_columns(sql: str) -> Definition:
    tokens = [token for token in _TOKEN.findall(sql) if not token.startswith(("--", "/*"))]
    try:
        start = tokens.index("(")
    except ValueError:
        raise ValueError("no column list in the CREATE TABLE statement") from None
    parts: list[list[str]] = [[]]
    depth = 0
    for word in tokens[start:]:
        depth += (word == "(") - (word == ")")
        if depth == 0:
            break
        if depth == 1 and word == ",":
            parts.append([])
        elif depth > 1 or word != "(":
            parts[-1].append(word)
    columns = tuple(_cut_column(part) for part in parts if part and part[0].upper() not in _CONSTRAINT_WORDS)
    if not 0 < len(columns) <= _MOST_COLUMNS:
        raise ValueError("no column names in the CREATE TABLE statement")
    tail = " ".join(tokens[-3:]).upper()
    return Definition(columns, "WITHOUT ROWID" in tail)


def _cut_column(tokens: list[str]) -> Column:
    words = [token.upper() for token in tokens]
    ends = next((index for index, word in enumerate(words) if index and word in _TYPE_ENDS), len(words))
    declared = " ".join(words[1:ends])
    key = words[ends : ends + 3]
    alias = declared == "INTEGER" and key[:2] == ["PRIMARY", "KEY"] and key[2:] != ["DESC"]
    virtual = "AS" in words and "STORED" not in words
    return Column(_unquoted(tokens[0]), affinity_of(declared), rowid_alias=alias, stored=not virtual)


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] in "\"`'" and name[-1] == name[0]:
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name.startswith("[") and name.endswith("]") else name
