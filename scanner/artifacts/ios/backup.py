"""The backup itself: every file that it lists, and what it says of the phone and of itself."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.convert import part, text
from scanner.evidence import File
from scanner.evidence.domains import device_path
from scanner.evidence.file import placed
from scanner.formats import mbdb, mbfile
from scanner.record import AppId, AwareTime, Domain, Path, Phone, Place, Record, Stage, Text, Time

ORIGIN = re.compile(r"(?:^|[/_])https?_([^/_][^/]*?)_[0-9]+(?=[_./]|$)")
"""A web site as WebKit names files and folders after it: scheme, host and port."""
KINDS = {"file": 1, "directory": 2, "link": 4}
FILES = "SELECT rowid AS _Files, domain, relativePath AS relative, flags AS kind"


class BackedUpFile(Record):
    """A file, folder or link of the backup, by its place on the device."""

    path: Path
    domain: str
    kind: int | None = None
    """1 a file, 2 a folder, 4 a link."""
    time: Time | None = None
    """When its content was last changed. This and what follows is only read where details are wanted."""
    changed: Time | None = None
    """When its name, owner or mode was last changed."""
    created: Time | None = None
    size: int | None = None
    mode: int | None = None
    owner: int | None = None
    group: int | None = None
    target: Path | None = None
    """Where a link leads."""


class WebsiteData(Record):
    """A web site that a browser, or a page in an app, named a file or folder after."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: Time | None = None
    """When the file was last changed; only where details are wanted."""
    host: Domain
    path: str


class BackupDomain(Record):
    """An app, extension or group that the backup has files of; apps that were removed may have left some."""

    owner: AppId
    domain: str


@artifact("backup:/Manifest.db")
def domains(file: File) -> Iterator[BackupDomain]:
    """The apps, extensions and groups that the backup has files of.

    References:
        The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    """
    yield from file.rows(
        BackupDomain,
        """
        SELECT min(rowid) AS _Files, substr(domain, instr(domain, '-') + 1) AS owner, domain
        FROM Files WHERE domain GLOB 'AppDomain*-*' GROUP BY domain
        """,
    )


class BackupFacts(Record):
    """What one of the backup's own property lists says of the phone and of the backup."""

    stage: ClassVar[Stage] = Stage.NONE
    time: AwareTime | None = None
    """When the backup was made."""
    device_name: Text | None = None
    product_type: str | None = None
    ios_version: str | None = None
    build: str | None = None
    serial: str | None = None
    udid: str | None = None
    imei: str | None = None
    imei_2: str | None = None
    meid: str | None = None
    iccid: str | None = None
    phone_number: Phone | None = None
    itunes_version: str | None = None
    encrypted: bool | None = None
    passcode_set: bool | None = None
    full: bool | None = None
    state: str | None = None
    """Whether it is `new` or `empty`."""
    snapshot_state: str | None = None
    """`finished`, or how far a backup came that was interrupted."""
    format_version: str | None = None


@artifact("backup:/Manifest.db", "backup:/Manifest.mbdb")
def files(file: File) -> Iterator[BackedUpFile | WebsiteData]:
    """Every file, folder and link that the backup lists, by path and name; times and owners where details are wanted.

    Files and folders that WebKit names after web sites show where the phone has been after the history is cleared.

    References:
        The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    """
    if file.path.endswith(".mbdb"):
        yield from old_files(file)
        return
    query = f"{FILES}{', file AS blob' if file.details else ''} FROM Files"
    for table, row in file.raw(BackedUpFile, (query,)):
        place, relative, blob = placed(table, row), row.pop("relative"), row.pop("blob", None)
        if relative.__class__ is not str:
            relative = "" if relative is None else text(relative)
        if blob:
            row.update(details(file, place, blob))
        domain = row["domain"]
        row["path"] = device_path(domain if domain.__class__ is str else text(domain), relative) if domain else None
        if (record := file.made(BackedUpFile, place, row)) is not None:
            yield record
            if "http" in relative:
                yield from websites(record)


def details(file: File, place: Place, blob: object) -> dict[str, Any]:
    """What the manifest notes of a file; empty, and noted, where that cannot be read."""
    try:
        facts = mbfile.facts(blob if isinstance(blob, bytes) else b"")
    except ValueError as error:
        file.problem(f"file: {error}", place.row)
        return {}
    return {
        "time": facts.last_modified,
        "changed": facts.last_status_change,
        "created": facts.birth,
        "size": facts.size,
        "mode": facts.mode,
        "owner": facts.user_id,
        "group": facts.group_id,
        "target": facts.target,
    }


def old_files(file: File) -> Iterator[BackedUpFile | WebsiteData]:
    """Files of a backup of iOS 5 to 9."""
    for number, one in enumerate(mbdb.records(file.read()), 1):
        for record in file.record(
            BackedUpFile, Place(table="Manifest.mbdb", row=number), path=device_path(one.domain, one.path),
            domain=one.domain, kind=KINDS[one.kind], time=one.modified, changed=one.changed, size=one.size,
            mode=one.mode, owner=one.user_id, group=one.group_id, target=one.link_target,
        ):  # fmt: skip
            yield record
            yield from websites(record)


def websites(record: BackedUpFile) -> Iterator[WebsiteData]:
    """The web sites in a path that WebKit made: `https_example.org_0`."""
    for host in dict.fromkeys(match[1] for match in ORIGIN.finditer(record.path)):
        yield WebsiteData(place=record.place, time=record.time, host=host, path=record.path)


@artifact("backup:/Info.plist", "backup:/Manifest.plist", "backup:/Status.plist")
def info(file: File) -> Iterator[BackupFacts]:
    """The phone and the backup, as the backup's own property lists describe them, one record for each of the three.

    References:
        The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    """
    found = file.dictionary()
    phone = part(found, "Lockdown")
    yield from file.record(
        BackupFacts, Place(), time=found.get("Last Backup Date", found.get("Date")),
        device_name=found.get("Device Name", phone.get("DeviceName")),
        product_type=found.get("Product Type", phone.get("ProductType")),
        ios_version=found.get("Product Version", phone.get("ProductVersion")),
        build=found.get("Build Version", phone.get("BuildVersion")),
        serial=found.get("Serial Number", phone.get("SerialNumber")),
        udid=found.get("Unique Identifier", phone.get("UniqueDeviceID")), imei=found.get("IMEI"),
        imei_2=found.get("IMEI 2"), meid=found.get("MEID"), iccid=found.get("ICCID"),
        phone_number=found.get("Phone Number"), itunes_version=found.get("iTunes Version"),
        encrypted=found.get("IsEncrypted"), passcode_set=found.get("WasPasscodeSet"), full=found.get("IsFullBackup"),
        state=found.get("BackupState"), snapshot_state=found.get("SnapshotState"), format_version=found.get("Version"),
    )  # fmt: skip
