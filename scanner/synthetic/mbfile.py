"""The file record of a modern backup's manifest."""

from dataclasses import dataclass

from scanner.synthetic.archive import Keyed, archive, data
from scanner.synthetic.phone import Item

FORMATS = {"file": 0o100000, "folder": 0o040000, "link": 0o120000}
FLAGS = {"file": 1, "folder": 2, "link": 4}
MOBILE = 501
STALE = 8192
"""Backups note the size of a live SQLite store before it grew: too small by this many bytes here."""


@dataclass(frozen=True)
class Row:
    """One row of a manifest: what is kept, under which names, how large and under which wrapped key."""

    item: Item
    file_id: str
    domain: str
    relative: str
    size: int
    key: bytes | None
    inode: int


def mode(item: Item) -> int:
    """The `st_mode` of an item."""
    return FORMATS[item.kind] | item.mode


def noted_size(head: bytes, size: int) -> int:
    """The size that the manifest claims: stale for SQLite stores."""
    return max(512, size - STALE) if head.startswith(b"SQLite format 3\0") else size


def blob(row: Row) -> bytes:
    """The `file` column: an NSKeyedArchiver archive of an MBFile.

    References:
        The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    """
    fields: dict[str, object] = {
        "LastModified": row.item.modified,
        "Flags": 0,
        "GroupID": MOBILE,
        "LastStatusChange": row.item.modified + 1,
        "Birth": row.item.modified - 60,
        "Size": row.size,
        "Mode": mode(row.item),
        "UserID": MOBILE,
        "InodeNumber": row.inode,
        "ProtectionClass": row.item.protection if row.item.kind == "file" else 0,
        "RelativePath": row.relative,
    }
    if row.key is not None:
        fields["EncryptionKey"] = data(row.key)
    if row.item.kind == "link":
        fields["Target"] = row.item.target
    return archive(Keyed("MBFile", fields))
