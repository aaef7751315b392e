"""Tombstones: the text and the protobuf file of one crash say the same; damage costs what it damages."""

import base64
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.tombstone import Tombstone
from scanner.formats.tombstone_proto import tombstone
from scanner.formats.tombstone_text import tombstones

CASES = Path(__file__).parent.parent / "artifacts" / "android.tombstones.crashes"
TEXT = (CASES / "android12-twins/in/data/tombstones/tombstone_07").read_text(encoding="utf-8")


def read(text: str) -> list[Tombstone]:
    """The tombstones of a text."""
    return list(tombstones(enumerate(text.splitlines(), 1)))


def varint(value: int) -> bytes:
    """A number as a varint of 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def message(*fields: tuple[int, int | str | bytes]) -> bytes:
    """A message of some fields."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def twin() -> bytes:
    """The same crash as TEXT."""
    frames = (
        message((1, 0x5D134), (4, "VP8LBuildHuffmanTable"), (5, 224), (6, "/system/lib64/libwebp.so")),
        message(
            (4, "decode(std::string const&)"), (5, 44), (7, 0x1C000),
            (6, "/data/app/~~Aa0==/com.messenger.example-Bb1==/base.apk!libimage.so"),
        ),
        message((1, 0)),
    )  # fmt: skip
    crashed = message((1, 30492), (2, "decoder"), *((4, frame) for frame in frames))
    cause = "[GWP-ASan]: Use After Free, 16 bytes into a 64-byte allocation at 0x7a5f123440"
    patch = "/data/user/0/com.messenger.example/files/cache/patch.so"
    log = message(
        (1, "05-16 20:09:29.101"), (2, 30399), (3, 30492), (4, 4), (5, "decoder"),
        (6, "opened https://media.example/a.webp"),
    )  # fmt: skip
    return message(
        (1, 1), (2, "vendor/phone/phone:12/SP1A.210812.016/2100000:user/release-keys"), (3, "MP1.0"),
        (4, "2024-05-16 20:09:29.899799997-0500"), (5, 30399), (6, 30492), (7, 10323),
        (8, "u:r:untrusted_app:s0:c67,c257,c512,c768"), (9, "com.messenger.example:voip"), (9, "--quiet"), (20, 980),
        (10, message((1, 11), (2, "SIGSEGV"), (3, 2), (4, "SEGV_ACCERR"), (8, 1), (9, 0x7A5F123450))),
        (15, message((1, cause), (2, message((1, 0), (2, 1))))),
        (16, message((1, 30399), (2, message((1, 30399), (2, "main"))))), (16, message((1, 30492), (2, crashed))),
        (17, message((1, 0x7A5F100000), (4, 1), (6, 1), (7, patch))),
        (17, message((4, 1), (6, 1), (7, "/system/lib64/libwebp.so"))),
        (18, message((1, "main"), (2, log))),
        (19, message((2, "/dev/null"))), (19, message((1, 99), (2, "/data/data/com.messenger.example/files/in.webp"))),
        (22, 4096),
    )  # fmt: skip


def test_twins_say_the_same() -> None:
    (text,) = read(TEXT)
    proto = tombstone(twin())
    assert proto.selinux_label == "u:r:untrusted_app:s0:c67,c257,c512,c768"
    assert [line for _, line in proto.logs] == [line for _, line in text.logs]
    proto.selinux_label, proto.line, proto.logs = None, text.line, text.logs
    assert proto == text


def test_the_case_holds_the_twin() -> None:
    stored = (CASES / "android12-twins/in/data/tombstones/tombstone_07.pb.b64").read_text(encoding="ascii")
    assert base64.b64decode(stored) == twin()


def test_numbers_that_are_zero_are_not_written() -> None:
    root = tombstone(message((5, 1), (9, "init"), (10, message((1, 11), (8, 1)))))
    assert (root.uid, root.abi, root.code, root.fault_address, root.sender_uid) == (0, "arm", 0, 0, None)
    sent = tombstone(message((5, 1), (10, message((1, 6), (3, -1), (5, 1), (7, 812)))))
    assert (sent.code, sent.sender_pid, sent.sender_uid, sent.fault_address) == (-1, 812, 0, None)


def test_a_cut_file_gives_what_stood_before() -> None:
    found = tombstone(twin()[:-40])
    assert found.process == "com.messenger.example:voip"
    assert found.signal == 11
    assert found.problems


@pytest.mark.parametrize("data", [b"", b"\xff" * 20, b"PK\x03\x04", message((99, "x"))])
def test_no_tombstone(data: bytes) -> None:
    with pytest.raises(ValueError, match="no tombstone"):
        tombstone(data)


def test_a_later_threads_signal_is_not_the_crash() -> None:
    later = "--- --- ---\npid: 1, tid: 9, name: x  >>> y <<<\nsignal 19 (SIGSTOP), code 0 (SI_USER), fault addr 0x0\n"
    (found,) = read("pid: 1, tid: 2, name: x  >>> y <<<\nsignal information missing\n" + later)
    assert (found.signal, found.tid) == (None, 2)


def test_deep_recursion_is_bounded() -> None:
    frames = "".join(f"    #{n:02} pc 00000010  /system/lib/libc.so (f+1)\n" for n in range(5000))
    (found,) = read(f"pid: 1, tid: 2, name: x  >>> y <<<\nbacktrace:\n{frames}")
    assert len(found.frames) == 64


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    with suppress(ValueError):
        found = tombstone(data)
        assert found.pid or found.process


@given(st.integers(0, len(twin()) - 1), st.integers(0, 255))
def test_one_byte_changed(at: int, byte: int) -> None:
    data = bytearray(twin())
    data[at] = byte
    with suppress(ValueError):
        assert len(tombstone(bytes(data)).frames) <= 4  # a byte may make another field one more frame


@given(st.lists(st.one_of(st.sampled_from(TEXT.splitlines()), st.text(max_size=60)), max_size=60))
def test_any_lines(lines: list[str]) -> None:
    for found in read("\n".join(lines)):
        assert len(found.frames) <= 64
