"""Reads what is left of a damaged binary property list: object by object, or by a walk without the offset table.

References:
    Apple, "CFBinaryPList.c" (the comment at its head describes the binary form),
    https://opensource.apple.com/source/CF/CF-1153.18/CFBinaryPList.c
"""

import plistlib
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MAX_OBJECTS = 2_000_000
MAX_DEPTH = 200
MAX_PROBLEMS = 1_000
MAX_SALVAGED = 100_000
MAX_FAILURES = 500_000
_TRAILER_SIZE = 32
_ASCII = 0x5
_MARKER = re.compile(rb"[\x00\x08\x09\x0f-\x14\x22\x23\x33\x40-\x7f\x80-\x87\xa0-\xdf]")
_COCOA_EPOCH = datetime(2001, 1, 1)  # noqa: DTZ001 (naive UTC, the form plistlib gives)


class _Damaged:
    """The type of DAMAGED, which stands where no value could be read: None is a value of its own."""


DAMAGED: Final = _Damaged()


def read(data: bytes) -> tuple[object, list[str]]:
    """Read all objects that can be found.

    Without a usable trailer the objects are numbered in stored order, as the writers of Apple and of Python number
    them: the root is object 0 and the first it refers to is object 1.

    Returns:
        The root, or DAMAGED when none can be read; and the problems. Objects that occur in several places are shared,
        so the caller must bound the tree before walking it.
    """
    problems: list[str] = []
    try:
        table = _trailer(data)
    except ValueError as error:
        return _renumbered(data, [str(error)])
    width = table.offset_width
    entries = range(table.start, table.start + table.count * width, width)
    offsets = [int.from_bytes(data[entry : entry + width], "big") for entry in entries]
    return _resolve(_Objects(data[: table.start], offsets, table.reference_width, problems), table.top), problems


def _resolve(objects: "_Objects", top: int) -> object:
    try:
        return objects.get(top, 0)
    except RecursionError:
        # The caller stood deep in the stack itself, so that fewer levels than MAX_DEPTH were left.
        return DAMAGED


def _renumbered(data: bytes, problems: list[str]) -> tuple[object, list[str]]:
    width = _reference_width(data)
    if width is None:
        return DAMAGED, problems
    problems.append("objects were numbered in stored order")
    root = _resolve(_Objects(data, _offsets_in_stored_order(data, width), width, problems), 0)
    return (root or DAMAGED), problems


def _reference_width(data: bytes) -> int | None:
    """Tell the width by the first reference of the first object: in stored order it leads to object 1."""
    if len(data) < 10 or data[8] >> 4 not in (0xA, 0xD):
        return None
    try:
        start = _count(data, 8)[1]
    except ValueError:
        return None
    return next((width for width in (1, 2, 3, 4) if int.from_bytes(data[start : start + width], "big") == 1), None)


def _offsets_in_stored_order(data: bytes, reference_width: int) -> list[int]:
    offsets: list[int] = []
    offset = 8
    while offset < len(data) and len(offsets) < MAX_OBJECTS:
        start = offset
        try:
            offset = _step(data, offset, reference_width)[1]
        except ValueError:
            break
        offsets.append(start)
    return offsets


def salvage_strings(data: bytes) -> list[str]:
    """Collect strings in stored order by walking the objects from byte 8, for a list without usable trailer.

    The width of references is stored in the trailer only, so the walk is tried with each and the richest result wins.
    """
    walks = (_walk(data, width) for width in (1, 2, 4))
    return max(walks, key=lambda found: sum(map(len, found)))


@dataclass(frozen=True, slots=True)
class _Table:
    offset_width: int
    reference_width: int
    count: int
    top: int
    start: int


def _trailer(data: bytes) -> _Table:
    if len(data) < 8 + _TRAILER_SIZE:
        raise ValueError("binary property list without trailer")
    table = _Table(*struct.unpack(">6xBBQQQ", data[-_TRAILER_SIZE:]))
    if not (1 <= table.offset_width <= 8 and 1 <= table.reference_width <= 8 and table.top < table.count):
        raise ValueError(f"trailer at byte {len(data) - _TRAILER_SIZE} is damaged")
    if table.count > MAX_OBJECTS:
        raise ValueError(f"{table.count} objects are over the limit of {MAX_OBJECTS}")
    if not 8 <= table.start <= len(data) - _TRAILER_SIZE - table.count * table.offset_width:
        raise ValueError(f"offset table at byte {table.start} does not lie within the file")
    return table


