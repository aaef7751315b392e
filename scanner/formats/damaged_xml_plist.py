"""Reads what is left of an XML property list that is not well formed: the elements up to, and beyond, the damage.

References:
    Apple, "PropertyList-1.0.dtd", https://www.apple.com/DTDs/PropertyList-1.0.dtd
"""

import base64
import re
from datetime import datetime

MAX_VALUES = 2_000_000
MAX_DEPTH = 200
MAX_PROBLEMS = 1_000
_TAG = re.compile(r"<(/?)(plist|dict|array|key|string|integer|real|date|data|true|false)\b[^<>]{0,200}>")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_CDATA = "<![CDATA["
_NUMBER = re.compile(r"\s*([+-]?(?:0[xX][0-9a-fA-F]{1,32}|\d{1,38}))\s*")
_Container = dict[str, object] | list[object]


def read(text: str) -> tuple[object, list[str]]:
    """Read the elements of a damaged list with a forgiving scan.

    Returns:
        The root and the problems. Elements that are not closed keep what stands in them; a value without a key in a
        dictionary is kept under an invented key ("value 12" for the twelfth value). Several roots become a list.

    Raises:
        ValueError: entity declarations, or no element of a property list.
    """
    if "<!ENTITY" in text:
        raise ValueError("XML entity declarations are not allowed in a property list")
    scan = _Scan(text)
    scan.run()
    if not scan.roots:
        raise ValueError("not a property list: no element can be read")
    return (scan.roots[0] if len(scan.roots) == 1 else scan.roots), scan.problems


class _Scan:
    """A pass over the tags, with the containers that are open."""

    def __init__(self, text: str) -> None:
        self.roots: list[object] = []
        self.problems: list[str] = []
        self._text = text
        self._open: list[_Container] = []
        self._key: str | None = None
        self._values = 0
        self._skipped = 0
        self._missing: set[str] = set()

    def run(self) -> None:
        """Read to the end, or to the limit of values."""
        position = 0
        while (position := self._text.find("<", position)) >= 0 and self._values < MAX_VALUES:
            if self._text.startswith("<!--", position):
                end = self._end_of("-->", position)
                if end is None:
                    self._problem(position, "comment is not closed")
                position = end or position + 4
            elif tag := _TAG.match(self._text, position):
                position = self._tag(tag)
            else:
                position += 1
        if self._open:
            self._problem(len(self._text), f"{len(self._open)} containers are not closed")

    def _problem(self, position: int, why: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"character {position}: {why}")

    def _tag(self, tag: re.Match[str]) -> int:
        closing, name = bool(tag[1]), tag[2]
        if name in ("dict", "array"):
            self._container(tag, closing)
        elif name in ("true", "false") and not closing:
            self._add(name == "true", tag.start())
        elif name != "plist" and not closing:
            return self._leaf(name, tag)
        return tag.end()

    def _container(self, tag: re.Match[str], closing: bool) -> None:
        if closing:
            self._close(tag)
            return
        empty = tag[0].endswith("/>")
        if len(self._open) >= MAX_DEPTH:
            self._skipped += not empty
            self._problem(tag.start(), f"deeper than {MAX_DEPTH} levels")
            return
        made: _Container = {} if tag[2] == "dict" else []
        self._add(made, tag.start())
        if not empty:
            self._open.append(made)

    def _close(self, tag: re.Match[str]) -> None:
        self._key = None
        if self._skipped:
            self._skipped -= 1
        elif self._open and isinstance(self._open[-1], dict) == (tag[2] == "dict"):
            self._open.pop()
        else:
            self._problem(tag.start(), f"{tag[0]} closes nothing")

    def _leaf(self, name: str, tag: re.Match[str]) -> int:
        if tag[0].endswith("/>"):
            content, end = "", tag.end()
        else:
            content, end = self._content(tag.end())
            if not self._text.startswith(f"</{name}", end):
                self._problem(tag.start(), f"<{name}> is not closed")
        if name == "key":
            self._key = content
            return end
        try:
            self._add(_value(name, content), tag.start())
        except ValueError:
            self._problem(tag.start(), f"<{name}> holds no valid value")
            self._key = None
        return end

    def _content(self, start: int | None) -> tuple[str, int]:
        """Text up to the next tag, with CDATA sections taken as they are."""
        parts: list[str] = []
        while True:
            end = self._text.find("<", start)
            end = len(self._text) if end < 0 else end
            parts.append(_ENTITY.sub(_character, self._text[start:end]))
            start = self._end_of("]]>", end) if self._text.startswith(_CDATA, end) else None
            if start is None:
                return "".join(parts), end
            parts.append(self._text[end + len(_CDATA) : start - 3])

    def _end_of(self, mark: str, position: int) -> int | None:
        """Find the place behind a mark; a mark once missed is not searched again, or hostile text costs its square."""
        found = -1 if mark in self._missing else self._text.find(mark, position)
        if found < 0:
            self._missing.add(mark)
            return None
        return found + len(mark)

    def _add(self, value: object, position: int) -> None:
        self._values += 1
        if not self._open:
            self.roots.append(value)
        elif isinstance(container := self._open[-1], list):
            container.append(value)
        else:
            if self._key is None:
                self._problem(position, "value without a key")
            container[f"value {self._values}" if self._key is None else self._key] = value
        self._key = None


def _character(entity: re.Match[str]) -> str:
    if entity[1]:
        return _NAMED[entity[1]]
    code = int(entity[2]) if entity[2] else int(entity[3], 16)
    return chr(code) if code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "\ufffd"


def _value(name: str, content: str) -> object:
    match name:
        case "integer":
            number = _NUMBER.fullmatch(content)
            if not number:
                raise ValueError("no integer")
            return int(number[1], 16 if "x" in number[1].lower() else 10)
        case "real":
            return float(content)
        case "date":
            return datetime.strptime(content.strip(), "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 (naive UTC, as plistlib)
        case "data":
            return base64.b64decode("".join(content.split()), validate=True)
        case _:
            return content
