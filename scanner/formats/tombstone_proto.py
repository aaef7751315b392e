"""Tombstones as Protocol Buffers (`tombstone_NN.pb`, since Android 12).

References:
    Android Open Source Project, the message that is documented for `ApplicationExitInfo.getTraceInputStream()`:
    https://android.googlesource.com/platform/system/core/+/refs/heads/main/debuggerd/proto/tombstone.proto
"""

from collections.abc import Callable, Iterator

from scanner.formats.protobuf import ProtobufError, Value, fields, signed
from scanner.formats.tombstone import MAX_FRAMES, MAX_LOG_LINES, Tombstone

ABIS = ("arm", "arm64", "x86", "x86_64", "riscv64")
PRIORITIES = "!.VDIWEFS"
MAX_PARTS = 32
"""Arguments, causes and details."""
EMPTY = b""
LOGGED: tuple[tuple[int, Value], ...] = ((1, EMPTY), (2, 0), (3, 0), (5, EMPTY))
"""Fields of a line of the log: time, process, thread, tag."""


def tombstone(data: bytes) -> Tombstone:
    """The tombstone that a message holds; one that is cut gives what stood before the cut, and says so.

    Raises:
        ValueError: the bytes are no such message.
    """
    made = Made()
    try:
        for number, _, value in fields(data):
            if take := TOMBSTONE.get(number):
                take(made, value)
    except ProtobufError as error:
        made.found.problems.append(str(error))
    if not made.found.pid and not made.found.process:
        raise ValueError("no tombstone: it names no process" + "".join(f"; {one}" for one in made.found.problems))
    made.finish()
    return made.found


class Made:
    """A tombstone in the making."""

    def __init__(self) -> None:
        """Nothing is known yet; a number that is 0 is not written."""
        self.found = Tombstone(abi=ABIS[0], uid=0, uptime=0)
        self.arguments: list[str] = []
        self.threads: dict[int, bytes] = {}

    def finish(self) -> None:
        """What needs all fields: the name and stack of the thread that crashed."""
        into = self.found
        into.command_line = " ".join(self.arguments) or None
        if into.tid is not None and (thread := self.threads.get(into.tid)):
            self.part(thread, THREAD)

    def part(self, value: Value, takes: "Takes") -> None:
        """A message inside; a broken one is noted."""
        try:
            for number, _, inner in fields(value if isinstance(value, bytes) else EMPTY):
                if take := takes.get(number):
                    take(self, inner)
        except ProtobufError as error:
            self.found.problems.append(str(error))

    def argument(self, value: Value) -> None:
        """One of the command line; the first is the process."""
        if not self.arguments:
            self.found.process = text(value)
        if len(self.arguments) < MAX_PARTS:
            self.arguments.append(text(value))

    def signal(self, value: Value) -> None:
        """The signal, who sent it, and the address that was accessed."""
        sent, addressed = self.flags(value)
        self.found.code = 0
        self.part(value, SIGNAL)
        if not sent:
            self.found.sender_pid = self.found.sender_uid = None
        elif self.found.sender_uid is None:
            self.found.sender_uid = 0
        if not addressed:
            self.found.fault_address = None
        elif self.found.fault_address is None:
            self.found.fault_address = 0

    def flags(self, value: Value) -> tuple[bool, bool]:
        """Whether a signal has a sender, and a fault address; a field that is 0 is not written at all."""
        given = dict.fromkeys((5, 8), False)
        self.part(value, {number: flag(given, number) for number in given})
        return given[5], given[8]

    def cause(self, value: Value) -> None:
        """Why it may have crashed."""
        found = {number: inner for number, inner in self.pieces(value) if number == 1}
        if found and len(self.found.causes) < MAX_PARTS:
            self.found.causes.append(text(found[1]))

    def detail(self, value: Value) -> None:
        """What the process had left to be said of it."""
        found = dict(self.pieces(value))
        if len(self.found.details) < MAX_PARTS:
            self.found.details.append(f"{text(found.get(1, EMPTY))}: '{text(found.get(2, EMPTY))}'")

    def thread(self, value: Value) -> None:
        """One of the threads, by its number."""
        found = dict(self.pieces(value))
        number, thread = found.get(1), found.get(2)
        if isinstance(number, int) and isinstance(thread, bytes):
            self.threads[number] = thread

    def frame(self, value: Value) -> None:
        """One frame of the crashed thread."""
        if len(self.found.frames) >= MAX_FRAMES:
            return
        found = dict(self.pieces(value))
        function, offset = text(found.get(4, EMPTY)), text(found.get(5, 0))
        self.found.frame(text(found.get(6, EMPTY)) or "<unknown>", f"{function}+{offset}" if function else None)

    def mapping(self, value: Value) -> None:
        """One mapped range of memory."""
        found = dict(self.pieces(value))
        self.found.mapping(text(found.get(7, EMPTY)), bool(found.get(6)))

    def opened(self, value: Value) -> None:
        """One open file."""
        self.found.opened(text(dict(self.pieces(value)).get(2, EMPTY)))

    def log(self, value: Value) -> None:
        """One of the logs."""
        for number, message in self.pieces(value):
            if number == 2 and len(self.found.logs) < MAX_LOG_LINES:
                self.found.logs += [(None, line) for line in written(dict(self.pieces(message)))]

    def pieces(self, value: Value) -> Iterator[tuple[int, Value]]:
        """The fields of a message inside; a broken one is noted."""
        try:
            for number, _, inner in fields(value if isinstance(value, bytes) else EMPTY):
                yield number, inner
        except ProtobufError as error:
            self.found.problems.append(str(error))


