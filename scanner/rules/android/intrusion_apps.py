"""Apps that an intrusion log knows and the phone does not: installed, run, removed."""

from collections.abc import Iterator
from datetime import timedelta

from scanner.artifacts.android.intrusion_logs import ConnectEvent, DnsEvent, SecurityEvent
from scanner.artifacts.android.packages import Package
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.apps import listed
from scanner.rules.android.intrusion import Event, events, moment
from scanner.rules.moments import utc

DAY = timedelta(hours=24)
MAX_APPS = 20_000
STARTED, INSTALLED, REMOVED = "app_process_start", "package_installed", "package_uninstalled"


def by_app(found: list[Event]) -> dict[str, list[Event]]:
    """Events by their app."""
    apps: dict[str, list[Event]] = {}
    for one in found:
        if one.record.package:
            apps.setdefault(one.record.package.lower(), []).append(one)
    return apps


@correlation("AND062", Severity.MEDIUM, Stage.EXECUTION)
def ran_and_is_gone(security: Records[SecurityEvent], packages: Records[Package]) -> Iterator[Hit]:
    """An app was installed and ran, and is not on the phone any more.

    Why: spyware and the tools that put it there are removed, or hide, when they have done their work.
    Benign causes: the owner tried an app and removed it; apps of another user or a work profile that the list of apps
        does not cover.
    Base rate: common over months, rare over days.
    Next: ask the owner about the app; look what it connected to, and who was using the phone.
    References: https://developer.android.com/reference/android/app/admin/SecurityLog
    """
    known = {name.lower() for name in listed(packages)}
    if not known:
        return
    starts = by_app(events(security, {STARTED}))
    for name, installed in by_app(events(security, {INSTALLED})).items():
        if name in known or name not in starts:
            continue
        first = installed[0]
        ran = [one for one in starts[name] if moment(one) >= moment(first)]
        if ran:
            text = f"{name} was installed at {utc(moment(first))}, ran from {utc(moment(ran[0]))}, and is gone"
            yield Hit(first, text, len(ran))


@correlation("AND063", Severity.MEDIUM, Stage.PRESENCE)
def removed_within_a_day(security: Records[SecurityEvent]) -> Iterator[Hit]:
    """An app was installed and removed within a day.

    Why: tools that unlock or search a phone leave an agent on it for minutes; spyware removes its installer.
    Benign causes: the owner tried an app; apps of developers.
    Base rate: some on most phones over months.
    Next: ask the owner about the app; look for adb and keyguard events at that time.
    References: https://developer.android.com/reference/android/app/admin/SecurityLog
    """
    removals = by_app(events(security, {REMOVED}))
    for name, installed in by_app(events(security, {INSTALLED})).items():
        for one in installed:
            gone = next((each for each in removals.get(name, ()) if moment(each) >= moment(one)), None)
            if gone and moment(gone) - moment(one) <= DAY:
                minutes = (moment(gone) - moment(one)).total_seconds() / 60
                yield Hit(one, f"{name} was installed at {utc(moment(one))} and removed {minutes:.0f} minutes later")
                break


@correlation("AND068", Severity.MEDIUM, Stage.EXECUTION)
def network_use_of_unknown_app(
    lookups: Records[DnsEvent], connections: Records[ConnectEvent], security: Records[SecurityEvent],
    packages: Records[Package],
) -> Iterator[Hit]:  # fmt: skip
    """An app used the network that is not among the apps of the phone.

    Why: an app that was removed, or that hides from the list, was running.
    Benign causes: an app that the owner removed since (it counts as low where the log shows that); instant apps; apps
        of another user or a work profile that the list of apps does not cover.
    Base rate: common over months, rare over days.
    Next: ask the owner about the app; look up the hosts that it went to.
    References: https://developer.android.com/work/dpc/logging
    """
    known = {name.lower() for name in listed(packages)}
    if not known:
        return
    removed = by_app(events(security, {REMOVED}))
    first: dict[str, Located[DnsEvent] | Located[ConnectEvent]] = {}
    counts: dict[str, int] = {}
    for source in (lookups, connections):
        for one in source:
            name = (one.record.package or "").lower()
            if "." not in name or ":" in name or name in known:  # with a colon it is a uid that several apps share
                continue
            if name in first or len(first) < MAX_APPS:
                first.setdefault(name, one)
                counts[name] = counts.get(name, 0) + 1
    for name, at in first.items():
        since = f"; it was removed at {utc(moment(removed[name][-1]))}" if name in removed else ""
        host = at.record.host or (at.record.address if isinstance(at.record, ConnectEvent) else None)
        text = f"{name}, which is not among the apps, used the network{f', first for {host}' if host else ''}{since}"
        yield Hit(at, text, counts[name], severity=Severity.LOW if since else None)
