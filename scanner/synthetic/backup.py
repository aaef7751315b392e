"""Writing a phone as an iTunes or Finder backup: plain or encrypted, modern or of iOS 9 and before."""

import plistlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha1
from pathlib import Path
from typing import Literal

from scanner.evidence.domains import backup_path
from scanner.synthetic.hostinfo import info, manifest, status
from scanner.synthetic.mbfile import FLAGS, Row, blob, noted_size
from scanner.synthetic.oldmanifest import write_mbdb
from scanner.synthetic.phone import DEVICE_ONLY, Item, Phone
from scanner.synthetic.plist import binary
from scanner.synthetic.vault import Vault, vault

SCHEMA = """
CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
CREATE INDEX FilesDomainIdx ON Files(domain);
CREATE INDEX FilesRelativePathIdx ON Files(relativePath);
CREATE INDEX FilesFlagsIdx ON Files(flags);
CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);
"""
HEAD = 16
OLD = {"model": "iPhone7,2", "product": "iPhone 6", "version": "9.3.5", "build": "13G36"}
"""What an old backup says of the phone."""


def write_backup(
    phone: Phone,
    folder: Path,
    *,
    password: str | None = None,
    double_iterations: int = 10_000_000,
    style: Literal["modern", "mbdb"] = "modern",
    missing: Iterable[str] = (),
    device_only: Iterable[str] = (),
    finished: bool = True,
) -> None:
    """Writes a backup into `folder`, which is made if need be.

    Args:
        phone: What to back up.
        folder: Where to; a reader expects it to be named as the phone's UDID, but any name will do.
        password: Encrypts the backup.
        double_iterations: Rounds of the first derivation of the key, 10 million in life; tests take fewer.
        style: "mbdb" writes Manifest.mbdb, a flat folder, and derives the key once.
        missing: Device paths that are listed but not stored.
        device_only: Device paths whose keys are wrapped for this device only: the password does not open them.
        finished: False marks the backup as interrupted.

    Raises:
        ValueError: a path that no backup domain holds, or two paths that backups cannot tell apart.

    References:
        The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    """
    folder.mkdir(parents=True, exist_ok=True)
    old = style == "mbdb"
    phone = replace(phone, facts=replace(phone.facts, **OLD)) if old else phone
    keys = vault(password, phone.seed, double=not old, double_iterations=double_iterations) if password else None
    rows = Storing(folder, keys, old, frozenset(missing), frozenset(device_only)).rows(phone)
    write_mbdb(folder, rows) if old else write_manifest(folder, rows, keys)
    (folder / "Manifest.plist").write_bytes(binary(manifest(phone, keys, old=old)))
    (folder / "Status.plist").write_bytes(binary(status(phone, finished=finished, old=old)))
    (folder / "Info.plist").write_bytes(plistlib.dumps(info(phone)))


def file_id(domain: str, relative: str) -> str:
    """The name under which a backup keeps a file: SHA-1 of `domain-relative`."""
    return sha1(f"{domain}-{relative}".encode(), usedforsecurity=False).hexdigest()


def placed(item: Item) -> tuple[str, str]:
    """Domain and relative path of an item."""
    domain, relative = item.domain or backup_path(item.path)
    # HealthDomain begins at the same folder as the rest of the home's library, but holds only its own part.
    if domain == "HealthDomain" and not relative.startswith("Health"):
        return "HomeDomain", f"Library/{relative}"
    return domain, relative


def listed(phone: Phone) -> Iterator[tuple[str, str, Item]]:
    """Domain, relative path and item of everything, with the folders above, each domain from its root on."""
    seen: set[tuple[str, str]] = set()
    for path, item in sorted(phone.items.items()):
        domain, relative = placed(item)
        parts = relative.split("/")
        for depth in range(len(parts)):
            above = "/".join(parts[:depth])
            if (domain, above) not in seen:
                seen.add((domain, above))
                yield domain, above, Item(path, kind="folder", mode=0o755)
        if (domain, relative) in seen and item.kind != "folder":
            raise ValueError(f"{domain}-{relative} is there twice")
        if (domain, relative) not in seen:
            seen.add((domain, relative))
            yield domain, relative, item


@dataclass(frozen=True)
class Storing:
    """How files are stored: where, with which keys, and the device paths that are left out or not to be opened."""

    folder: Path
    keys: Vault | None
    flat: bool
    missing: frozenset[str]
    device_only: frozenset[str]

    def rows(self, phone: Phone) -> Iterator[Row]:
        """Stores the files one by one; a row for every item."""
        for number, (domain, relative, item) in enumerate(listed(phone), 1000):
            if item.kind == "file":
                yield self.store(domain, relative, item, number)
            else:
                yield Row(item, file_id(domain, relative), domain, relative, 0, None, number)

    def store(self, domain: str, relative: str, item: Item, number: int) -> Row:
        """Stores one file; its row."""
        if item.path in self.device_only:
            item = replace(item, protection=DEVICE_ONLY)
        name, content = file_id(domain, relative), item.read()
        # An empty file has no key.
        key = self.keys.wrapped(name, item.protection) if self.keys and content else None
        if item.path not in self.missing:
            target = self.folder / name if self.flat else self.folder / name[:2] / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(self.keys.encrypt(name, content) if self.keys and key else content)
        return Row(item, name, domain, relative, noted_size(content[:HEAD], len(content)), key, number)


def write_manifest(folder: Path, rows: Iterable[Row], keys: Vault | None) -> None:
    """Writes Manifest.db, encrypted if there are keys."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    values = ((row.file_id, row.domain, row.relative, FLAGS[row.item.kind], blob(row)) for row in rows)
    connection.executemany("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", values)
    connection.commit()
    image = bytes(connection.serialize())
    connection.close()
    (folder / "Manifest.db").write_bytes(keys.encrypt("Manifest.db", image) if keys else image)
