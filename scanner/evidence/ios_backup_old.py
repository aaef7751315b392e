"""Backups of iOS 5 to 9: Manifest.mbdb, a flat folder, single key derivation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner.evidence.domains import device_path
from scanner.evidence.file import Entry
from scanner.evidence.ios_backup import OWN, IosBackup, identity
from scanner.evidence.reader import Memory, Reader
from scanner.finding import EvidenceFacts, Problem
from scanner.formats import mbdb

MAX_MANIFEST = 1 << 30


class OldBackup(IosBackup):
    """The same files under the same names, listed by another manifest."""

    def __init__(self, root: Path, facts: EvidenceFacts, manifest: dict[str, Any], classes: dict[int, bytes]) -> None:
        """Read the manifest, which is small, whole.

        Raises:
            ValueError: it is none.
        """
        super().__init__(root, facts, manifest, classes)
        self.listed: dict[str, mbdb.MbdbRecord] = {}
        self.read_manifest()

    def read_manifest(self) -> None:
        """Every file of the manifest by its id; a cut tail is a Problem."""
        path = self.root / "Manifest.mbdb"
        if path.stat().st_size > MAX_MANIFEST:
            raise ValueError(f"Manifest.mbdb is larger than {MAX_MANIFEST} bytes")
        try:
            for record in mbdb.records(path.read_bytes()):
                if record.kind == "file":
                    self.listed[record.file_id] = record
        except ValueError as error:
            if not self.listed:
                raise
            self.problems.append(Problem("evidence", f"the manifest is damaged: {error}", OWN + "Manifest.mbdb"))

    def own(self, name: str) -> Reader:
        """One of the backup's own files; none is encrypted."""
        return Memory((self.root / name).read_bytes())

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """File id, domain and relative path of each file."""
        return ((file_id, record.domain, record.path) for file_id, record in self.listed.items())

    def key(self, file_id: str) -> bytes | None:
        """The key of one file."""
        record = self.listed.get(file_id)
        return self.unwrapped(record.encryption_key) if record and record.encryption_key else None

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose path has a suffix more."""
        record = self.listed.get(entry.native)
        if record is None:
            return None
        file_id = identity(record.domain, record.path + suffix)
        found = Entry(device_path(record.domain, record.path + suffix), file_id)
        return self.reader(found) if file_id in self.names else None
