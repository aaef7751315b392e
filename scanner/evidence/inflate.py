"""Random access to compressed content: DEFLATE, zlib or gzip, inflated once and entered again at marks on the way.

References:
    RFC 1950, RFC 1951, RFC 1952.
"""

import zlib
from typing import Any

from scanner.evidence.reader import Reader

RAW, ZLIB, GZIP = -15, 15, 31
"""What zlib calls the wrappings of DEFLATE."""
STEP = 1 << 20
"""Between marks, and inflated at once. A mark takes about 40 KB."""
MAX_MARKS = 256
WHOLE, FEW = 32, 4
"""Chunks that stay in memory, as parts of one text are asked for in any order: all of content that is no larger, else
a few."""
INPUT = 1 << 16
MAX_RATIO, SURE = 300, 1 << 30
"""Content that is more than this many times as large as what it was packed into is refused, once it is this large."""


class Mark:
    """A place to enter at: how far input and output were, and the decompressor as it was then."""

    def __init__(self, source: int, offset: int, state: Any) -> None:
        """Take a decompressor that nothing else uses."""
        self.source, self.offset, self.state = source, offset, state


class Inflated:
    """The content of a compressed file. Its size, where nobody says it, is found by inflating it once to the end."""

    def __init__(self, reader: Reader, wrapping: int, size: int | None = None, checksum: int | None = None) -> None:
        """Take the reader over: closing this closes it. `checksum` is the CRC-32 that the content should have."""
        self.reader = reader
        self.problem: str | None = None
        self.step = STEP
        self.marks = [Mark(0, 0, zlib.decompressobj(wrapping))]
        self.kept: dict[int, bytes] = {}
        """The last chunks by where they begin, the one that was used last at the end."""
        self.chunk, self.start = b"", 0
        self.at = self.entered(self.marks[0])
        self.ended = False
        self.checksum, self.summed, self.checked = checksum, 0, 0
        self.room = FEW
        self.size = size if size is not None else self.measured()
        if self.size <= WHOLE * STEP:
            self.room = WHOLE + 1

    def entered(self, mark: Mark) -> Mark:
        """A mark's state, to go on from."""
        return Mark(mark.source, mark.offset, mark.state.copy())

    def measured(self) -> int:
        """The size, by inflating everything."""
        while not self.ended:
            self.next()
        return self.at.offset

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`; fewer at the end, and where the data are damaged."""
        pieces, amount = list[bytes](), min(amount, self.size - offset)
        while amount > 0:
            if not self.start <= offset < self.start + len(self.chunk) and not self.again(offset):
                self.find(offset)
            piece = self.chunk[offset - self.start : offset - self.start + amount] if offset >= self.start else b""
            if not piece:
                break
            pieces.append(piece)
            offset, amount = offset + len(piece), amount - len(piece)
        return b"".join(pieces)

    def again(self, offset: int) -> bool:
        """Take a chunk that is still kept; chunks begin wherever reading began, mostly at the same places."""
        for start, chunk in reversed(self.kept.items()):
            if start <= offset < start + len(chunk):
                self.start, self.chunk = start, chunk
                self.kept[start] = self.kept.pop(start)
                return True
        return False

    def find(self, offset: int) -> None:
        """Inflate until the chunk at hand holds an offset, or the data end."""
        if offset < self.at.offset or offset - self.at.offset > self.step:
            best = max((mark for mark in self.marks if mark.offset <= offset), key=lambda mark: mark.offset)
            if best.offset > self.at.offset or offset < self.at.offset:
                self.at, self.ended = self.entered(best), False
        while not self.ended and offset >= self.at.offset:
            self.next()

    def next(self) -> None:
        """Inflate the next chunk, and leave a mark if none is near."""
        self.start, self.chunk = self.at.offset, self.inflated()
        self.at.offset += len(self.chunk)
        self.kept.pop(self.start, None)
        self.kept[self.start] = self.chunk
        if len(self.kept) > self.room:
            del self.kept[next(iter(self.kept))]
        self.check()
        if not self.ended and self.at.offset >= self.marks[-1].offset + self.step:
            self.marks.append(Mark(self.at.source, self.at.offset, self.at.state.copy()))
            if len(self.marks) > MAX_MARKS:
                self.marks, self.step = self.marks[::2], self.step * 2

    def check(self) -> None:
        """Sum up what is read in order; at the end it must be what was promised."""
        if self.checksum is None or self.start != self.checked:
            return
        self.summed, self.checked = zlib.crc32(self.chunk, self.summed), self.at.offset
        if self.ended and self.summed != self.checksum:
            self.end("its content is not what its checksum says: it is damaged or was changed")

    def inflated(self) -> bytes:
        """One chunk; the end, expected or not, is noted."""
        pieces, room, state = list[bytes](), STEP, self.at.state
        while room > 0 and not state.eof and not self.ended:
            source, before = state.unconsumed_tail or self.more(), state.copy()
            if not source:
                self.end("it ends in the middle of its compressed data")
                break
            try:
                pieces.append(state.decompress(source, room))
            except zlib.error as error:
                pieces.append(salvaged(before, source))
                self.end(
                    f"its compressed data are damaged after {self.at.offset + sum(map(len, pieces))} bytes: {error}"
                )
            room -= len(pieces[-1])
        if state.eof:
            self.ended = True
        if self.at.offset > SURE and self.at.offset > MAX_RATIO * max(self.at.source, 1):
            self.end(f"it unpacks to more than {MAX_RATIO} times its size: reading ends at {self.at.offset} bytes")
        return b"".join(pieces)

    def more(self) -> bytes:
        """Compressed data that nothing has taken yet."""
        data = self.reader.read(self.at.source, INPUT)
        self.at.source += len(data)
        return data

    def end(self, problem: str) -> None:
        """No more can be read, and why."""
        self.ended, self.problem = True, self.problem or problem

    def close(self) -> None:
        """Close the compressed file."""
        self.reader.close()


def salvaged(state: Any, source: bytes) -> bytes:
    """What comes out before the byte at which the data are damaged."""
    pieces = list[bytes]()
    try:
        pieces.extend(state.decompress(source[at : at + 1]) for at in range(len(source)))
    except zlib.error:
        return b"".join(pieces)
    return b"".join(pieces)
