"""Location services: which programs asked where the phone is."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import TO_UNIX, AppId, Client, Clock, CocoaTime, Path, Process, Record, Text, fields

MOMENT = re.compile(r"(\w+)Time(Started|Stopped)")
WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
PLACED = re.compile(r"com\.apple\.locationd\.(?:bundle|executable)-(/.*)", re.DOTALL)
AUTHORIZATIONS = {0: "not determined", 1: "denied", 2: "while in use", 4: "always"}


class LocationClient(Record):
    """A program that used the phone's location, by each way of using it."""

    time: CocoaTime | None = None
    """The latest of the times below."""
    client: Client
    """The key: a bundle id, or the path of a bundle or an executable of the system."""
    bundle: AppId | None = None
    bundle_path: Path | None = None
    executable: Process | None = None
    registered: Path | None = None
    """The executable's path, as the program registered."""
    authorization: int | None = None
    authorization_name: str | None = None
    whitelisted: bool | None = None
    purpose: Text | None = None
    """What the app tells the owner that it wants the location for."""
    location_started: CocoaTime | None = None
    location_stopped: CocoaTime | None = None
    background_location_started: CocoaTime | None = None
    background_location_stopped: CocoaTime | None = None
    receiving_location_information_started: CocoaTime | None = None
    receiving_location_information_stopped: CocoaTime | None = None
    fence_started: CocoaTime | None = None
    fence_stopped: CocoaTime | None = None
    significant_started: CocoaTime | None = None
    significant_stopped: CocoaTime | None = None
    beacon_region_started: CocoaTime | None = None
    beacon_region_stopped: CocoaTime | None = None
    visit_started: CocoaTime | None = None
    visit_stopped: CocoaTime | None = None
    timezone_started: CocoaTime | None = None
    timezone_stopped: CocoaTime | None = None
    others: tuple[str, ...] = ()
    """Times under other names, as `NameTimeStarted 700000000.5` in seconds since 2001."""


@artifact(
    "/private/var/root/Library/Caches/locationd/clients.plist",
    "/private/var/mobile/Library/Caches/locationd/clients.plist",
)
def clients(file: File) -> Iterator[LocationClient]:
    """Clients of the location daemon: apps, bundles of the system and bare executables, with their last times.

    References:
        Kaspersky, "A tool to detect Operation Triangulation": https://securelist.com/find-the-triangulation-utility/109867/
    """
    found = file.dictionary("clients")
    for key, place, content in file.dictionaries(found):
        authorization = content.get("Authorization")
        path = PLACED.fullmatch(key)
        yield from file.record(
            LocationClient, place, client=path[1] if path else key, bundle=content.get("BundleId"),
            bundle_path=content.get("BundlePath"), executable=content.get("Executable"),
            registered=content.get("Registered"), authorization=authorization,
            authorization_name=AUTHORIZATIONS.get(authorization) if isinstance(authorization, int) else None,
            whitelisted=content.get("Whitelisted"), purpose=content.get("Purpose"), **moments(content),
        )  # fmt: skip


def moments(content: dict[str, Any]) -> dict[str, Any]:
    """The times of a client by field; those without a field in one of their own."""
    known, found, others = fields(LocationClient), dict[str, Any](), list[str]()
    for key, value in content.items():
        if not (named := MOMENT.fullmatch(key)):
            continue
        name = f"{WORD.sub('_', named[1])}_{named[2]}".lower()
        if name in known:
            found[name] = value
        else:
            others.append(f"{key} {value}")
    return found | {"time": latest(found), "others": tuple(others)}


def latest(found: dict[str, Any]) -> Any:
    """The latest of the times that are numbers."""
    numbers = [value for value in found.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    return max(numbers, key=TO_UNIX[Clock.COCOA], default=None)
