"""The backup itself: every file that it lists."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Path, Record


class BackedUpFile(Record):
    """A file, folder or link of the backup, by its place on the device."""

    path: Path
    domain: str
    kind: int
    """1 a file, 2 a folder, 4 a link."""


@artifact("backup:/Manifest.db")
def files(file: File) -> Iterator[BackedUpFile]:
    """Every file, folder and link that the backup lists, by path and name."""
    yield from file.rows(
        BackedUpFile,
        """
        SELECT rowid AS _Files, device_path(domain, relativePath) AS path, domain, flags AS kind FROM Files
        """,
    )
