"""Backups of iTunes, the Finder and idevicebackup2: plain or encrypted, of iOS 10 and later (Manifest.db).

References:
    The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
"""

import hashlib
import os
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import apsw

from scanner.evidence import keys
from scanner.evidence.domains import backup_path, device_path
from scanner.evidence.file import Entry, Promise
from scanner.evidence.reader import EncryptedFile, PlainFile, Reader
from scanner.evidence.sqlite import Database, damage, texts_kept
from scanner.finding import EvidenceFacts, Problem
from scanner.formats import mbfile

OWN = "backup:/"
"""Where the backup's own files stand in the namespace."""
OWN_FILES = ("Info.plist", "Manifest.plist", "Status.plist", "Manifest.db", "Manifest.mbdb")
FILE, DIRECTORY, LINK = 1, 2, 4
FILE_ID = 40
BLOBS = 16
"""So many times larger is Manifest.db than its paths: the rest is one property list for each file, mostly not read."""
LISTED = "SELECT fileID, domain, relativePath FROM Files WHERE +flags = 1"
"""Without an index, whose damage nothing would tell: every page is read anyway."""


class IosBackup:
    """An opened backup; class keys are those that its password opens, none for a plain one."""

    schemes: tuple[str, ...] = ("backup:",)

    def __init__(self, root: Path, facts: EvidenceFacts, manifest: dict[str, Any], classes: dict[int, bytes]) -> None:
        """Take what `ios_backup_open` found; nothing is read yet."""
        self.root, self.facts, self.classes = root, facts, classes
        key = manifest.get("ManifestKey")
        self.manifest_key: bytes | None = key if isinstance(key, bytes) else None
        self.problems: list[Problem] = []

    def __getstate__(self) -> dict[str, Any]:
        """Without what is open."""
        return {name: value for name, value in vars(self).items() if name not in {"manifest", "names", "salvaged"}}

    @cached_property
    def manifest(self) -> Database:
        """Manifest.db, decrypted where the backup is."""
        return Database(self.own("Manifest.db"))

    @cached_property
    def salvaged(self) -> apsw.Connection:
        """What the pages of a damaged Manifest.db still hold of its files.

        Raises:
            ValueError: nothing.
        """
        from scanner.formats.sqlite_salvage import rebuild

        reader = self.own("Manifest.db")
        try:
            found, _ = rebuild(reader, {"Files"})
        finally:
            reader.close()
        try:
            found.execute("PRAGMA query_only = 0; CREATE INDEX ids ON Files(fileID); PRAGMA query_only = 1")
        except apsw.Error as error:
            found.close(True)
            raise ValueError(f"no list of files can be recovered: {error}") from error
        return found

    def own(self, name: str) -> Reader:
        """One of the backup's own files."""
        path = self.root / name
        if name == "Manifest.db" and self.classes and self.manifest_key:
            return EncryptedFile(path, self.unwrapped(self.manifest_key))
        return PlainFile(path)

    def unwrapped(self, key: bytes) -> bytes:
        """A file key of its class number and wrapped form, as Manifest.plist and old manifests write it."""
        return keys.file_key(self.classes, int.from_bytes(key[:4], "little"), key[4:])

    @cached_property
    def flat(self) -> frozenset[str]:
        """The file ids of what is stored without folders, as before iOS 10."""
        with os.scandir(self.root) as inside:
            return frozenset(one.name for one in inside if is_stored(one))

    @cached_property
    def names(self) -> frozenset[str]:
        """The file ids of everything that is stored, in folders `xx` or without."""
        with os.scandir(self.root) as inside:
            top = list(inside)
        found = set(self.flat)
        for folder in top:
            if len(folder.name) == 2 and folder.is_dir(follow_symlinks=False):
                found |= self.names_in(folder.name)
        return frozenset(found)

    def names_in(self, folder: str) -> set[str]:
        """The file ids in one folder; one that cannot be listed is a Problem."""
        try:
            with os.scandir(self.root / folder) as inside:
                return {one.name for one in inside if is_stored(one)}
        except OSError as error:
            self.problems.append(Problem("evidence", f"cannot be listed: {error.strerror}", OWN + folder))
            return set()

    def entries(self) -> Iterator[Entry]:
        """The backup's own files, then every file of the manifest."""
        yield from (Entry(OWN + name, name) for name in OWN_FILES if (self.root / name).is_file())
        nameless = 0
        for file_id, domain, relative in self.rows():
            if isinstance(file_id, str) and isinstance(domain, str) and isinstance(relative, str):
                yield Entry(device_path(domain, relative), file_id, file_id in self.names)
            else:
                nameless += 1
        if nameless:
            self.problems.append(Problem("evidence", f"{nameless} rows name no file", OWN + "Manifest.db"))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """File id, domain and relative path of each file of the manifest, also of a damaged one, with a Problem."""
        broken: list[None] = []
        given = 0
        try:
            wrong = damage(self.manifest.connection)
            for row in texts_kept(self.manifest.connection.execute(LISTED), lambda: broken.append(None)):
                given += 1
                yield row
        except apsw.Error as error:
            wrong = str(error)
        if wrong:
            self.problems.append(Problem("evidence", f"the manifest is damaged: {wrong}", OWN + "Manifest.db"))
            yield from self.recovered(self.first(given))
        if broken:
            self.problems.append(Problem("evidence", f"{len(broken)} names are no text", OWN + "Manifest.db"))

    def first(self, count: int) -> set[Any]:
        """The file ids of the first rows of the list; asked for only where it turns out to be damaged."""
        found: set[Any] = set()
        if count:
            rows = texts_kept(self.manifest.connection.execute(LISTED), lambda: None)
            found.update(row[0] for row in islice(rows, count))
        return found

    def recovered(self, given: set[Any]) -> Iterator[tuple[Any, ...]]:
        """The same of what the pages of a damaged manifest hold beyond the file ids already given."""
        try:
            rows = self.salvaged.execute(LISTED).fetchall()
        except (ValueError, apsw.Error) as error:
            self.problems.append(Problem("evidence", f"nothing more can be recovered: {error}", OWN + "Manifest.db"))
            return
        for row in rows:
            if row[0] not in given:
                given.add(row[0])
                yield row

    def row(self, columns: str, file_id: str) -> tuple[Any, ...] | None:
        """Columns of the manifest for a file id: by its index, then without, then from what is left of its pages."""
        query = f"SELECT {columns} FROM Files WHERE"  # noqa: S608 - the columns are ours
        try:
            manifest = self.manifest.connection
            found: tuple[Any, ...] | None = manifest.execute(f"{query} fileID = ?", (file_id,)).fetchone()
            return found or manifest.execute(f"{query} +fileID = ?", (file_id,)).fetchone()
        except apsw.Error:
            return self.salvaged.execute(f"{query} fileID = ?", (file_id,)).fetchone()

    def unlisted(self, path: str) -> Entry | None:
        """A store that is kept though the manifest does not name it: its id follows from its path.

        An encrypted one is not, for the manifest holds its key.
        """
        if self.classes or path.startswith(OWN):
            return None
        try:
            domain, relative = backup_path(path)
        except ValueError:
            return None
        file_id = identity(domain, relative)
        return Entry(path, file_id) if file_id in self.names else None

    def size(self, entry: Entry) -> int:
        """The stored size, with the padding of an encrypted file; of the manifest only what is read of it."""
        try:
            if entry.path.startswith(OWN):
                return (self.root / entry.native).stat().st_size // (BLOBS if entry.native == "Manifest.db" else 1)
            return os.stat(self.stored(entry.native)).st_size  # noqa: PTH116 - asked for every file
        except (OSError, ValueError):
            return 0

    def reader(self, entry: Entry) -> Reader:
        """One file's content, decrypted where it is encrypted.

        Raises:
            OSError: it is not stored, or cannot be opened.
            ValueError: its key cannot be had.
        """
        if entry.path.startswith(OWN):
            return self.own(entry.native)
        path = self.stored(entry.native)
        key = self.key(entry.native) if self.classes else None
        return EncryptedFile(path, key) if key else PlainFile(path)

    def stored(self, file_id: str) -> str:
        """Where a file id is kept. A name that is no file id never becomes a path."""
        if len(file_id) != FILE_ID or not file_id.isalnum():
            raise ValueError(f"not a file id: {file_id!r}")
        flat = f"{self.root}{os.sep}{file_id}"
        return flat if file_id in self.flat else f"{self.root}{os.sep}{file_id[:2]}{os.sep}{file_id}"

    def key(self, file_id: str) -> bytes | None:
        """The key of one file; None for one that is stored as it is."""
        (blob,) = self.row("file", file_id) or (None,)
        wrapped = mbfile.wrapped_key(blob) if isinstance(blob, bytes) else None
        return keys.file_key(self.classes, *wrapped) if wrapped else None

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """None: its maker records no hashes."""
        return iter(())

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose path has a suffix more: its id is the hash of domain and path."""
        if entry.path.startswith(OWN):
            return None
        if not (row := self.row("domain, relativePath", entry.native)):
            return None
        file_id = identity(row[0], f"{row[1]}{suffix}")
        if file_id not in self.names:
            return None
        return self.reader(Entry(entry.path + suffix, file_id))

    def close(self) -> None:
        """Close the manifest, and what was recovered of it."""
        if "manifest" in vars(self):
            self.manifest.close()
            del self.manifest
        if "salvaged" in vars(self):
            self.salvaged.close(True)
            del self.salvaged


def identity(domain: str, relative: str) -> str:
    """The name that a backup keeps a file under."""
    return hashlib.sha1(f"{domain}-{relative}".encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - no secrets


def is_stored(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a stored file; links lead out of the backup, pipes and devices never end."""
    return len(entry.name) == FILE_ID and entry.is_file(follow_symlinks=False)
