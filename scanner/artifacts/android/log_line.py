"""What is kept of the lines of Android's logs: those in which an indicator can stand, and how far a log reaches."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.formats.log_names import Fresh, names, paths, tells_of_absence
from scanner.formats.log_time import LogTime
from scanner.formats.logcat import Line
from scanner.record import AwareTime, Client, Dated, Path, Place, Record, Stage, Text

MAX_MESSAGE = 4000
"""Characters; a line of the log holds no more."""
ELAPSED = re.compile(r"\[logcat: [\d.]{1,12}s elapsed\]")
"""What dumpstate wrote below a log before Android 7."""


class LogLine(Dated):
    """A line of a log that names an app, a path, a link, an address or a hash."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    level: str | None = None
    tag: str | None = None
    pid: int | None = None
    message: Text
    names: tuple[Client, ...] = ()
    """Dotted names: packages, their processes, classes; none where the line says that what it names is not there."""
    paths: tuple[Path, ...] = ()
    """None where the line says that what it names is not there."""


class LogSpan(Record):
    """How far a log reaches, and whether the phone's clock made steps in it."""

    stage: ClassVar[Stage] = Stage.NONE
    log: str
    """Its title or file name."""
    time: AwareTime | None = None
    """Of the first line, to the minute."""
    last: AwareTime | None = None
    """Of the last line, to the minute."""
    lines: int = 0
    unread: int = 0
    """Lines in a form that is not known."""
    set_back: int = 0
    """Steps of the clock by more than a day back."""
    gaps: int = 0
    """Steps of the clock by more than a day forward; a phone that was off makes them too."""


class Log:
    """One log while it is read."""

    def __init__(self, file: File) -> None:
        """Of one file."""
        self.file = file
        self.time = LogTime(file.clock.read, file.clock.now)
        self.fresh = Fresh()
        self.lines = self.unread = 0
        self.first_unread: int | None = None

    def when(self, stamp: str, number: int) -> dict[str, Any]:
        """The fields of a `Dated` record."""
        if not stamp:
            return {}
        try:
            return {"time": self.time(stamp), "written": stamp, "clock": self.time.clock}
        except ValueError as error:
            self.file.problem(str(error), number)
            return {"written": stamp}

    def reached(self, stamp: str) -> None:
        """Note a time that the log reaches, and whether the clock made a step."""
        with suppress(ValueError):
            self.time(stamp)

    def line(self, number: int, parts: Line) -> LogLine | None:
        """The record of a line."""
        stamp, _, pid, _, level, tag, message = parts
        said = f"{tag} {message}"
        values = self.when(stamp, number)
        values |= {"level": level, "tag": tag, "pid": whole(pid)}
        values["message"] = message[:MAX_MESSAGE]
        if not tells_of_absence(message):
            values |= {"names": names(said), "paths": paths(said)}
        return self.file.made(LogLine, Place(line=number), values)

    def unknown(self, number: int, line: str) -> None:
        """Count a line in a form that is not known, unless it is a title or empty."""
        if line.strip() and not line.startswith(("---------", "***")) and not ELAPSED.fullmatch(line.strip()):
            self.unread += 1
            self.first_unread = self.first_unread or number

    def span(self) -> Iterator[LogSpan]:
        """How far the log reached."""
        if self.unread:
            self.file.problem(f"{self.unread} lines are in no known form of a log", self.first_unread)
        if not self.lines:
            return
        yield from self.file.record(
            LogSpan, Place(line=1), log=self.file.path.rpartition("/")[2], time=self.time.first, last=self.time.last,
            lines=self.lines, unread=self.unread, set_back=self.time.backward, gaps=self.time.forward,
        )  # fmt: skip
