"""Traces: what processes ran when one of them did not respond, or when a report was made."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.formats.tombstone import foreign
from scanner.record import Client, Dated, Path, Place, Stage, Text

MAX_FILES = 256
BEGIN = "----- pid "


class TracedProcess(Dated):
    """A process whose threads were written down, with the code that it had loaded."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    process: Client | None = None
    pid: int | None = None
    subject: Text | None = None
    """Why, where the file says it: who waited for what."""
    code: tuple[Path, ...] = ()
    """Apps and libraries that it had loaded and that are not the system's."""


class Traces:
    """Traces while their lines come in."""

    def __init__(self, file: File) -> None:
        """Of one file."""
        self.file = file
        self.values: dict[str, Any] | None = None
        self.place = Place()
        self.code: dict[str, None] = {}
        self.subject: str | None = None

    def begin(self, number: int, line: str) -> Iterator[TracedProcess]:
        """`----- pid 28426 at 2020-01-08 16:01:15.123 -----`: another process begins."""
        yield from self.end()
        pid, _, time = line.removeprefix(BEGIN).removesuffix("-----").strip().partition(" at ")
        time = time[: len("2020-01-08 16:01:15.123456")] + time[len("2020-01-08 16:01:15.123456789") :]
        self.values = self.file.dated(time, number) | {"pid": whole(pid)}
        self.place = Place(line=number)

    def end(self) -> Iterator[TracedProcess]:
        """The process whose lines are over."""
        if self.values is not None:
            values = self.values | {"code": tuple(self.code), "subject": self.subject}
            self.values, self.code, self.subject = None, {}, None
            yield from self.file.record(TracedProcess, self.place, **values)

    def loaded(self, text: str) -> None:
        """Keep a file that is not the system's."""
        if foreign(text) and len(self.code) < MAX_FILES:
            self.code[text] = None

    def line(self, line: str) -> None:
        """A line of a process."""
        if line.startswith("Cmd line: ") and self.values is not None:
            self.values.setdefault("process", line.removeprefix("Cmd line: ").strip())
        elif line.startswith("Libraries: "):
            for word in line.split()[1:]:
                self.loaded(word)
        elif line.startswith("#"):
            for word in line.partition("[")[2].partition("]")[0].replace(":", ",").split(","):
                self.loaded(word.strip())
        elif line.startswith("Subject: "):
            self.subject = line.removeprefix("Subject: ")
        elif " pc 0" in line:
            self.loaded(line.partition(" pc ")[2].lstrip().partition("  ")[2].partition(" (")[0])


@artifact("section:/VM TRACES*", "/data/anr/**/*")
def processes(file: File) -> Iterator[TracedProcess]:
    """Processes whose threads were written down: when one did not respond, or when a bug report was made.

    Of each the code is kept that it had loaded and that is not the system's: apps, and what they brought along.

    References:
        Android Open Source Project, "Capture and read bug reports", ANRs:
        https://source.android.com/docs/core/tests/debug/read-bug-reports#anrs-deadlocks
    """
    traces, any_line = Traces(file), False
    for number, line in file.lines():
        any_line = any_line or bool(line)
        if line.startswith(BEGIN):
            yield from traces.begin(number, line)
        elif line[:1] in {"C", "L", "#", "S"} or " pc 0" in line:
            traces.line(line)
    found = traces.values is not None
    yield from traces.end()
    if any_line and not found:
        file.problem("no process begins in it")
