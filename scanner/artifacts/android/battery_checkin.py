"""Battery statistics in the check-in form: the same history in short, and the packages of each uid."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime

from scanner.artifact import artifact
from scanner.artifacts.android.battery_records import (
    BatteryApp,
    BatteryClock,
    BatteryPackageChange,
    BatteryPlug,
    BatteryUse,
)
from scanner.artifacts.android.battery_timeline import Moment, Timeline, Uses, When, changed
from scanner.evidence import File
from scanner.formats import battery_history as history
from scanner.formats.android_text import user
from scanner.record import AppId, Place, Record

MAX_TEXTS = 200_000
LATEST = 4_000_000_000_000
LONGEST = len("9223372036854775807")


class BatteryUid(Record):
    """The app that had a uid when the battery statistics were written."""

    package: AppId
    uid: int
    user: int | None = None


class History:
    """The history as far as it was read."""

    def __init__(self, file: File) -> None:
        """At its beginning."""
        self.file, self.uses, self.timeline = file, Uses(file), Timeline(file)
        self.texts: dict[str, tuple[str, str]] = {}
        """The uid and text of each number that events refer to by."""
        self.elapsed = 0

    def now(self, offset: str) -> When:
        """The moment that is now reached."""
        return When(history.Row(offset, self.elapsed, None, ""), self.timeline.moment)

    def set(self, milliseconds: int) -> None:
        """Take a moment that the history names."""
        if 0 < milliseconds < LATEST:
            time = datetime.fromtimestamp(milliseconds / 1000, UTC)
            self.timeline.moment = Moment(time, self.elapsed, "milliseconds since 1970")


@artifact("section:/CHECKIN BATTERYSTATS")
def batterystats(
    file: File,
) -> Iterator[BatteryUse | BatteryPackageChange | BatteryClock | BatteryPlug | BatteryApp | BatteryUid]:
    """The battery statistics as bug reports repeat them for machines; old reports hold those before the last reset.

    Times are absolute here. References of events to texts (`9,hsp,…`) are resolved.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/os/BatteryStats.java
    """
    past = History(file)
    for number, text in file.lines():
        parts = text.split(",", 4)
        if len(parts) < len(("9", "h", "0")):
            continue
        kind = parts[1]
        if kind == "hsp" and len(parts) > len(("9", "hsp", "0", "1000")) and len(past.texts) < MAX_TEXTS:
            past.texts[parts[2]] = (parts[3], parts[4].strip('"'))
        elif kind == "h":
            yield from entry(past, text.split(",", 2)[2], number)
        elif kind.isdecimal() and parts[2] in {"l", "i"} and len(parts) > len(("9", "0", "i", "uid")):
            yield from totals(file, kind, parts[3], parts[4], number)
    yield from past.uses.records(past.timeline.dated)


def entry(past: History, rest: str, line: int) -> Iterator[BatteryPackageChange | BatteryClock | BatteryPlug]:
    """A line of the history: the milliseconds since the one before, then what changed."""
    first, *changes = rest.split(",")
    offset, _, mark = first.partition(":")
    if not offset.removeprefix("-").isdecimal() or len(offset) > LONGEST:
        past.file.problem(f"no line of the history: {rest[:60]}", line)
        return
    past.elapsed += int(offset)
    if mark:
        yield from marked(past, offset, mark, line)
    for change in changes:
        sign, name = (change[0], change[1:]) if change[:1] in {"+", "-"} else ("", change)
        name, equal, reference = name.partition("=")
        if equal and name in history.SHORT and (text := past.texts.get(reference)):
            event = history.Event(sign, history.SHORT[name], *text)
            yield from happened(past, event, past.now(offset), line)
    if found := plugged(changes):
        dated = past.timeline.dated(past.now(offset), line)
        yield from past.file.record(BatteryPlug, Place(line=line), **found, **dated)


def plugged(changes: list[str]) -> dict[str, str | bool]:
    """What the changes say of the cable."""
    found: dict[str, str | bool] = {}
    for change in changes:
        if change.startswith("Bp="):
            plug = change.removeprefix("Bp=")
            found["power"] = history.POWER.get(plug, plug)
        elif change in {"+Ud", "-Ud"}:
            found["data"] = change == "+Ud"
    return found


def happened(past: History, event: history.Event, when: When, line: int) -> Iterator[BatteryPackageChange]:
    """An event: the record of an install or removal; others are counted."""
    if event.name in {"pkginst", "pkgunin"} and event.tag:
        dated, values = past.timeline.dated(when, line), changed(event)
        yield from past.file.record(BatteryPackageChange, Place(line=line), **values, **dated)
    elif event.tag:
        past.uses.add(event, when, line)


def marked(past: History, offset: str, mark: str, line: int) -> Iterator[BatteryClock]:
    """The phone started or shut down, or the history names the time."""
    word, _, time = mark.rpartition(":")
    if word in {"RESET:TIME", "TIME"} and time.isdecimal() and len(time) <= LONGEST:
        past.set(int(time))
        event = "reset" if word == "RESET:TIME" else None
    else:
        event = history.MARKS.get(mark)
    if event:
        dated = past.timeline.dated(past.now(offset), line)
        yield from past.file.record(BatteryClock, Place(line=line), event=event, **dated)


def totals(file: File, uid: str, kind: str, rest: str, line: int) -> Iterator[BatteryApp | BatteryUid]:
    """Who used the battery, and which package has which uid."""
    if kind not in {"uid", "apk", "pr"} or len(uid) > LONGEST:
        return
    try:
        values = next(csv.reader([rest]), [])
    except csv.Error as error:
        file.problem(str(error), line)
        return
    number = int(uid)
    if kind == "uid" and len(values) == len(("uid", "package")) and values[0].isdecimal() and len(values[0]) <= LONGEST:
        number = int(values[0])
        yield from file.record(BatteryUid, Place(line=line), package=values[1], uid=number, user=user(number))
    elif kind == "apk" and len(values) > 1:
        yield from file.record(BatteryApp, Place(line=line), uid=number, user=user(number), package=values[1])
    elif kind == "pr" and values:
        yield from file.record(BatteryApp, Place(line=line), uid=number, user=user(number), process=values[0])
