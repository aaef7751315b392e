"""The SQLite record: varints, serial types, values.

References:
    https://www.sqlite.org/fileformat2.html#record_format
"""

import math
import struct

Value = None | int | float | str | bytes
_FIXED_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_MOST_COLUMNS = 32_767
_FIRST_SIZED_TYPE = 12
_FLOAT_TYPE, _ZERO_TYPE, _ONE_TYPE = 7, 8, 9
_LONGEST_VARINT = 9
_ONE_BYTE_LIMIT = 0x80
_SIGN_BIT = 1 << 63


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the unsigned 64-bit varint at `at` and the offset behind it.

    Raises:
        ValueError: the data ends inside the varint.
    """
    value = 0
    try:
        for step in range(_LONGEST_VARINT - 1):
            byte = data[at + step]
            value = value << 7 | byte & 0x7F
            if byte < _ONE_BYTE_LIMIT:
                return value, at + step + 1
        return value << 8 | data[at + _LONGEST_VARINT - 1], at + _LONGEST_VARINT
    except IndexError:
        raise ValueError("the data ends inside a varint") from None


def signed(number: int) -> int:
    """Return an unsigned 64-bit number read as two's complement (rowids are signed)."""
    return number - (1 << 64) if number & _SIGN_BIT else number


def header_size(payload: bytes) -> int:
    """Return how many bytes the record header at the start of `payload` claims, itself included.

    Raises:
        ValueError: the payload is empty or ends inside the varint.
    """
    return read_varint(payload, 0)[0]


def serial_types(payload: bytes, total: int, most: int = _MOST_COLUMNS) -> tuple[list[int], int]:
    """Return the serial types of a record and the offset of its body.

    `payload` holds at least the record header; `total` is the size in bytes the whole record claims. Header and body
    must fill it exactly: that is what tells a record from stray bytes.

    Raises:
        ValueError: not a consistent record of at most `most` columns.
    """
    size, at = read_varint(payload, 0)
    if not at <= size <= min(total, len(payload)):
        raise ValueError(f"the record header claims {size} of {total} bytes")
    types: list[int] = []
    body = total - size
    while at < size:
        kind = payload[at]
        at += 1
        if kind >= _ONE_BYTE_LIMIT:
            kind, at = read_varint(payload, at - 1)
        if kind >= _FIRST_SIZED_TYPE:
            body -= (kind - _FIRST_SIZED_TYPE) >> 1
        elif kind <= _ONE_TYPE:
            body -= _FIXED_SIZES[kind]
        else:
            raise ValueError(f"the record uses the reserved serial type {kind}")
        types.append(kind)
        if body < 0 or len(types) > most:
            raise ValueError("the record header names more than the record holds")
    if body or at != size:
        raise ValueError("the record header and the record size disagree")
    return types, size


def read_values(payload: bytes, types: list[int], body: int, encoding: str) -> list[Value]:
    """Decode the values of a record whose header was read by `serial_types`.

    `payload` may be cut short: a text or blob is then what is left of it, a number None. Bytes that
    are no text become escapes (backslash, x, two digits). `encoding` is a Python codec name.
    """
    values: list[Value] = []
    keep = values.append
    at = body
    for kind in types:
        if kind >= _FIRST_SIZED_TYPE:
            end = at + ((kind - _FIRST_SIZED_TYPE) >> 1)
            piece = payload[at:end]
            keep(piece.decode(encoding, "backslashreplace") if kind & 1 else piece)
            at = end
        elif kind == 0:
            keep(None)
        elif kind == _ZERO_TYPE:
            keep(0)
        elif kind == _ONE_TYPE:
            keep(1)
        else:
            end = at + _FIXED_SIZES[kind]
            keep(_number(payload[at:end], kind))
            at = end
    return values


def _number(piece: bytes, kind: int) -> Value:
    if len(piece) != _FIXED_SIZES[kind]:
        return None
    if kind != _FLOAT_TYPE:
        return int.from_bytes(piece, "big", signed=True)
    number: float = struct.unpack(">d", piece)[0]
    return None if math.isnan(number) else number
