"""Applications: what is installed, where it came from, and who bought it."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.convert import part
from scanner.evidence import File
from scanner.formats import bplist
from scanner.record import AppId, AwareTime, Email, Path, Place, Record, Text

DOWNLOAD = "com.apple.iTunesStore.downloadInfo"
UNZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?")


class InstalledApp(Record):
    """An installed app, with what the App Store wrote into its metadata."""

    time: AwareTime | None = None
    """When it was bought or first fetched."""
    bundle: AppId | None = None
    metadata_bundle: AppId | None = None
    """The bundle id in its metadata."""
    name: Text | None = None
    artist: Text | None = None
    version: str | None = None
    source: AppId | None = None
    """The app that installed it: `com.apple.AppStore`, a device management (`dmd`), or something else."""
    released: AwareTime | None = None
    item: int | None = None
    """Its number in the App Store."""
    account: Email | None = None
    account_id: str | None = None
    redownload: bool | None = None
    has_metadata: bool = False
    is_listed: bool | None = None
    """Whether the computer's list of installed apps names it."""


class Container(Record):
    """An app, extension or group that has a folder for its data in the backup."""

    bundle: AppId
    version: str | None = None
    path: Path | None = None
    content: str | None = None
    """`Data/Application`, `Data/PluginKitPlugin` or `Shared/AppGroup`."""


@artifact("backup:/Info.plist", "/private/var/containers/Bundle/Application/*/iTunesMetadata.plist")
def installed(file: File) -> Iterator[InstalledApp]:
    """Installed apps: those with metadata, those without (not from the App Store), and those that are only listed.

    References:
        The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    """
    found = file.dictionary()
    if file.path.endswith("iTunesMetadata.plist"):
        facts = metadata_facts(found)
        yield from file.record(InstalledApp, Place(), bundle=facts["metadata_bundle"], has_metadata=True, **facts)
        return
    if "Applications" not in found and "Installed Applications" not in found:
        file.problem("the backup's Info.plist lists no applications")
    listed = found.get("Installed Applications")
    if listed is not None and not isinstance(listed, list):
        file.problem(f"Installed Applications: not a list but {type(listed).__name__}", "Installed Applications")
    names = listed if isinstance(listed, list) else []
    applications = file.mapping(found, "Applications") if "Applications" in found else {}
    yield from described(file, applications, None if listed is None else names)
    for number, bundle in enumerate(names):
        if bundle not in applications if isinstance(bundle, str) else True:
            place = Place(key=f"Installed Applications.{number}")
            yield from file.record(InstalledApp, place, bundle=bundle, is_listed=True)


def described(file: File, applications: dict[str, Any], names: list[Any] | None) -> Iterator[InstalledApp]:
    """The apps of which the backup says more than their name."""
    for bundle, content in applications.items():
        place = Place(key=f"Applications.{bundle}")
        metadata = content.get("iTunesMetadata") if isinstance(content, dict) else None
        if not isinstance(content, dict):
            file.problem(f"{place.key}: not a dictionary but {type(content).__name__}", place.key)
        facts = metadata_facts(read(file, place, metadata))
        yield from file.record(
            InstalledApp, place, bundle=bundle, has_metadata=metadata is not None,
            is_listed=None if names is None else bundle in names, **facts,
        )  # fmt: skip


def read(file: File, place: Place, metadata: object) -> dict[str, Any]:
    """The property list of an app's metadata, as bytes or already read; empty, and noted, where it is none."""
    if isinstance(metadata, bytes):
        try:
            found = bplist.loads(metadata)
        except ValueError as error:
            file.problem(f"{place.key}.iTunesMetadata: {error}", place.key)
            return {}
        for message in found.problems:
            file.problem(f"{place.key}.iTunesMetadata: {message}", place.key)
        metadata = found.root
    if isinstance(metadata, dict):
        return metadata
    if metadata is not None:
        file.problem(f"{place.key}.iTunesMetadata: not a dictionary but {type(metadata).__name__}", place.key)
    return {}


def metadata_facts(metadata: dict[str, Any]) -> dict[str, Any]:
    """What the App Store says of an app."""
    download = part(metadata, DOWNLOAD)
    account = part(download, "accountInfo")
    person = account.get("DSPersonID")
    return {
        "time": utc(download.get("purchaseDate") or metadata.get("purchaseDate")),
        "metadata_bundle": metadata.get("softwareVersionBundleId"),
        "name": metadata.get("itemName") or metadata.get("title"),
        "artist": metadata.get("artistName"),
        "version": metadata.get("bundleShortVersionString") or metadata.get("bundleVersion"),
        "source": metadata.get("sourceApp"),
        "released": utc(metadata.get("releaseDate")),
        "item": metadata.get("itemId"),
        "account": account.get("AppleID") or metadata.get("appleId"),
        "account_id": person,
        "redownload": metadata.get("is-purchased-redownload"),
    }


def utc(value: Any) -> Any:
    """A time; a text without a zone is UTC, as the App Store writes it."""
    if isinstance(value, str) and UNZONED.fullmatch(value):
        return value.replace(" ", "T", 1) + "Z"
    return value


@artifact("backup:/Manifest.plist")
def containers(file: File) -> Iterator[Container]:
    """Apps, extensions and groups whose data the backup holds; some are not among the installed apps.

    References:
        The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    """
    for bundle, place, content in file.dictionaries(file.mapping(file.plist(), "Applications"), "Applications"):
        yield from file.record(
            Container, place, bundle=bundle, version=content.get("CFBundleVersion"), path=content.get("Path"),
            content=content.get("ContainerContentClass"),
        )  # fmt: skip
