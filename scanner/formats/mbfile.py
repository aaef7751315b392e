"""The `file` column of Manifest.db (iOS 10 and later): a keyed archive of one MBFile.

References:
    The Apple Wiki, "iTunes Backup", https://theapplewiki.com/wiki/ITunes_Backup
    "iphone_backup_decrypt" (fields of MBFile), https://pypi.org/project/iphone-backup-decrypt/
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from plistlib import UID

from scanner.formats import bplist

MAX_CLASS = 11
WRAPPED_BYTES = 40
_KEY_BYTES = 4 + WRAPPED_BYTES
_KEY_MARK = b"\x4f\x10\x2c"  # a data object of 44 bytes, in a binary property list
_COCOA_EPOCH_UNIX = 978_307_200
_Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class MBFile:
    """What the backup notes of one file.

    Attributes:
        last_modified: seconds of Unix time, like the other two times; None when absent or damaged.
        last_status_change: seconds of Unix time.
        birth: seconds of Unix time.
        size: bytes; unreliable for databases that were open during the backup.
        mode: st_mode. This and the numbers below are 0 when absent.
        user_id: owner.
        group_id: group of the owner.
        inode: number on the phone's file system.
        protection_class: 1 to 11; 0 for folders and links.
        relative_path: path within the domain; None when absent.
        target: of a symbolic link, else None.
        digest: SHA-1 of the content, rarely present.
    """

    last_modified: int | None
    last_status_change: int | None
    birth: int | None
    size: int
    mode: int
    user_id: int
    group_id: int
    inode: int
    protection_class: int
    relative_path: str | None
    target: str | None
    digest: bytes | None


def wrapped_key(blob: bytes) -> tuple[int, bytes] | None:
    """Return the protection class and the 40 bytes of the wrapped file key; None when the file has no key.

    Raises:
        ValueError: the blob is no MBFile, or its key is damaged.
    """
    at = blob.find(_KEY_MARK)
    if at >= 0 and blob.find(_KEY_MARK, at + 1) < 0 and len(blob) >= at + 3 + _KEY_BYTES:
        number = int.from_bytes(blob[at + 3 : at + 7], "little")
        if 1 <= number <= MAX_CLASS and b"EncryptionKey" in blob:
            return number, blob[at + 7 : at + 7 + WRAPPED_BYTES]
    if b"EncryptionKey" not in blob and blob.startswith(b"bplist00"):
        return None
    fields = _Archived(blob)
    key = fields.data("EncryptionKey")
    if key is None:
        return None
    number = int.from_bytes(key[:4], "little")
    if len(key) != _KEY_BYTES or not 1 <= number <= MAX_CLASS:
        raise ValueError(f"EncryptionKey of {len(key)} bytes for class {number} is damaged")
    return number, key[4:]


def facts(blob: bytes) -> MBFile:
    """Read all that the backup notes of one file.

    Raises:
        ValueError: the blob is no MBFile.
    """
    fields = _Archived(blob)
    return MBFile(
        last_modified=fields.time("LastModified"),
        last_status_change=fields.time("LastStatusChange"),
        birth=fields.time("Birth"),
        size=fields.number("Size"),
        mode=fields.number("Mode"),
        user_id=fields.number("UserID"),
        group_id=fields.number("GroupID"),
        inode=fields.number("InodeNumber"),
        protection_class=fields.number("ProtectionClass"),
        relative_path=fields.text("RelativePath"),
        target=fields.text("Target"),
        digest=fields.data("Digest"),
    )


class _Archived:
    """The fields of the root object; UIDs are followed wherever they lead."""

    def __init__(self, blob: bytes) -> None:
        plist = bplist.loads(blob).root
        objects = plist.get("$objects") if isinstance(plist, dict) else None
        top = plist.get("$top") if isinstance(plist, dict) else None
        self._objects: list[object] = objects if isinstance(objects, list) else []
        root = self._follow(top.get("root")) if isinstance(top, dict) else None
        if not isinstance(root, dict):
            raise ValueError("not an MBFile: the archive has no root object")
        self._root: _Fields = root

    def _follow(self, stored: object) -> object:
        if not isinstance(stored, UID):
            return stored
        return self._objects[stored.data] if 0 < stored.data < len(self._objects) else None

    def _inner(self, name: str, inner: str) -> object:
        """A field, or what stands in its object (NS.data, NS.string, NS.time)."""
        found = self._follow(self._root.get(name))
        return self._follow(found.get(inner)) if isinstance(found, dict) else found

    def number(self, name: str) -> int:
        found = self._follow(self._root.get(name))
        return found if isinstance(found, int) else 0

    def text(self, name: str) -> str | None:
        found = self._inner(name, "NS.string")
        return found if isinstance(found, str) else None

    def data(self, name: str) -> bytes | None:
        found = self._inner(name, "NS.data")
        return found if isinstance(found, bytes) else None

    def time(self, name: str) -> int | None:
        """Unix seconds; old versions store an NSDate, whose seconds count from 2001."""
        stored = self._follow(self._root.get(name))
        if isinstance(stored, datetime):
            return int(stored.replace(tzinfo=UTC).timestamp())
        found = self._inner(name, "NS.time")
        if not isinstance(found, int | float) or not math.isfinite(found):
            return None
        return int(found) + (_COCOA_EPOCH_UNIX if isinstance(stored, dict) else 0)
