"""One row of MVT's, what forms take of it, and what is nested in it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from scanner.record import Record

DEPTH = 32
MAX_VALUES = 20_000
"""Of one row."""

Moment = Callable[[str], datetime | None]
Complain = Callable[[str], None]


class Others:
    """All rows of a file, to be looked up."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        """Take them."""
        self.rows = rows
        self.made: dict[tuple[str, ...], dict[str, dict[str, Any]]] = {}

    def by(self, *names: str) -> dict[str, dict[str, Any]]:
        """The rows by some of their values, which `spelled` writes."""
        if names not in self.made:
            self.made[names] = {spelled(*map(row.get, names)): row for row in self.rows}
        return self.made[names]


def spelled(*values: Any) -> str:
    """Some values as one text."""
    return "\0".join(map(str, values))


class Row:
    """A row of MVT's; what is taken is gone from it."""

    def __init__(self, values: dict[str, Any], read: Moment, others: Others, complain: Complain) -> None:
        """Take its values, what reads a time, the rows of its file, and what notes a problem."""
        self.values, self.read, self.others, self.complain = values, read, others, complain
        self.taken: set[str] = set()
        """Texts that were taken: they are not left over elsewhere."""

    def take(self, name: str) -> Any:
        """A value; None for an empty text, which MVT writes for nothing."""
        value = self.values.pop(name, None)
        self.taken.update(one for _, one in leaves(value) if isinstance(one, str))
        return None if value in ("", [], {}) else value

    def inner(self, values: dict[str, Any]) -> "Row":
        """A row in this one."""
        return Row(dict(values), self.read, self.others, self.complain)

    def several(self, name: str) -> "list[Row]":
        """The rows in this one under a name; what they are left with stays."""
        found = self.values.get(name)
        rows = [self.inner(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        if rows:
            self.values[name] = [one.values for one in rows]
            for one in rows:
                one.taken = self.taken
        return rows

    def links(self, *texts: object) -> tuple[str, ...]:
        """The links that MVT found, but those that stand in some texts."""
        shown = "\n".join(str(one) for one in texts if one)
        found = self.take("links")
        return tuple(one for one in found or () if isinstance(one, str) and one not in shown)

    def taking(self, names: dict[str, str]) -> dict[str, Any]:
        """Several values by the names of fields."""
        return {field: value for field, name in names.items() if (value := self.take(name)) is not None}


Made = Iterator[tuple[type[Record], dict[str, Any]]]
Form = Callable[[Row], Made]


def form(record: type[Record], drop: str = "", **names: str) -> Form:
    """A form that gives one record of a row: its fields by the names of the row's values; `drop` names repetitions."""

    def taken(row: Row) -> Made:
        values = row.taking(names)
        for name in drop.split():
            row.take(name)
        yield record, values

    return taken


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """The values in a nested value, each with the keys above it, as far as a row may be deep and large."""
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    for _ in range(MAX_VALUES):
        if not waiting:
            return
        key, one, depth = waiting.pop()
        inner: Iterable[tuple[str, Any]]
        if isinstance(one, dict):
            inner = ((f"{key}.{name}" if key else str(name), each) for name, each in one.items())
        elif isinstance(one, list | tuple):
            inner = ((key, each) for each in one)
        else:
            yield key, one
            continue
        if depth < DEPTH:
            waiting += reversed([(name, each, depth + 1) for name, each in inner])


def deep(value: Any) -> bool:
    """Whether a value is nested deeper, or has more in it, than `leaves` follows."""
    level, number = [value], 0
    for _ in range(DEPTH + 1):
        level = [one for each in level for one in below(each)]
        number += len(level)
        if not level or number > MAX_VALUES:
            break
    return bool(level)


def below(value: Any) -> Iterable[Any]:
    """What a value holds."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
