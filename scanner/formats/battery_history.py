"""The history of Android's battery statistics: what happened when, from the text of `dumpsys batterystats`.

Three notations: offsets from a `RESET:TIME:` (Android 5 to 13: `+8m10s300ms (2) 100 c0200040 +job=u0a12:"x/.Y"`),
the phone's own clock (from Android 14: `07-23 12:08:29.838 093 +job=u0a12:"x/.Y"`), and times before the end
(before Android 5: `-3h10m47s787ms 099 …`; they name no app).

References:
    AOSP, android.os.BatteryStats.HistoryPrinter:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/os/BatteryStats.java
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.formats.android_text import milliseconds

EVENT = re.compile(r'([+-]?)([a-z_]+)=([\w-]+):"([^"]*)"')
MARKER = re.compile(r"\d{4}(?:-\d\d){5}")
PLUG = re.compile(r"\bplug=(\w+)")
POWER = {"n": "none", "a": "ac", "u": "usb", "w": "wireless"}
"""What the check-in form calls the plugs; others it names as the history does."""
MARKS = {"START": "start", "SHUTDOWN": "shutdown"}
SHORT = {
    "Epr": "proc",
    "Efg": "fg",
    "Etp": "top",
    "Esy": "sync",
    "Ewl": "wake_lock_in",
    "Ejb": "job",
    "Epi": "pkginst",
    "Epu": "pkgunin",
    "Eal": "alarm",
    "Eai": "pkginactive",
    "Eaa": "pkgactive",
    "Etw": "tmpwhitelist",
    "Esw": "screenwake",
    "Ewa": "wakeupap",
    "Elw": "longwake",
    "w": "wake_lock",
}
"""What the check-in form calls the events that name an app."""
NAMED = frozenset(SHORT.values())
PROCESSES = frozenset({"top", "fg", "proc"})
PACKAGES = frozenset({"pkginst", "pkgunin", "pkginactive", "pkgactive"})

BEFORE_COMPONENT = re.compile(r"(?:\*[a-z-]+\*[a-z]*/)?(?:#[^#]*#)?(?:@[^@]*@)?")
PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.\w+)+")


class Row(NamedTuple):
    """A line of the history, cut into its time and the rest; `elapsed` or `written` is set."""

    first: str
    """The offset as written."""
    elapsed: int | None
    """Milliseconds since the history began."""
    written: str | None
    """The time as the phone's own clock showed it, without a year."""
    rest: str


class Event(NamedTuple):
    """Something that an app, or a user of the phone, began (`+` or no sign) or ended (`-`)."""

    sign: str
    name: str
    uid: str
    tag: str


def row(text: str) -> Row | None:
    """A line of the history; None of a line that has no time."""
    first, _, rest = text.strip().partition(" ")
    if len(first) == len("07-23") and first[2] == "-" and first[:2].isdecimal():
        time, _, rest = rest.partition(" ")
        return Row(first, None, f"{first} {time}", rest)
    elapsed = milliseconds(first)
    return None if elapsed is None else Row(first, elapsed, None, rest)


def clock(rest: str) -> tuple[str, str] | None:
    """What a line sets the clock by, `reset` or `time`, and the time in the form `2024-05-03 12:34:56`."""
    before, found, time = rest.partition("TIME: ")
    if not found or not (written := MARKER.match(time)):
        return None
    year, month, day, hour, minute, second = written[0].split("-")
    return ("reset" if before.endswith("RESET:") else "time"), f"{year}-{month}-{day} {hour}:{minute}:{second}"


def events(rest: str) -> Iterator[Event]:
    """The events of a line that name an app."""
    for sign, name, uid, tag in EVENT.findall(rest):
        if name in NAMED:
            yield Event(sign, name, uid, tag)


def plugged(rest: str) -> dict[str, str | bool]:
    """What a line says of the cable: `power` by which plug, `data` whether a computer is on the other end."""
    found: dict[str, str | bool] = {}
    if plug := PLUG.search(rest):
        found["power"] = plug[1]
    if "+usb_data" in rest or "-usb_data" in rest:
        found["data"] = "+usb_data" in rest
    return found


def package(event: str, tag: str) -> str | None:
    """The app that a tag names: in a component (`com.x/.Y`, `*job*/com.x/.Y`), a process, or as itself."""
    if event in PACKAGES:
        return tag or None
    if event in PROCESSES:
        name = tag.partition(":")[0]
        return name if PACKAGE.fullmatch(name) and not name.startswith("android.process.") else None
    if event != "job" and not tag.startswith("*job*"):
        return None
    component = tag[BEFORE_COMPONENT.match(tag).end() :]  # type: ignore[union-attr]
    name = component.partition("/")[0]
    if PACKAGE.fullmatch(name) or name == "android":
        return name
    name = component.rpartition(":")[2]  # a job with a tag of its own: `tag:com.x`
    return name if PACKAGE.fullmatch(name) else None
