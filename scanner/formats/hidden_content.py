"""What a file is by its first bytes, whatever its name says, and whether an archive or a program hangs on its end.

References:
    TIFF 6.0, section 2; Adobe, "Digital Negative (DNG) specification", tag DNGVersion (50706)
    PKWARE, APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
    ELF: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

Order = Literal["little", "big"]
HEAD = 64
TIFF: dict[bytes, Order] = {b"II*\0": "little", b"MM\0*": "big"}
DNG_VERSION = 50706
MAX_ENTRIES = 1024
ELF = b"\x7fELF"
MAGICS = {
    b"PK\3\4": "zip", ELF: "elf", b"dex\n": "dex", b"MZ": "executable", b"%PDF": "pdf", b"II+\0": "tiff",
    b"MM\0+": "tiff", b"#!/": "script",
}  # fmt: skip
END = struct.Struct("<4s4H2LH")
END_MARK, ENTRY_MARK, LOCAL_MARK = b"PK\5\6", b"PK\1\2", b"PK\3\4"
ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
MAX_COMMENT = 0xFFFF
MAX_DIRECTORY, MAX_MEMBERS = 1 << 20, 200
STORED, DEFLATED = 0, 8
SAMPLE = 512


class Source(Protocol):
    """Random access to the bytes of a file."""

    size: int

    def read(self, offset: int, amount: int, /) -> bytes:
        """Up to `amount` bytes from `offset`."""
        ...


@dataclass(frozen=True)
class Archive:
    """A ZIP archive at the end of a file.

    Attributes:
        start: where it begins; not 0: something else stands before it.
        members: names of what is in it, at most 200.
        programs: names of those that are programs or libraries (ELF).
    """

    start: int
    members: tuple[str, ...]
    programs: tuple[str, ...]


def kind(source: Source) -> str | None:
    """What a file is, in a word, if it is something that runs, an archive, a document, or a picture in TIFF or DNG."""
    head = source.read(0, HEAD)
    if order := TIFF.get(head[:4]):
        return "dng" if digital_negative(source, order) else "tiff"
    return next((name for magic, name in MAGICS.items() if head.startswith(magic)), None)


def digital_negative(source: Source, order: Order) -> bool:
    """Whether the first directory of a TIFF file says that it is a digital negative."""
    at = int.from_bytes(source.read(4, 4), order)
    count = min(int.from_bytes(source.read(at, 2), order), MAX_ENTRIES)
    entries = source.read(at + 2, count * 12)
    return any(int.from_bytes(entries[place : place + 2], order) == DNG_VERSION for place in range(0, len(entries), 12))


def archive(source: Source) -> Archive | None:
    """The ZIP archive that ends a file, None if there is none."""
    begin = max(source.size - END.size - MAX_COMMENT, 0)
    tail = source.read(begin, source.size - begin)
    if (place := tail.rfind(END_MARK)) < 0 or len(tail) - place < END.size:
        return None
    _, _, _, _, _, size, offset, _ = END.unpack_from(tail, place)
    directory = begin + place - size
    if size > MAX_DIRECTORY or directory < 0 or offset > directory:
        return None
    start, members, programs = directory - offset, [], []
    for name, method, local in entries(source.read(directory, size)):
        members.append(name)
        if content(source, start + local, method).startswith(ELF):
            programs.append(name)
    return Archive(start, tuple(members), tuple(programs)) if members else None


def entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, method and place of the members in a central directory."""
    at = 0
    for _ in range(MAX_MEMBERS):
        if directory[at : at + 4] != ENTRY_MARK or at + ENTRY.size > len(directory):
            return
        found = ENTRY.unpack_from(directory, at)
        method, (name, extra, comment), local = found[4], found[10:13], found[-1]
        begin = at + ENTRY.size
        yield directory[begin : begin + name].decode("utf-8", "backslashreplace"), method, local
        at = begin + name + extra + comment


def content(source: Source, local: int, method: int) -> bytes:
    """The first bytes of a member, empty where they cannot be had."""
    head = source.read(local, LOCAL.size)
    if len(head) < LOCAL.size or head[:4] != LOCAL_MARK:
        return b""
    *_, name, extra = LOCAL.unpack(head)
    data = source.read(local + LOCAL.size + name + extra, SAMPLE)
    if method == STORED:
        return data
    if method != DEFLATED:
        return b""
    try:
        return zlib.decompressobj(-15).decompress(data, len(ELF))
    except zlib.error:
        return b""


def program(source: Source, limit: int) -> int | None:
    """Where a program or library (ELF) begins after the start of a file, within so many bytes of its end."""
    begin = max(source.size - limit, 1)
    data = source.read(begin, source.size - begin)
    at = data.find(ELF)
    while at >= 0:
        if data[at + 4 : at + 5] in {b"\1", b"\2"} and data[at + 5 : at + 7] in {b"\1\1", b"\2\1"}:
            return begin + at
        at = data.find(ELF, at + 1)
    return None
