"""Times of a few files that a rule asks for; those of all files are read only where details are wanted."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.formats import mbfile
from scanner.record import Path, Record, Stage, Time


class WatchedFile(Record):
    """A file or folder that Operation Triangulation is known to have touched, and when it was."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    time: Time | None = None
    """When its content was last changed."""
    changed: Time | None = None
    """When its name, owner or mode was last changed."""
    created: Time | None = None
    path: Path
    holds_files: bool = False
    """Whether the manifest lists anything in this folder."""


@artifact("backup:/Manifest.db")
def watched(file: File) -> Iterator[WatchedFile]:
    """When three settings files and the folders of attachments were last touched.

    References:
        Kaspersky, "A tool to detect Operation Triangulation": https://securelist.com/find-the-triangulation-utility/109867/
    """
    query = """
        SELECT f.rowid AS _Files, device_path(f.domain, f.relativePath) AS path, f.file AS blob,
               i.folder IS NOT NULL AS holds_files
        FROM Files f
        LEFT JOIN (SELECT DISTINCT substr(relativePath, 1, 29) AS folder FROM Files
                   WHERE relativePath GLOB 'Library/SMS/Attachments/??/??/*') i ON i.folder = f.relativePath
        WHERE f.relativePath IN ('Library/Preferences/com.apple.ImageIO.plist',
                                 'Library/Preferences/com.apple.locationd.StatusBarIconManager.plist',
                                 'Library/Preferences/com.apple.imservice.ids.FaceTime.plist')
           OR f.relativePath GLOB 'Library/SMS/Attachments/[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]'
    """
    for table, row in file.raw(WatchedFile, (query,)):
        place, blob = placed(table, row), row.pop("blob")
        try:
            facts = mbfile.facts(blob if isinstance(blob, bytes) else b"")
        except ValueError as error:
            file.problem(f"file: {error}", place.row)
            continue
        row |= {"time": facts.last_modified, "changed": facts.last_status_change, "created": facts.birth}
        yield from file.record(WatchedFile, place, **row)
