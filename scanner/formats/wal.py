"""Damage in a SQLite write-ahead log (`-wal`): where its chain of checksums breaks.

SQLite silently stops reading a log at the first frame that does not verify, so that committed rows vanish without an
error; whoever reads evidence has to be told.

References:
    https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

import struct
from collections.abc import Collection
from typing import NamedTuple

from .page_source import PageSource

_LARGEST = 256 << 20
_HEADER, _FRAME_HEADER = 32, 24
_LITTLE_ENDIAN_SUMS, _BIG_ENDIAN_SUMS = 0x377F0682, 0x377F0683
_PAGE_SIZES = frozenset(1 << power for power in range(9, 17))
_CHUNK = 1 << 20
_MASK = 0xFFFFFFFF
Sums = tuple[int, int]


class _Log(NamedTuple):
    source: PageSource
    page_size: int
    salts: bytes
    order: str

    @property
    def frames(self) -> int:
        return (self.source.size - _HEADER) // (self.page_size + _FRAME_HEADER)

    def offset(self, index: int) -> int:
        return _HEADER + index * (self.page_size + _FRAME_HEADER)


class _Break(NamedTuple):
    frame: int
    reason: str
    committed: bool = False


def damage(source: PageSource) -> str | None:
    """Say where a `-wal` file breaks, or return None when all that was committed to it can be read.

    Frames with salts other than the header's are left over from before the log was restarted: they are no damage, and
    neither is a broken tail that no commit follows. Frames are numbered from 1. A log over 256 MiB is not checked, and
    the answer says so.

    Raises:
        ValueError: never for what the file holds; only what `source.read` raises passes through.
    """
    if source.size > _LARGEST:
        return f"the write-ahead log of {source.size} bytes is too large to be checked"
    head = source.read(0, _HEADER)
    if not any(head):
        return None if _all_zero(source) else "the header of the write-ahead log is blank: none of it is readable"
    if len(head) < _HEADER:
        return f"the write-ahead log ends inside its header, after {len(head)} bytes"
    magic, _, page_size = struct.unpack_from(">III", head)
    if magic not in (_LITTLE_ENDIAN_SUMS, _BIG_ENDIAN_SUMS) or page_size not in _PAGE_SIZES:
        return "the header of the write-ahead log is damaged (byte 0): none of its frames is readable"
    log = _Log(source, page_size, head[16:24], ">" if magic == _BIG_ENDIAN_SUMS else "<")
    sums = _checksum(head[:24], log.order, (0, 0))
    if sums != struct.unpack_from(">II", head, 24):
        return f"the header of the write-ahead log has a wrong checksum (byte 24): {log.frames} frames are unreadable"
    found = _first_break(log, sums)
    return _lost(log, found) if found else None


class WithLog:
    """A database together with what was committed to its write-ahead log: each page as it was committed last."""

    def __init__(self, source: PageSource, log: PageSource) -> None:
        """Index the log up to the last commit before its first break; a log that is none adds nothing.

        Never raises for what the files hold.
        """
        self._source, self._log = source, log
        self._pages: dict[int, int] = {}
        self.size, self._page_size = source.size, 1
        head = log.read(0, _HEADER)
        if len(head) < _HEADER or log.size > _LARGEST:
            return
        magic, _, page_size = struct.unpack_from(">III", head)
        order = ">" if magic == _BIG_ENDIAN_SUMS else "<"
        sums = _checksum(head[:24], order, (0, 0))
        if page_size in _PAGE_SIZES and sums == struct.unpack_from(">II", head, 24):
            self._index(_Log(log, page_size, head[16:24], order), sums)

    @property
    def logged(self) -> Collection[int]:
        """The numbers of the pages that are taken from the log."""
        return self._pages.keys()

    def _index(self, log: _Log, sums: Sums) -> None:
        found = _first_break(log, sums)
        self._page_size = log.page_size
        waiting: dict[int, int] = {}
        for index in range(found.frame if found else log.frames):
            offset = log.offset(index)
            page, count = struct.unpack(">II", log.source.read(offset, 8))
            waiting[page] = offset + _FRAME_HEADER
            if count:
                self._pages |= waiting
                waiting = {}
        # Every page beyond the end of the file has a frame, so a higher number than this is no page.
        most = self.size // log.page_size + log.frames
        self._pages = {page: at for page, at in self._pages.items() if 0 < page <= most}
        self.size = max([self.size, *(page * log.page_size for page in self._pages)])

    def read(self, offset: int, amount: int) -> bytes:
        """Return up to `amount` bytes from `offset`; fewer only at the end of the file."""
        if not self._pages:
            return self._source.read(offset, amount)
        parts: list[bytes] = []
        end = min(offset + amount, self.size)
        while offset < end:
            page, within = divmod(offset, self._page_size)
            length = min(self._page_size - within, end - offset)
            at = self._pages.get(page + 1)
            part = self._source.read(offset, length) if at is None else self._log.read(at + within, length)
            parts.append(part.ljust(length, b"\0"))
            offset += length
        return b"".join(parts)


def _all_zero(source: PageSource) -> bool:
    return not any(
        part.count(0) != len(part) for part in (source.read(at, _CHUNK) for at in range(0, source.size, _CHUNK))
    )


def _first_break(log: _Log, sums: Sums) -> _Break | None:
    for index in range(log.frames):
        frame = log.source.read(log.offset(index), log.page_size + _FRAME_HEADER)
        if len(frame) < log.page_size + _FRAME_HEADER:
            return _Break(index, "cannot be read whole")
        sums = _checksum(frame[:8] + frame[_FRAME_HEADER:], log.order, sums)
        right = sums == struct.unpack_from(">II", frame, 16)
        if frame[8:16] != log.salts:
            # The checksum does not cover the salts: if it is right, the frame belongs to the log and they are damaged.
            return _Break(index, "has other salts than the header", right and any(frame[4:8]))
        if not right:
            return _Break(index, "has a wrong checksum")
    rest = log.source.read(log.offset(log.frames), _FRAME_HEADER)
    return _Break(log.frames, "is cut off by the end of the file") if rest[8:16] == log.salts else None


def _lost(log: _Log, found: _Break) -> str | None:
    current, committed = 0, found.committed
    for index in range(found.frame, log.frames):
        head = log.source.read(log.offset(index), _FRAME_HEADER)
        if head[8:16] == log.salts:
            current += index > found.frame
            committed |= any(head[4:8])
    if not committed and found.frame < log.frames:
        return None
    return (
        f"frame {found.frame + 1} of the write-ahead log, at byte {log.offset(found.frame)}, {found.reason}:"
        f" it and {current} frames after it are unreadable"
    )


def _checksum(data: bytes, order: str, sums: Sums) -> Sums:
    # The sums are kept modulo 2**32; they may grow over one block of eight words before they are cut back.
    first, second = sums
    whole = len(data) & ~31
    for a, b, c, d, e, f, g, h in struct.iter_unpack(order + "8I", data[:whole]):
        first += a + second
        second += b + first
        first += c + second
        second += d + first
        first += e + second
        second += f + first
        first = first + g + second & _MASK
        second = second + h + first & _MASK
    for a, b in struct.iter_unpack(order + "2I", data[whole:]):
        first = first + a + second & _MASK
        second = second + b + first & _MASK
    return first, second
