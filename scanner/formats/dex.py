"""The texts of a DEX file: names of classes, methods and types, and every literal of an app's code.

References:
    https://source.android.com/docs/core/runtime/dex-format (header_item, string_id_item, string_data_item, MUTF-8)
"""

import struct
from collections.abc import Iterator

MAGIC = (b"dex\n", b"cdex")
HEADER = 0x70
SIZES = struct.Struct("<II")
FILE_SIZE_AT, STRINGS_AT = 0x20, 0x38
MAX_STRINGS = 4_000_000
MAX_FILES = 64
"""DEX files that one container (version 041) may hold."""
MAX_LENGTH_BYTES = 5
CONTINUES = 0x80


class DexError(ValueError):
    """Something that is not as a DEX file has it: says what and where."""


def strings(data: bytes) -> Iterator[str]:
    """The texts of a DEX file, or of all in a container, in their order: sorted, each once.

    A text that lies outside the file is left out; one without an end goes to the end of the file.

    Raises:
        DexError: it is no DEX file, or its table of texts lies outside it.
    """
    if not data.startswith(MAGIC):
        raise DexError("no DEX file: it begins otherwise")
    begin = 0
    for _ in range(MAX_FILES):
        if len(data) < begin + HEADER:
            raise DexError(f"the header at {begin} is cut short")
        yield from one(data, begin)
        (size,) = struct.unpack_from("<I", data, begin + FILE_SIZE_AT)
        begin += size
        if size < HEADER or not data.startswith(MAGIC, begin):
            return


def one(data: bytes, begin: int) -> Iterator[str]:
    """The texts of the DEX file whose header begins there.

    Raises:
        DexError: the table of texts lies outside the file.
    """
    count, table = SIZES.unpack_from(data, begin + STRINGS_AT)
    if count > MAX_STRINGS or table + 4 * count > len(data):
        raise DexError(f"the table of {count} texts at {table} lies outside the {len(data)} bytes")
    find, size = data.find, len(data)
    for (offset,) in struct.iter_unpack("<I", data[table : table + 4 * count]):
        if offset >= size:
            continue
        start = offset + 1
        while data[start - 1] & CONTINUES and start < min(size, offset + MAX_LENGTH_BYTES):
            start += 1
        end = find(0, start)
        yield text(data[start : end if end >= 0 else size])


def text(data: bytes) -> str:
    """A text of modified UTF-8: no zero byte, and surrogates by themselves; what is none is kept as escapes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raw = data.replace(b"\xc0\x80", b"\0")
    try:
        units = raw.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")
    return units.decode("utf-16-le", "backslashreplace")
