"""Files on the phone: lists that an acquisition made, and what lies in folders that anybody may write to."""

import hashlib
import re
import stat
from collections.abc import Iterator
from typing import Any

import msgspec

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.reader import Reader
from scanner.record import Hash, Path, Place, Record, Time

CHUNK = 1 << 20
MAX_ROW = 4 << 20
MAX_HASHED = 1 << 30
HEAD = 512
OBJECT = re.compile(rb'\{(?:[^{}"]++|"(?:[^"\\]++|\\.)*+")*+\}', re.DOTALL)
"""A JSON object without another one in it."""
BETWEEN = b" \t\r\n,[]"
HASHES = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")
COUNTS = (("size", "size"), ("uid", "user_id"), ("gid", "group_id"))
FIELDS = (
    ("path", "path"),
    ("mode", "mode"),
    ("changed", "changed_time"),
    ("time", "modified_time"),
    ("accessed", "access_time"),
    ("user", "user_name"),
    ("group", "group_name"),
    ("context", "context"),
    ("error", "error"),
    ("mime", "mime_type"),
    *COUNTS,
)
"""Fields of the record and what the list calls them."""
MAGIC = (
    (b"\x7fELF", "ELF"),
    (b"dex\n", "DEX"),
    (b"PK\x03\x04", "ZIP"),
    (b"#!", "script"),
    (b"\xca\xfe\xba\xbe", "Java class"),
)
RELOCATABLE = 1
"""The type of an ELF file that is a kernel module (or another object that is not yet linked)."""


class FileEntry(Record):
    """A file as an acquisition's list has it; the file itself is not in the evidence."""

    path: Path
    time: Time | None = None
    """When it was last written to."""
    changed: Time | None = None
    accessed: Time | None = None
    size: int | None = None
    mode: str | None = None
    """As text (`-rwxr-xr-x`)."""
    uid: int | None = None
    gid: int | None = None
    user: str | None = None
    group: str | None = None
    context: str | None = None
    mime: str | None = None
    md5: Hash | None = None
    sha1: Hash | None = None
    sha256: Hash | None = None
    sha512: Hash | None = None
    error: str | None = None
    """Why the collector could not read it."""


class StagedFile(Record):
    """A file in the evidence that lies where programs of others are put: /data/local/tmp, or hidden in the storage."""

    path: Path
    size: int
    kind: str | None = None
    """By its first bytes: ELF, kernel module, DEX, ZIP, script."""
    sha256: Hash | None = None


@artifact("androidqf:/files.json")
def listed(file: File) -> Iterator[FileEntry]:
    """The files that AndroidQF saw: one JSON array, or one object a line; a million rows are read in little memory.

    A zero means that the list's maker did not find a value out. Its newer versions use one structure for all rows: a
    hash that the row before has too, for a file of another size, is that one's and is left out.

    References:
        AndroidQF, files module: https://github.com/mvt-project/androidqf
    """
    before: dict[str, Any] = {}
    stale, size = 0, None
    for number, row in enumerate(objects(file)):
        values = entry(row)
        hashes = {name: values[name] for name in HASHES if name in values}
        if before and values.get("size") != size:
            for name in [name for name, value in hashes.items() if value == before.get(name)]:
                stale += 1
                del values[name]
        before, size = before | hashes if before else hashes, values.get("size")
        if made := file.made(FileEntry, Place(row=number), values):
            yield made
    if stale:
        file.problem(f"hashes left out because they are those of the row before: {stale}")


def entry(row: dict[str, Any]) -> dict[str, Any]:
    """The values of a row, without those that were not found out."""
    get = row.get
    values = {name: value for name, source in FIELDS if (value := get(source))}
    if "mode" in values:
        values["mode"] = permissions(values["mode"])
    if "mode" in values or "time" in values or "changed" in values:
        for name, source in COUNTS:
            values.setdefault(name, get(source))
    for name, length in HASHES.items():
        text = get(name)
        if text and isinstance(text, str) and len(text) == length and HEXADECIMAL.fullmatch(text):
            values[name] = text
    return values


def permissions(mode: object) -> object:
    """The text of a mode; an octal number (`644`) becomes `rw-r--r--` with `?` for the type, which it does not say."""
    if not isinstance(mode, str) or not mode.isdecimal() or not set(mode) <= set("01234567"):
        return mode or None
    bits = int(mode, 8)
    letters = [letter if bits >> 8 - at & 1 else "-" for at, letter in enumerate("rwxrwxrwx")]
    if bits & stat.S_ISUID:
        letters[2] = "s"
    if bits & stat.S_ISGID:
        letters[5] = "s"
    return "?" + "".join(letters)


def objects(file: File) -> Iterator[dict[str, Any]]:
    """The objects of a JSON text one by one, however they are put together; what is between them is noted."""
    reader, offset, rest = file.open(), 0, b""
    while piece := reader.read(offset, CHUNK):
        offset += len(piece)
        rest += piece
        end = 0
        for found in OBJECT.finditer(rest):
            yield from decoded(file, rest[end : found.start()], found[0], offset - len(rest) + found.start())
            end = found.end()
        rest = rest[end:]
        if len(rest) > MAX_ROW:
            file.problem(f"more than {MAX_ROW} bytes without a whole row", offset)
            rest = b""
    reader.close()
    if rest.strip(BETWEEN) and rest.strip() != b"null":
        file.problem(f"it ends within a row: {rest[:80]!r}", offset)


def decoded(file: File, between: bytes, text: bytes, offset: int) -> Iterator[dict[str, Any]]:
    """One object; a note on what stands before it."""
    if odd := between.strip(BETWEEN):
        file.problem(f"not a row: {odd[:80]!r}", offset)
    try:
        yield msgspec.json.decode(text, type=dict[str, Any])
    except (ValueError, RecursionError) as error:
        file.problem(f"not a row: {error}", offset)


@artifact(
    "/data/local/tmp/**/*",
    "/cache/*.apk",
    "/cache/*.dex",
    "/cache/*.so",
    "/storage/emulated/**/.*",
    "/storage/emulated/**/.*/**/*.apk",
    "/storage/emulated/**/.*/**/*.jar",
    "/storage/emulated/**/*.dex",
    "/storage/emulated/**/*.so",
    "/storage/emulated/**/*.ko",
)
def staged(file: File) -> Iterator[StagedFile]:
    """Files where attackers and technicians put programs: the kind by their first bytes, size and SHA-256.

    References:
        elf(5): https://man7.org/linux/man-pages/man5/elf.5.html
        Dalvik executable format: https://source.android.com/docs/core/runtime/dex-format
    """
    reader = file.open()
    head, digest, offset = reader.read(0, HEAD), hashlib.sha256(), 0
    if reader.size <= MAX_HASHED:
        while piece := reader.read(offset, CHUNK):
            digest.update(piece)
            offset += len(piece)
    else:
        file.problem(f"{reader.size} bytes are more than the {MAX_HASHED} that are hashed")
    whole = offset == reader.size
    yield from file.record(
        StagedFile,
        Place(),
        path=file.path,
        size=reader.size,
        kind=kind(head, reader),
        sha256=digest.hexdigest() if whole else None,
    )
    reader.close()


def kind(head: bytes, reader: Reader) -> str | None:
    """What the first bytes say that a file is."""
    name = next((name for magic, name in MAGIC if head.startswith(magic)), None)
    if name == "ELF" and len(head) > 0x11 and RELOCATABLE in {head[0x10], head[0x11]}:
        return "kernel module"
    if name == "ZIP" and b"AndroidManifest.xml" in head + reader.read(max(0, reader.size - CHUNK), CHUNK):
        return "APK"
    return name
