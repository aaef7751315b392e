"""The content digests of APK Signature Schemes v2 and later: in chunks of 1 MB, and as the root of a hash tree.

References:
    https://source.android.com/docs/security/features/apksigning/v2#integrity-protected-contents
    The tree: https://source.android.com/docs/security/features/apksigning/v4 and fs-verity,
    https://www.kernel.org/doc/html/latest/filesystems/fsverity.html#merkle-tree
"""

import hashlib
import struct
from collections.abc import Iterator

from scanner.formats.apk_algorithms import ALGORITHMS
from scanner.formats.apk_archive import Archive
from scanner.formats.apk_layout import END
from scanner.formats.apk_signing_block import Signer

CHUNK = 1 << 20
CHUNK_MARK, ALL_MARK = b"\xa5", b"\x5a"
DIRECTORY_AT = 16
"""Where in the end record the offset of the central directory stands; it is digested as that of the signing block."""


def end_record(archive: Archive, block: int) -> bytes:
    """The end record as it is digested."""
    where = archive.layout
    data = bytearray(archive.source.read(where.end, archive.source.size - where.end))
    if len(data) >= END.size:
        data[DIRECTORY_AT : DIRECTORY_AT + 4] = struct.pack("<I", block)
    return bytes(data)


def chunks(archive: Archive, block: int) -> Iterator[bytes]:
    """The content in chunks: up to the signing block, the central directory, the end record."""
    where = archive.layout
    for start, end in ((0, block), (where.directory, where.end)):
        for at in range(start, end, CHUNK):
            yield archive.source.read(at, min(CHUNK, end - at))
    yield end_record(archive, block)


def content_digest(archive: Archive, block: int, name: str) -> bytes:
    """The digest over the digests of all chunks; `block` is the offset of the signing block, `name` hashlib's."""
    digests = [
        hashlib.new(name, CHUNK_MARK + struct.pack("<I", len(one)) + one).digest() for one in chunks(archive, block)
    ]
    return hashlib.new(name, ALL_MARK + struct.pack("<I", len(digests)) + b"".join(digests)).digest()


def mismatches(archive: Archive, block: int, found: list[Signer]) -> list[str]:
    """The digests that are not those of the content; those of hash trees are left out."""
    said, made = [], dict[str, bytes]()
    for one in found:
        for number, digest in one.digests.items():
            algorithm = ALGORITHMS.get(number)
            if algorithm is None or algorithm.verity:
                continue
            name = algorithm.digest.replace("-", "").lower()
            if name not in made:
                made[name] = content_digest(archive, block, name)
            if made[name] != digest:
                said.append(f"{one.scheme}: the {algorithm.digest} digest is not that of the content: it was changed")
    return said
