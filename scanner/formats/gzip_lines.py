"""Lines of a text that gzip has packed, one after the other, without ever holding the whole.

References:
    RFC 1952 (gzip): https://www.rfc-editor.org/rfc/rfc1952
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

from scanner.formats.gzip_bounded import WINDOW

PIECE = 1 << 12
"""Read at once: zlib makes at most 1032 times as much of it."""
MAX_TEXT = 1 << 30
MAX_LINE = 1 << 20


class Source(Protocol):
    """Random access to the bytes of a file."""

    def read(self, offset: int, amount: int, /) -> bytes:
        """Up to `amount` bytes from `offset`."""
        ...


def lines(source: Source) -> Iterator[bytes]:
    """The lines without their ends; one beyond a megabyte comes in parts.

    Raises:
        ValueError: the file is no gzip, is damaged or cut, or its text too large; the lines before have been yielded.
    """
    rest, given = b"", 0
    for piece in inflated(source):
        given += len(piece)
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if given > MAX_TEXT:
            raise ValueError(f"the text has more than {MAX_TEXT} bytes")
        if len(rest) > MAX_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def inflated(source: Source) -> Iterator[bytes]:
    """The text in pieces of at most 4 MB; several gzip files may follow one another."""
    inflate, offset = zlib.decompressobj(WINDOW), 0
    while data := source.read(offset, PIECE):
        offset += len(data)
        while data:
            if inflate.eof:
                inflate = zlib.decompressobj(WINDOW)
            try:
                yield inflate.decompress(data)
            except zlib.error as error:
                raise ValueError(f"the gzip file is damaged: {error}") from None
            data = inflate.unused_data
    if not inflate.eof:
        raise ValueError("the gzip file is cut")
