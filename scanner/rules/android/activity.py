"""When apps came and what they did unseen: installations at odd moments, work that never shows, uploads."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.activity_records import RunningService
from scanner.artifacts.android.adb import AdbKey
from scanner.artifacts.android.battery_records import BatteryPlug
from scanner.artifacts.android.deviceidle import DozeExemption
from scanner.artifacts.android.netstats import AppTraffic
from scanner.artifacts.android.package_usage import PackageUse
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.resolvers import IntentFilter
from scanner.artifacts.android.uids import app_number, of_app
from scanner.artifacts.android.usagestats import UsageEvent, UsageTotal
from scanner.artifacts.android.usagestats_files import UsageName
from scanner.artifacts.android.usb import UsbDevice
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.acquisitions import inside, taken
from scanner.rules.android.components import BOOT
from scanner.rules.android.origin import Origin, Origins
from scanner.rules.android.usage import numbers, owner

NEAR = timedelta(minutes=10)
NIGHT = range(1, 5)
"""Hours of the phone's own clock."""
WALL = re.compile(r"\d{4}-\d\d-\d\d (\d\d):")
MANY = 10
"""Apps installed within an hour: a new phone is set up, or an old one's apps come back."""
SHOWN = "ACTIVITY_RESUMED"
SERVICES = frozenset({"FOREGROUND_SERVICE_START", "FOREGROUND_SERVICE_STOP", "CONTINUING_FOREGROUND_SERVICE"})
MEGABYTE, LEAST, TIMES = 1_000_000, 10_000_000, 10
Span = tuple[datetime, datetime, str]
"""From when to when something was connected, and what."""


@correlation("AND010", Severity.MEDIUM, Stage.PRESENCE)
def odd_moment(
    packages: Records[Package],
    keys: Records[AdbKey],
    devices: Records[UsbDevice],
    plugs: Records[BatteryPlug],
    acquisitions: Records[Acquisition],
) -> Iterator[Hit]:
    """An app from outside the stores was first installed within minutes of a cable's connection, or at night.

    Why: spyware that is put on a phone by hand, in custody or while the owner sleeps, comes over a cable, or as a file
        at an hour when the owner does not install anything. At night alone it counts as low; at night and with a
        cable as high. The hour is that of the phone's own clock.
    Benign causes: the owner develops apps, or was awake at night; a shop or a friend set the phone up or moved its apps
        from another one. Hours in which many apps came at once, as on a new phone, are left out.
    Base rate: none on most phones; several on a developer's.
    Next: ask the owner where the phone was at that moment; look at the computer's name in the list of debugging keys.
    References: https://www.amnesty.org/en/documents/eur70/8813/2024/en/ https://attack.mitre.org/techniques/T1461/
    """
    origins = Origins(packages)
    windows = taken(acquisitions)
    cables: list[Span] = []
    for key in keys:
        cables += spans([key], f"the computer {key.record.comment or key.record.fingerprint}")
    for device in devices:
        cables += spans([device], f"the USB device {device.record.model or device.record.name}")
    cables += spans(sorted_by_time(one for one in plugs if one.record.data is not None), "a computer")
    cables = [span for span in cables if not inside(span[0], windows)]
    first = firsts(packages, origins)
    hours = defaultdict[datetime, int](int)
    for one in first.values():
        if one.record.time is not None:
            hours[one.record.time.replace(minute=0, second=0, microsecond=0)] += 1
    for app, one in first.items():
        time = one.record.time
        if time is None or hours[time.replace(minute=0, second=0, microsecond=0)] >= MANY or inside(time, windows):
            continue
        near = next((who for start, end, who in cables if start - NEAR <= time <= end + NEAR), None)
        wall = WALL.match(one.record.written or "")
        night = wall is not None and int(wall[1]) in NIGHT
        if near or night:
            yield said(app, one, near, night)


def sorted_by_time(records: Iterable[Located[Any]]) -> list[Located[Any]]:
    """Records that have a time, by it."""
    return sorted((one for one in records if one.record.time is not None), key=lambda one: one.record.time)


def spans(records: list[Located[Any]], who: str) -> list[Span]:
    """From when to when something was connected: a connection lasts until the next record that says that it ended."""
    found: list[Span] = []
    for at, one in enumerate(records):
        time = one.record.time
        if time is not None and getattr(one.record, "data", True):
            end = records[at + 1].record.time if at + 1 < len(records) else time
            found.append((time, max(time, end), who))
    return found


def firsts(packages: Iterable[Located[Package]], origins: Origins) -> dict[str, Located[Package]]:
    """The first installation of each app from outside the stores."""
    found: dict[str, Located[Package]] = {}
    for one in packages:
        app, time = one.record.app_id, one.record.time
        if time is None or origins.of(app) is not Origin.ELSEWHERE:
            continue
        known = found.get(app)
        if known is None or known.record.time is None or time < known.record.time:
            found[app] = one
    return found


