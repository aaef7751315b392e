"""Parts of a file as a file of their own, and a reader as Python's own kind of file."""

import io
from bisect import bisect_right
from itertools import accumulate
from typing import Any

from scanner.evidence.reader import Reader

Range = tuple[int, int]
"""Offset and length."""


class Slices:
    """Some ranges of a reader, one after the other, as one file."""

    def __init__(self, reader: Reader, ranges: tuple[Range, ...], problem: str | None = None) -> None:
        """Take the reader over: closing this closes it."""
        self.reader, self.ranges, self.problem = reader, ranges, problem
        self.starts = [0, *accumulate(length for _, length in ranges)]
        self.size = self.starts[-1]

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`; fewer only at the end, or where the file itself ends early."""
        pieces, amount = list[bytes](), min(amount, self.size - offset)
        while amount > 0:
            number = bisect_right(self.starts, offset) - 1
            start, length = self.ranges[number]
            skip = offset - self.starts[number]
            piece = self.reader.read(start + skip, min(amount, length - skip))
            if not piece:
                break
            pieces.append(piece)
            offset, amount = offset + len(piece), amount - len(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Close the reader."""
        self.reader.close()


class ReaderFile(io.RawIOBase):
    """A reader as a file object, for libraries that want one."""

    def __init__(self, reader: Reader) -> None:
        """Start at the beginning."""
        super().__init__()
        self.reader, self.position = reader, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.reader.size}[whence]
        self.position = max(0, start + offset)
        return self.position

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer from here on."""
        view = memoryview(buffer)
        data = self.reader.read(self.position, len(view))
        view[: len(data)] = data
        self.position += len(data)
        return len(data)


def buffered(reader: Reader) -> io.BufferedReader:
    """A reader as a buffered file object."""
    return io.BufferedReader(ReaderFile(reader), 1 << 16)
