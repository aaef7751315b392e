"""Where the parts of an Android package lie: contents, signing block, central directory, its end record.

References:
    ZIP: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.16)
    Signing block: https://source.android.com/docs/security/features/apksigning/v2#apk-signing-block
"""

import struct
from dataclasses import dataclass

from scanner.formats.apk_reader import ApkError, Cursor, Source

END_MAGIC = b"PK\x05\x06"
END = struct.Struct("<4sHHHHIIH")
MAX_COMMENT = 0xFFFF
BLOCK_MAGIC = b"APK Sig Block 42"
FOOTER = 8 + len(BLOCK_MAGIC)
MAX_BLOCK = 32 << 20
MAX_PAIRS = 1024
ID_WIDTH = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """Offsets from the begin of the file, in bytes.

    Attributes:
        directory: the central directory.
        directory_size: as the end record says.
        end: the end record.
        entries: how many entries the end record counts.
        problem: what is odd about the end record, if anything.
    """

    directory: int
    directory_size: int
    end: int
    entries: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SigningBlock:
    """The signing block: where it begins, and its values by id; of an id that stands twice, the first, as Android."""

    offset: int
    values: dict[int, bytes]


def layout(source: Source) -> Layout:
    """Where the central directory and its end record lie.

    The end record is the last whose comment ends with the file; where there is none such, the last of all.

    Raises:
        ApkError: there is none, or it points outside the file.
    """
    start = max(0, source.size - END.size - MAX_COMMENT)
    tail = source.read(start, source.size - start)
    found, last = None, -1
    at = tail.rfind(END_MAGIC)
    while at >= 0:
        if at + END.size <= len(tail):
            last = max(last, at)
            if at + END.size + END.unpack_from(tail, at)[-1] == len(tail):
                found = at
                break
        at = tail.rfind(END_MAGIC, 0, at)
    if last < 0:
        raise ApkError("no ZIP archive: there is no end of central directory record")
    problem = None if found is not None else "the file does not end where its end of central directory record says"
    chosen = last if found is None else found
    _, _, _, _, entries, size, directory, _ = END.unpack_from(tail, chosen)
    end = start + chosen
    if directory > end:
        raise ApkError(f"the central directory begins at {directory}, after its end record at {end}")
    if directory + size > end:
        problem = f"the central directory ({size} bytes at {directory}) does not end before its end record at {end}"
    elif directory + size != end and problem is None:
        problem = f"{end - directory - size} bytes between the central directory and its end record"
    return Layout(directory, size, end, entries, problem)


def signing_block(source: Source, where: Layout) -> SigningBlock | None:
    """The signing block before the central directory; None where there is none.

    Raises:
        ApkError: there is one, but it is malformed.
    """
    footer = source.read(max(0, where.directory - FOOTER), min(FOOTER, where.directory))
    if len(footer) < FOOTER or footer[8:] != BLOCK_MAGIC:
        return None
    size = int.from_bytes(footer[:8], "little")
    offset = where.directory - size - 8
    if not FOOTER <= size <= MAX_BLOCK or offset < 0:
        raise ApkError(f"the signing block at the central directory says that it has {size} bytes")
    data = source.read(offset, size + 8)
    if (before := int.from_bytes(data[:8], "little")) != size:
        raise ApkError(f"the signing block has {size} bytes by its end, but {before} by its begin at {offset}")
    return SigningBlock(offset, pairs(data[8:-FOOTER], offset))


def pairs(data: bytes, offset: int) -> dict[int, bytes]:
    """The values of a signing block by id.

    Raises:
        ApkError: one is cut short, or there are more than `MAX_PAIRS`.
    """
    values: dict[int, bytes] = {}
    cursor, count = Cursor(data, f"signing block at {offset}"), 0
    while cursor.left:
        if (count := count + 1) > MAX_PAIRS:
            raise ApkError(f"the signing block at {offset} has more than {MAX_PAIRS} values")
        length = cursor.number(f"the length of value {count}", 8)
        if length < ID_WIDTH:
            raise ApkError(f"value {count} of the signing block at {offset} has {length} bytes")
        identity = cursor.number(f"the id of value {count}")
        values.setdefault(identity, cursor.take(length - ID_WIDTH, f"value {count} (id 0x{identity:08x})"))
    return values
