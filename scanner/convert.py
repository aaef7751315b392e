"""From raw values to records: applies clocks and types; a value that does not fit costs itself, not its row."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from scanner.record import TO_UNIX, Place, Record, clocks, fields

R = TypeVar("R", bound=Record)
Complain = Callable[[str, Place | None], None]
Integers = Callable[[Record], tuple[int | None, ...]]
"""What gives the whole numbers of a record."""

MAX_YEAR = 2200
EARLIEST, LATEST = 0.0, datetime(MAX_YEAR, 1, 1, tzinfo=UTC).timestamp()
SHOWN = 80
SMALLEST, LARGEST = -(1 << 63), (1 << 64) - 1
"""What an encoder writes as a whole number: 64 bits, with or without a sign."""
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def convert(record: type[R], values: dict[str, Any], complain: Complain) -> R:
    """A record from raw values by field name, among them its place; `values` is changed.

    A value that does not fit a field with a default is left out and complained of.

    Raises:
        ValueError: a value that the record cannot do without is missing or does not fit.
    """
    times, integers = layout(record)
    for name, to_unix in times:
        if value := values.get(name):
            kind = type(value)
            unix = to_unix(value) if kind is float or (kind is int and SMALLEST <= value <= LARGEST) else 0.0
            values[name] = unix if EARLIEST < unix < LATEST else seconds(value, to_unix)
        elif value is not None:
            values[name] = None  # no clock means its own epoch by 0
    try:
        made = msgspec.convert(values, record, strict=False)
    except (ValueError, OverflowError):
        return repaired(record, values, complain)
    for whole in integers(made):
        if whole is not None and not SMALLEST <= whole <= LARGEST:
            return repaired(record, values, complain)
    return made


@cache
def layout(record: type[Record]) -> tuple[tuple[tuple[str, Callable[[float], float]], ...], Integers]:
    """The time fields of a record type, each with what makes seconds since 1970 of its raw value; its whole numbers."""
    times = tuple((name, TO_UNIX[clock]) for name, clock in clocks(record).items())
    whole = [name for name, (kind, _, many) in fields(record).items() if kind is int and not many]
    if len(whole) > 1:
        return times, attrgetter(*whole)
    return times, (lambda one: (getattr(one, whole[0]),)) if whole else lambda _one: ()


def seconds(value: object, to_unix: Callable[[float], float]) -> object:
    """Seconds since 1970 of a raw time, or a text of it where it is none: the type check will name that."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        unix = to_unix(value) if SMALLEST <= value <= LARGEST else math.inf
        return unix if EARLIEST < unix < LATEST else f"out of range: {shown(value)}"
    return value if isinstance(value, str) else f"no time: {shown(value)}"


def repaired(record: type[R], values: Mapping[str, Any], complain: Complain) -> R:
    """The same field by field, to find what fits; times are seconds since 1970 by now."""
    good: dict[str, Any] = {}
    required, place = needed(record), values.get("place")
    for name, value in values.items():
        try:
            good[name] = one_value(record, name, value)
        except (ValueError, OverflowError) as error:
            if name in required:
                raise ValueError(f"{name}: {shown(value)} does not fit: {error}") from None
            complain(f"{name}: {shown(value)} does not fit: {error}", place)
    try:
        return msgspec.convert(good, record)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


@cache
def needed(record: type[Record]) -> frozenset[str]:
    """The fields that a record cannot do without."""
    known = msgspec.structs.fields(record)  # type: ignore[arg-type]
    return frozenset(field.name for field in known if field.required)


def one_value(record: type[Record], name: str, value: object) -> object:
    """A raw value as its field's type; texts are made of what databases keep in text columns."""
    if value is None or name == "place":
        return value
    kind, _, many = fields(record)[name]
    if name in clocks(record):
        if isinstance(value, str) and not RFC3339.match(value):
            raise ValueError("not a time")
        return msgspec.convert(value, datetime | None, strict=False)
    if kind is str and not many:
        return text(value)
    if isinstance(value, float):
        value = number(value, kind)
    wanted: Any = tuple.__class_getitem__((kind, ...)) if many else kind
    made = msgspec.convert(value, wanted, strict=False)
    if kind is int and not many and not SMALLEST <= made <= LARGEST:
        raise ValueError("not a number of 64 bits")
    return made


def number(value: float, kind: type) -> float:
    """A float as its field's type; a loosely typed column holds whole numbers as floats too."""
    if not math.isfinite(value):
        raise ValueError("not a number")
    if kind is float:
        return value
    if not value.is_integer():
        raise ValueError("not a whole number")
    return int(value)


def text(value: object) -> str:
    """A text of whatever a loosely typed column holds; what is no UTF-8 is kept as escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode() if not value.isascii() else value
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, int | float):
        return str(value)
    raise ValueError("not a text")


def shown(value: object) -> str:
    """A value as a Problem quotes it; of a number beyond what Python writes out, its length."""
    try:
        quoted = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return quoted if len(quoted) <= SHOWN else quoted[:SHOWN] + "…"


def part(content: dict[str, Any], key: str) -> dict[str, Any]:
    """A dictionary in a dictionary, empty where there is none."""
    return found if isinstance(found := content.get(key), dict) else {}
