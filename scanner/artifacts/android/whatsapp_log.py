"""WhatsApp's own log on Android: the lines that tell of calls and of crashes."""

import re
from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.gzip_lines import lines as packed_lines
from scanner.record import Dated, Handle, Place, Stage, Text

LOGS = "/data/**/com.*whatsapp*/files/Logs/whatsapp*"
LINE = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) LL_([AEWIDV]) (\S+) \[(\d+):(.*?)\](?:\S+:\d+)? (.*)", re.DOTALL
)
"""Moment, level, connection, number and name of the thread, in versions for testers the place in the source; text."""
ZONE = re.compile(r"\btz=([+-]\d{4})\b")
VERSION = re.compile(r"==== logfile version=(\S+)")
CALL_WORDS = (
    "offer", "accept", "reject", "terminate", "missed", "end", "start", "incoming", "call_id", "callid", "create",
    "crash", "timeout", "peer",
)  # fmt: skip
CALL_BEGINNINGS = ("voip/", "voip ", "call:", "call/", "calling/", "voiceservice")
CRASH_WORDS = ("crash", "uncaught", "/anr", "sigsegv", "sigabrt", "native_crash", "tombstone")
ADDRESS = re.compile(r"\b[\w.:-]+@(?:s\.whatsapp\.net|lid|g\.us|call)\b")
BROKEN = re.compile(r"[\x00-\x08\x0e-\x1f]|\\x[89a-f][0-9a-f]")
"""What no text has: control characters, and what the reader writes for bytes that are no UTF-8."""
MAX_TEXT = 2000


class WhatsAppLogLine(Dated):
    """A line of WhatsApp's log about a call or a crash."""

    stage: ClassVar[Stage] = Stage.CONTACT
    subject: str | None = None
    """`call` or `crash`."""
    level: str | None = None
    """A an assertion that failed, E an error, W a warning, I, D or V."""
    thread: str | None = None
    handle: Handle | None = None
    """The first address in it; newer versions show the last four digits only."""
    text: Text | None = None
    version: str | None = None
    """Which WhatsApp wrote it."""


@artifact(LOGS)
def entries(file: File) -> Iterator[WhatsAppLogLine]:
    """Lines of WhatsApp's log on Android about calls and crashes; the log goes back a few days, older days are packed.

    Times are the phone's own, in the zone that the log names, if it does.

    References:
        H. Singh, A. Kumar, "Analysis of WhatsApp log file for information retrieval" (2018), International Journal of
        Engineering, Science and Mathematics, vol. 7, issue 4
    """
    zone, version, understood, number = "", None, False, 0
    for number, text in texts(file):
        if "tz=" in text and (said := ZONE.search(text)):
            zone = said[1]
        if "==== logfile" in text and (said := VERSION.search(text)):
            version = said[1]
        if BROKEN.search(text):
            file.problem("a damaged line", number)
        if not (found := LINE.match(text)):
            if number == 1:
                file.problem("the log begins within an entry: what stood before is missing", number)
            continue  # a stack trace's lines
        understood = True
        if about := subject(found[6]):
            when = file.dated(found[1] + zone, number) | {"written": found[1]}
            yield from file.record(
                WhatsAppLogLine, Place(line=number), **when, subject=about,
                level=found[2], thread=found[5], text=found[6][:MAX_TEXT], version=version,
                handle=address[0] if (address := ADDRESS.search(found[6])) else None,
            )  # fmt: skip
    if number and not understood:
        file.problem("no line is one of WhatsApp's log")


def subject(text: str) -> str | None:
    """What a line is about, if it is about something that counts."""
    small = text.lower()
    if any(word in small for word in CRASH_WORDS):
        return "crash"
    if small.startswith(CALL_BEGINNINGS) and any(word in small for word in CALL_WORDS):
        return "call"
    return None


def texts(file: File) -> Iterator[tuple[int, str]]:
    """Numbered lines of a log, packed or not."""
    number = 0
    if not file.path.endswith(".gz"):
        for number, text in file.lines():
            yield number, text
        if ends_within_line(file):
            file.problem("the log ends within a line: what follows is missing", number)
        return
    reader = file.open()
    try:
        for number, line in enumerate(packed_lines(reader), 1):
            yield number, line.decode("utf-8", "backslashreplace").rstrip("\r")
    except ValueError as error:
        file.problem(str(error), number + 1)
    finally:
        reader.close()


def ends_within_line(file: File) -> bool:
    """Whether the end of a log is missing: every entry ends its line."""
    reader = file.open()
    try:
        return reader.size > 0 and reader.read(reader.size - 1, 1) != b"\n"
    finally:
        reader.close()
