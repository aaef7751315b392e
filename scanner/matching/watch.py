"""What of a record is looked at: one function for each record type, without a loop over its fields."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from scanner.record import Kind, Record, observables

S = TypeVar("S")
Look = Callable[[str], list[S] | tuple[()]]
Watch = Callable[[Record], list[tuple[str, S]]]

ONE = """
    value = record.{name}
    if value and (seen := look_{number}(value)):
        found = found + [({name!r}, one) for one in seen]"""
MANY = """
    for value in record.{name}:
        if value and (seen := look_{number}(value)):
            found = found + [({name!r}, one) for one in seen]"""
NONE: list[tuple[str, Any]] = []


def watch(record: type[Record], looks: Mapping[Kind, Look[S]]) -> Watch[S]:
    """What gives every sighting in a record of this type, with its field.

    The function is put together from the names of the type's fields, which are ours: a loop over them takes twice the
    time, and this is done for every record.
    """
    fields = [(name, looks[kind], many) for name, kind, _, many in observables(record) if kind in looks]
    names = {f"look_{number}": look for number, (_, look, _) in enumerate(fields)} | {"NONE": NONE}
    lines = [(MANY if many else ONE).format(name=name, number=number) for number, (name, _, many) in enumerate(fields)]
    scope: dict[str, Any] = {}
    exec(f"def watch(record):\n    found = NONE{''.join(lines)}\n    return found", names, scope)  # noqa: S102
    made: Watch[S] = scope["watch"]
    return made
