"""Single public sample files, put at the places that they have on a phone."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

PLASO = {
    "DataUsage.sqlite": "private/var/wireless/Library/Databases/DataUsage.sqlite",
    "netusage.sqlite": "private/var/networkd/netusage.sqlite",
    "TCC-test.db": "private/var/mobile/Library/TCC/TCC.db",
    "Accounts3.sqlite": "private/var/mobile/Library/Accounts/Accounts3.sqlite",
    "com.apple.wifi.known-networks.plist": "private/var/preferences/com.apple.wifi.known-networks.plist",
    "com.apple.identityservices.idstatuscache.plist": (
        "private/var/mobile/Library/Preferences/com.apple.identityservices.idstatuscache.plist"
    ),
}
"""Sample to its place below the root of the phone."""
ARCHIVES = ("testdata.appleWifiPlist.appleWifiKnownNetworks.*.zip", "testdata.safariDownloads.*.zip")
ROOTS = {"private": "private", "preferences": "private/var/preferences"}
"""The first folder that is known in a member's name, and where it is on the phone."""


def trees(evidence: Path, into: Path) -> Iterator[tuple[str, Path]]:
    """Folders that look like a phone's file system, named: single files in one, each archive in another."""
    if (single := evidence / "plaso_ios").is_dir():
        for name, place in PLASO.items():
            copy(single / name, into / "files" / place)
        yield "plaso", into / "files"
    for pattern in ARCHIVES:
        for archive in sorted((evidence / "ileapp").glob(pattern)):
            unpack(archive, into / archive.stem)
            yield archive.stem.removeprefix("testdata."), into / archive.stem


def copy(source: Path, target: Path) -> None:
    """One file to its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def unpack(archive: Path, folder: Path) -> None:
    """The members of an archive, each at its place on the phone."""
    with zipfile.ZipFile(archive) as content:
        for name in content.namelist():
            if (place := placed(name)) is not None:
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read(name))


def placed(name: str) -> str | None:
    """Where a member stands on the phone, whatever the folders of its extraction before."""
    parts = [part for part in PurePosixPath(name).parts if part not in {"/", ".."}]
    for at, part in enumerate(parts):
        if part in ROOTS and not name.endswith("/"):
            return "/".join((ROOTS[part], *parts[at + 1 :]))
    return None
