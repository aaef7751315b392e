"""Why the phone was switched off or restarted, and what a bug report could not collect."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Dated, Place, Process, Record, Stage, Text

REQUEST = re.compile(
    r"Shutdown request from (\w+)(?: for reason (.*?))? at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)(?: (\S+))?"
    r"(?: \(epoch=(\d{1,16})\))?"
)
FROM = re.compile(r"From process (\S+) \(pid=(\d{1,10})\)")
PACKAGE = re.compile(r"(?:Package|From package): (\S+)")
MAX_STACK = 2000
FAILED = re.compile(r"\*\*\* (?:command )?'(.*?)' (timed out|failed):? ?(.*)")
MAX_NOTED = 1000


class ShutdownRequest(Dated):
    """A request to switch the phone off or restart it; it need not have happened."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    source: str
    """SYSTEM, BINDER (another process asked) or INTENT."""
    reason: str | None = None
    process: Process | None = None
    pid: int | None = None
    app: AppId | None = None
    stack: Text | None = None


class DumpFailure(Record):
    """A part of a bug report that was not collected, or not whole."""

    stage: ClassVar[Stage] = Stage.NONE
    part: str
    """The command."""
    outcome: str
    """failed or timed out."""
    detail: str | None = None


@artifact(
    "/data/system/shutdown-checkpoints/*",
    "/data/misc/shutdown-checkpoints/*",
    "bugreport:/shutdown-checkpoints/*",
    "bugreport:/shutdown-checkpoints",
    "section:/SHUTDOWN CHECKPOINTS",
)
def requests(file: File) -> Iterator[ShutdownRequest]:
    """Who asked to switch the phone off or restart it, and why (since Android 11).

    References:
        Android Open Source Project, ShutdownCheckPoints:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/power/ShutdownCheckPoints.java
    """
    begun: tuple[Place, dict[str, Any], list[str]] | None = None
    for number, line in file.lines():
        if found := REQUEST.match(line):
            yield from made(file, begun)
            time = {"time": int(found[5]) / 1000} if found[5] else {}
            values = file.dated(found[3], number) | time | {"source": found[1], "reason": found[2]}
            values["clock"] = None if time else values["clock"]
            begun = Place(line=number), values, []
        elif begun and line.strip():
            said(line.strip(), begun[1])
            begun[2].append(line.strip())
        elif line.strip() and not line.startswith(("-----", "=====")):
            file.problem("a line that belongs to no request", number)
    yield from made(file, begun)


def said(line: str, values: dict[str, Any]) -> None:
    """Who asked, where a line says it."""
    if found := FROM.match(line):
        values |= {"process": None if found[1] == "?" else found[1], "pid": int(found[2])}
    elif found := PACKAGE.match(line):
        values["app"] = found[1]


def made(file: File, begun: tuple[Place, dict[str, Any], list[str]] | None) -> Iterator[ShutdownRequest]:
    """The record of a request."""
    if begun:
        place, values, lines = begun
        yield from file.record(ShutdownRequest, place, **values, stack="\n".join(lines)[:MAX_STACK] or None)


@artifact("bugreport:/dumpstate_log.txt")
def failures(file: File) -> Iterator[DumpFailure]:
    """Commands of a bug report that failed or timed out: what they would have shown is not in it.

    References:
        Android Open Source Project, "Capture and read bug reports":
        https://source.android.com/docs/core/tests/debug/read-bug-reports
    """
    count = 0
    for number, line in file.lines():
        start = line.find("*** ")
        if start >= 0 and (found := FAILED.match(line, start)) and (count := count + 1) <= MAX_NOTED:
            yield from file.record(
                DumpFailure, Place(line=number), part=found[1].strip(), outcome=found[2], detail=found[3] or None
            )
