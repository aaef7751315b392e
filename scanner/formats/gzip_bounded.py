"""Gzip of which no more is unpacked than a caller wants: a small file may unpack to any size.

References:
    RFC 1952 (gzip): https://www.rfc-editor.org/rfc/rfc1952
"""

import zlib

MAGIC = b"\x1f\x8b"
WINDOW = 31
"""zlib's word for gzip's header and the largest window."""


def unpack(data: bytes, limit: int) -> tuple[bytes, str | None]:
    """What gzip holds, up to a limit, and what is wrong with it; bytes that are no gzip come back as they are.

    A cut file gives what it still holds.
    """
    if not data.startswith(MAGIC):
        return data[:limit], f"only the first {limit} bytes are read" if len(data) > limit else None
    inflate = zlib.decompressobj(WINDOW)
    try:
        found = inflate.decompress(data, limit)
    except zlib.error as error:
        return b"", f"broken gzip: {error}"
    if inflate.unconsumed_tail:
        return found, f"only the first {limit} unpacked bytes are read"
    return found, None if inflate.eof else "the gzip is cut"
