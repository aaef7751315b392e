"""Rows that belong together: what a LEFT JOIN to several rows makes of one row."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from scanner.evidence.file import File, placed
from scanner.record import Place, Record

Row = dict[str, Any]

MAX_ROWS = 10_000
"""Rows of one group; a store that joins more to one row is read as several groups."""


def grouped(file: File, into: type[Record], *queries: str) -> Iterator[tuple[Place, list[Row]]]:
    """Raw rows by column name, neighbours with the same place together; a row without a number stands alone.

    The outermost table of the query has to be the one of the place, so that its joined rows come one after the other.

    Raises:
        UnsupportedError: the schema is none of those that the queries are for.
        ValueError: it is no database.
    """
    last: Place | None = None
    rows: list[Row] = []
    for table, row in file.raw(into, queries):
        if last is not None and last.row == row[""] is not None and len(rows) < MAX_ROWS:
            rows.append(row)
            continue
        if last is not None:
            yield last, rows
        last, rows = placed(table, row), [row]
    if last is not None:
        yield last, rows


def several(values: Iterable[object]) -> tuple[str, ...]:
    """The texts among some values, each once, in their order."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def joined(select: str, *joins: str) -> tuple[str, ...]:
    """A query with all of some joins, then with ever fewer of them: for stores that lack some of the tables."""
    return tuple(
        f"{select} {' '.join(chosen)}" for count in range(len(joins), -1, -1) for chosen in combinations(joins, count)
    )
