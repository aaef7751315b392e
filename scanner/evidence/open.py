"""Finding out what a path is, and saying precisely why it cannot be read where it cannot."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from scanner.evidence import Evidence, EvidenceError, android_open, ios_backup_open, mvt_results, tree
from scanner.evidence.secret import Secret

DEPTH = 2
MOST_FOLDERS = 2000
SHOWN = 10


class Found(Protocol):
    """Evidence that was recognised and not yet opened."""

    root: Path

    @property
    def kind(self) -> str:
        """What it is, in the report's words."""
        ...

    @property
    def encrypted(self) -> bool:
        """Whether a password is needed."""
        ...

    def open(self, secret: Secret) -> Evidence:
        """Open it.

        Raises:
            EvidenceError: it cannot be read.
        """
        ...


def recognise(path: Path) -> Found:
    """What a path is: evidence itself, or a folder with one piece of evidence in it.

    Raises:
        EvidenceError: it is none, or several; says what to do.
    """
    try:
        return only(path)
    except PermissionError as error:
        raise ios_backup_open.no_permission(path) from error
    except OSError as error:
        raise EvidenceError(f"{path} cannot be read: {error.strerror or error}") from error


def only(path: Path) -> Found:
    """The one piece of evidence at or below a path."""
    if not path.exists():
        raise EvidenceError(f"there is no {path}")
    if not path.is_dir():
        return only(path.parent) if ios_backup_open.detect(path.parent) else known(path, android(path))
    if found := at(path):
        return found
    below = list(inside(path))
    if len(below) == 1:
        return below[0]
    if below:
        names = ", ".join(str(one.root) for one in below[:SHOWN])
        raise EvidenceError(f"{path} holds {len(below)} backups; scan one of them, or name several: {names}")
    return known(path, android(path))


def android(path: Path) -> Found | None:
    """The Android acquisition that a path is or holds."""
    try:
        return android_open.detect(path)
    except ValueError as error:
        raise EvidenceError(f"{path} cannot be read: {error}") from error


def known(path: Path, found: Found | None) -> Found:
    """What was found, or why nothing was."""
    if found is None:
        raise EvidenceError(
            f"{path} is no evidence that Bridle knows: an iOS backup is a folder with Manifest.db and Manifest.plist "
            "in it (`bridle evidence` lists those of this computer), a file system has private/var or data/system in "
            "it; of Android, bug reports, AndroidQF folders, adb backups and intrusion logs are read, packed or not"
        )
    return found


def at(path: Path) -> Found | None:
    """The evidence whose root is this folder."""
    if ios_backup_open.detect(path):
        return ios_backup_open.FoundBackup(path)
    if tree.detect(path):
        return tree.FoundTree(path)
    if mvt_results.detect(path):
        return mvt_results.FoundMvtResults(path)
    return None


def inside(path: Path, depth: int = DEPTH) -> Iterator[Found]:
    """The evidence in the folders below."""
    folders = sorted(one for one in path.iterdir() if one.is_dir() and not one.is_symlink())[:MOST_FOLDERS]
    for folder in folders:
        try:
            if found := at(folder):
                yield found
            elif depth > 1:
                yield from inside(folder, depth - 1)
        except PermissionError:
            continue
