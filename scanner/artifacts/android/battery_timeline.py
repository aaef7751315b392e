"""The battery's history as it is read: when its lines were written, and what apps did, counted."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from scanner.artifacts.android.battery_records import BatteryUse
from scanner.evidence import File
from scanner.formats import battery_history as history
from scanner.formats.android_text import later, uid, user
from scanner.record import Place

MAX_KINDS = 200_000
"""Different things that are told apart in one history; the phone's own limit on its texts is far lower."""
MAX_JUMP = 60
"""Seconds; the history's own time and the clock drift apart by less."""
COUNTED = "; counted from the moment that the history names"


class Moment(NamedTuple):
    """A moment at which the history names the clock."""

    time: datetime
    elapsed: int
    """Milliseconds since the history began."""
    clock: str | None

    def at(self, elapsed: int) -> datetime | None:
        """The instant of an offset, if there is one."""
        return later(self.time, elapsed - self.elapsed)


class When(NamedTuple):
    """When a line was written: its own notation, and the last moment that the history had named before it."""

    row: history.Row
    moment: Moment | None


class Timeline:
    """The instants of a history's lines, counted from the last moment at which it names the clock."""

    def __init__(self, file: File) -> None:
        """Before any such moment no line has an instant."""
        self.file = file
        self.moment: Moment | None = None
        self.started = False

    def set(self, written: str, elapsed: int | None, line: int) -> tuple[dict[str, Any], int | None]:
        """Take a moment that the history names: the fields of its record, and by how much the clock was set."""
        dated, jump = self.file.dated(written, line), None
        if (time := dated["time"]) is not None:
            expected = self.moment.at(elapsed) if self.moment and elapsed is not None else None
            if expected is not None and not self.started:
                jump = round((time - expected).total_seconds())
            self.moment = Moment(time, elapsed or 0, dated["clock"])
        self.started = False
        return dated, jump if jump is not None and abs(jump) > MAX_JUMP else None

    def dated(self, when: When, line: int) -> dict[str, Any]:
        """The fields of a record for a line's time."""
        row, moment = when
        if row.written is not None:
            return self.file.dated(row.written, line)
        time = moment.at(row.elapsed) if moment and row.elapsed is not None else None
        return {"time": time, "written": row.first, "clock": f"{moment.clock}{COUNTED}" if moment and time else None}


class Uses:
    """Uses, one for each event, uid and name."""

    def __init__(self, file: File) -> None:
        """None yet."""
        self.file, self.found = file, dict[history.Event, dict[str, Any]]()

    def add(self, event: history.Event, when: When, line: int) -> None:
        """Count one."""
        key = event._replace(sign="")
        if (known := self.found.get(key)) is not None:
            known["last"] = when
            known["count"] += event.sign != "-"
        elif len(self.found) < MAX_KINDS:
            self.found[key] = {"first": when, "line": line, "last": when, "count": 1}
        elif len(self.found) == MAX_KINDS:
            self.found[key] = {"first": when, "line": line, "last": when, "count": 1}
            self.file.problem(f"more than {MAX_KINDS} different events; what is beyond is not counted", line)

    def records(self, dated: Callable[[When, int], dict[str, Any]]) -> Iterator[BatteryUse]:
        """The records, in the order of the first time; only now are the times read that are needed."""
        for event, values in self.found.items():
            line, first, last = values["line"], values["first"], values["last"]
            time = dated(first, line)
            known = {"count": values["count"], "last": (time if last is first else dated(last, line)).get("time")}
            yield from self.file.record(BatteryUse, Place(line=line), **named(event), **known, **time)


def named(event: history.Event) -> dict[str, Any]:
    """Who did it, and what."""
    who, process = uid(event.uid), event.name in history.PROCESSES
    return {
        "event": event.name,
        "uid": who,
        "user": user(who),
        "package": history.package(event.name, event.tag),
        "process": event.tag if process else None,
        "name": None if process else event.tag,
    }


def changed(event: history.Event) -> dict[str, Any]:
    """An install or removal; the history writes a version where other events have the uid, and in that form."""
    removed = event.name == "pkgunin"
    return {
        "package": event.tag,
        "change": "uninstalled" if removed else "installed or updated",
        "version": None if removed else uid(event.uid),
    }
