"""A query over stores of many versions: columns of the select list that a schema lacks read as NULL.

The column named `_TABLE` is a row's place: `SELECT v.rowid AS _history_visits, …` says table and row at once.
"""

import re
from dataclasses import dataclass

import apsw

from scanner.convert import needed
from scanner.record import Record

MISSING = re.compile(r"no such column: ([\w.]+)")
TOKEN = re.compile(r"'(?:[^']|'')*'|\w+|[(),]|\S")
MAX_MISSING = 100


class UnsupportedError(ValueError):
    """The store has none of the schemas that the artifact knows."""


@dataclass(frozen=True)
class Item:
    """One expression of a select list and the name of its column."""

    expression: str
    name: str

    def __str__(self) -> str:
        """As SQL."""
        return f"{self.expression} AS {self.name}"

    def without(self, column: str) -> "Item":
        """The same with NULL for a column that the store lacks."""
        return Item(re.sub(rf"(?<![\w.]){re.escape(column)}(?!\w)", "NULL", self.expression), self.name)


@dataclass(frozen=True)
class Select:
    """A query as its select list and the rest."""

    items: tuple[Item, ...]
    rest: str

    def __str__(self) -> str:
        """As SQL."""
        return f"SELECT {', '.join(map(str, self.items))} {self.rest}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(item.name for item in self.items)

    def without(self, column: str) -> "Select":
        """The same with NULL for a column that the store lacks."""
        return Select(tuple(item.without(column) for item in self.items), self.rest)


def parse(query: str) -> Select:
    """Take a `SELECT items FROM rest` apart at its top level."""
    ends, depth, start = [], 0, re.match(r"\s*SELECT\s", query, re.IGNORECASE)
    if not start:
        raise ValueError(f"not a SELECT: {query}")
    begin = start.end()
    for token in TOKEN.finditer(query, begin):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0 and (token[0] == "," or token[0].upper() == "FROM"):
            ends.append(token.span())
            if token[0] != ",":
                break
    starts = [begin, *(end for _, end in ends)]
    items = tuple(item(query[at:end].strip()) for at, (end, _) in zip(starts, ends, strict=False))
    return Select(items, query[ends[-1][0] :].strip())


def item(text: str) -> Item:
    """`m.text AS body` or `m.text`: the expression and the column's name."""
    if match := re.fullmatch(r"(?s)(.*\S)\s+AS\s+(\w+)", text, re.IGNORECASE):
        return Item(match[1], match[2])
    return Item(text, text.rpartition(".")[2])


def supported(db: apsw.Connection, record: type[Record], queries: tuple[str, ...]) -> Select:
    """The first query that this store's schema can answer, with NULL for optional columns that it lacks.

    Raises:
        UnsupportedError: none can be answered; says why.
    """
    reasons = []
    for query in queries:
        select = parse(query)
        for _ in range(MAX_MISSING):
            reason = refusal(db, select)
            if reason is None:
                return select
            missing = MISSING.search(reason)
            reduced = select.without(missing[1]) if missing else select
            if reduced == select or lacks(reduced, record):
                reasons.append(reason)
                break
            select = reduced
    raise UnsupportedError("the store has no schema that this artifact knows: " + "; ".join(dict.fromkeys(reasons)))


def refusal(db: apsw.Connection, select: Select) -> str | None:
    """Why SQLite will not prepare a query, or None."""
    try:
        db.execute(f"EXPLAIN {select}").close(True)
    except apsw.SQLError as error:
        return str(error)
    return None


def lacks(select: Select, record: type[Record]) -> bool:
    """Whether a column that the record cannot do without has become NULL."""
    return any(one.expression == "NULL" and one.name in needed(record) for one in select.items)
