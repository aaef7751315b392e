"""Who asked where the phone is."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import milliseconds, user
from scanner.record import AppId, Dated, Place, Record, Stage

PAST = re.compile(
    r"    ([\w.]+): (\w+): .*Duration requested (\d{1,9}) total(?:, (\d{1,9}) foreground)?, out of the last \d+ minutes"
    r"(: Currently active)?"
)
SUM = re.compile(
    r"\s+(\d{1,9})/([\w.]+)(?:\[([^\]]*)\])?: .*durations? = (\S+?)/(\S+?)/([^\s,]+), locations = (\d{1,9})"
)
EVENT = re.compile(
    r"\s+(\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}): (\w+) provider (\S+|delivered location\S* to) (\d{1,9})/([\w.]+)"
)
ACTIVE = re.compile(r"UpdateRecord\[(\w+) ([\w.]+)\((\d{1,9}) (foreground|background)")
LISTENER = re.compile(
    r"\s+(\d{1,9})/([\w.]+)(?:\[[^\]]*\])?/[0-9A-Fa-f]{1,16} (?:\(\w+\) )?Request\[.*\](?! \(inactive\))[^\]]*"
)
"""Who listens to a provider, since Android 12; an inactive request gets nothing."""
MINUTE = 60


class LocationUse(Record):
    """How long an app asked for the phone's location, from one provider."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    package: AppId
    provider: str | None = None
    uid: int | None = None
    user: int | None = None
    requested: int | None = None
    """Seconds for which it asked, since the phone was started."""
    foreground: int | None = None
    """Seconds of these while it was in the foreground."""
    locations: int | None = None
    active: bool = False


class LocationEvent(Dated):
    """An app began or ended to ask for the phone's location, or was told it."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    package: AppId
    event: str
    """`+registration` and `-registration`, `+client` and `-client`, `delivered location[1]`."""
    provider: str | None = None
    uid: int | None = None
    user: int | None = None


@artifact("dumpsys:/location")
def location(file: File) -> Iterator[LocationUse | LocationEvent]:
    """Apps that asked for the phone's location since it was started, and since Android 12 when.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/location/
    """
    provider: str | None = None
    for number, text in file.lines():
        if text.endswith(":") and " " not in (name := text.strip()) and name != "listeners:":
            provider = name.rstrip(":")
        elif text.endswith(" provider:"):
            provider = text.split()[0]
        elif " Request[" in text and (listener := LISTENER.fullmatch(text)):
            uid, package = listener.groups()
            who = {"package": package, "uid": uid, "user": user(int(uid)), "provider": provider}
            yield from file.record(LocationUse, Place(line=number), active=True, **who)
        elif found := PAST.match(text) if "Duration requested" in text else None:
            yield from past(file, found, number)
        elif summed := SUM.match(text) if ", locations = " in text else None:
            yield from total(file, summed, provider, number)
        elif event := EVENT.match(text) if " provider " in text else None:
            time, source, kind, uid, package = event.groups()
            kind = kind.removesuffix(" to")
            who = {"package": package, "uid": uid, "user": user(int(uid)), "provider": source}
            yield from file.record(LocationEvent, Place(line=number), event=kind, **who, **file.dated(time, number))
        elif text.startswith("      UpdateRecord[") and (active := ACTIVE.search(text)):
            source, package, uid, _ = active.groups()
            who = {"package": package, "uid": uid, "user": user(int(uid)), "provider": source}
            yield from file.record(LocationUse, Place(line=number), active=True, **who)


def past(file: File, found: re.Match[str], number: int) -> Iterator[LocationUse]:
    """A total before Android 12, in minutes."""
    package, provider, total, foreground, active = found.groups()
    values: dict[str, Any] = {"requested": int(total) * MINUTE, "active": bool(active)}
    if foreground:
        values["foreground"] = int(foreground) * MINUTE
    yield from file.record(LocationUse, Place(line=number), package=package, provider=provider, **values)


def total(file: File, found: re.Match[str], provider: str | None, number: int) -> Iterator[LocationUse]:
    """A total since Android 12."""
    uid, package, _, requested, _, foreground, locations = found.groups()
    values = {"requested": seconds(requested), "foreground": seconds(foreground), "locations": locations}
    who = {"package": package, "uid": uid, "user": user(int(uid)), "provider": provider}
    yield from file.record(LocationUse, Place(line=number), **who, **values)


def seconds(text: str) -> int | None:
    """Seconds of a duration."""
    value = milliseconds(text)
    return None if value is None else value // 1000
