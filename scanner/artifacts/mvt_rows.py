"""Results of MVT: rows of JSON and CSV files, as records of the types that our own parsers yield where one fits.

A form takes from a row what a record has a field for; what is left over becomes an `MvtRow`, so that nothing that an
indicator could stand in is lost. Flags and numbers that no field is for are kept with it.

References:
    MVT's output: https://docs.mvt.re/en/latest/
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Any

from scanner.artifacts.mvt_records import MvtNote, MvtRow, MvtTrace
from scanner.artifacts.mvt_row import DEPTH, MAX_VALUES, Complain, Form, Made, Moment, Others, Row, deep, leaves
from scanner.evidence import File
from scanner.record import Clock, Place, Record, clocks

SAID = "mvt:/said/"
"""What MVT says of its rows a second time: alerts and timeline."""
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
HASH = re.compile(r"(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})")
MAX_FIELD = 1 << 20
"""Characters of one field of a table: alerts hold whole rows."""
FIRST_YEAR = 1971
"""MVT writes 1970 for no time, and 1900 for a day without a year."""
WHEN = ("timestamp", "isodate", "time", "event_time", "modified_time_utc", "UTC Timestamp", "Device Local Timestamp")
KEYS = {
    "apps": re.compile(r"package|bundle|client|installer|^pkg$|^app_?id|installed applications", re.IGNORECASE),
    "processes": re.compile(r"proc|command|executable|binary|^client$|argv", re.IGNORECASE),
    "handles": re.compile(r"phone|number|e-?mail|handle|jid|address|identifier", re.IGNORECASE),
}
"""Which values of a row that no form fits may name an app, a program or a person: by their keys."""


def address(row: Row) -> Made:
    """A link that MVT found in a message, where the message itself has it; where it leads to is left over."""
    content = whole(row.values, row.complain)
    values = {"module": row.take("source"), "time": row.values.get("timestamp"), "message": row.take("url")}
    yield MvtNote, values | {"content": content}


def read(file: File, forms: dict[str, Form], local: Callable[[str], bool]) -> Iterator[Record]:
    """The records of a file of MVT's; `local` says of which modules times are those of the phone's own clock."""
    module = file.path.rpartition("/")[2].removesuffix(".json")

    def moment(text: str) -> datetime | None:
        return time(file, text, local=local(module))

    if file.path.startswith(SAID):
        for place, values in rows(file):
            yield from file.record(MvtNote, place, **note(values, moment))
        return
    every = list(rows(file))
    others = Others([values for _, values in every])
    for place, values in every:
        row = Row(dict(values), moment, others, partial(file.problem, row=at(place)))
        if taken := forms.get(module):
            yield from typed(file, place, row, taken(row))
        yield from rest(file, module, place, row)


def typed(file: File, place: Place, row: Row, made: Made) -> Iterator[Record]:
    """The records that a form makes of a row; of one that does not fit, all is left over."""
    before = dict(row.values)
    try:
        for kind, values in made:
            found = file.made(kind, place, dated(kind, values, row.read))
            if found is None:
                row.values, row.taken = before, set()
                return
            yield found
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
        file.problem(f"not a row as this module of MVT writes it: {error}", at(place))
        row.values, row.taken = before, set()


def at(place: Place) -> int | str | None:
    """A place as a problem names it."""
    return place.row if place.row is not None else place.key


def dated(kind: type[Record], values: dict[str, Any], read: Moment) -> dict[str, Any]:
    """Values with the texts of times as times."""
    for name, clock in clocks(kind).items():
        if isinstance(value := values.get(name), str):
            values[name] = read(value) or (None if value.startswith(("1970-", "1900-")) else value)
        elif clock is Clock.AWARE and isinstance(value, int | float):
            values[name] = datetime.fromtimestamp(value, UTC) if 0 < value < 1 << 33 else None
    return values


def time(file: File, text: str, *, local: bool) -> datetime | None:
    """A time as MVT writes it: UTC, or of the phone's own clock."""
    if not TIME.match(text):
        return None
    try:
        found = file.clock.read(text).time if local else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if found.year >= FIRST_YEAR else None


