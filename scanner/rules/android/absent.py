"""Apps that left traces of running but are not among the installed ones, or were there only for a short time."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from scanner.artifacts.android.alarms import AlarmUse
from scanner.artifacts.android.battery_records import BatteryApp, BatteryPackageChange, BatteryUse
from scanner.artifacts.android.camera import CameraEvent
from scanner.artifacts.android.dbinfo import DatabasePool
from scanner.artifacts.android.exit_info import ApplicationExit
from scanner.artifacts.android.jobs import JobRun
from scanner.artifacts.android.log_records import ProcessEvent
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.procstats import ProcessPeriod
from scanner.artifacts.android.uids import of_app
from scanner.artifacts.android.usagestats import UsageEvent, UsageTotal
from scanner.artifacts.android.usagestats_files import UsageName
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.apps import listed
from scanner.rules.android.origin import Origin, Origins
from scanner.rules.android.usage import numbers, owner

MOST = 0.3
"""The share of the apps with traces that may be missing from the list before the list itself is what is incomplete."""
FEW = 5
NAME = re.compile(r"[A-Za-z]\w*(?:\.\w+)+")
DAY = timedelta(hours=26)
"""As long as a day of the daily statistics can be."""
WHERE: dict[Any, str] = {
    BatteryUse: "the battery's history",
    BatteryApp: "the battery statistics",
    DatabasePool: "open databases",
    UsageEvent: "the usage events",
    UsageTotal: "the usage statistics",
    ApplicationExit: "the list of ended processes",
    ProcessEvent: "the event log",
    JobRun: "the job history",
    AlarmUse: "the alarm statistics",
    CameraEvent: "the camera's log",
    ProcessPeriod: "the process statistics",
}

Traces = dict[str, list[Located[Any]]]


@correlation("AND008", Severity.MEDIUM, Stage.EXECUTION)
def ran_but_absent(  # noqa: PLR0917 - one argument for each kind of record
    packages: Records[Package],
    uses: Records[BatteryUse],
    apps: Records[BatteryApp],
    pools: Records[DatabasePool],
    events: Records[UsageEvent],
    totals: Records[UsageTotal],
    exits: Records[ApplicationExit],
    processes: Records[ProcessEvent],
    jobs: Records[JobRun],
    alarms: Records[AlarmUse],
    camera: Records[CameraEvent],
    periods: Records[ProcessPeriod],
    names: Records[UsageName],
) -> Iterator[Hit]:
    """An app left traces of having run, but is not among the installed apps.

    Why: whoever installs spyware by hand can remove it again, and some removes itself; the phone's statistics still
        name it. Nothing is said where the list of apps looks incomplete. Traces older than the last days, which only
        totals of months and years give, count as low.
    Benign causes: an app that the owner has removed, instant apps, apps of another user or of a work profile.
    Base rate: a few removed apps in the totals of a year on most phones; in the traces of the last days none or one.
    Next: ask the owner whether they know the app and removed it; look when it was last used, and for its files.
    References: https://attack.mitre.org/techniques/T1630/001/ https://docs.mvt.re/en/latest/android/
    """
    installed = listed(packages)
    traces: Traces = defaultdict(list)
    known = numbers(names)
    for record in (uses, apps, pools, exits, jobs, alarms, camera, periods):
        collect(traces, record)
    for event in events:
        if app := owner(event.record, known):
            traces[app].append(event)
    for one in processes:
        app = (one.record.component or "").partition("/")[0] or one.record.app
        if app and (one.record.uid is None or of_app(one.record.uid)):
            traces[app].append(one)
    recent = set(traces)
    for total in totals:
        if app := owner(total.record, known):
            traces[app].append(total)
    absent = {app: found for app, found in traces.items() if app not in installed and NAME.fullmatch(app)}
    if not installed or len(absent) > max(FEW, len(traces) * MOST):
        return
    for app, found in sorted(absent.items()):
        where = sorted({WHERE[type(one.record)] for one in found})
        level = None if app in recent else Severity.LOW
        message = f"{app} stands in {together(where)}, but is not among the installed apps"
        yield Hit(found[0], message, len(found), level)


def together(names: list[str]) -> str:
    """Names as a sentence has them."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def collect(traces: Traces, records: Iterable[Located[Any]]) -> None:
    """The traces that some records are, by app."""
    for one in records:
        if app := one.record.package:
            traces[app].append(one)


@correlation("AND009", Severity.MEDIUM, Stage.PRESENCE)
def short_lived(changes: Records[BatteryPackageChange], packages: Records[Package]) -> Iterator[Hit]:
    """An app was installed and removed within a day, or replaced by an older version.

    Why: whoever holds a phone for a short time installs a tool, takes what they want and removes it; an older version
        has holes that the newer one no longer has.
    Benign causes: an app that was tried and did not please; an update that was taken back, by the maker for its own
        apps or by the owner. The statistics do not tell an update from a first installation.
    Base rate: one on some phones.
    Next: ask the owner whether they know the app; look for other traces of it on that day.
    References: https://attack.mitre.org/techniques/T1630/001/
    """
    origins = Origins(packages)
    sources: dict[tuple[str, str, str], list[Located[BatteryPackageChange]]] = defaultdict(list)
    for one in changes:
        sources[one.record.package, one.artifact, one.path].append(one)
    seen: set[str] = set()
    for (app, *_), found in sorted(sources.items()):
        found.sort(key=lambda one: (one.record.time is not None, one.record.time))
        if app not in seen and (hit := gone(app, found) or older(app, found, origins)):
            seen.add(app)
            yield hit


def gone(app: str, changes: list[Located[BatteryPackageChange]]) -> Hit | None:
    """The removal of an app less than a day after it was installed."""
    for before, after in pairwise(changes):
        began, ended = before.record.time, after.record.until or after.record.time
        removed = before.record.change != "uninstalled" and after.record.change == "uninstalled"
        if removed and began is not None and ended is not None and ended - began < DAY:
            return Hit(after, f"{app} was installed or updated, and removed within a day")
    return None


def older(app: str, changes: list[Located[BatteryPackageChange]], origins: Origins) -> Hit | None:
    """An older version in place of a newer one."""
    known = [one for one in changes if one.record.version]
    for before, after in pairwise(known):
        was, now = before.record.version or 0, after.record.version or 0
        if now < was:
            level = Severity.LOW if origins.of(app) is Origin.SYSTEM else None
            return Hit(after, f"{app} was replaced by an older version: {was}, then {now}", severity=level)
    return None
