"""Alarms: when apps have the phone wake them, and how often they woke it."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import milliseconds, uid, user, whole
from scanner.formats.indented import pairs
from scanner.record import AppId, AwareTime, Place, Record, Stage

NOW = re.compile(r"nowRTC=(\d{1,15})=.*nowELAPSED=\+?(\d{1,15})\b")
ALARM = re.compile(r"\s+(RTC|RTC_WAKEUP|ELAPSED|ELAPSED_WAKEUP) #\d+: Alarm\{\w+ type \d (.*) (\S+)\}")
USE = re.compile(r"  (\w+):(\S+) \+?(\S+) running, (\d{1,9}) wakeups:")


class PendingAlarm(Record):
    """An alarm that an app has set; `time` is when it is due."""

    package: AppId
    type: str
    """`RTC_WAKEUP` and `ELAPSED_WAKEUP` wake a sleeping phone."""
    time: AwareTime | None = None
    tag: str | None = None
    repeat: int | None = None
    """Seconds between its repetitions."""


class AlarmUse(Record):
    """How often an app's alarms woke the phone since it was started."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    package: AppId
    uid: int | None = None
    user: int | None = None
    wakeups: int | None = None
    milliseconds: int | None = None
    """How long its alarms ran."""


@artifact("dumpsys:/alarm")
def alarm(file: File) -> Iterator[PendingAlarm | AlarmUse]:
    """Alarms that are set, and each app's wakeups since the phone was started.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/apex/jobscheduler/service/java/com/android/server/alarm/AlarmManagerService.java
    """
    now: tuple[int, int] | None = None
    pending: dict[str, Any] | None = None
    for number, text in file.lines():
        if found := ALARM.match(text) if " #" in text else None:
            yield from finished(file, pending)
            pending = {"type": found[1], "when": found[2], "package": found[3], "line": number, "now": now}
        elif pending is not None and text.startswith("     "):
            detail(pending, text.strip())
        else:
            yield from finished(file, pending)
            pending = None
            if " nowELAPSED=" in text and (moment := NOW.search(text)):
                now = int(moment[1]), int(moment[2])
            elif text.endswith(" wakeups:") and (use := USE.fullmatch(text)):
                yield from used(file, use, number)
    yield from finished(file, pending)


def detail(pending: dict[str, Any], text: str) -> None:
    """Take one of the lines below an alarm's headline."""
    if text.startswith("tag="):
        pending["tag"] = text.removeprefix("tag=")
    elif "repeatInterval=" in text:
        pending["repeat"] = pairs(text).get("repeatInterval")


def finished(file: File, pending: dict[str, Any] | None) -> Iterator[PendingAlarm]:
    """The record of an alarm that was read."""
    if pending is None:
        return
    repeat = whole(pending.get("repeat"))
    yield from file.record(
        PendingAlarm,
        Place(line=pending["line"]),
        package=pending["package"],
        type=pending["type"],
        time=due(pending["when"], pending["type"], pending["now"]),
        tag=pending.get("tag"),
        repeat=repeat // 1000 if repeat else None,
    )


def due(when: str, kind: str, now: tuple[int, int] | None) -> float | None:
    """Seconds since 1970 of `when 1578517200000`, or of `origWhen 1 whenElapsed 2`, whose first is as the type says."""
    words = when.split()
    number = whole(words[1]) if len(words) > 1 else None
    if number is None:
        return None
    if kind.startswith("RTC"):
        return number / 1000
    return (now[0] + number - now[1]) / 1000 if now else None


def used(file: File, use: re.Match[str], number: int) -> Iterator[AlarmUse]:
    """The record of an app's wakeups."""
    who, package, running, wakeups = use.groups()
    values = {"package": package, "wakeups": wakeups, "milliseconds": milliseconds(running)}
    yield from file.record(AlarmUse, Place(line=number), uid=uid(who), user=user(uid(who)), **values)