def rows(file: File) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The rows of a file with their places; what is none is noted."""
    if file.path.endswith(".csv"):
        csv.field_size_limit(MAX_FIELD)
        lines = (line.replace("\0", "\\0") + "\n" for _, line in file.lines())
        try:
            for number, one in enumerate(csv.DictReader(lines, restkey="more", restval="")):
                yield Place(row=number), dict(one)
        except csv.Error as error:
            file.problem(f"the table cannot be read further: {error}")
        return
    value = file.json()
    if isinstance(value, list):
        yield from listed(file, value, "")
    elif isinstance(value, dict) and value and all(isinstance(one, list) for one in value.values()):
        for key, several in value.items():
            yield from listed(file, several, f"{key}.")
    elif isinstance(value, dict):
        yield Place(row=0), value
    else:
        raise ValueError(f"neither a list nor a dictionary of rows but {type(value).__name__}")


def listed(file: File, value: list[Any], key: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The rows of a list."""
    for number, one in enumerate(value):
        place = Place(key=f"{key}{number}") if key else Place(row=number)
        if isinstance(one, dict):
            yield place, {str(name): each for name, each in one.items()}
        elif isinstance(one, str):
            yield place, {"value": one}
        else:
            file.problem(f"not a row but {type(one).__name__}", at(place))


def rest(file: File, module: str, place: Place, row: Row) -> Iterator[MvtRow | MvtTrace]:
    """What is left of a row, if there is a text in it that is no time and was not taken already."""
    left = {name: one for name, one in row.values.items() if one not in (None, "", [], {})}
    texts = [(key, one) for key, one in leaves(left) if isinstance(one, str) and one and one not in row.taken]
    texts = [(key, one) for key, one in texts if not TIME.match(one)]
    if not texts and (row.taken or not left):
        return
    when = next((one for name in WHEN if (one := moment_of(row, name))), None)
    shared, found = {"module": module, "time": when}, sorted_out(texts)
    said = {name: found.pop(name) for name in ("texts", "handles") if name in found}
    yield from file.record(MvtRow, place, **shared, **said, content=whole(left, row.complain))
    if found:
        yield from file.record(MvtTrace, place, **shared, **found)


def whole(values: dict[str, Any], complain: Complain) -> str | None:
    """A row as JSON; what is nested too deeply is noted, for it is not searched either."""
    if deep(values):
        complain(f"nested more than {DEPTH} deep, or more than {MAX_VALUES} values: not all of it is kept")
        return None
    return json.dumps(values, ensure_ascii=False)


def moment_of(row: Row, name: str) -> datetime | None:
    """A row's time under a name."""
    value = row.values.get(name)
    return row.read(value) if isinstance(value, str) else None


def sorted_out(texts: list[tuple[str, str]]) -> dict[str, Any]:
    """Texts by what they may name; all that is nothing else is free text."""
    found: dict[str, dict[str, None]] = {}
    for key, text in texts:
        last = key.rpartition(".")[2]
        names = [name for name, pattern in KEYS.items() if pattern.search(last)]
        if HASH.fullmatch(text):
            names = ["certificates" if "cert" in key.lower() else "hashes"]
        else:
            names += ["texts", "paths"] if text.startswith("/") else ["texts"]
        for name in names:
            found.setdefault(name, {})[text] = None
    return {name: tuple(values) for name, values in found.items()}


def note(values: dict[str, Any], read: Moment) -> dict[str, Any]:
    """An alert, or a line of a timeline."""
    get = {name.lower().replace(" ", "_"): one for name, one in values.items()}.get
    when = get("event_time") or get("utc_timestamp") or get("device_local_timestamp")
    matched = get("matched_indicator")
    said = chain([get("message")], (f"{get('event')}: {one}" for one in [get("description")] if one))
    return {
        "module": text_of(get("module") or get("plugin")), "level": text_of(get("level")),
        "time": read(when) if isinstance(when, str) else None, "message": next(filter(None, map(text_of, said)), None),
        "indicator": text_of(matched.get("value")) if isinstance(matched, dict) else None,
        "content": None if deep(values) else json.dumps(values, ensure_ascii=False),
    }  # fmt: skip


def text_of(value: Any) -> str | None:
    """A value, if it is a text."""
    return value if isinstance(value, str) else None
