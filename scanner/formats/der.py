"""A minimal reader of DER and BER: tags, lengths, contents, as far as the signatures of packages need it.

References:
    ITU-T X.690: https://www.itu.int/rec/T-REC-X.690
"""

from dataclasses import dataclass

MAX_DEPTH = 32
MAX_ELEMENTS = 100_000
LONG = 0x80
MAX_LENGTH_BYTES = 4
HIGH_TAG = 0x1F
CONSTRUCTED = 0x20
SET = 0x31
CONTINUES = 0x80


class DerError(ValueError):
    """Bytes that are no DER or BER, or too much of it."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag (one byte), its content, and itself with tag and length."""

    tag: int
    content: bytes
    whole: bytes

    def children(self) -> list["Element"]:
        """The elements that a constructed one holds.

        Raises:
            DerError: they are cut short, or it is not constructed.
        """
        if not self.tag & CONSTRUCTED:
            raise DerError(f"element 0x{self.tag:02x} holds no others")
        found: list[Element] = []
        at = 0
        while at < len(self.content):
            if len(found) >= MAX_ELEMENTS:
                raise DerError(f"more than {MAX_ELEMENTS} elements")
            one = element(self.content, at)
            found.append(one)
            at += len(one.whole)
        return found


def element(data: bytes, at: int = 0, depth: int = 0) -> Element:
    """The element at an offset.

    Raises:
        DerError: it is cut short, nested too deeply, or of a form that no signature uses.
    """
    if at + 2 > len(data) or depth > MAX_DEPTH:
        raise DerError(f"no element at {at}")
    tag, length, start = data[at], data[at + 1], at + 2
    if tag & HIGH_TAG == HIGH_TAG:
        raise DerError(f"a tag of several bytes at {at}")
    if length == LONG:
        return indefinite(data, at, depth)
    if length > LONG:
        count = length - LONG
        if count > MAX_LENGTH_BYTES or start + count > len(data):
            raise DerError(f"a length of {count} bytes at {at}")
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise DerError(f"the element at {at} has {length} bytes, {len(data) - start} are left")
    return Element(tag, data[start : start + length], data[at : start + length])


def indefinite(data: bytes, at: int, depth: int) -> Element:
    """An element of BER without a length: its content ends with two zero bytes.

    Raises:
        DerError: they never come.
    """
    inner = at + 2
    while data[inner : inner + 2] != b"\0\0":
        inner += len(element(data, inner, depth + 1).whole)
    return Element(data[at], data[at + 2 : inner], data[at : inner + 2])


def oid(content: bytes) -> str:
    """An object identifier with dots; empty for a broken one."""
    numbers, value = [], 0
    for byte in content:
        value = (value << 7) | (byte & ~CONTINUES & 0xFF)
        if not byte & CONTINUES:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
