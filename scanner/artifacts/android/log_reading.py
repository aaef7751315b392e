"""A log as records: few of its lines become any, so that hundreds of thousands of them are read in a second."""

from collections.abc import Iterator

from scanner.artifacts.android.log_events import TAGS, Events
from scanner.artifacts.android.log_line import Log, LogLine, LogSpan
from scanner.artifacts.android.log_records import (
    ActivityStart,
    AppCrash,
    InstallLine,
    NotResponding,
    PhoneEvent,
    ProcessEvent,
    SelinuxDenial,
)
from scanner.artifacts.android.tombstones import Crash
from scanner.evidence import File
from scanner.formats.logcat import LEVELS, split
from scanner.record import Record

LogRecord = (
    LogLine
    | LogSpan
    | Crash
    | ProcessEvent
    | AppCrash
    | NotResponding
    | ActivityStart
    | InstallLine
    | SelinuxDenial
    | PhoneEvent
)
OFTEN = {"ActivityManager", "ActivityTaskManager"}
"""Tags of many lines, of which only one kind is an event."""
LOOKED_INTO = (set(TAGS) - OFTEN) | {"OppoPackageManagerService", "libc", "Zygote"}
EVENTFUL = frozenset(LOOKED_INTO | {f"{tag}:" for tag in LOOKED_INTO})
"""Tags whose lines are always looked into, as the words of a line have them."""
OTHER_FORMS = ("+", "-")
FATAL = ("Fatal signal", "exited due to signal")


def records(file: File) -> Iterator[Record]:
    """What a log says: events, lines that name something which an indicator can meet, and how far it reaches.

    Of lines without an event only those are kept that hold a dotted name, a path, a link, an address or a hash which
    no line of the same hour held: whatever an indicator can meet is met, with an hour's precision, and the phone's
    constant repetitions cost nothing.
    """
    log, day, last = Log(file), "", ""
    events, fresh = Events(log), log.fresh
    for number, line in file.lines():
        words = line.split(None, 7)
        if len(words) < 5 or not "0" <= line[0] <= "9":
            yield from few(events, number, line)
            continue
        if words[0] != day:
            day = words[0]
            log.reached(f"{day} {words[1]}")
        at = 4 if words[4] in LEVELS else 5
        tag = words[at + 1] if len(words) > at + 1 else ""
        log.lines += 1
        last = words[1]
        if tag in EVENTFUL or "avc:" in line or "START u" in line or words[2][1:2] == "/" or words[2][0] in OTHER_FORMS:
            yield from looked_into(events, number, line)
        elif fresh(line[30:], words[1][:2] + words[0]):
            yield from line_record(log, number, line)
    if day:
        log.reached(f"{day} {last}")
    yield from events.finish()
    yield from log.span()


def few(events: Events, number: int, line: str) -> Iterator[Record]:
    """A line of few words: a title between buffers, or one in another form."""
    if split(line) is None:
        events.log.unknown(number, line)
    else:
        events.log.lines += 1
        yield from looked_into(events, number, line)


def looked_into(events: Events, number: int, line: str) -> Iterator[Record]:
    """A line that may be an event; one that is none is kept like any other."""
    log = events.log
    if (parts := split(line)) is None:
        log.lines -= 1
        log.unknown(number, line)
        return
    denied = "avc:" in line
    found = list(events.denied(number, parts) if denied else events.take(number, parts))
    yield from found
    said = found or denied or events.part
    if any(text in parts[6] for text in FATAL) or (not said and log.fresh(parts[6], parts[0].partition(":")[0])):
        yield from line_record(log, number, line)


def line_record(log: Log, number: int, line: str) -> Iterator[Record]:
    """The record of a line, if it is one of a log."""
    if (parts := split(line)) is None:
        log.lines -= 1
        log.unknown(number, line)
    elif (made := log.line(number, parts)) is not None:
        yield made
