"""JSON that every reader takes: ASCII alone, no half characters, no numbers that JSON has not.

What is not ASCII is escaped, so nothing in it can steer a terminal; half of a surrogate pair becomes text that shows
it.

References:
    RFC 8259: https://www.rfc-editor.org/rfc/rfc8259
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any, TextIO

BEYOND = re.compile("[^\x00-\x7e]")
HALVES = range(0xD800, 0xE000)
DEEP = "the report is nested too deeply to be written"


def encoded(value: Any) -> str:
    """A value as JSON; what JSON has no form for is written as text.

    Raises:
        ValueError: it is nested too deeply.
    """
    made = dumped(value)
    if made.isascii():
        return made.replace("\x7f", "\\u007f")
    if whole(made) == made:
        return dumped(value, ensure_ascii=True).replace("\x7f", "\\u007f")
    return BEYOND.sub(lambda found: escaped(found[0]), made)


def readable(value: Any) -> str:
    """A value as JSON of any characters, without half ones: text that is written into something else.

    Raises:
        ValueError: it is nested too deeply.
    """
    return whole(dumped(value))


def dumped(value: Any, *, ensure_ascii: bool = False) -> str:
    """A value as JSON; numbers that are none become null.

    Raises:
        ValueError: it is nested too deeply.
    """
    try:
        return json.dumps(value, ensure_ascii=ensure_ascii, allow_nan=False, default=str)
    except ValueError:
        numbers = json.loads(json.dumps(value, default=str), parse_constant=lambda _: None)
        return json.dumps(numbers, ensure_ascii=ensure_ascii)
    except RecursionError:
        raise ValueError(DEEP) from None


@cache
def escaped(character: str) -> str:
    """One character inside a JSON string."""
    if ord(character) in HALVES:
        return f"\\\\u{ord(character):04x}"
    return json.dumps(character)[1:-1]


def listed(stream: TextIO, head: dict[str, Any], name: str, items: Iterable[Any]) -> None:
    """Write an object whose last member is a long list, item by item, one a line."""
    stream.write(encoded(head)[:-1] + (", " if head else "") + encoded(name) + ": [")
    stream.writelines((",\n" if at else "\n") + encoded(item) for at, item in enumerate(items))
    stream.write("\n]}")


def whole(text: str) -> str:
    """Text without half characters: such become text that shows them."""
    return text.encode("utf-8", "backslashreplace").decode()


def moment(time: datetime) -> str:
    """A time in UTC as RFC 3339 writes it, with its fraction of a second where it has one."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
