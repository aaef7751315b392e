"""What an Android acquisition says of the phone and of itself: model, version, zone, time, what it left out."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from scanner.convert import text
from scanner.evidence.android import Android, Dumpstate
from scanner.evidence.file import Entry
from scanner.finding import Device, Problem
from scanner.formats import getprop
from scanner.formats.wall_clock import WallClock

PROPERTIES = (
    "section:/SYSTEM PROPERTIES", "androidqf:/getprop.txt", "/system/build.prop", "/system/system/build.prop",
    "/vendor/build.prop", "/product/build.prop",
)  # fmt: skip
"""Where the phone's properties stand, the best first."""
KEPT = "/data/property/persistent_properties"
ACQUISITION, HEADER = "androidqf:/acquisition.json", "section:/HEADER"
MAX_READ = 4 << 20
FULL = frozenset({"package", "activity", "appops"})
"""Services that every complete bug report holds."""
LIMITED = re.compile(
    r"(?:-w|-R|telephony|wifi|wear|remote|onboarding|BUGREPORT_(?:REMOTE|WEAR|TELEPHONY|WIFI|ONBOARDING))",
    re.IGNORECASE,
)
ARGUMENTS = re.compile(r"^Dumpstate info:.*?args=(.*)$", re.MULTILINE)
FINGERPRINT = re.compile(r"^Build fingerprint: '?([^'\n]*)'?$", re.MULTILINE)


def describe(evidence: Android) -> None:
    """Fill in the facts."""
    wanted = {*PROPERTIES, KEPT, ACQUISITION, HEADER}
    found: dict[str, Entry] = {}
    services: set[str] = set()
    for entry in evidence.entries():
        if entry.path in wanted:
            found.setdefault(entry.path, entry)
        if entry.path.startswith("dumpsys:/"):
            services.add(entry.path.removeprefix("dumpsys:/"))
    properties: dict[str, str] = {}
    for path in PROPERTIES:
        if path in found:
            form = getprop.built if path.endswith(".prop") else getprop.listed
            for _, name, value in form(enumerate(read(evidence, found[path]).splitlines(), 1)):
                properties.setdefault(name, value)
    if KEPT in found and "persist.sys.timezone" not in properties:
        properties |= kept(evidence, found[KEPT])
    header = read(evidence, found[HEADER]) if HEADER in found else ""
    evidence.facts.device = device(properties, header)
    clock = WallClock(evidence.facts.device.timezone)
    begun = list(reports(evidence, clock))
    evidence.facts.acquired = acquired(evidence, found) or min(begun, default=None)
    evidence.facts.notes += notes(evidence, header, services, zone=evidence.facts.device.timezone)


def read(evidence: Android, entry: Entry) -> str:
    """The beginning of a text; nothing where it cannot be read, which is found again by who reads it for what it is."""
    try:
        reader = evidence.reader(entry)
        try:
            return reader.read(0, MAX_READ).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
        finally:
            reader.close()
    except (OSError, ValueError):
        return ""


def kept(evidence: Android, entry: Entry) -> dict[str, str]:
    """The properties that outlast a restart; what of them can be read."""
    found: dict[str, str] = {}
    with suppress(OSError, ValueError):  # who reads them for what they are says what is wrong
        reader = evidence.reader(entry)
        try:
            found.update((text(name), text(value)) for _, name, value in getprop.kept(reader.read(0, MAX_READ)))
        finally:
            reader.close()
    return found


def device(properties: dict[str, str], header: str) -> Device:
    """The phone."""

    def first(*names: str) -> str | None:
        return next((text(value) for name in names if (value := properties.get(name))), None)

    fingerprint = FINGERPRINT.search(header)
    printed = re.split(r"[/:]", fingerprint[1]) if fingerprint else []
    brand, product, _, version, build = (printed + [""] * 5)[:5]
    return Device(
        name=first("persist.sys.device_name", "net.hostname"),
        model=first("ro.product.model", "ro.product.system.model", "ro.product.vendor.model") or product or None,
        product=first("ro.product.manufacturer", "ro.product.system.manufacturer", "ro.product.brand") or brand or None,
        os="Android",
        version=first("ro.build.version.release", "ro.system.build.version.release") or version or None,
        build=first("ro.build.display.id", "ro.build.id", "ro.system.build.id") or build or None,
        serial=first("ro.serialno", "ro.boot.serialno"),
        timezone=first("persist.sys.timezone"),
    )


def reports(evidence: Android, clock: WallClock) -> Iterator[datetime]:
    """When each report was begun, or a service was last dumped; its own times are of that moment's year."""
    for part in evidence.parts:
        if isinstance(part, Dumpstate) and (written := part.started or part.index.dumped):
            try:
                begun = clock.read(written).time
            except ValueError:
                continue
            for one in evidence.parts:
                if one.prefix.startswith(part.folder):
                    one.dated = begun
            yield begun


def acquired(evidence: Android, found: dict[str, Entry]) -> datetime | None:
    """When AndroidQF began, by the computer's clock."""
    if ACQUISITION not in found:
        return None
    try:
        said = json.loads(read(evidence, found[ACQUISITION]))
        begun = datetime.fromisoformat(str(said["started"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None  # the artifact that reads it says what is wrong
    return begun.astimezone(UTC) if begun.tzinfo and begun.year > 1 else None


def notes(evidence: Android, header: str, services: set[str], zone: str | None) -> list[str]:
    """What a person should know of the acquisition before the findings."""
    said = [] if zone else ["the phone's time zone is not in the evidence: its local times are taken as UTC"]
    arguments = ARGUMENTS.search(header)
    if arguments and (LIMITED.search(arguments[1]) or not services & FULL):
        evidence.facts.complete = False
        message = (
            f"a limited bug report (dumpstate was called with {arguments[1].strip()!r}): most services are not in it"
        )
        evidence.problems.append(Problem("evidence", message, HEADER))
        said.append(message)
    return said
