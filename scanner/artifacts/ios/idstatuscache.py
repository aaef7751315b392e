"""Identity services: whose addresses the phone looked up for iMessage, FaceTime and others."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import CocoaTime, Handle, Record, Stage

REACHABLE = {0: "unknown", 1: "reachable", 2: "not reachable"}
OWN_KEYS = frozenset({"CacheVersion"})
FOLDER = "/private/var/mobile/Library/"


class IdentityLookup(Record):
    """An address that the phone asked Apple about: whether it can be reached by a service."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    handle: Handle
    """As stored, with `mailto:`, `tel:` or `urn:` and every character, NUL too."""
    service: str
    """`com.apple.madrid` is iMessage."""
    status: int | None = None
    status_name: str | None = None
    valid_seconds: float | None = None


@artifact(
    FOLDER + "Preferences/com.apple.identityservices.idstatuscache.plist",
    FOLDER + "IdentityServices/*idstatuscache.plist",
)
def lookups(file: File) -> Iterator[IdentityLookup]:
    """Addresses that the phone looked up, with the time of the last look-up; attackers' accounts stay here.

    References:
        Amnesty International, "Forensic Methodology Report: How to catch NSO Group's Pegasus":
        https://www.amnesty.org/en/documents/doc10/4487/2021/en/
    """
    services = file.dictionary("services")
    for service, _, handles in file.dictionaries({key: services[key] for key in services if key not in OWN_KEYS}):
        for handle, place, found in file.dictionaries(handles, service):
            status = found.get("IDStatus")
            yield from file.record(
                IdentityLookup, place, time=found.get("LookupDate"), handle=handle, service=service, status=status,
                status_name=REACHABLE.get(status) if isinstance(status, int) else None,
                valid_seconds=found.get("ValidExpiry"),
            )  # fmt: skip
