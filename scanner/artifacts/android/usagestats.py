"""Usage statistics: which app was on the screen when, which were used, and how idle the phone takes each to be."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import milliseconds, since_1970
from scanner.formats.usage_events import BUCKETS, OLD_NAMES
from scanner.record import AppId, AwareTime, Dated, Place, Record, Stage

EPOCH_YEARS = ("1969-", "1970-")
"""What a time of 0 is written as, in any zone."""
MAX_PARTS = 4
"""Days, hours, minutes and seconds."""


class UsageEvent(Dated):
    """Something that happened in the use of the phone: an app came to the screen, the screen was unlocked."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    type: str
    package: AppId | None = None
    component: str | None = None
    """The activity, the service."""
    root: AppId | None = None
    """The app that the task began with."""
    user: int | None = None
    bucket: str | None = None
    token: int | None = None
    """The app's number, where that is all that the phone's file has of it (since Android 11): its name stands under
    that number in the file `mappings` beside it, as a `UsageName`."""


class UsageTotal(Dated):
    """How long an app was used in a day, week, month or year; `time` is its last use."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    package: AppId | None = None
    user: int | None = None
    interval: str | None = None
    period: str | None = None
    """The time that it covers, as written; on the phone itself, its beginning in milliseconds since 1970."""
    seconds: int | None = None
    visible: AwareTime | None = None
    """When it was last visible."""
    service: AwareTime | None = None
    """When it last had a service in the foreground."""
    launches: int | None = None
    token: int | None = None
    """The app's number, where the file does not name it: see `UsageEvent`."""


class AppStandby(Record):
    """How idle the phone takes an app to be."""

    package: AppId
    user: int | None = None
    bucket: int | None = None
    bucket_word: str | None = None
    reason: str | None = None
    idle_seconds: int | None = None
    """How long before the report it was last used, counted without the time that the phone was off."""


class Reading:
    """Where in the dump a line stands."""

    def __init__(self, file: File) -> None:
        """At its beginning."""
        self.file = file
        self.user: str | None = None
        self.interval: str | None = None
        self.period: str | None = None
        self.foreign = False

    def dated(self, text: str | None, line: int) -> dict[str, Any]:
        """The fields of a time in quotes, or in milliseconds; a time of 0 is none."""
        text = (text or "").strip('"')
        if not text or text == "0" or text.startswith(EPOCH_YEARS):
            return {}
        if text.isdecimal():
            return since_1970(text)
        if text[:4].isdecimal():
            return self.file.dated(text, line)
        if not self.foreign:
            self.foreign = True
            self.file.problem(f"times are written as this phone's language has it, and are not read: {text[:40]}", line)
        return {"written": text}


@artifact("dumpsys:/usagestats", "section:/CHECKIN USAGESTATS")
def usagestats(file: File) -> Iterator[UsageEvent | UsageTotal | AppStandby]:
    """The events of the last day, totals of days to years in memory, and standby buckets, for each user.

    Events and times are text by the phone's clock, in the check-in form milliseconds. Before Android 5 there are
    totals of days only; names of events changed in Android 10.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/usage/java/com/android/server/usage/UserUsageStatsService.java
    """
    at = Reading(file)
    for row, text in file.lines():
        line = text.strip()
        if line.startswith("time="):
            yield from event(at, line, row)
        elif line.startswith("package="):
            if " lastTime" in line:
                yield from total(at, line, row)
            elif " bucket=" in line:
                yield from standby(at, line, row)
        elif line.startswith("user=") and text.startswith("user="):
            at.user = line.removeprefix("user=")
        elif line.startswith(("timeRange=", "beginTime=")):
            at.period = line.removeprefix("timeRange=").strip('"')
        elif line.startswith("In-memory "):
            at.interval = line.removeprefix("In-memory ").removesuffix(" stats")
        elif line.startswith("Date: "):
            at.interval, at.period = "daily", line.removeprefix("Date: ").partition(" ")[0]
        elif line.endswith(" ms") and " times, " in line:
            yield from old_total(at, line, row)


def words(line: str) -> dict[str, str]:
    """The `key=value` pairs of a line; quoted values may hold blanks."""
    found: dict[str, str] = {}
    key = ""
    for word in line.split(" "):
        name, equal, value = word.partition("=")
        if key and found[key].startswith('"') and (len(found[key]) == 1 or not found[key].endswith('"')):
            found[key] += f" {word}"
        elif equal:
            key = name
            found[key] = value
    return found


def event(at: Reading, line: str, row: int) -> Iterator[UsageEvent]:
    """An event; changes of the configuration say nothing of apps."""
    known = words(line)
    kind = known.get("type", "")
    if kind == "CONFIGURATION_CHANGE":
        return
    yield from at.file.record(
        UsageEvent,
        Place(line=row),
        type=OLD_NAMES.get(kind, kind),
        package=known.get("package"),
        component=known.get("class"),
        root=known.get("taskRootPackage"),
        user=at.user,
        bucket=named(known.get("standbyBucket", "")),
        **at.dated(known.get("time"), row),
    )


def total(at: Reading, line: str, row: int) -> Iterator[UsageTotal]:
    """An app's total."""
    known = words(line)
    yield from at.file.record(
        UsageTotal,
        Place(line=row),
        package=known.get("package"),
        user=at.user,
        interval=at.interval,
        period=at.period,
        seconds=seconds(known.get("totalTimeUsed") or known.get("totalTime") or ""),
        visible=at.dated(known.get("lastTimeVisible"), row).get("time"),
        service=at.dated(known.get("lastTimeFS"), row).get("time"),
        launches=known.get("appLaunchCount") or None,
        **at.dated(known.get("lastTimeUsed") or known.get("lastTime"), row),
    )


def seconds(text: str) -> int | None:
    """The seconds of `"1:02:03"`, `"00:16"` or, in the check-in form, of milliseconds."""
    parts = text.strip('"').split(":")
    if len(parts) > MAX_PARTS or not all(part.isdecimal() and len(part) <= len("999999999999999") for part in parts):
        return None
    if len(parts) == 1:
        return int(parts[0]) // 1000
    value = 0
    for part in parts:
        value = value * 60 + int(part)
    return value


def old_total(at: Reading, line: str, row: int) -> Iterator[UsageTotal]:
    """A day's total of an app before Android 5: `com.x: 3 times, 12345 ms`."""
    package, _, rest = line.partition(": ")
    count, _, used = rest.removesuffix(" ms").partition(" times, ")
    day = at.period or ""
    dated = at.dated(f"{day[:4]}-{day[4:6]}-{day[6:]} 00:00:00", row) if len(day) == len("20240615") else {}
    values = {"package": package, "interval": at.interval, "period": at.period, "launches": count}
    yield from at.file.record(UsageTotal, Place(line=row), seconds=seconds(used), **values, **dated)


def standby(at: Reading, line: str, row: int) -> Iterator[AppStandby]:
    """An app's bucket."""
    known = words(line)
    bucket, idle = known.get("bucket", ""), milliseconds(known.get("used", ""))
    yield from at.file.record(
        AppStandby,
        Place(line=row),
        package=known.get("package"),
        user=known.get("u") or at.user,
        bucket=bucket,
        bucket_word=named(bucket),
        reason=known.get("reason"),
        idle_seconds=None if idle is None else idle // 1000,
    )


def named(bucket: str) -> str | None:
    """The word of a bucket's number, or the number."""
    return BUCKETS.get(int(bucket), bucket) if bucket.isdecimal() and len(bucket) <= len("50") else None
