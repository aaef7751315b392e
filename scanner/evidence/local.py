"""The backups that this computer keeps, found by the iOSbackup package.

References:
    Apple, "Locate and manage backups stored on your Mac or PC": https://support.apple.com/108809
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.evidence import EvidenceError


@dataclass(frozen=True)
class LocalBackup:
    """A backup of this computer, as its Manifest.plist describes it."""

    path: Path
    name: str
    version: str
    made: str
    encrypted: bool


def folders() -> list[Path]:
    """Where iTunes, the Finder and the Apple Devices app keep backups on this system, as far as they exist."""
    from iOSbackup import iOSbackup

    hinted = iOSbackup.getHintedBackupRoot()
    places = [Path(hinted)] if hinted else []
    if sys.platform == "win32":
        places += [Path(os.path.expandvars(r"%USERPROFILE%\Apple\MobileSync\Backup"))]
    return list(dict.fromkeys(place for place in places if place.is_dir()))


def backups() -> Iterator[LocalBackup]:
    """Every backup in those folders; one whose manifest cannot be read is listed by its folder."""
    for folder in folders():
        try:
            names = sorted(one.name for one in folder.iterdir() if one.is_dir())
        except PermissionError as error:
            from scanner.evidence.ios_backup_open import no_permission

            raise no_permission(folder) from error
        except OSError as error:
            raise EvidenceError(f"{folder} cannot be read: {error}") from error
        for name in names:
            yield described(folder, name)


def described(folder: Path, name: str) -> LocalBackup:
    """One backup."""
    from iOSbackup import iOSbackup

    try:
        said = iOSbackup.getDeviceBasicInfo(udid=name, backuproot=str(folder)) or {}
    except Exception:  # noqa: BLE001 - the package raises whatever a damaged manifest makes it raise
        said = {}
    return LocalBackup(
        folder / name, str(said.get("name", "unknown")), str(said.get("ios", "unknown")),
        str(said.get("date", "at an unknown time")), bool(said.get("encrypted")),
    )  # fmt: skip
