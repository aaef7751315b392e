"""A folder: files as they lie on the device, below the folder that stands for the device's root."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scanner.convert import text
from scanner.evidence.container import Folder
from scanner.evidence.file import Entry, Promise
from scanner.evidence.reader import PlainFile, Reader
from scanner.evidence.secret import Secret
from scanner.finding import Device, EvidenceFacts, Problem

DEVICE_FOLDERS = ("private/var", "var/mobile", "private/var/mobile")


class Tree:
    """A folder of files, links not followed."""

    schemes: tuple[str, ...] = ("folder:",)

    def __init__(self, root: Path, facts: EvidenceFacts) -> None:
        """Take the folder; nothing is read yet."""
        self.folder, self.facts = Folder(root), facts
        self.problems: list[Problem] = []

    def entries(self) -> Iterator[Entry]:
        """Every file, folder by folder in the order of names."""
        for member in self.folder.members():
            yield Entry("/" + member.name, member.name)
        self.note_refused()

    def note_refused(self) -> None:
        """A folder that cannot be listed is a gap."""
        refused, self.folder.refused = self.folder.refused, []
        self.problems += [Problem("evidence", f"cannot be listed: {why}", path) for path, why in refused]

    def unlisted(self, path: str) -> Entry | None:
        """None: a folder lists whatever is in it."""
        del path
        return None

    def size(self, entry: Entry) -> int:
        """A file's size."""
        try:
            return self.folder.at(entry.native).lstat().st_size
        except OSError:
            return 0

    def reader(self, entry: Entry) -> Reader:
        """One file's content."""
        return self.folder.open(entry.native)

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """None: its maker records no hashes."""
        return iter(())

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose name has a suffix more."""
        path = Path(str(self.folder.at(entry.native)) + suffix)
        return PlainFile(path) if path.is_file() and not path.is_symlink() else None

    def close(self) -> None:
        """Nothing is kept open."""


def detect(root: Path) -> bool:
    """Whether a folder looks like the root of a phone's file system."""
    return any((root / folder).is_dir() for folder in DEVICE_FOLDERS)


@dataclass
class FoundTree:
    """A folder that is a phone's file system."""

    root: Path
    kind: str = "folder"
    encrypted: bool = field(default=False, init=False)

    def open(self, secret: Secret) -> Tree:
        """The folder as evidence; there is nothing to unlock."""
        del secret
        facts = EvidenceFacts(
            id=text(self.root.resolve().name), path=text(str(self.root)), kind=self.kind, device=Device(os="iOS")
        )
        return Tree(self.root, facts)
