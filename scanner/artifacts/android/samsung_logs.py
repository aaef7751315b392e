"""Logs that Samsung's phones keep for months: installations, restarts with their reasons, resets."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.artifacts.android.log_records import InstallLine
from scanner.evidence import File
from scanner.formats.log_events import braced
from scanner.record import Dated, Place, Stage, Text

STAMPED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}): (.*)")
RESULT = re.compile(r"result of (install|delete): (-?\d{1,6})\{(-?\w+)\}")
OBSERVER = re.compile(r"observer\{(-?\w+)\}")
MARK = b": START "
NOTED = re.compile(r"\bpkg: ([\w.]+)")
POWER = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4})\s*$")
HISTORY = re.compile(r"\+ \[(?:\S+ \| )?(\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)(?: \| ([^\]]*))?\]")
WIPES = ("--wipe_data", "--prompt_and_wipe_data")
KEYS = "Recovery Mode Set by key"
MAX_ARGUMENTS = 50
MAX_LINES = 12
"""Of one entry about a package."""


class PowerEvent(Dated):
    """A Samsung phone was switched off, restarted or switched on, and why."""

    stage: ClassVar[Stage] = Stage.NONE
    event: str
    """SHUTDOWN, REBOOT, ON, LPM (charging while off), KP (the kernel gave up) …"""
    state: str | None = None
    """NP: there was no power before; RP: it was restarted."""
    reason: str | None = None
    """userrequested, shell, recovery, no power …"""
    detail: Text | None = None


class RecoveryEntry(Dated):
    """A start of a Samsung phone's recovery system: an update or a reset; older than the reset itself."""

    stage: ClassVar[Stage] = Stage.NONE
    build: str | None = None
    wiped: bool = False
    """Whether the owner's data were to be wiped."""
    by_keys: bool = False
    """Whether somebody started it with the phone's keys; data may have been wiped then without a word here."""
    reason: str | None = None
    requested: str | None = None
    """The time of the request as written; which zone it is in differs between phones."""
    arguments: Text | None = None


@artifact("/data/log/pm_debug_info*.txt", "dumpsys:/package")
def installations(file: File) -> Iterator[InstallLine]:
    """What Samsung's package manager notes of installations and removals: by whom, from where, with what result.

    The notes go back months, and name apps that are gone. They stand in a file of their own, and at the end of what
    the service `package` prints; other phones have none.

    References:
        Amnesty International Security Lab, "A Digital Prison", which found traces of a forensic tool's agent here:
        https://securitylab.amnesty.org/latest/2024/12/a-digital-prison-surveillance-and-the-suppression-of-civil-society-in-serbia/
    """
    data = file.read()
    if (at := data.find(MARK)) < 0:
        return
    start = data.rfind(b"\n", 0, at) + 1
    first = data.count(b"\n", 0, start) + 1
    text = data[start:].decode("utf-8", "backslashreplace")
    waiting: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, written, message in entries(enumerate(text.splitlines(), first)):
        if found := RESULT.match(message):
            place, values = waiting.pop(found[3], (number, None))
            values = values or file.dated(written, number) | {"event": found[1]}
            yield from file.record(InstallLine, Place(line=place), **values | {"verdict": found[2]})
        elif message.startswith("START "):
            event = "install" if "INSTALL" in message[:20] else "delete"
            values = file.dated(written, number) | {"event": event} | braced(message)
            observer = OBSERVER.search(message)
            waiting[observer[1] if observer else f"line {number}"] = number, values
        elif found := NOTED.search(message):
            said = {"event": "note", "app": found[1], "message": message}
            yield from file.record(InstallLine, Place(line=number), **file.dated(written, number), **said)
    for place, values in waiting.values():
        yield from file.record(InstallLine, Place(line=place), **values)


def entries(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """Notes with their line, time and text; a note may go over several lines."""
    begun: tuple[int, str, list[str]] | None = None
    for number, line in lines:
        if line[:4].isdecimal() and (found := STAMPED.match(line)):
            if begun:
                yield begun[0], begun[1], " ".join(begun[2])
            begun = number, found[1], [found[2]]
        elif begun and "{" in line and len(begun[2]) < MAX_LINES:
            begun[2].append(line.strip())
        elif begun:
            yield begun[0], begun[1], " ".join(begun[2])
            begun = None
    if begun:
        yield begun[0], begun[1], " ".join(begun[2])


@artifact("/data/log/power_off_reset_reason*.txt", "/data/system/users/service/data/eRR.p")
def power(file: File) -> Iterator[PowerEvent]:
    """Why a Samsung phone was switched off, restarted or switched on; lines of several parts, other lines are skipped.

    References:
        Kevin Pagano, "Samsung Power Off Reset Logs": https://www.stark4n6.com/2021/10/samsung-power-off-reset-logs.html
        The Binary Hick, "DeRR.p. Investigating Power Events on Samsung Devices":
        https://thebinaryhick.blog/2024/04/07/
    """
    for number, line in file.lines():
        time, *rest = line.split("|")
        if len(rest) < 3 or not (found := POWER.search(time)):
            continue
        event, state, detail = rest[0].strip(), rest[1].strip(), "|".join(rest[2:]).strip()
        reason = detail.partition("REASON:")[2].strip() or None
        values = {"event": event or "?", "state": state or None, "reason": reason}
        values["detail"] = None if reason else detail or None
        yield from file.record(PowerEvent, Place(line=number), **file.dated(found[1], number), **values)


@artifact("/efs/recovery/history", "/data/log/recovery_history.log")
def recovery(file: File) -> Iterator[RecoveryEntry]:
    """When a Samsung phone's recovery system was started, and whether the owner's data were to be wiped then.

    The first of the two files outlives a reset: it says until when nothing older can be on the phone.

    References:
        The Binary Hick, "Wipeout! Detecting Android Factory Resets":
        https://thebinaryhick.blog/2021/08/19/wipeout-detecting-android-factory-resets/
    """
    begun: tuple[int, dict[str, Any], list[str]] | None = None
    for number, line in file.lines():
        if line.startswith("+ "):
            yield from made(file, begun)
            found = HISTORY.match(line)
            if not found:
                file.problem("a start of the recovery system without its time", number)
            time = file.dated(f"{found[1]}-{found[2]}-{found[3]} {found[4]}", number) if found else {}
            begun = number, time | {"build": found[5] if found else None}, []
        elif begun and line.strip() not in {"", "-"} and len(begun[2]) < MAX_ARGUMENTS:
            begun[2].append(line.strip())
    yield from made(file, begun)


def made(file: File, begun: tuple[int, dict[str, Any], list[str]] | None) -> Iterator[RecoveryEntry]:
    """The record of a start of the recovery system."""
    if not begun:
        return
    number, values, lines = begun
    named = dict(line.split("=", 1) for line in lines if "=" in line)
    values |= {"wiped": any(line in WIPES for line in lines), "by_keys": any(KEYS in line for line in lines)}
    values |= {
        "reason": named.get("--reason") or named.get("reboot_reason"),
        "requested": named.get("--requested_time"),
    }
    yield from file.record(RecoveryEntry, Place(line=number), **values, arguments="\n".join(lines) or None)