class _Objects:
    """The objects of one list, each read once; a reference back into an object not yet complete is cut."""

    def __init__(self, data: bytes, offsets: list[int], reference_width: int, problems: list[str]) -> None:
        self._data = data
        self._offsets = offsets
        self._reference_width = reference_width
        self._problems = problems
        self._done: dict[int, object] = {}
        self._open: set[int] = set()

    def get(self, number: int, depth: int) -> object:
        """Return the object with this number, or DAMAGED."""
        if number in self._done:
            return self._done[number]
        if number in self._open:
            return self._damaged(number, "contains itself")
        if number >= len(self._offsets):
            return self._damaged(number, "does not exist")
        if depth > MAX_DEPTH:
            return self._damaged(number, f"lies deeper than {MAX_DEPTH} levels")
        self._open.add(number)
        self._done[number] = value = self._read(number, depth)
        self._open.discard(number)
        return value

    def _damaged(self, number: int, why: str) -> object:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(f"object {number} {why}")
        return DAMAGED

    def _read(self, number: int, depth: int) -> object:
        offset = self._offsets[number]
        if not 8 <= offset < len(self._data):
            return self._damaged(number, f"at byte {offset} lies outside the objects")
        try:
            if self._data[offset] >> 4 < 0xA:
                return self._scalar(number, offset)
            references, is_dict = self._references(offset)
        except ValueError as error:
            return self._damaged(number, f"at byte {offset} is damaged: {error}")
        if is_dict:
            return self._dict(number, references, depth)
        members = (self.get(reference, depth + 1) for reference in references)
        return [member for member in members if member is not DAMAGED]

    def _scalar(self, number: int, offset: int) -> object:
        value = _scalar(self._data, offset)[0]
        if self._data[offset] >> 4 == _ASCII and not str(value).isascii():
            self._damaged(number, f"at byte {offset} is a text with damaged characters")
        return value

    def _references(self, offset: int) -> tuple[list[int], bool]:
        kind = self._data[offset] >> 4
        if kind not in (0xA, 0xB, 0xC, 0xD):
            raise ValueError(f"unknown type 0x{self._data[offset]:02x}")
        is_dict = kind == 0xD
        count, start = _count(self._data, offset)
        width = self._reference_width
        end = start + count * width * (2 if is_dict else 1)
        if end > len(self._data):
            raise ValueError(f"{count} members do not fit")
        return [int.from_bytes(self._data[at : at + width], "big") for at in range(start, end, width)], is_dict

    def _dict(self, number: int, references: list[int], depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        half = len(references) // 2
        for key_number, value_number in zip(references[:half], references[half:], strict=True):
            key = self.get(key_number, depth + 1)
            value = self.get(value_number, depth + 1)
            if isinstance(key, str) and value is not DAMAGED:
                found[key] = value
            elif key is not DAMAGED and value is not DAMAGED:
                self._damaged(number, f"has the key {key_number} that is no string")
        return found


def _count(data: bytes, offset: int) -> tuple[int, int]:
    """Read the count of a string, data or container; return it with the offset of the content."""
    count = data[offset] & 0xF
    if count < 0xF:
        return count, offset + 1
    if offset + 1 >= len(data) or data[offset + 1] & 0xF0 != 0x10 or data[offset + 1] & 0xF > 3:
        raise ValueError("count is damaged")
    start = offset + 2
    end = start + (1 << (data[offset + 1] & 0xF))
    return int.from_bytes(data[start:end], "big"), end


def _scalar(data: bytes, offset: int) -> tuple[object, int]:
    """Decode the object at offset if it is no container; return it with the offset behind it."""
    marker = data[offset]
    kind, low = marker >> 4, marker & 0xF
    if kind == 0:
        return _singleton(marker), offset + 1
    if kind in (4, 5, 6, 7):
        count, start = _count(data, offset)
        size = count * (2 if kind == 6 else 1)
    elif marker in (0x22, 0x23, 0x33) or (kind == 1 and low <= 4):
        start, size = offset + 1, 1 << (3 if kind == 3 else low)
    elif kind == 8 and low <= 7:
        start, size = offset + 1, low + 1
    else:
        raise ValueError(f"unknown type 0x{marker:02x}")
    end = start + size
    if end > len(data):
        raise ValueError(f"{size} bytes do not fit")
    return _content(kind, data[start:end]), end


def _singleton(marker: int) -> object:
    if marker not in (0x00, 0x08, 0x09, 0x0F):
        raise ValueError(f"unknown type 0x{marker:02x}")
    return {0x00: None, 0x08: False, 0x09: True, 0x0F: b""}[marker]


def _content(kind: int, content: bytes) -> object:
    return _CONTENT.get(kind, _text)(content)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _integer(content: bytes) -> int:
    return int.from_bytes(content, "big", signed=len(content) >= 8)


def _real(content: bytes) -> float:
    return float(struct.unpack(">f" if len(content) == 4 else ">d", content)[0])


def _date(content: bytes) -> datetime:
    seconds = _real(content)
    try:
        return _COCOA_EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError) as error:
        raise ValueError(f"date {seconds} s from 2001 is out of range") from error


_CONTENT: dict[int, Callable[[bytes], object]] = {
    0x1: _integer,
    0x2: _real,
    0x3: _date,
    0x4: bytes,
    0x6: lambda content: content.decode("utf-16-be", "replace"),
    0x8: lambda content: plistlib.UID(int.from_bytes(content, "big")),
}


def _walk(data: bytes, reference_width: int) -> list[str]:
    found: list[str] = []
    offset, failures = 8, 0
    while failures < MAX_FAILURES and len(found) < MAX_SALVAGED and (marker := _MARKER.search(data, offset)):
        offset = marker.start()
        try:
            value, offset = _step(data, offset, reference_width)
        except ValueError:
            offset += 1
            failures += 1
            continue
        if isinstance(value, str) and value:
            found.append(value)
    return found


def _step(data: bytes, offset: int, reference_width: int) -> tuple[object, int]:
    """Decode a value, or step over the references of a container."""
    kind = data[offset] >> 4
    if kind < 0xA:
        return _scalar(data, offset)
    count, start = _count(data, offset)
    end = start + count * reference_width * (2 if kind == 0xD else 1)
    if end > len(data):
        raise ValueError(f"{count} members do not fit")
    return None, end
