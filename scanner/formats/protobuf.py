"""Protocol Buffers' wire format without a schema: the fields of a message, one after the other.

References:
    https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)
"""Wire types. Of a group only its bounds are yielded: the fields in between follow as if they stood outside."""

Value = int | bytes
Field = tuple[int, int, Value]

MAX_VARINT = 10
"""Bytes of the longest varint."""
MORE, SEVEN_BITS, ALL_BITS, SIGN = 0x80, 0x7F, (1 << 64) - 1, 1 << 63
TYPE_BITS = 3


class ProtobufError(ValueError):
    """The bytes are no message, or end inside a field."""


def fields(data: bytes) -> Iterator[Field]:
    """The fields of a message in the order of the bytes: (number, wire type, value).

    A varint is an unsigned number of 64 bits (`signed` and `zigzag` give others), a fixed field the unsigned
    little-endian number of its 4 or 8 bytes, a length-delimited field its bytes: a text, or a message to be read by
    another call. The caller bounds the depth of those. What stood before a broken field has been yielded.

    Raises:
        ProtobufError: a field is broken or cut.
    """
    at, end = 0, len(data)
    while at < end:
        key, at = varint(data, at)
        number, kind = key >> TYPE_BITS, key & (1 << TYPE_BITS) - 1
        if not number:
            raise ProtobufError(f"field number 0 before byte {at}")
        if kind == VARINT:
            value, at = varint(data, at)
            yield number, kind, value
        elif kind in {START_GROUP, END_GROUP}:
            yield number, kind, 0
        else:
            start, at = span(data, at, kind)
            part = data[start:at]
            yield number, kind, part if kind == LENGTH else int.from_bytes(part, "little")


def span(data: bytes, at: int, kind: int) -> tuple[int, int]:
    """Where the bytes of a length-delimited or fixed field begin and end."""
    if kind == LENGTH:
        size, at = varint(data, at)
    elif kind in {FIXED32, FIXED64}:
        size = 4 if kind == FIXED32 else 8
    else:
        raise ProtobufError(f"wire type {kind} before byte {at}")
    if size > len(data) - at:
        raise ProtobufError(f"a field of {size} bytes at byte {at}, where {len(data) - at} are left")
    return at, at + size


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned number of 64 bits that begins at a byte, and where the next field begins.

    Raises:
        ProtobufError: it is cut, or longer than ten bytes.
    """
    value = shift = 0
    for byte in data[at : at + MAX_VARINT]:
        at += 1
        value |= (byte & SEVEN_BITS) << shift
        if byte < MORE:
            return value & ALL_BITS, at
        shift += 7
    raise ProtobufError(f"a varint before byte {at} does not end")


def signed(value: int) -> int:
    """A varint as `int32` and `int64` mean it."""
    return value - (1 << 64) if value & SIGN else value


def zigzag(value: int) -> int:
    """A varint as `sint32` and `sint64` mean it."""
    return value >> 1 ^ -(value & 1)
