"""A folder: files as they lie on the device, below the folder that stands for the device's root."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scanner.evidence.file import Entry
from scanner.evidence.reader import PlainFile, Reader
from scanner.evidence.secret import Secret
from scanner.finding import Device, EvidenceFacts, Problem

DEVICE_FOLDERS = ("private/var", "var/mobile", "private/var/mobile")


class Tree:
    """A folder of files, links not followed."""

    scheme = "folder:"

    def __init__(self, root: Path, facts: EvidenceFacts) -> None:
        """Take the folder; nothing is read yet."""
        self.root, self.facts = root, facts
        self.problems: list[Problem] = []

    def entries(self) -> Iterator[Entry]:
        """Every file, folder by folder in the order of names."""
        for folder, folders, names in os.walk(self.root, onerror=self.unreadable):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    relative = path.relative_to(self.root).as_posix()
                    yield Entry("/" + relative, relative)

    def unreadable(self, error: OSError) -> None:
        """A folder that cannot be listed is a gap."""
        self.problems.append(Problem("evidence", f"cannot be listed: {error.strerror}", str(error.filename)))

    def size(self, entry: Entry) -> int:
        """A file's size."""
        return (self.root / entry.native).stat().st_size

    def reader(self, entry: Entry) -> Reader:
        """One file's content."""
        return PlainFile(self.root / entry.native)

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose name has a suffix more."""
        path = self.root / (entry.native + suffix)
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
        facts = EvidenceFacts(id=self.root.name, path=str(self.root), kind=self.kind, device=Device(os="iOS"))
        return Tree(self.root, facts)
