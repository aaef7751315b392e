"""Battery statistics: what ran, woke the phone and was installed, since the phone was last full."""

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.battery_records import (
    BatteryApp,
    BatteryClock,
    BatteryPackageChange,
    BatteryPlug,
    BatteryUse,
)
from scanner.artifacts.android.battery_timeline import Timeline, Uses, When, changed
from scanner.evidence import File
from scanner.formats import battery_history as history
from scanner.formats.android_text import moment, since_1970, uid, user
from scanner.record import Place


@artifact("dumpsys:/batterystats")
def batterystats(file: File) -> Iterator[BatteryUse | BatteryPackageChange | BatteryClock | BatteryPlug | BatteryApp]:
    """What the battery statistics show of apps: their history, daily package changes and who used the battery.

    The history reaches back to the last time the phone was charged full, or less far where its 4 MB were too few.
    Events of one kind, uid and name are one record with a count. Before Android 5 it names no apps.

    References:
        https://developer.android.com/topic/performance/power/setup-battery-historian
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/os/BatteryStats.java
    """
    lines = file.lines()
    for _, text in lines:
        if text.startswith("Battery History"):
            yield from read_history(file, lines)
        elif text.startswith("Daily stats:"):
            yield from daily(file, lines)
        elif text.startswith("Statistics since "):
            yield from apps(file, lines)


def read_history(
    file: File, lines: Iterable[tuple[int, str]]
) -> Iterator[BatteryUse | BatteryPackageChange | BatteryClock | BatteryPlug]:
    """The history, up to the first empty line."""
    timeline, uses = Timeline(file), Uses(file)
    for number, text in lines:
        if not text:
            break
        if "plug=" in text or "usb_data" in text:
            yield from plug(file, timeline, text, number)
        if ':"' in text:
            for event, when in told(file, text, timeline, number):
                if event.name in {"pkginst", "pkgunin"}:
                    dated = timeline.dated(when, number)
                    yield from file.record(BatteryPackageChange, Place(line=number), **changed(event), **dated)
                else:
                    uses.add(event, when, number)
        elif "TIME: " in text or text.endswith(tuple(history.MARKS)):
            yield from mark(file, timeline, text, number)
    yield from uses.records(timeline.dated)


def told(file: File, text: str, timeline: Timeline, line: int) -> Iterator[tuple[history.Event, When]]:
    """The events of a line, with when it was."""
    row = history.row(text)
    if row is not None and (found := list(history.events(row.rest))):
        when = When(row, timeline.moment)
        for event in found:
            if event.tag:
                yield event, when
            else:
                file.problem(f"{event.name} of nobody", line)


def plug(file: File, timeline: Timeline, text: str, line: int) -> Iterator[BatteryPlug]:
    """The record of a cable's connection or removal."""
    row = history.row(text)
    if row is not None and (found := history.plugged(row.rest)):
        dated = timeline.dated(When(row, timeline.moment), line)
        yield from file.record(BatteryPlug, Place(line=line), **found, **dated)


def mark(file: File, timeline: Timeline, text: str, line: int) -> Iterator[BatteryClock]:
    """The record of a start or shutdown, or of the clock being set by much; smaller ones only count."""
    row = history.row(text)
    if row is None:
        return
    if found := history.clock(row.rest):
        event, written = found
        dated, jump = timeline.set(written, row.elapsed, line)
        if event == "reset" or jump is not None:
            yield from file.record(BatteryClock, Place(line=line), event=event, jump=jump, **dated)
    elif (word := row.rest.rpartition(" ")[2]) in history.MARKS:
        dated = timeline.dated(When(row, timeline.moment), line)
        timeline.started = word == "START"
        yield from file.record(BatteryClock, Place(line=line), event=history.MARKS[word], **dated)


def daily(file: File, lines: Iterable[tuple[int, str]]) -> Iterator[BatteryPackageChange]:
    """The installs, updates and removals of the days that the daily statistics keep."""
    start, until = dict[str, Any](), None
    for line, text in lines:
        word, _, rest = text.strip().partition(" ")
        if not text:
            break
        if word == "Current" and rest.startswith("start time: "):
            start, until = file.dated(wall(rest.removeprefix("start time: ")), line), None
        elif word == "Daily" and rest.startswith("from "):
            first, _, last = rest.removeprefix("from ").rstrip(":").partition(" to ")
            start, until = file.dated(wall(first), line), file.local(wall(last))
        elif word in {"Update", "Uninstall"}:
            package, _, version = rest.partition(" vers=")
            removed = word == "Uninstall" or version == "0"  # so a removal is noted since Android 6
            change = "uninstalled" if removed else "installed or updated"
            values = {"package": package, "change": change, "version": None if removed else version or None}
            yield from file.record(BatteryPackageChange, Place(line=line), until=until, **values, **start)


def wall(text: str) -> str:
    """`2024-05-03-12-34-56` as the phone's clock is written elsewhere."""
    date, time = text[:10], text[11:19]
    return f"{date} {time.replace('-', ':')}" if history.MARKER.match(text) else text


def apps(file: File, lines: Iterable[tuple[int, str]]) -> Iterator[BatteryApp]:
    """The packages and processes of each uid."""
    who: int | None = None
    for line, text in lines:
        if text.startswith("  ") and text.endswith(":"):
            word, _, name = text.strip().rstrip(":").partition(" ")
            if not name and not text.startswith("   "):
                who = uid(word)
            elif word in {"Apk", "Proc"} and who is not None and text.startswith("    ") and text[4] != " ":
                what = {"package": name} if word == "Apk" else {"process": name}
                yield from file.record(BatteryApp, Place(line=line), uid=who, user=user(who), **what)


@artifact("/data/system/batterystats-daily.xml")
def batterystats_daily(file: File) -> Iterator[BatteryPackageChange]:
    """Apps that were installed, updated or removed on each of the last days, as the phone itself stores it.

    Text until Android 11, binary XML since.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/power/stats/BatteryStatsImpl.java
    """
    for at, item in enumerate(file.xml().iter("item")):
        for change in item:
            if change.tag in {"upd", "rem"}:
                version = change.get("ver")
                removed = change.tag == "rem" or version == "0"
                yield from file.record(
                    BatteryPackageChange,
                    Place(key=f"item.{at}"),
                    package=change.get("pkg"),
                    change="uninstalled" if removed else "installed or updated",
                    version=None if removed else version,
                    **absolute(item.get("start"), item.get("end")),
                )


def absolute(start: str | None, end: str | None) -> dict[str, Any]:
    """The fields of a period in milliseconds since 1970."""
    return since_1970(start) | {"until": moment(end)}
