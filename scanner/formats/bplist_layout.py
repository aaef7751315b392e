"""Whether the objects of a binary property list lie as writers lay them: one after the other, without gap or overlap.

A damaged count or offset can leave a list that reads well and lacks some members; the bytes that then belong to no
object, or to two, tell.

References:
    Apple, "CFBinaryPList.c" (the comment at its head describes the binary form),
    https://opensource.apple.com/source/CF/CF-1153.18/CFBinaryPList.c
"""

import struct

_HEADER, _TRAILER = 8, 32
_SIZED = frozenset((0x4, 0x5, 0x6, 0x7, 0xA, 0xB, 0xC, 0xD))
_LONG = 0xF


def fault(data: bytes) -> str | None:
    """Say where the objects of a list that can be read do not lie one after the other; None where they do.

    Raises:
        ValueError: never; a list that cannot be read at all is a fault too.
    """
    try:
        offset_width, reference_width, count, top, start = struct.unpack(">6xBBQQQ", data[-_TRAILER:])
        end = start + count * offset_width
        if top or end != len(data) - _TRAILER:
            return "the trailer does not fit the list"
        # Each size in bytes of a member, by the upper half of the marker.
        widths = {0x4: 1, 0x5: 1, 0x6: 2, 0x7: 1, 0xD: 2 * reference_width}
        at = _HEADER
        for entry in range(start, end, offset_width):
            offset = int.from_bytes(data[entry : entry + offset_width], "big")
            if offset != at:
                return f"the object at byte {offset} should begin at byte {at}: a count or an offset is damaged"
            at = _end(data, at, widths, reference_width)
    except (struct.error, IndexError):
        return "the list ends within an object"
    return None if at == start else f"the bytes from {at} to {start} belong to no object: a count is damaged"


def _end(data: bytes, at: int, widths: dict[int, int], reference_width: int) -> int:
    marker = data[at]
    kind, low = marker >> 4, marker & 0xF
    if kind in _SIZED:
        at += 1
        if low == _LONG:
            size = 1 << (data[at] & 0xF)
            low = int.from_bytes(data[at + 1 : at + 1 + size], "big")
            at += 1 + size
        return at + low * widths.get(kind, reference_width)
    if kind == 0x8:
        return at + 2 + low
    if kind in (0x1, 0x2, 0x3):
        return at + 1 + (1 << low)
    return at + 1
