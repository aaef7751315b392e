"""Feeds in `.gz` and `.zip` containers: their members, bounded in number, size and ratio.

References:
    RFC 1952, GZIP: https://www.rfc-editor.org/rfc/rfc1952
    APPNOTE.TXT, .ZIP File Format Specification: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import msgspec

from scanner.feeds.files import MAX_BYTES
from scanner.feeds.model import Entry, Indicator, Unsupported, YaraSource
from scanner.finding import Problem, Source

MAX_DEPTH = 2
"""Containers inside of each other: `feeds.zip` that holds `feed.json.gz`."""
MAX_MEMBERS = 10_000
MAX_RATIO = 200
"""Times that the members together may be larger than the container; indicators shrink to a fifth or a tenth."""
ALWAYS = 16 << 20
"""Bytes that the members may have together at any ratio."""
STEP = 64 << 10
"""Bytes that are unpacked at a time."""
LARGEST_CHUNK = 4 << 20
MAX_PARTS = 10_000
"""Parts of one gzip file; tools that compress in parallel write many."""
MAX_NAME = 500
PLAIN_GZIP = 31
"""Window bits: the largest window, with gzip's header and checksum."""

GZIP = b"\x1f\x8b\x08"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED = 1
REFUSALS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
    OverflowError, KeyError,
)  # fmt: skip
"""What `zipfile` raises over damaged files."""


class Member(NamedTuple):
    """A file in a container."""

    name: str
    data: bytes


def sniff(head: bytes) -> bool:
    """Whether a file is a container."""
    return head.startswith((GZIP, *ZIP))


def members(data: bytes, name: str, feed: str) -> Iterator[Member | Problem]:
    """The members of a container in their order; what cannot be unpacked is a Problem with the member's name.

    Args:
        data: The container.
        name: What it is called; of a gzip file that names no member, the member is called so without `.gz`.
        feed: The feed's id, for the path of problems.
    """
    budget = min(MAX_BYTES, max(ALWAYS, MAX_RATIO * len(data)))
    if data.startswith(GZIP):
        yield from _gzip(data, name, feed, budget)
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as container:
            yield from _zip(container, feed, budget)
    except REFUSALS as error:
        yield _problem(f"cannot be unpacked: {_why(error)}", feed, None)


def placed(one: Entry, member: str) -> Entry:
    """An entry with the member that it is from in its place."""
    if isinstance(one, Problem):
        return msgspec.structs.replace(one, row=f"{member}: {one.row}" if one.row is not None else member)
    if isinstance(one, Unsupported):
        return msgspec.structs.replace(one, place=f"{member}: {one.place}")
    if isinstance(one, Indicator):
        return Indicator(kind=one.kind, value=one.value, source=_within(one.source, member))
    if isinstance(one, YaraSource):
        return YaraSource(name=f"{one.name} {member}", text=one.text, source=_within(one.source, member))
    return msgspec.structs.replace(one, sources=tuple(_within(source, member) for source in one.sources))


def _within(source: Source, member: str) -> Source:
    return msgspec.structs.replace(source, place=f"{member}: {source.place}" if source.place else member)


def _problem(message: str, feed: str, row: str | None) -> Problem:
    return Problem(where="feed", message=message, path=feed, row=row)


def _why(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _zip(container: zipfile.ZipFile, feed: str, budget: int) -> Iterator[Member | Problem]:
    listed = [one for one in container.infolist() if not one.is_dir()]
    if len(listed) > MAX_MEMBERS:
        yield _problem(f"holds {len(listed)} files: those after the first {MAX_MEMBERS} are left out", feed, None)
    for one in listed[:MAX_MEMBERS]:
        row = one.filename[:MAX_NAME]
        if one.flag_bits & ENCRYPTED or one.compress_type not in METHODS:
            method = "is encrypted" if one.flag_bits & ENCRYPTED else f"is compressed by method {one.compress_type}"
            yield _problem(f"{method}: unpack it first", feed, row)
            continue
        try:
            with container.open(one) as stream:
                data = stream.read(budget + 1)
        except REFUSALS as error:
            yield _problem(f"cannot be unpacked: {_why(error)}", feed, row)
            continue
        if (budget := budget - len(data)) < 0:
            yield _problem("unpacks to more than a feed may have: it and what follows are left out", feed, row)
            return
        yield Member(row, data)


def _gzip(data: bytes, name: str, feed: str, budget: int) -> Iterator[Member | Problem]:
    """The one member of a gzip file, which may be written in several parts."""
    row = name[:-3] if name.lower().endswith(".gz") else name
    made, at, trouble = bytearray(), 0, ""
    for _ in range(MAX_PARTS):
        if trouble or data[at : at + len(GZIP)] != GZIP:
            break
        at, trouble = _part(data, at, made, budget)
    else:
        trouble = f"has more than {MAX_PARTS} parts"
    if len(made) > budget:
        yield _problem("unpacks to more than a feed may have: it is left out", feed, row)
        return
    if trouble:
        yield _problem(f"{trouble}: {len(made)} bytes were unpacked", feed, row)
    if made:
        yield Member(row, bytes(made))


def _part(data: bytes, at: int, made: bytearray, budget: int) -> tuple[int, str]:
    """Unpack one part behind what is made already; where it ends, and what is wrong with it."""
    engine, pending = zlib.decompressobj(PLAIN_GZIP), b""
    try:
        while not engine.eof and len(made) <= budget:
            if not pending:
                pending = data[at : at + STEP]
                at += len(pending)
            chunk = engine.decompress(pending, LARGEST_CHUNK)
            made += chunk
            pending = engine.unconsumed_tail
            if not chunk and not pending and at >= len(data) and not engine.eof:
                return at, "is cut off"
    except zlib.error as error:
        return at, f"is damaged ({_why(error)})"
    return at - len(engine.unused_data), ""
