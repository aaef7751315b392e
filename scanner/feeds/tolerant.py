"""JSON that may be damaged or hostile: all the objects it still holds, and a Problem for everything odd about it.

References:
    RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format: https://www.rfc-editor.org/rfc/rfc8259
"""

import codecs
import json
import re
from functools import partial
from typing import Any

from scanner.feeds.files import MAX_BYTES
from scanner.finding import Problem

MAX_OBJECTS = 5_000_000
"""Objects of one feed."""
MAX_DIGITS = 20
MAX_REPAIRS = 20
"""Broken places after which the rest is given up: each costs a look at what follows it."""
MAX_ODD = 100
"""Duplicate keys and odd numbers that are reported one by one."""

WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LIST = re.compile(r'\A\s*\[|"objects"\s*:\s*\[')
NEXT = re.compile(r"[\s,]*")
RESUME = re.compile(r'\}\s*,\s*(?=\{\s*")')


class Reading:
    """One reading of a feed's JSON: collects what is odd while the parser runs."""

    def __init__(self, feed: str) -> None:
        """Start with no problems; `feed` is what they are reported under."""
        self.feed = feed
        self.problems: list[Problem] = []
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self.pairs, parse_int=self.integer, parse_constant=self.constant
        )

    def problem(self, message: str, row: int | str | None = None) -> None:
        """Note a problem of this feed."""
        self.problems.append(Problem(where="feed", message=message, path=self.feed, row=row))

    def odd(self, message: str, row: str | None = None) -> None:
        """Note something odd, unless there is too much of it already."""
        if len(self.problems) < MAX_ODD:
            self.problem(message, row)

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object; of a key that occurs twice the last value counts, and it is said."""
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            self.odd(f"key {twice[:80]!r} occurs twice in one object", str(made.get("id"))[:100])
        return made

    def integer(self, digits: str) -> int:
        """A whole number of bounded length."""
        if len(digits) <= MAX_DIGITS:
            return int(digits)
        self.odd(f"a number of {len(digits)} digits is left out")
        return 0

    def constant(self, name: str) -> None:
        """`NaN` and `Infinity` are not JSON."""
        self.odd(f"{name} is not JSON")

    def text(self, data: bytes) -> str:
        """The text of the file; a byte order mark is no problem, another encoding than UTF-8 is one."""
        if (wide := WIDE.get(data[:2])) is not None:
            self.problem(f"is {wide.upper()}, not UTF-8")
            return data.decode(wide, "replace")
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            self.problem(f"is not UTF-8 from byte {error.start} on")
            return data.decode("utf-8", "surrogateescape")

    def value(self, data: bytes) -> Any:
        """The JSON value of a file; of a damaged one `{"objects": [...]}` with what is whole in it."""
        if len(data) > MAX_BYTES:
            self.problem(f"is larger than {MAX_BYTES >> 20} MB")
            return {}
        text = self.text(data)
        try:
            return self.decoder.decode(text)
        except json.JSONDecodeError as error:
            self.problem(f"invalid JSON: {error.msg}", f"line {error.lineno} column {error.colno}")
        except RecursionError:
            self.problem("JSON is nested too deep")
        except ValueError as error:
            self.problem(f"invalid JSON: {error}")
        return {"objects": self.salvage(text)}

    def salvage(self, text: str) -> list[Any]:
        """The objects of a damaged list that are whole."""
        if (start := LIST.search(text)) is None:
            return []
        found: list[Any] = []
        at, repairs, skip = start.end(), 0, partial(NEXT.match, text)
        while (at := at if (gap := skip(at)) is None else gap.end()) < len(text) and text[at] != "]":
            try:
                value, at = self.decoder.raw_decode(text, at)
                found.append(value)
            except (ValueError, RecursionError):
                resumed = RESUME.search(text, at)
                repairs += 1
                if resumed is None or repairs > MAX_REPAIRS:
                    break
                at = resumed.end()
        self.problem(f"damaged: {len(found)} whole objects were read, {repairs} broken places")
        return found


def objects(data: bytes, feed: str) -> tuple[list[Any], list[Problem]]:
    """The objects of a STIX bundle, a bare list, a TAXII envelope or a single object, and what was odd.

    Nothing raises: damaged JSON gives the objects that are whole.
    """
    reading = Reading(feed)
    value = reading.value(data)
    if isinstance(value, dict):
        if value.get("more") is True:
            reading.problem("is one page of several: the collection holds more objects")
        value = value["objects"] if isinstance(value.get("objects"), list) else [value] if "type" in value else value
    if not isinstance(value, list):
        reading.problem("holds no list of STIX objects")
        return [], reading.problems
    if len(value) > MAX_OBJECTS:
        reading.problem(f"holds {len(value)} objects: those after the first {MAX_OBJECTS} are left out")
    return value[:MAX_OBJECTS], reading.problems
