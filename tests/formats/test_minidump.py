"""Minidumps: crashes are told as they were; cut and hostile ones cost only what is missing."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.minidump import (
    COMMAND_LINE,
    CONTEXT_AT,
    MODULES,
    STATUS,
    SYSTEM,
    THREAD_EXCEPTION,
    MinidumpError,
    minidump,
)

LIBRARY = "/data/app/com.whatsapp/lib/arm64/libwhatsapp.so"
WRITTEN = 1_717_000_120


def dump(
    signal: int = 11, code: int = 1, counter: int = 0x7000_1234, processor: int = 12, line: bytes = b"com.whatsapp\0"
) -> bytes:
    """A minidump of WhatsApp."""
    registers = bytearray(400)
    struct.pack_into("<Q", registers, {12: 264, 9: 0xF8, 5: 64, 0: 0xB8}.get(processor, 0), counter)
    begin = 32 + 12 * 5
    body, places = bytearray(), {}

    def put(data: bytes) -> int:
        place = begin + len(body)
        body.extend(data)
        return place

    names = [put(struct.pack("<I", 2 * len(name)) + name.encode("utf-16-le")) for name in ("/system/bin/app", LIBRARY)]
    context = put(bytes(registers))
    listed = struct.pack("<I", 2)
    for base, name in zip((0x1000, 0x7000_0000), names, strict=True):
        listed += struct.pack("<QIIII", base, 0x10000, 0, 0, name) + bytes(84)
    thrown = struct.pack("<IIIIQQ", 4400, 0, signal, code, 0, 0xDEADBEEF).ljust(CONTEXT_AT, b"\0")
    streams = {
        MODULES: listed, THREAD_EXCEPTION: thrown + struct.pack("<II", len(registers), context),
        SYSTEM: struct.pack("<H", processor) + bytes(54), COMMAND_LINE: line,
        STATUS: b"Name:\tcom.whatsapp\nTgid:\t4321\nPid:\t4321\nUid:\t10123\t10123\t10123\t10123\n",
    }  # fmt: skip
    places = {kind: (len(data), put(data)) for kind, data in streams.items()}
    head = struct.pack("<4sHHIIIIQ", b"MDMP", 0xA793, 0, len(places), 32, 0, WRITTEN, 0)
    return head + b"".join(struct.pack("<III", kind, *place) for kind, place in places.items()) + bytes(body)


def test_a_crash() -> None:
    found = minidump(dump())
    crash = found.crash
    assert (found.written, found.crashed) == (WRITTEN, True)
    assert (crash.process, crash.pid, crash.tid, crash.uid, crash.abi) == ("com.whatsapp", 4321, 4400, 10123, "arm64")
    assert (crash.signal, crash.signal_name, crash.code_name, crash.fault_address) == (
        11,
        "SIGSEGV",
        "SEGV_MAPERR",
        0xDEADBEEF,
    )
    assert crash.frames == crash.libraries == crash.mapped == [LIBRARY]
    assert not crash.problems


def test_other_processors_and_signals() -> None:
    for processor in (0, 5, 9):
        assert minidump(dump(processor=processor)).crash.frames == [LIBRARY]
    assert minidump(dump(processor=77)).crash.frames == []
    assert minidump(dump(counter=5)).crash.frames == []
    found = minidump(dump(signal=6, code=9)).crash
    assert (found.signal_name, found.code_name, found.fault_address) == ("SIGABRT", None, None)
    assert minidump(dump(code=9)).crash.code_name == "SEGV_MTESERR"


def test_the_command_line_and_a_text_before() -> None:
    found = minidump(b"--boundary\r\nContent-Disposition: form-data\r\n\r\n" + dump(line=b"com.app:voip\0--quiet\0"))
    assert (found.crash.process, found.crash.command_line) == ("com.app:voip", "com.app:voip --quiet")
    assert found.crash.frames == [LIBRARY]


def test_a_dump_without_a_crash() -> None:
    assert not minidump(dump(signal=0xFFFFFFFF)).crashed


@pytest.mark.parametrize("data", [b"", b"MDMP", b"\0" * 70_000 + dump(), b"MDMP\x93\xa7"])
def test_no_minidump(data: bytes) -> None:
    with pytest.raises(MinidumpError):
        minidump(data)


def test_a_cut_minidump_says_so() -> None:
    assert minidump(dump()[:80]).crash.problems[-1] == "the minidump is cut within its directory"
    found = minidump(dump()[:-30])
    assert "are not all there" in found.crash.problems[0]
    assert found.crash.process == "com.whatsapp"


@given(st.integers(0, 2000), st.integers(0, 255), st.integers(0, 2000))
def test_any_change(at: int, byte: int, cut: int) -> None:
    made = bytearray(dump())
    made[at % len(made)] = byte
    with suppress(MinidumpError):
        minidump(bytes(made[: len(made) - cut % len(made)]))


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    with suppress(MinidumpError):
        minidump(b"MDMP\x93\xa7" + data)
