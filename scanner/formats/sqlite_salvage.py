"""A damaged SQLite database as a sound one in memory, so that queries can be run on what is left of it.

Nothing that the evidence says is executed: tables are made anew from column names (quoted) and affinities (one of five
fixed words), without constraints, triggers or indexes. Views are taken over only when they are plain SELECTs.

References:
    https://www.sqlite.org/security.html
"""

import re
from collections.abc import Collection, Iterator

import apsw

from .page_source import PageSource
from .sqlite_definition import Column, Definition
from .sqlite_pages import Problems
from .sqlite_record import Value
from .sqlite_recovery import Salvage, SchemaEntry, salvage

__all__ = ["rebuild", "salvage"]

_MOST_PAGES = (2 << 30) // 4096
_MOST_VIEWS = 200
_LONGEST_VIEW = 100_000
_ROWID_NAMES = ("rowid", "_rowid_", "oid")
_VIEW = re.compile(r"CREATE\s+VIEW\s", re.IGNORECASE)
_VIEW_FUNCTIONS = frozenset(
    {"abs", "avg", "coalesce", "count", "hex", "ifnull", "iif", "instr", "length", "like", "lower", "ltrim", "max"}
    | {"min", "nullif", "replace", "round", "rtrim", "strftime", "substr", "sum", "total", "trim", "typeof", "upper"}
)
_SCHEMA_ACTIONS = frozenset({apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_READ})
_SCHEMA_TABLES = frozenset({"sqlite_master", "sqlite_schema"})
_VIEW_ACTIONS = frozenset({apsw.SQLITE_SELECT, apsw.SQLITE_READ})


def rebuild(source: PageSource, tables: Collection[str] | None = None) -> tuple[apsw.Connection, list[str]]:
    """Return an in-memory database with the salvaged rows, and the problems met on the way.

    Rowids are kept. Of rows with the same rowid the one in the b-tree wins, loose ones are skipped. `tables` limits
    which tables (names as in the schema) are filled. The connection is read-only from then on; the caller closes it.

    Raises:
        ValueError: nothing in the file looks like a SQLite database.
    """
    found = salvage(source)
    own = Problems()
    connection = apsw.Connection(":memory:")
    try:
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.execute("PRAGMA page_size=4096").fetchall()
        connection.execute(f"PRAGMA max_page_count={_MOST_PAGES}").fetchall()
        connection.execute("BEGIN")
        for table in found.tables:
            if not table.lower().startswith("sqlite_") and (tables is None or table in tables):
                _load(connection, found, table, own)
        connection.execute("COMMIT")
        _add_views(connection, [entry for entry in found.schema if entry.type == "view"], own)
        connection.execute("PRAGMA query_only=1").fetchall()
    except apsw.Error as error:
        connection.close()
        raise ValueError(f"the salvaged rows cannot be held in memory: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection, [*found.problems, *own.listed]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _load(connection: apsw.Connection, found: Salvage, table: str, problems: Problems) -> None:
    definition = found.definition(table)
    if definition is None:
        problems.add(f"table {table}: its columns are unknown, its rows are left out")
        return
    try:
        connection.execute(_create_statement(table, definition))
        connection.executemany(*_insertion(table, definition, found))
    except apsw.FullError:
        problems.add(f"table {table}: the salvaged rows exceed the memory allowed; the rest is left out")
    except (apsw.Error, UnicodeError) as error:
        problems.add(f"table {table}: cannot be rebuilt: {error}")


def _create_statement(table: str, definition: Definition) -> str:
    return f"CREATE TABLE {_quoted(table)} ({', '.join(_declaration(column) for column in definition.columns)})"


def _declaration(column: Column) -> str:
    return f"{_quoted(column.name)} {'INTEGER PRIMARY KEY' if column.rowid_alias else column.affinity}"


def _insertion(table: str, definition: Definition, found: Salvage) -> tuple[str, Iterator[list[Value]]]:
    names = {column.name.lower() for column in definition.columns}
    aliased = any(column.rowid_alias for column in definition.columns)
    rowid = None if aliased else next((name for name in _ROWID_NAMES if name not in names), None)
    columns = [*([rowid] if rowid else []), *(_quoted(column.name) for column in definition.columns)]
    into = f"{_quoted(table)} ({', '.join(columns)})"
    statement = f"INSERT OR IGNORE INTO {into} VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - all quoted
    rows = found.rows(table)
    return statement, ([number, *values] if rowid else values for number, values, _ in rows)


def _add_views(connection: apsw.Connection, entries: list[SchemaEntry], problems: Problems) -> None:
    for entry in entries[:_MOST_VIEWS]:
        if not _is_plain(entry) or not _create_view(connection, entry):
            problems.add(f"view {entry.name} left out")


def _is_plain(entry: SchemaEntry) -> bool:
    return len(entry.sql) <= _LONGEST_VIEW and ";" not in entry.sql and bool(_VIEW.match(entry.sql))


def _create_view(connection: apsw.Connection, entry: SchemaEntry) -> bool:
    """Create a view, then see by preparing it what it would do; drop it again when that is more than reading."""
    try:
        connection.authorizer = _only_create_view
        connection.execute(entry.sql)
        connection.authorizer = _only_read
        connection.execute(f"EXPLAIN SELECT * FROM {_quoted(entry.name)}").close()  # noqa: S608 - quoted
    except apsw.Error:
        connection.authorizer = None
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE type='view' AND name=?", (entry.name,)).fetchall():
            connection.execute(f"DROP VIEW {_quoted(entry.name)}")
        return False
    finally:
        connection.authorizer = None
    return True


def _only_create_view(action: int, first: str | None, _: str | None, __: str | None, ___: str | None) -> int:
    allowed = action == apsw.SQLITE_CREATE_VIEW or (action in _SCHEMA_ACTIONS and first in _SCHEMA_TABLES)
    return apsw.SQLITE_OK if allowed else apsw.SQLITE_DENY


def _only_read(action: int, _: str | None, second: str | None, __: str | None, ___: str | None) -> int:
    allowed = action in _VIEW_ACTIONS or (action == apsw.SQLITE_FUNCTION and (second or "").lower() in _VIEW_FUNCTIONS)
    return apsw.SQLITE_OK if allowed else apsw.SQLITE_DENY
