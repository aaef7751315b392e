"""Two notations in which Android's services print numbers: users' app ids, and durations.

References:
    AOSP, android.os.UserHandle.formatUid and android.util.TimeUtils.formatDuration:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/os/UserHandle.java
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/util/TimeUtils.java
"""

import re
from functools import lru_cache

PER_USER = 100_000
"""Uids of one user: a uid is the user's number times this, plus the app's id."""
FIRST = {"a": 10_000, "s": 0, "i": 99_000, "ai": 90_000}
"""Where the app ids of a kind begin: apps, shared ids of the system, isolated processes, those of app zygotes."""

UID = re.compile(r"u(\d{1,6})(ai|[asi])(\d{1,6})")
DURATION = re.compile(r"([+-]?) *(?:(\d{1,9})d ?)?(?:(\d{1,9})h ?)?(?:(\d{1,9})m ?)?(?:(\d{1,9})s ?)?(?:(\d{1,18})ms)?")
MILLISECONDS = (86_400_000, 3_600_000, 60_000, 1_000, 1)
LARGEST = 18
"""Digits of a number of 64 bits, at most."""


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


def numeral(text: str | None) -> str | None:
    """A text that should be a number, or a text that says so where it is one of more than 64 bits."""
    return text if text is None or len(text) <= LARGEST else f"not a number of 64 bits: {text[:LARGEST]}…"
