"""Tombstones as text: every form that Android's crash daemon has written since 2.x."""

import re
from collections.abc import Callable, Iterable, Iterator

from scanner.formats.tombstone import MAX_LOG_LINES, Tombstone

HEADER = "*** *** ***"
OTHER_THREAD = "--- --- ---"
LOG = "--------- "
"""`--------- tail end of log main`, `--------- log system`."""
PROCESS = re.compile(r"pid: (\d{1,10}), tid: (\d{1,10})(?:, name: (.*?))?\s+>>> (.*) <<<")
SIGNAL = re.compile(
    r"signal (-?\d{1,9})(?: \(([^)]*)\))?(?:, code (-?\d{1,9}) \(([^) ]*)(?: from pid (\d{1,9}), uid (\d{1,9}))?\))?"
    r"(?:, fault addr (?:0x)?([0-9a-fA-F]{1,16})\b)?"
)
FRAME = re.compile(r"\s+#\d+\s+pc (?:0x)?[0-9a-fA-F]+(?:\s+(\S.*))?")
PLACE = re.compile(r"(.*?(?: \(deleted\))?)(?: \(offset (?:0x)?[0-9a-fA-F]+\))?(?: \((.*)\))?")
BUILD_ID = re.compile(r" \(BuildId: [0-9a-fA-F]*\)$")
MAPPING = re.compile(r"(?:--->| {2,})[0-9a-fA-F']+-[0-9a-fA-F']+ ([r-][w-][x-])\s+\S+\s+\S+\s+(/.*)")
LOADED = re.compile(r" \((?:BuildId: |load b).*")
OPEN_FILE = re.compile(r"\s+fd \d+: (/.*?)(?: \((?:unowned|owned by [^)]*)\))?")
UNNAMED = frozenset({"<unknown>", "UNKNOWN", ""})
MAX_MESSAGE = 64
"""Lines of an abort message."""
MAX_CAUSES = 16


def tombstones(lines: Iterable[tuple[int, str]]) -> Iterator[Tombstone]:
    """Each tombstone in a text of numbered lines; what stands before the first one is skipped.

    Nothing is yielded where the text holds none. Of each, the first thread is the one that crashed: signals that
    stand at other threads are not the crash's.

    References:
        Android Open Source Project, "Diagnosing native crashes":
        https://source.android.com/docs/core/tests/debug/native-crash
    """
    reading: Reading | None = None
    for number, line in lines:
        if line.startswith(HEADER) or (reading is None and line.startswith(("Build fingerprint: ", "pid: "))):
            if reading is not None:
                yield reading.found
            reading = Reading(number)
        if reading is not None:
            reading.take(number, line)
    if reading is not None:
        yield reading.found


