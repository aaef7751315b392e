"""The ZIP archive of an Android package, read as Android reads it: tampering that stops other programs is noted.

Apps that do not want to be looked into are packed with made-up compression methods, encryption flags without
encryption, entries that stand twice, or names that collide; Android installs most of them nevertheless.

References:
    ZIP: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
    Unknown compression methods: https://zimpstage.wpengine.com/blog/over-3000-android-malware-samples-using-multiple-techniques-to-bypass-detection/
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scanner.formats.apk_layout import Layout, layout
from scanner.formats.apk_library import Metered, kept, library
from scanner.formats.apk_reader import ApkError, Source

LOCAL = struct.Struct("<4sHHHHHIIIHH")
LOCAL_MAGIC = b"PK\x03\x04"
CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
CENTRAL_MAGIC = b"PK\x01\x02"
MAX_DIRECTORY = 16 << 20
"""Bytes of a central directory; one of 65,535 entries with names of 100 letters has 10 MB."""
DEX_MAGIC = b"dex\n"
"""What a file begins with that is both: Android once ran the one and checked the other (CVE-2017-13156, Janus)."""
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
STORED, DEFLATED = 0, 8
PIECE, MAX_CONTENT = 1 << 20, 1 << 30
EXPANDS, SPARE = 1000, 1024
"""Deflated data of what cannot be made smaller are longer by less than a thousandth, and their first block's header."""
ENCRYPTED = 1
SHOWN = 5
MANIFEST = "AndroidManifest.xml"
PATHS = ("AndroidManifest.xml/", "classes.dex/", "resources.arsc/")
"""Entries that make a folder of a file that every package has: programs that unpack it stumble."""


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of the central directory: sizes and offset in bytes."""

    name: str
    method: int
    flags: int
    compressed: int
    size: int
    offset: int


class Archive:
    """A package's entries; `oddities` says what in them looks like tampering."""

    def __init__(self, source: Source) -> None:
        """Read the central directory.

        Raises:
            ApkError: it is no ZIP archive, or too large a one.
        """
        self.source, self.layout = source, layout(source)
        self.oddities = [self.layout.problem] if self.layout.problem else []
        self.members, odd = members(source, self.layout)
        self.oddities += odd + oddities(self.members)
        begin = source.read(0, len(LOCAL_MAGIC))
        if begin.startswith(DEX_MAGIC):
            self.odd("the file is a DEX file as well")
        elif self.members and not begin.startswith(LOCAL_MAGIC):
            self.odd("something stands before the first entry")

    def odd(self, what: str) -> None:
        """Note something that looks like tampering, once."""
        if what not in self.oddities:
            self.oddities.append(what)

    def data_offset(self, member: Member) -> int:
        """Where an entry's content begins.

        Raises:
            ApkError: there is no local header where the directory says.
        """
        header = self.source.read(member.offset, LOCAL.size)
        if len(header) < LOCAL.size or not header.startswith(LOCAL_MAGIC):
            raise ApkError(f"{member.name}: no local header at {member.offset}")
        _, _, _, method, *_, names, extra = LOCAL.unpack(header)
        if method != member.method:
            self.odd(f"two compression methods: {member.name[:100]!r}")
        return member.offset + LOCAL.size + int(names) + int(extra)

    def read(self, name: str, limit: int) -> bytes:
        """The content of an entry, up to a limit.

        Raises:
            ApkError: there is none of that name, it is damaged or larger than the limit.
        """
        data = self.head(name, limit + 1)
        if len(data) > limit:
            raise ApkError(f"{name}: larger than {limit} bytes")
        return data

    def head(self, name: str, amount: int) -> bytes:
        """The first bytes of an entry's content.

        Raises:
            ApkError: there is none of that name, or it is damaged.
        """
        if (member := self.members.get(name)) is None:
            raise ApkError(f"there is no {name}")
        offset = self.data_offset(member)
        if member.method == DEFLATED:
            return self.inflated(member, offset, amount)
        if member.method == STORED or member.compressed == member.size:
            return self.source.read(offset, min(member.size, amount))
        try:
            return self.inflated(member, offset, amount)
        except ApkError:
            return self.source.read(offset, min(member.size, amount))

    def pieces(self, name: str) -> Iterator[bytes]:
        """The whole content of an entry, piece by piece.

        Raises:
            ApkError: it is damaged, or larger than 1 GB.
        """
        member = self.members[name]
        offset, end = self.data_offset(member), member.compressed
        unpack = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == DEFLATED else None
        whole = 0
        for at in range(offset, offset + end, PIECE):
            data = self.source.read(at, min(PIECE, offset + end - at))
            while data:
                out = unpacked(unpack, data, name) if unpack else data
                data = unpack.unconsumed_tail if unpack else b""
                if (whole := whole + len(out)) > MAX_CONTENT:
                    raise ApkError(f"{name}: larger than {MAX_CONTENT} bytes")
                yield out

    def inflated(self, member: Member, offset: int, amount: int) -> bytes:
        """The first bytes of deflated content.

        Raises:
            ApkError: it is no deflated data.
        """
        room = min(member.compressed, amount + amount // EXPANDS + SPARE)
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(self.source.read(offset, room), amount)
        except zlib.error as error:
            raise ApkError(f"{member.name}: {error}") from None


def unpacked(unpack: Any, data: bytes, name: str) -> bytes:
    """Up to 1 MB of deflated data.

    Raises:
        ApkError: it is no deflated data.
    """
    try:
        return bytes(unpack.decompress(data, PIECE))
    except zlib.error as error:
        raise ApkError(f"{name}: {error}") from None


def is_package(source: Source) -> bool:
    """Whether a file is an Android package, also one that other readers of ZIP archives refuse."""
    try:
        return MANIFEST in Archive(source).members
    except ApkError:
        return False


def members(source: Source, where: Layout) -> tuple[dict[str, Member], list[str]]:
    """The entries of the central directory by name; of a name that stands twice, the last. And what is odd about them.

    Where the directory is damaged or lengths in it lie, so that entries are missing, the others are searched for.

    Raises:
        ApkError: it is too large.
    """
    amount = where.end - where.directory
    if amount > MAX_DIRECTORY:
        raise ApkError(f"the central directory has {amount} bytes, more than the {MAX_DIRECTORY} that are read")
    data = source.read(where.directory, amount)
    try:
        found = {name: member(name, entry) for name, entry in listed_entries(data).items()}
    except ApkError as error:
        return searched(data), [f"damaged {error}"]
    if where.entries == len(found):
        return found, []
    said = f"{where.entries} entries are counted, {len(found)} names are there: names stand twice, or hidden"
    return searched(data) | found, [said]


def listed_entries(data: bytes) -> dict[str, Any]:
    """The entries that follow one another in a central directory, as the library reads them.

    Raises:
        ApkError: the first is broken.
    """
    headers, _, _ = library()
    stream = Metered(data, 2 * MAX_DIRECTORY)
    start = headers.EndOfCentralDirectoryRecord(b"", 0, 0, 0, 0, 0, 0, 0, "")
    return dict(kept(lambda: headers.CentralDirectory.parse(stream, start), "central directory").entries)


def searched(data: bytes) -> dict[str, Member]:
    """Everything in a central directory that begins as an entry."""
    found: dict[str, Member] = {}
    at = data.find(CENTRAL_MAGIC)
    while 0 <= at <= len(data) - CENTRAL.size:
        _, _, _, flags, method, _, _, _, compressed, size, length, *_, offset = CENTRAL.unpack_from(data, at)
        start = at + CENTRAL.size
        name = data[start : start + length].decode("utf-8", "ignore")
        found[name] = Member(name, method, flags, compressed, size, offset)
        at = data.find(CENTRAL_MAGIC, start)
    return found


def member(name: str, entry: Any) -> Member:
    """An entry of the library as one of ours."""
    return Member(
        name,
        entry.compression_method,
        entry.general_purpose_bit_flag,
        entry.compressed_size,
        entry.uncompressed_size,
        entry.relative_offset_of_local_file_header,
    )


def oddities(found: dict[str, Member]) -> list[str]:
    """What in a central directory no tool that builds packages writes."""
    said = []
    if methods := [one.name for one in found.values() if one.method not in {STORED, DEFLATED}]:
        said.append(f"unknown compression methods: {listed(methods)}")
    if locked := [one.name for one in found.values() if one.flags & ENCRYPTED]:
        said.append(f"marked as encrypted: {listed(locked)}")
    if folders := [name for name in found if name.startswith(PATHS)]:
        said.append(f"a file's name is also a folder's: {listed(folders)}")
    if strange := [name for name in found if CONTROL.search(name)]:
        said.append(f"names with control characters: {listed(strange)}")
    if "" in found:
        said.append("an entry has no name")
    return said


def listed(names: list[str]) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(repr(name[:100]) for name in names[:SHOWN]) + more