Take = Callable[[Made, Value], None]
Takes = dict[int, Take]


def text(value: Value) -> str:
    """A text; what is no UTF-8 is kept as escapes."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def written(message: dict[int, Value]) -> list[str]:
    """The lines of the log that a message makes, as the same tombstone's text has them."""
    level = message.get(4, 0)
    letter = PRIORITIES[level] if isinstance(level, int) and level < len(PRIORITIES) else "?"
    when, pid, tid, tag = (text(message.get(number, default)) for number, default in LOGGED)
    head = f"{when} {pid:>5} {tid:>5} {letter} {tag:<8}: "
    return [head + line for line in text(message.get(6, EMPTY)).split("\n")]


def string(name: str) -> Take:
    """What keeps a text."""

    def take(made: Made, value: Value) -> None:
        setattr(made.found, name, text(value) or None)

    return take


def integer(name: str, *, negative: bool = False) -> Take:
    """What keeps a number."""

    def take(made: Made, value: Value) -> None:
        if isinstance(value, int):
            setattr(made.found, name, signed(value) if negative else value)

    return take


def flag(given: dict[int, bool], number: int) -> Take:
    """What notes that a field is true."""

    def take(_: Made, value: Value) -> None:
        given[number] = bool(value)

    return take


def abi(made: Made, value: Value) -> None:
    """The architecture by its number; 0, which is not written, is 32-bit ARM."""
    if isinstance(value, int) and value < len(ABIS):
        made.found.abi = ABIS[value]


TOMBSTONE: Takes = {
    1: abi, 2: string("fingerprint"), 4: string("timestamp"), 5: integer("pid"), 6: integer("tid"), 7: integer("uid"),
    8: string("selinux_label"), 9: Made.argument, 10: Made.signal, 14: string("abort_message"), 15: Made.cause,
    16: Made.thread, 17: Made.mapping, 18: Made.log, 19: Made.opened, 20: integer("uptime"), 21: Made.detail,
}  # fmt: skip
SIGNAL: Takes = {
    1: integer("signal", negative=True), 2: string("signal_name"), 3: integer("code", negative=True),
    4: string("code_name"), 6: integer("sender_uid", negative=True), 7: integer("sender_pid", negative=True),
    9: integer("fault_address"),
}  # fmt: skip
THREAD: Takes = {2: string("thread"), 4: Made.frame}
