"""A folder: files as they lie on the device, below the folder that stands for the device's root."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from scanner.convert import text
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
        self.root, self.facts = root, facts
        self.problems: list[Problem] = []
        self.real: dict[str, str] = {}

    def entries(self) -> Iterator[Entry]:
        """Every file, folder by folder in the order of names."""
        for folder, folders, names in os.walk(self.root, onerror=self.unreadable):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                if self.regular(path):
                    relative = path.relative_to(self.root).as_posix()
                    yield Entry("/" + text(relative), self.noted(relative))

    def noted(self, relative: str) -> str:
        """A name as reports can write it; where it is no text, the real one is kept to open the file by."""
        written = text(relative)
        if written != relative:
            self.real[written] = relative
        return written

    def regular(self, path: Path) -> bool:
        """Whether a path is a file, and no link, pipe or device."""
        try:
            return S_ISREG(path.lstat().st_mode)
        except OSError as error:
            self.unreadable(error)
            return False

    def at(self, native: str) -> Path:
        """Where a file lies."""
        return self.root / self.real.get(native, native)

    def unreadable(self, error: OSError) -> None:
        """A folder that cannot be listed is a gap."""
        self.problems.append(Problem("evidence", f"cannot be listed: {error.strerror}", text(str(error.filename))))

    def unlisted(self, path: str) -> Entry | None:
        """None: a folder lists whatever is in it."""
        del path
        return None

    def size(self, entry: Entry) -> int:
        """A file's size."""
        try:
            return self.at(entry.native).lstat().st_size
        except OSError:
            return 0

    def reader(self, entry: Entry) -> Reader:
        """One file's content."""
        return PlainFile(self.at(entry.native))

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """None: its maker records no hashes."""
        return iter(())

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose name has a suffix more."""
        path = Path(str(self.at(entry.native)) + suffix)
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
