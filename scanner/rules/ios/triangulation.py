"""Operation Triangulation: several things touched within minutes, and no attachment left."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from scanner.artifacts.ios.datausage import NetworkUse
from scanner.artifacts.ios.file_times import WatchedFile
from scanner.artifacts.ios.location import LocationClient
from scanner.artifacts.ios.sms import Attachment
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.moments import utc

WINDOW = timedelta(minutes=5)
PROCESSES = frozenset({"nehelper", "com.apple.WebKit.WebContent"})
SERVICES = frozenset({("powerd", "com.apple.datausage.diagnostics"), ("lockdownd", "com.apple.datausage.security")})
BUNDLES = ("IonosphereHarvest.bundle", "WRMLinkSelection.bundle")
FOLDER = "attachment folder"
FOLDERS = "/private/var/mobile/Library/SMS/Attachments/"
MOST = 100_000


class Event(NamedTuple):
    """A moment of one of the four kinds."""

    time: datetime
    kind: str
    at: Located[WatchedFile] | Located[NetworkUse] | Located[LocationClient]


@correlation("IOS016", Severity.MEDIUM, Stage.EXECUTION)
def triangulation_window(
    files: Records[WatchedFile],
    uses: Records[NetworkUse],
    clients: Records[LocationClient],
    attachments: Records[Attachment],
) -> Iterator[Hit]:
    """Within five minutes an attachment folder was emptied and settings, network or location used, or all three were.

    Why: Operation Triangulation's chain came in an invisible message whose attachment it deleted; on its way it
        touched the settings and used the network and location in this pattern.
    Benign causes: a message whose attachment the owner deleted while the phone was busy; an update or a restart.
    Base rate: low; two of the kinds without an emptied folder are common and not reported.
    Next: look at the process BackupAgent in the records of network use; ask a helpline to examine the phone.
    References: https://securelist.com/find-the-triangulation-utility/109867/
        https://github.com/KasperskyLab/triangle_check
    """
    events = sorted((*touched(files), *network(uses), *located(clients)), key=lambda event: event.time)[:MOST]
    genuine = sorted(one.record.time for one in attachments if one.record.time)
    reported: datetime | None = None
    kinds: Counter[str] = Counter()
    end = 0
    for start, first in enumerate(events):
        while end < len(events) and events[end].time - first.time <= WINDOW:
            kinds[events[end].kind] += 1
            end += 1
        if telling(+kinds) and not (reported and first.time - reported < WINDOW) and not near(genuine, first.time):
            reported = first.time
            anchor = next((one for one in events[start:end] if one.kind == FOLDER), first)
            shown = ", ".join(sorted(+kinds))
            yield Hit(anchor.at, f"{shown} within five minutes of {utc(first.time)}", end - start)
        kinds[first.kind] -= 1


def telling(kinds: Counter[str]) -> bool:
    """Whether the kinds of events within a window are worth a report."""
    return len(kinds) > 2 or (len(kinds) > 1 and FOLDER in kinds)


def near(times: list[datetime], moment: datetime) -> bool:
    """Whether one of the sorted times lies within a window before or after a moment."""
    after = bisect_left(times, moment)
    return any(abs(time - moment) <= WINDOW for time in times[max(after - 1, 0) : after + 1])


def touched(files: Records[WatchedFile]) -> Iterator[Event]:
    """Settings that were touched; attachment folders that were changed and are empty."""
    for one in files:
        record = one.record
        if not record.path.startswith(FOLDERS):
            times = {record.time, record.changed, record.created} - {None}
            yield from (Event(time, "settings", one) for time in times if time)
        elif record.time and record.changed and not record.holds_files:
            yield Event(record.time, FOLDER, one)


def network(uses: Records[NetworkUse]) -> Iterator[Event]:
    """First and last network use of the processes of the chain."""
    for one in uses:
        record = one.record
        if record.process in PROCESSES or (record.process, record.on_behalf) in SERVICES:
            times = {record.time, record.first_seen, record.last_seen} - {None}
            yield from (Event(time, "network", one) for time in times if time)


def located(clients: Records[LocationClient]) -> Iterator[Event]:
    """When two bundles of the system stopped asking for the location."""
    for one in clients:
        record = one.record
        named = record.bundle_path or record.client
        if record.location_stopped and any(bundle in named for bundle in BUNDLES):
            yield Event(record.location_stopped, "location", one)
