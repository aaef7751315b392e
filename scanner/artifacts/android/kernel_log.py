"""The kernel's log, of this boot and of the last one."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.artifacts.android.log_line import Log, LogLine, LogSpan
from scanner.artifacts.android.log_records import SelinuxDenial
from scanner.evidence import File
from scanner.formats.kernel_log import meaning, module, split, who
from scanner.formats.log_events import denial
from scanner.formats.log_names import names, paths, tells_of_absence
from scanner.formats.logcat import split as split_logcat
from scanner.record import Dated, FileName, Place, Process, Stage, Text

MAX_DENIALS = 2000
MAX_MESSAGE = 1000


class KernelEvent(Dated):
    """Something that the kernel noted: a panic, an error, a loaded module, a crash, a restart, a boot."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    event: str
    """panic, oops, trace (which process it met), module, fault, restart or boot."""
    uptime: float | None = None
    """Seconds since the boot."""
    process: Process | None = None
    pid: int | None = None
    module: FileName | None = None
    message: Text | None = None


Made = LogLine | LogSpan | SelinuxDenial | KernelEvent


class KernelLog:
    """The kernel's log while it is read."""

    def __init__(self, file: File) -> None:
        """Of one file."""
        self.file, self.log = file, Log(file)
        self.denials: set[tuple[Any, ...]] = set()

    def logcat(self, number: int, line: str) -> Iterator[Made]:
        """A line as logcat prints it: the time is the phone's."""
        if (parts := split_logcat(line)) is None:
            self.log.unknown(number, line)
            return
        self.log.lines += 1
        tag, message = parts[5], parts[6]
        text = f"{tag}: {message}" if tag and message else tag or message
        if self.log.lines == 1:
            self.log.reached(parts[0])
        found = list(self.event(number, text, {}, parts[0]))
        yield from found
        fresh = not found and self.log.fresh(message, parts[0].partition(":")[0])
        if fresh and (made := self.log.line(number, parts)) is not None:
            yield made

    def kernel(self, number: int, uptime: float, text: str) -> Iterator[Made]:
        """A line as the kernel writes it: the time is that since the boot."""
        self.log.lines += 1
        found = list(self.event(number, text, {"uptime": uptime}, ""))
        yield from found
        if not found and self.log.fresh(text, ""):
            said = text[:MAX_MESSAGE]
            named = {} if tells_of_absence(said) else {"names": names(said), "paths": paths(said)}
            yield from self.file.record(LogLine, Place(line=number), tag="kernel", message=said, **named)

    def event(self, number: int, text: str, more: dict[str, Any], stamp: str) -> Iterator[Made]:
        """What a line tells, if it matters."""
        place = Place(line=number)
        if "avc:" in text and (found := denial(text)):
            key = tuple(found.values())
            if key not in self.denials and len(self.denials) < MAX_DENIALS:
                self.denials.add(key)
                yield from self.file.record(SelinuxDenial, place, **self.log.when(stamp, number), **found)
        elif event := meaning(text):
            process, pid = who(text)
            values = {"event": event, "process": process, "pid": pid, "module": module(text)}
            values |= {"message": text[:MAX_MESSAGE]} | more | self.log.when(stamp, number)
            yield from self.file.record(KernelEvent, place, **values)


@artifact(
    "section:/KERNEL LOG",
    "section:/LAST KMSG",
    "section:/LAST PANIC CONSOLE",
    "/sys/fs/pstore/console-ramoops*",
    "/sys/fs/pstore/dmesg-ramoops*",
    "/proc/last_kmsg",
    "/proc/kmsg",
    "/data/dontpanic/apanic_console",
)
def events(file: File) -> Iterator[LogLine | LogSpan | SelinuxDenial | KernelEvent]:
    """The kernel's log of this boot and the end of the last one's: errors, loaded modules, denied access, restarts.

    Lines that are none of these are kept where they name something which no earlier line named; the same denial of
    access is kept once. The kernel's own lines have no time but that since the boot.

    References:
        Android Open Source Project, "Understand logging": https://source.android.com/docs/core/tests/debug/understanding-logging
    """
    reading = KernelLog(file)
    stamp = ""
    for number, line in file.lines():
        if found := split(line):
            yield from reading.kernel(number, *found)
        elif line[:1].isdecimal():
            stamp = line[:18]
            yield from reading.logcat(number, line)
        else:
            reading.log.unknown(number, line)
    if stamp:
        reading.log.reached(stamp)
    yield from reading.log.span()
