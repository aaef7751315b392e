"""Tombstones: native crashes, as the crash daemon wrote them."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.artifacts.android.log_line import Log, LogLine
from scanner.evidence import File
from scanner.formats.logcat import split
from scanner.formats.tombstone import Tombstone
from scanner.formats.tombstone_proto import tombstone
from scanner.formats.tombstone_text import tombstones
from scanner.record import Client, Dated, Path, Place, Process, Stage, Text

OTHER_FIELDS = ("line", "timestamp", "fingerprint", "fault_address", "logs", "problems")
"""What a record does not take as it stands."""


class Crash(Dated):
    """A native crash: which process met which signal, where, and what it ran then."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    process: Client | None = None
    """The first argument of its command line: a package, a package's process, or an executable's path."""
    thread: str | None = None
    executable: Process | None = None
    command_line: Text | None = None
    pid: int | None = None
    tid: int | None = None
    uid: int | None = None
    """Unknown before Android 10."""
    selinux_label: str | None = None
    signal: int | None = None
    signal_name: str | None = None
    code: int | None = None
    code_name: str | None = None
    """`SEGV_MTESERR` and `SEGV_MTEAERR`: caught by memory tagging."""
    sender_pid: int | None = None
    sender_uid: int | None = None
    fault_address: str | None = None
    """In hexadecimal, without leading zeros."""
    abort_message: Text | None = None
    causes: tuple[Text, ...] = ()
    """What the crash daemon takes for the cause: a null pointer, or what memory tagging or GWP-ASan found."""
    details: tuple[Text, ...] = ()
    frames: tuple[str, ...] = ()
    """What the crashed thread ran, the innermost first: file and function."""
    libraries: tuple[Path, ...] = ()
    mapped: tuple[Path, ...] = ()
    """Code mapped from files that are not the system's."""
    open_files: tuple[Path, ...] = ()
    """Open files that are not the system's."""
    abi: str | None = None
    build_fingerprint: str | None = None
    uptime: int | None = None
    """Seconds that the process had run."""

    @property
    def identity(self) -> tuple[object, ...]:
        """What tombstone, minidump, log and drop box say alike of one crash: it is counted once.

        Process and thread number tell it from others, for the sources differ in the second. The time is part of it
        only where these are not known, and where the crash daemon itself wrote it with its zone (since Android 10).
        """
        name = (self.process or "").rpartition("/")[2]
        numbered = self.pid is not None and self.tid is not None
        time = self.time if not numbered and self.clock == "zone as written" else None
        return self.pid, self.tid, time, name, self.signal, self.fault_address


def crash(file: File, found: Tombstone) -> Iterator[Crash]:
    """The record of a tombstone, with the problems that its reader had."""
    for problem in found.problems:
        file.problem(problem)
    yield from file.record(Crash, Place(line=found.line), **when(file, found), **values(found))


def log_lines(file: File, found: Tombstone) -> Iterator[LogLine]:
    """The lines of the log that a tombstone ends with, as far as they name something."""
    log = Log(file)
    for number, line in found.logs:
        if (parts := split(line)) and log.fresh(parts[6], parts[0].partition(":")[0]):
            made = log.line(number or 0, parts)
            if made is not None:
                yield made


def values(found: Tombstone) -> dict[str, Any]:
    """The fields of a record."""
    made = {name: value for name, value in asdict(found).items() if name not in OTHER_FIELDS}
    address = found.fault_address
    return made | {
        "fault_address": None if address is None else f"{address:#x}",
        "build_fingerprint": found.fingerprint,
    }


def when(file: File, found: Tombstone) -> dict[str, Any]:
    """The time of a crash: as the tombstone says it, else when its file was written."""
    if found.timestamp:
        return file.dated(found.timestamp, found.line)
    if file.entry.dated is not None:
        return {"time": file.entry.dated, "clock": "when the file was written"}
    return {}


@artifact("/data/tombstones/**/tombstone_*", "section:/TOMBSTONE*")
def crashes(file: File) -> Iterator[Crash | LogLine]:
    """Native crashes, from text of any version of Android and from protobuf files (since Android 12).

    Since Android 12 a crash has both files; their records are the same but for what only one of them says (the
    protobuf file: the SELinux label), and have the same `identity`. Before Android 10 a tombstone names neither its
    time nor the user: the time is then that of the file, if the evidence keeps it. The last lines of the phone's log
    that a text ends with are kept where they name something.

    References:
        Android Open Source Project, "Diagnosing native crashes":
        https://source.android.com/docs/core/tests/debug/native-crash
    """
    if file.path.endswith(".pb"):
        yield from crash(file, tombstone(file.read()))
        return
    none = True
    for found in tombstones(file.lines()):
        none = False
        if found.pid is None and found.process is None:
            file.problem("a tombstone that names no process", found.line)
        else:
            yield from crash(file, found)
            yield from log_lines(file, found)
    if none:
        raise ValueError("no tombstone: its first line is missing")