def said(app: str, one: Located[Package], near: str | None, night: bool) -> Hit:
    """What is said of an installation."""
    moment = f"at {one.record.written}"
    if near and night:
        return Hit(one, f"{app} was first installed {moment}, at night, when {near} was connected", 1, Severity.HIGH)
    if near:
        return Hit(one, f"{app} was first installed {moment}, within minutes of when {near} was connected")
    return Hit(one, f"{app} was first installed {moment}, at night, from outside the stores", 1, Severity.LOW)


@correlation("AND029", Severity.MEDIUM, Stage.EXECUTION)
def never_seen(  # noqa: PLR0917 - one argument for each kind of record
    packages: Records[Package],
    exempt: Records[DozeExemption],
    filters: Records[IntentFilter],
    services: Records[RunningService],
    events: Records[UsageEvent],
    totals: Records[UsageTotal],
    uses: Records[PackageUse],
    names: Records[UsageName],
) -> Iterator[Hit]:
    """An app starts with the phone, always runs, is exempt from battery saving, and was never on the screen.

    Why: so works what is to watch without being seen. Apps of the phone itself are left out; those of stores count as
        low. Nothing is said where the evidence has no usage statistics.
    Benign causes: companions of watches, trackers of sports, messengers and clouds that were set up long ago.
    Base rate: one on some phones.
    Next: look at the app's permissions and signer, who installed it, and where its traffic goes.
    References: https://attack.mitre.org/techniques/T1541/ https://attack.mitre.org/techniques/T1624/001/
    """
    origins = Origins(packages)
    known = numbers(names)
    shown = {owner(one.record, known) for one in events if one.record.type == SHOWN}
    used = {owner(one.record, known) for one in totals if one.record.seconds or one.record.launches}
    used |= {one.record.package for one in uses if one.record.activity}
    if not shown and not used:
        return
    boots = {one.record.app_id for one in filters if one.record.kind == "receiver" and one.record.value in BOOT}
    runs: dict[str, Located[Any]] = {}
    for service in services:
        if service.record.foreground and service.record.package:
            runs.setdefault(service.record.package, service)
    for event in events:
        if event.record.type in SERVICES and (app := owner(event.record, known)):
            runs.setdefault(app, event)
    user = {one.record.app_id for one in exempt if one.record.kind == "user"}
    for app in sorted(user & boots & runs.keys() - shown - used):
        origin = origins.of(app)
        if origin is not Origin.SYSTEM:
            level = Severity.LOW if origin is Origin.STORE else None
            message = (
                f"{app} {origins.told(app)}, starts with the phone, runs in the foreground without being seen, "
                "is exempt from battery saving, and was never on the screen"
            )
            yield Hit(runs[app], message, severity=level)


@correlation("AND031", Severity.LOW, Stage.EXECUTION)
def uploads(
    traffic: Records[AppTraffic], packages: Records[Package], totals: Records[UsageTotal], names: Records[UsageName]
) -> Iterator[Hit]:
    """An app that was never on the screen sent much more than it received.

    Why: what watches a phone sends what it found, and asks for little. Apps of the phone itself are left out.
    Benign causes: backups, uploads of photos, the owner's own servers.
    Base rate: none or one.
    Next: look at the app's other findings; ask the owner whether the app is to upload anything.
    References: https://attack.mitre.org/techniques/T1646/
    """
    origins = Origins(packages)
    owners: dict[int, set[str]] = defaultdict(set)
    for package in packages:
        if package.record.uid is not None:
            owners[app_number(package.record.uid)].add(package.record.app_id)
    known = numbers(names)
    seen = {owner(one.record, known) for one in totals if one.record.seconds}
    sums: dict[int, tuple[Located[AppTraffic], int, int]] = {}
    shown: set[int] = set()
    for one in traffic:
        row = one.record
        if row.tag or not of_app(row.uid) or row.set is None:
            continue
        if row.set == "FOREGROUND" and row.sent + row.received:
            shown.add(row.uid)
        at, sent, received = sums.get(row.uid, (one, 0, 0))
        sums[row.uid] = (at, sent + row.sent, received + row.received)
    for uid, (at, sent, received) in sums.items():
        apps = owners.get(app_number(uid), set())
        if uid in shown or apps & seen or sent < LEAST or sent < TIMES * received:
            continue
        if not any(origins.of(app) is Origin.SYSTEM for app in apps):
            who = " and ".join(sorted(apps)) or f"uid {uid}, which no installed app has,"
            yield Hit(at, f"{who} sent {sent // MEGABYTE} MB and received {received // MEGABYTE}, never on the screen")
