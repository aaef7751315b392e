"""How Android's services write numbers, uids, durations, times and the absence of a name.

References:
    AOSP, android.os.UserHandle.formatUid and android.util.TimeUtils.formatDuration:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/os/UserHandle.java
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/util/TimeUtils.java
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

PER_USER = 100_000
"""Uids of one user: a uid is the user's number times this, plus the app's id."""
FIRST = {"a": 10_000, "s": 0, "i": 99_000, "ai": 90_000}
"""Where the app ids of a kind begin: apps, shared ids of the system, isolated processes, those of app zygotes."""

UID = re.compile(r"u(\d{1,6})(ai|[asi])(\d{1,6})")
DURATION = re.compile(r"([+-]?) *(?:(\d{1,9})d ?)?(?:(\d{1,9})h ?)?(?:(\d{1,9})m ?)?(?:(\d{1,9})s ?)?(?:(\d{1,18})ms)?")
MILLISECONDS = (86_400_000, 3_600_000, 60_000, 1_000, 1)
LARGEST = 18
"""Digits of a number of 64 bits, at most."""
LONGEST, MOST = 20, 1 << 63
"""A number of 64 bits with its sign: its letters, and beyond which there is none."""
NOBODY = frozenset({None, "", "?", "null", "NULL", "none"})
CLOCK = "milliseconds since 1970"


@lru_cache(4096)
def uid(text: str) -> int | None:
    """The uid of `u0a106` (10106), `u11s1000` (1101000), `u0i7` (99007) or plain `1000`; None of anything else."""
    if text.isdecimal() and text.isascii() and len(text) <= LARGEST:
        return int(text)
    if not (found := UID.fullmatch(text)):
        return None
    return int(found[1]) * PER_USER + FIRST[found[2]] + int(found[3])


def user(number: int | None) -> int | None:
    """The user whose app has a uid."""
    return None if number is None else number // PER_USER


def milliseconds(text: str) -> int | None:
    """The milliseconds of `+1h02m03s004ms`, `-24d3h`, `1m 2s` or `0`; None of anything else."""
    text = text.strip()
    if text == "0":
        return 0
    if not text or not (found := DURATION.fullmatch(text)):
        return None
    parts = found.groups()[1:]
    if not any(parts):
        return None
    total = sum(int(part) * unit for part, unit in zip(parts, MILLISECONDS, strict=True) if part)
    return -total if found[1] == "-" else total


def later(moment: datetime | None, by: int | None) -> datetime | None:
    """A moment some milliseconds later, or before it where they are negative; None where there is no such time."""
    try:
        return None if moment is None or by is None else moment + timedelta(milliseconds=by)
    except OverflowError:
        return None


def whole(text: str | None, base: int = 10) -> int | None:
    """The whole number of 64 bits that a text is; None of anything else."""
    try:
        found = int(text, base) if text and len(text) <= LONGEST else None
    except ValueError:
        return None
    return found if found is not None and -MOST <= found < MOST else None


def moment(text: str | None, base: int = 10) -> float | None:
    """Seconds since 1970 of milliseconds; None of anything else, and of 0, which stands for never."""
    found = whole(text, base)
    return found / 1000 if found and found > 0 else None


def since_1970(written: str | int | None) -> dict[str, Any]:
    """The fields of a `Dated` record for milliseconds since 1970; of a text that is no such number, the text alone."""
    if written in {None, "", 0, "0"}:
        return {}
    time = moment(str(written))
    return {"time": time, "written": str(written), "clock": CLOCK} if time else {"written": str(written)}


def bit_names(bits: int, names: Mapping[int, str]) -> tuple[str, ...]:
    """The names of the bits that are set, by their places from the lowest (0)."""
    return tuple(name for place, name in names.items() if bits >> place & 1)


def named(text: str | None) -> str | None:
    """A name; None where Android writes that there is none."""
    return None if text in NOBODY else text
