"""Manifest.mbdb, the list of files in backups of iOS 5 to 9.

A six byte magic, then records one after the other; all numbers are big endian. A string is a 16 bit length and its
bytes; the length 0xFFFF stands for no string.

References:
    The Apple Wiki, "iTunes Backup", section Manifest.mbdb, https://theapplewiki.com/wiki/ITunes_Backup
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

MAGIC = b"mbdb\x05\x00"
NUMBERS = struct.Struct(">HQIIIIIQBB")
"""Mode, inode, user, group, modified, accessed, changed, size, protection class, number of properties."""
NO_STRING = 0xFFFF
_LENGTH = struct.Struct(">H")
_KINDS: dict[int, Literal["link", "directory", "file"]] = {0xA: "link", 0x4: "directory", 0x8: "file"}


@dataclass(frozen=True, slots=True)
class MbdbRecord:
    """One file, folder or symbolic link.

    Attributes:
        domain: such as HomeDomain.
        path: path within the domain.
        link_target: of a symbolic link, else None.
        digest: SHA-1 of the content, or None.
        encryption_key: protection class (32 bit, little endian) and 40 bytes of wrapped key; None without encryption.
        mode: st_mode.
        inode: number on the phone's file system.
        user_id: owner.
        group_id: group of the owner.
        modified: seconds of Unix time, like the other two times.
        accessed: seconds of Unix time.
        changed: seconds of Unix time.
        size: bytes.
        protection_class: 1 to 11; 0 for folders and links.
        properties: extended attributes by name.
    """

    domain: str
    path: str
    link_target: str | None = None
    digest: bytes | None = None
    encryption_key: bytes | None = None
    mode: int = 0o100644
    inode: int = 0
    user_id: int = 501
    group_id: int = 501
    modified: int = 0
    accessed: int = 0
    changed: int = 0
    size: int = 0
    protection_class: int = 0
    properties: dict[str, bytes] = field(default_factory=dict)

    @property
    def kind(self) -> Literal["link", "directory", "file"]:
        """What the record stands for, by the top four bits of its mode; "file" for modes no backup has."""
        return _KINDS.get(self.mode >> 12, "file")

    @property
    def file_id(self) -> str:
        """The name under which the content is stored: SHA-1 of domain, hyphen and path."""
        return hashlib.sha1(f"{self.domain}-{self.path}".encode(), usedforsecurity=False).hexdigest()


def records(data: bytes) -> Iterator[MbdbRecord]:
    """Yield every record in stored order.

    Raises:
        ValueError: the magic is missing (before the first record), or the data ends within a record (after all whole
            records were yielded); the message names the byte where that record starts.
    """
    if not data.startswith(MAGIC):
        raise ValueError("not a Manifest.mbdb: the magic is missing at byte 0")
    start = len(MAGIC)
    while start < len(data):
        try:
            record, end = _record(data, start)
        except (struct.error, EOFError) as error:
            raise ValueError(f"Manifest.mbdb ends within the record at byte {start}") from error
        yield record
        start = end


def _record(data: bytes, offset: int) -> tuple[MbdbRecord, int]:
    strings: list[bytes | None] = []
    for _ in range(5):
        stored, offset = _string(data, offset)
        strings.append(stored)
    domain, path, target, digest, key = strings
    mode, inode, user, group, modified, accessed, changed, size, protection, count = NUMBERS.unpack_from(data, offset)
    properties, offset = _properties(data, offset + NUMBERS.size, count)
    record = MbdbRecord(
        domain=_text(domain),
        path=_text(path),
        link_target=None if target is None else _text(target),
        digest=digest,
        encryption_key=key,
        mode=mode,
        inode=inode,
        user_id=user,
        group_id=group,
        modified=modified,
        accessed=accessed,
        changed=changed,
        size=size,
        protection_class=protection,
        properties=properties,
    )
    return record, offset


def _properties(data: bytes, offset: int, count: int) -> tuple[dict[str, bytes], int]:
    found: dict[str, bytes] = {}
    for _ in range(count):
        name, offset = _string(data, offset)
        value, offset = _string(data, offset)
        found[_text(name)] = value or b""
    return found, offset


def _string(data: bytes, offset: int) -> tuple[bytes | None, int]:
    (length,) = _LENGTH.unpack_from(data, offset)
    offset += 2
    if length == NO_STRING:
        return None, offset
    if offset + length > len(data):
        raise EOFError
    return data[offset : offset + length], offset + length


def _text(stored: bytes | None) -> str:
    return (stored or b"").decode("utf-8", "replace")
