"""The texts in a TL-serialised object (Telegram), found without its schema, which changes with every version.

A TL string is its length in one byte and the bytes, or 254, the length in three bytes and the bytes, both filled up to
a multiple of four; every object begins at such a multiple.

References:
    Telegram, "Binary Data Serialization": https://core.telegram.org/mtproto/serialize
"""

from collections.abc import Iterator
from itertools import islice

from scanner.formats.readable_text import readable

LONG = 254
STEP = 4
MAX_TEXTS = 1000


def texts(data: bytes, shortest: int = 3) -> tuple[str, ...]:
    """The texts of at least so many bytes in an object, in their order, at most 1000.

    Numbers that by chance look like the head of a text may hide none of those that follow: whatever is no UTF-8 that
    prints is stepped over by four bytes only.
    """
    return tuple(islice(found(data, shortest), MAX_TEXTS))


def found(data: bytes, shortest: int) -> Iterator[str]:
    """The same one after the other."""
    at, end = 0, len(data)
    while at < end:
        head = data[at]
        start, size = (
            (at + STEP, int.from_bytes(data[at + 1 : at + STEP], "little")) if head == LONG else (at + 1, head)
        )
        stop = start + size
        text = readable(data[start:stop]) if head <= LONG and size >= shortest and stop <= end else None
        if text is None or any(data[stop : padded(stop)]):
            at += STEP
        else:
            yield text
            at = padded(stop)


def padded(at: int) -> int:
    """The next multiple of four."""
    return -(-at // STEP) * STEP