class Reading:
    """One tombstone while its lines come in."""

    def __init__(self, line: int) -> None:
        """Begin with its first line."""
        self.found = Tombstone(line=line)
        self.crashed = True
        """Whether the lines are about the thread that crashed."""
        self.message: list[str] | None = None
        """An abort message that has not ended."""
        self.part: Callable[[int, str], bool] | None = None
        """What takes the lines of a part, until it says that one is none of its own."""

    def take(self, number: int, line: str) -> None:
        """One line more."""
        if self.part and self.part(number, line):
            return
        self.part = None
        if self.message is not None and self.continued(line):
            return
        if line.startswith(OTHER_THREAD):
            self.crashed = False
        elif line.startswith(LOG):
            self.part = self.logged
        elif line.startswith("open files:"):
            self.part = self.opened
        elif self.crashed:
            self.headed(line)

    def headed(self, line: str) -> None:
        """A line about the crash itself."""
        if line.startswith("memory map"):
            self.part = self.mapped
        elif line.startswith("backtrace:") or (not self.found.frames and FRAME.fullmatch(line)):
            self.part = self.framed
            self.framed(0, line)
        elif line[:1] > " ":
            name, _, value = line.partition(": ")
            if take := NAMED.get(name):
                take(self, value)
            elif line.startswith("pid: "):
                self.process(line)
            elif line.startswith("signal "):
                self.signal(line)

    def process(self, line: str) -> None:
        """`pid: 1, tid: 2, name: thread  >>> process <<<`."""
        if (found := PROCESS.match(line)) and self.found.pid is None:
            into = self.found
            into.pid, into.tid, into.thread = int(found[1]), int(found[2]), found[3]
            into.process = None if found[4] in UNNAMED else found[4]

    def signal(self, line: str) -> None:
        """`signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0`."""
        if (found := SIGNAL.match(line)) and self.found.signal is None:
            into = self.found
            into.signal, into.signal_name = int(found[1]), found[2]
            into.code, into.code_name = number(found[3]), found[4]
            into.sender_pid, into.sender_uid = number(found[5]), number(found[6])
            into.fault_address = int(found[7], 16) if found[7] else None

    def cause(self, value: str) -> None:
        """`Cause: null pointer dereference`."""
        if len(self.found.causes) < MAX_CAUSES:
            self.found.causes.append(value)

    def detail(self, value: str) -> None:
        """`Extra crash detail: name: 'value'`."""
        if len(self.found.details) < MAX_CAUSES:
            self.found.details.append(value)

    def aborted(self, value: str) -> None:
        """`Abort message: '…'`, which may go over several lines."""
        self.message = [value]
        self.ended(value)

    def continued(self, line: str) -> bool:
        """A line more of an abort message; False where it cannot be one."""
        if not self.message or len(self.message) >= MAX_MESSAGE or line.startswith(("backtrace:", OTHER_THREAD)):
            self.message = None
            return False
        self.message.append(line)
        self.ended(line)
        return True

    def ended(self, line: str) -> None:
        """Keep the abort message; look for no more of it after the closing quotation mark."""
        text = "\n".join(self.message or ())
        self.found.abort_message = text.removeprefix("'").removesuffix("'")
        if line.endswith("'") and text != "'":
            self.message = None

    def framed(self, _: int, line: str) -> bool:
        """A line of the crashed thread's stack."""
        if found := FRAME.fullmatch(line):
            place = PLACE.fullmatch(BUILD_ID.sub("", found[1] or "<unknown>"))
            if place:
                self.found.frame(place[1], place[2])
            return True
        return line.startswith(("backtrace:", "  NOTE: ")) or (not line.strip() and not self.found.frames)

    def mapped(self, _: int, line: str) -> bool:
        """A line of the memory map."""
        if found := MAPPING.fullmatch(line):
            self.found.mapping(LOADED.sub("", found[2]), "x" in found[1])
        return line.startswith((" ", "--->"))

    def opened(self, _: int, line: str) -> bool:
        """A line of the list of open files."""
        if found := OPEN_FILE.fullmatch(line):
            self.found.opened(found[1])
        return line.startswith(" ")

    def logged(self, at: int, line: str) -> bool:
        """A line of the log, or the title of another log."""
        if line.startswith((OTHER_THREAD, "open files:", HEADER)):
            return False
        if line and not line.startswith(LOG) and len(self.found.logs) < MAX_LOG_LINES:
            self.found.logs.append((at, line))
        return True


def number(text: str | None) -> int | None:
    """A number where there is one."""
    return int(text) if text else None


def set_to(name: str, *, quoted: bool = False) -> Callable[[Reading, str], None]:
    """What keeps the first value of a name."""

    def take(reading: Reading, value: str) -> None:
        if getattr(reading.found, name) is None:
            setattr(reading.found, name, value.strip("'") if quoted else value)

    return take


def set_number(name: str, unit: str = "") -> Callable[[Reading, str], None]:
    """What keeps the first value of a name that is a number."""

    def take(reading: Reading, value: str) -> None:
        digits = value.removesuffix(unit)
        if digits.isdecimal() and len(digits) < 12 and getattr(reading.found, name) is None:
            setattr(reading.found, name, int(digits))

    return take


NAMED: dict[str, Callable[[Reading, str], None]] = {
    "Build fingerprint": set_to("fingerprint", quoted=True),
    "ABI": set_to("abi", quoted=True),
    "Timestamp": set_to("timestamp"),
    "Process uptime": set_number("uptime", "s"),
    "Executable": set_to("executable"),
    "Cmdline": set_to("command_line"),
    "uid": set_number("uid"),
    "Cause": Reading.cause,
    "Extra crash detail": Reading.detail,
    "Abort message": Reading.aborted,
}
