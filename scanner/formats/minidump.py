"""Minidumps: what Breakpad and Crashpad keep of a native crash, inside the app that crashed.

A header (`MDMP`, version, number of streams, where their directory lies, checksum, seconds since 1970, flags), a
directory of streams (kind, size, place), and the streams. Read here: the exception, the system, the modules, and what
Linux adds: the command line, the status of the process. Numbers are little endian; names of modules are UTF-16 behind
their length in bytes. All places count from the header, before which some apps put a text.

References:
    Breakpad, minidump_format.h and minidump_cpu_*.h: https://chromium.googlesource.com/breakpad/breakpad/
    Microsoft, "Minidump files": https://learn.microsoft.com/en-us/windows/win32/debug/minidump-files
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.formats.tombstone import MAX_FRAMES, Tombstone

MAGIC = b"MDMP\x93\xa7"
HEADER = struct.Struct("<4sHHIIIIQ")
ENTRY = struct.Struct("<III")
EXCEPTION = struct.Struct("<IIIIQQ")
CONTEXT_AT = 8 + 152
"""Where the exception's stream says size and place of the registers: after thread, padding and the exception itself."""
MODULE = struct.Struct("<QIIII")
MODULE_SIZE = 108
MODULES, THREAD_EXCEPTION, SYSTEM = 4, 6, 7
STATUS, COMMAND_LINE = 0x47670004, 0x47670006
MAX_STREAMS, MAX_MODULES, MAX_NAME, MAX_TEXT = 256, 4096, 4096, 1 << 16
PREFIX = 1 << 16
"""Bytes of text before the header."""
SIGNALS = {4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 11: "SIGSEGV", 31: "SIGSYS"}
FAULTS = frozenset({4, 5, 7, 8, 11})
"""Signals that have an address."""
SEGMENT_FAULTS = {1: "SEGV_MAPERR", 2: "SEGV_ACCERR", 8: "SEGV_MTEAERR", 9: "SEGV_MTESERR"}
PROGRAM_COUNTERS = {0: (0xB8, 4), 5: (64, 4), 9: (0xF8, 8), 12: (264, 8), 0x8003: (264, 8)}
"""By processor (x86, ARM, x86-64, ARM64 in two layouts): where the registers keep it, and its size."""
ARCHITECTURES = {0: "x86", 5: "arm", 9: "x86_64", 12: "arm64", 0x8003: "arm64"}
DUMPED = 0xFFFFFFFF
"""The signal of a dump that was asked for, without a crash."""


class MinidumpError(ValueError):
    """The bytes are no minidump, or its directory cannot be read."""


@dataclass
class Minidump:
    """A crash, and when its dump was written."""

    written: int
    """Seconds since 1970."""
    crash: Tombstone
    crashed: bool = False
    """Whether there was a crash at all: apps dump themselves for other reasons too."""
    modules: list[tuple[int, int, str]] = field(default_factory=list)
    """First address, size and path of what was loaded."""


def minidump(data: bytes) -> Minidump:
    """What a dump says.

    Raises:
        MinidumpError: it is none.
    """
    if (begin := data.find(MAGIC, 0, PREFIX)) < 0:
        raise MinidumpError("no minidump begins here")
    data = data[begin:]
    if len(data) < HEADER.size:
        raise MinidumpError(f"the minidump is cut: it ends after {len(data)} bytes")
    _, _, _, count, directory, _, written, _ = HEADER.unpack_from(data)
    found, streams = Minidump(written, Tombstone()), {}
    for number in range(min(count, MAX_STREAMS)):
        at = directory + number * ENTRY.size
        if at + ENTRY.size > len(data):
            found.crash.problems.append("the minidump is cut within its directory")
            break
        kind, size, place = ENTRY.unpack_from(data, at)
        if kind:
            streams[kind] = part(data, place, size, found)
    fill(found, streams, data)
    return found


def part(data: bytes, place: int, size: int, found: Minidump) -> bytes:
    """The bytes of a stream, as far as they are there."""
    if place + size > len(data):
        found.crash.problems.append(f"the minidump is cut: {size} bytes at byte {place} are not all there")
    return data[place : place + size]


def fill(found: Minidump, streams: dict[int, bytes], data: bytes) -> None:
    """Take from the streams what a crash is told by."""
    crash = found.crash
    status, line = streams.get(STATUS, b"")[:MAX_TEXT], streams.get(COMMAND_LINE, b"")[:MAX_TEXT]
    words = line.rstrip(b"\0").decode("utf-8", "backslashreplace").split("\0")
    crash.process, crash.command_line = words[0] or None, " ".join(words) if len(words) > 1 else None
    for name, value in status_lines(status):
        if name == "Tgid":
            crash.pid = value
        elif name == "Uid":
            crash.uid = value
    found.modules = list(modules(streams.get(MODULES, b""), data))
    processor = int.from_bytes(streams.get(SYSTEM, b"")[:2], "little") if SYSTEM in streams else None
    crash.abi = ARCHITECTURES.get(processor) if processor is not None else None
    thrown(found, streams.get(THREAD_EXCEPTION, b""), data, processor)


def status_lines(status: bytes) -> Iterator[tuple[str, int]]:
    """Names and first numbers of the lines of `/proc/<pid>/status`."""
    for line in status.decode("utf-8", "backslashreplace").splitlines():
        name, _, rest = line.partition(":")
        if (words := rest.split()) and words[0].isdecimal() and len(words[0]) < 12:
            yield name, int(words[0])


def modules(stream: bytes, data: bytes) -> Iterator[tuple[int, int, str]]:
    """First address, size and path of each module."""
    for number in range(min(int.from_bytes(stream[:4], "little"), MAX_MODULES)):
        at = 4 + number * MODULE_SIZE
        if at + MODULE.size > len(stream):
            return
        base, size, _, _, name = MODULE.unpack_from(stream, at)
        length = min(int.from_bytes(data[name : name + 4], "little"), MAX_NAME)
        yield base, size, data[name + 4 : name + 4 + length].decode("utf-16-le", "backslashreplace").rstrip("\0")


def thrown(found: Minidump, stream: bytes, data: bytes, processor: int | None) -> None:
    """The signal, where it struck, and in which module the thread was."""
    if len(stream) < EXCEPTION.size:
        return
    crash = found.crash
    crash.tid, _, signal, code, _, address = EXCEPTION.unpack_from(stream)
    found.crashed = signal != DUMPED
    if not found.crashed:
        return
    crash.signal, crash.signal_name, crash.code = signal, SIGNALS.get(signal), code
    crash.fault_address = address if signal in FAULTS else None
    crash.code_name = SEGMENT_FAULTS.get(code) if crash.signal_name == "SIGSEGV" else None
    if processor in PROGRAM_COUNTERS and len(stream) >= CONTEXT_AT + 8:
        _, place = struct.unpack_from("<II", stream, CONTEXT_AT)
        offset, size = PROGRAM_COUNTERS[processor]
        counter = int.from_bytes(data[place + offset : place + offset + size], "little")
        inside = [name for base, length, name in found.modules if base <= counter < base + length]
        for name in inside[:MAX_FRAMES]:
            crash.frame(name, None)
    for _, _, name in found.modules:
        crash.mapping(name, executable=True)
