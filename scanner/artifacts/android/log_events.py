"""Lines of Android's logs that mean something by themselves, whichever log they stand in: how they become records."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from scanner.artifacts.android.log_line import Log
from scanner.artifacts.android.log_records import (
    ActivityStart,
    AppCrash,
    InstallLine,
    NotResponding,
    PhoneEvent,
    ProcessEvent,
    SelinuxDenial,
)
from scanner.artifacts.android.tombstones import crash
from scanner.formats.android_text import named
from scanner.formats.event_log import numbered
from scanner.formats.log_events import RUNTIME, STAGE, braced, denial, intent, verification
from scanner.formats.logcat import Line
from scanner.formats.tombstone_text import tombstones
from scanner.record import Place, Record

MAX_KEPT = 5000
"""Lines of crashes that are kept until the log ends."""
MAX_STACK = 40
FATAL = "FATAL EXCEPTION"


PHONE = (
    "boot_progress_start", "boot_progress_system_run", "boot_progress_enable_screen", "screen_toggled",
    "power_screen_state", "sf_stop_bootanim", "shutdown", "am_user_state_changed",
)  # fmt: skip


class Events:
    """The events of one log."""

    def __init__(self, log: Log) -> None:
        """Of a log that is read."""
        self.log = log
        self.installing: tuple[int, dict[str, Any]] | None = None
        self.native: dict[str, list[tuple[int, str]]] = {}
        """Lines of native crashes, by the process that wrote them."""
        self.written: dict[int, str] = {}
        """When they were written, by their number."""
        self.runtime: dict[str, list[tuple[int, str]]] = {}
        """Lines of exceptions that nobody caught, by process."""
        self.times: dict[int, dict[str, Any]] = {}
        """When those began, by the number of the line."""
        self.kept = 0
        self.part = False
        """Whether the last line was one of several that become a record together."""
        self.denials: dict[tuple[Any, ...], str] = {}

    def take(self, number: int, parts: Line) -> Iterator[Record]:
        """What a line means, if anything."""
        tag, self.part = parts[5], False
        if take := TAGS.get(tag):
            yield from take(self, number, parts)
        elif tag.endswith("PackageManagerService"):
            yield from self.package(number, parts)

    def made(self, kind: type[Record], number: int, stamp: str, values: dict[str, Any]) -> Iterator[Record]:
        """A record with the time of a line."""
        yield from self.timed(kind, number, self.log.when(stamp, number) | values)

    def timed(self, kind: type[Record], number: int, values: dict[str, Any]) -> Iterator[Record]:
        """A record whose time is known."""
        if (made := self.log.file.made(kind, Place(line=number), values)) is not None:
            yield made

    def started(self, number: int, parts: Line) -> Iterator[Record]:
        """`am_proc_start: [user,pid,uid,process,type,component]`."""
        numbers, rest = numbered(parts[6])
        if len(numbers) < 2 or not rest:
            return
        component = ",".join(rest[2:]).strip("{}") or None
        made: dict[str, Any] = {
            "event": "start",
            "process": rest[0],
            "reason": (rest[1] or None) if len(rest) > 1 else None,
        }
        made |= {"component": component, "app": component.partition("/")[0] if component else None}
        made |= {"pid": numbers[-2], "uid": numbers[-1], "user": numbers[0] if len(numbers) > 2 else None}
        yield from self.made(ProcessEvent, number, parts[0], made)

    def ended(self, number: int, parts: Line) -> Iterator[Record]:
        """`am_kill: [user,pid,process,score,reason]`, `am_proc_died: [user,pid,process,score,state]`."""
        numbers, rest = numbered(parts[6])
        if not numbers or not rest:
            return
        killed = parts[5] == "am_kill"
        made: dict[str, Any] = {"event": "kill" if killed else "died", "process": rest[0], "pid": numbers[-1]}
        made |= {"user": numbers[0] if len(numbers) > 1 else None}
        made |= {"reason": ",".join(rest[2:]) or None if killed else None}
        yield from self.made(ProcessEvent, number, parts[0], made)

    def crashed(self, number: int, parts: Line) -> Iterator[Record]:
        """`am_crash: [user,pid,process,flags,exception,message,file,line]`, since Android 14 `,recoverable]`."""
        numbers, rest = numbered(parts[6])
        if not numbers or len(rest) < 3:
            return
        end = -3 if len(rest) > 5 and rest[-2].lstrip("-").isdecimal() else -2
        message = ",".join(rest[3:end]) or ",".join(rest[3:])
        made: dict[str, Any] = {"process": rest[0], "pid": numbers[-1], "exception": rest[2]}
        made |= {"message": named(message), "user": numbers[0] if len(numbers) > 1 else None}
        yield from self.made(AppCrash, number, parts[0], made)

    def hung(self, number: int, parts: Line) -> Iterator[Record]:
        """`am_anr: [user,pid,package,flags,reason]`."""
        numbers, rest = numbered(parts[6])
        if not numbers or not rest:
            return
        made: dict[str, Any] = {"process": rest[0], "pid": numbers[-1], "reason": ",".join(rest[2:]) or None}
        made |= {"user": numbers[0] if len(numbers) > 1 else None}
        yield from self.made(NotResponding, number, parts[0], made)

    def created(self, number: int, parts: Line) -> Iterator[Record]:
        """`wm_create_activity: [user,token,task,component,action,type,link,flags]`."""
        numbers, rest = numbered(parts[6])
        if not numbers or len(rest) < 4:
            return
        link = ",".join(rest[3:-1])
        made: dict[str, Any] = {"component": rest[0], "app": rest[0].partition("/")[0], "action": named(rest[1])}
        made |= {"link": named(link)} if "://" in link and not link.startswith("content:") else {"content": named(link)}
        yield from self.made(ActivityStart, number, parts[0], made)

    def opened(self, number: int, parts: Line) -> Iterator[Record]:
        """`START u0 {act=… dat=… cmp=…} from uid 10123`."""
        if parts[6].startswith("START u"):
            yield from self.made(ActivityStart, number, parts[0], intent(parts[6]))

    def happened(self, number: int, parts: Line) -> Iterator[Record]:
        """A boot, or the screen."""
        yield from self.made(PhoneEvent, number, parts[0], {"event": parts[5], "values": parts[6] or None})

    def package(self, number: int, parts: Line) -> Iterator[Record]:
        """Installations: Samsung's `START INSTALL PACKAGE: …`, whose parts may be lines of their own, and OPPO's."""
        message = parts[6]
        if message.startswith(("START INSTALL PACKAGE", "START DELETE PACKAGE")):
            yield from self.installed()
            event = "install" if "INSTALL" in message[:13] else "delete"
            self.installing, self.part = (
                (number, self.log.when(parts[0], number) | {"event": event, **braced(message)}),
                True,
            )
        elif self.installing and "{" in message and message.startswith((" ", "pkg{")):
            self.installing[1].update(braced(message))
            self.part = True
            if "Request from{" in message or "caller{" in message:
                yield from self.installed()
        elif message.startswith("result of "):
            yield from self.installed()
            yield from self.made(InstallLine, number, parts[0], {"event": "result", "message": message})
        elif found := STAGE.search(message):
            made = {"event": "install", "app": found[1], "path": found[2], "installer": found[3]}
            yield from self.made(InstallLine, number, parts[0], made)

    def installed(self) -> Iterator[Record]:
        """The installation whose lines were gathered."""
        if self.installing:
            number, made = self.installing
            self.installing = None
            if "app" in made or "path" in made:
                yield from self.timed(InstallLine, number, made)

    def verified(self, number: int, parts: Line) -> Iterator[Record]:
        """What Play Protect says of an app."""
        if found := verification(parts[6]):
            made = {"event": "verification", "message": parts[6], **found}
            yield from self.made(InstallLine, number, parts[0], made)

    def denied(self, number: int, parts: Line) -> Iterator[Record]:
        """Access that SELinux denied; the same again is left out within the hour."""
        if not (found := denial(parts[6])):
            return
        key, hour = tuple(found.values()), parts[0].partition(":")[0]
        if self.denials.get(key) != hour and len(self.denials) < MAX_KEPT:
            self.denials[key] = hour
            yield from self.made(SelinuxDenial, number, parts[0], found)

    def gathered(self, number: int, parts: Line) -> Iterator[Record]:
        """A line of a native crash, or of an exception that nobody caught: kept until the log ends."""
        self.kept, self.part = self.kept + 1, True
        if self.kept <= MAX_KEPT:
            if parts[5] == "DEBUG":
                self.native.setdefault(parts[2], []).append((number, parts[6]))
                self.written[number] = parts[0]
            else:
                self.runtime.setdefault(parts[2], []).append((number, parts[6]))
                if FATAL in parts[6]:
                    self.times[number] = self.log.when(parts[0], number)
        return iter(())

    def finish(self) -> Iterator[Record]:
        """What needed more than one line."""
        yield from self.installed()
        for lines in self.native.values():
            for found in tombstones(lines):
                if found.pid is not None or found.process is not None:
                    found.timestamp = found.timestamp or self.written.get(found.line or 0)
                    yield from crash(self.log.file, found)
        for exceptions in self.runtime.values():
            yield from self.uncaught(exceptions)
        if self.kept > MAX_KEPT:
            self.log.file.problem(f"{self.kept - MAX_KEPT} lines of crashes are not read")

    def uncaught(self, lines: list[tuple[int, str]]) -> Iterator[Record]:
        """The exceptions of one process that nobody caught."""
        starts = [at for at, (number, _) in enumerate(lines) if number in self.times]
        for start, end in pairwise([*starts, len(lines)]):
            texts = [text for _, text in lines[start + 1 : min(end, start + MAX_STACK)]]
            said = next((found for text in texts if (found := RUNTIME.match(text))), None)
            exception, *stack = [text for text in texts if not RUNTIME.match(text)] or [""]
            name, _, message = exception.partition(": ")
            made = {"process": said[1] if said else None, "pid": int(said[2]) if said else None, "exception": name}
            made |= {"message": message or None, "stack": "\n".join(stack) or None}
            number = lines[start][0]
            yield from self.timed(AppCrash, number, self.times[number] | made)


TAGS = {
    "am_proc_start": Events.started, "am_kill": Events.ended, "am_proc_died": Events.ended, "am_crash": Events.crashed,
    "am_anr": Events.hung, "wm_create_activity": Events.created, "am_create_activity": Events.created,
    "ActivityTaskManager": Events.opened, "ActivityManager": Events.opened, "PackageManager": Events.package,
    "Finsky": Events.verified, "DEBUG": Events.gathered, "AndroidRuntime": Events.gathered,
    **dict.fromkeys(PHONE, Events.happened),
}  # fmt: skip
