"""The app operations service's dump, from Android 4.3 to 16: what each app may do, and when it last did it.

Four generations of what stands below `Package x:`

* 4.3 to 8: `CAMERA: mode=0; time=+1d2h ago; rejectTime=+5m ago; duration=+34ms`
* 9: `CAMERA (allow):` and below it `Access: top = 2018-12-04 13:43:00.123 (-1m2s)` for each state of the app
* 10: `Access: [top-s] 2020-01-08 15:30:08.802 (-1m40s679ms) duration=+162ms`
* since 11 the same between `tag=[` and `]`, one such pair for each attribution; since 12 also the discrete accesses
  of the last days: `Access [top-s] at 2024-06-14 10:00:00.000 for 60000 milliseconds`.

References:
    AOSP, AppOpsService, dump: https://android.googlesource.com/platform/frameworks/base
"""

import re
from datetime import datetime, timedelta

PER_USER = 100_000
BASES = {"a": 10_000, "i": 99_000, "s": 0}
UID = re.compile(r"u(\d{1,5})([ais])(\d{1,5})")
DURATION = re.compile(r"([+-]?)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?")
MODES = {"0": "allow", "1": "ignore", "2": "deny", "3": "default", "4": "foreground"}
LONGEST = timedelta(days=20_000)
"""More than Android is old."""


def uid(text: str) -> int | None:
    """The number of a uid as Android prints it: `1000`, `u0a123` (an app), `u10i5` (an isolated process)."""
    if text.isdecimal():
        return int(text)
    if not (found := UID.fullmatch(text)):
        return None
    return int(found[1]) * PER_USER + BASES[found[2]] + int(found[3])


def duration(text: str) -> timedelta | None:
    """A duration as Android prints it: `+1d2h3m4s5ms`, `-12ms`."""
    found = DURATION.fullmatch(text)
    if not found or not any(parts := found.groups()[1:]):
        return None
    days, hours, minutes, seconds, millis = (int(part or 0) for part in parts)
    made = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=millis)
    if made > LONGEST:
        return None
    return -made if found[1] == "-" else made


def before(now: datetime | None, took: timedelta | None) -> datetime | None:
    """The time of something so long before now."""
    try:
        return None if now is None or took is None else now - took
    except OverflowError:
        return None  # now is no time of a phone


def state(text: str) -> tuple[str | None, str | None]:
    """The app's state and whose doing it was, of `[top-s]`: `top`, `s`; Android 9 writes the state alone."""
    name, _, flags = text.strip("[] ").partition("-")
    return name or None, flags or None
