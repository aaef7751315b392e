"""Protocol Buffers: the published examples of the encoding, hostile bytes, and what was written comes back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.protobuf import FIXED32, FIXED64, LENGTH, VARINT, ProtobufError, fields, signed, zigzag


def number(value: int) -> bytes:
    """A varint."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def written(message: list[tuple[int, int, int | bytes]]) -> bytes:
    """The bytes of a message."""
    made = b""
    for field, kind, value in message:
        made += number(field << 3 | kind)
        if isinstance(value, bytes):
            made += number(len(value)) + value
        elif kind == VARINT:
            made += number(value)
        else:
            made += value.to_bytes(8 if kind == FIXED64 else 4, "little")
    return made


NUMBERS = st.integers(1, (1 << 29) - 1)
FIELDS = st.one_of(
    st.tuples(NUMBERS, st.just(VARINT), st.integers(0, (1 << 64) - 1)),
    st.tuples(NUMBERS, st.just(FIXED64), st.integers(0, (1 << 64) - 1)),
    st.tuples(NUMBERS, st.just(LENGTH), st.binary(max_size=300)),
    st.tuples(NUMBERS, st.just(FIXED32), st.integers(0, (1 << 32) - 1)),
)


@pytest.mark.parametrize(
    ("data", "want"),
    [
        ("089601", [(1, VARINT, 150)]),
        ("120774657374696e67", [(2, LENGTH, b"testing")]),
        ("1a03089601", [(3, LENGTH, b"\x08\x96\x01")]),
        ("08feffffffffffffffff01", [(1, VARINT, (1 << 64) - 2)]),
        ("0d01000000", [(1, FIXED32, 1)]),
        ("0b08960110010c", [(1, 3, 0), (1, VARINT, 150), (2, VARINT, 1), (1, 4, 0)]),
        ("", []),
    ],
)
def test_published_examples(data: str, want: list[tuple[int, int, int | bytes]]) -> None:
    assert list(fields(bytes.fromhex(data))) == want


@given(st.lists(FIELDS, max_size=8))
def test_what_was_written_comes_back(message: list[tuple[int, int, int | bytes]]) -> None:
    assert list(fields(written(message))) == message


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("08", "does not end"),
        ("0896", "does not end"),
        ("08" + "ff" * 11, "does not end"),
        ("1207746573", "a field of 7 bytes at byte 2, where 3 are left"),
        ("12ffffffffffffffffff01", "where 0 are left"),
        ("0d010000", "a field of 4 bytes"),
        ("0f", "wire type 7"),
        ("0001", "field number 0"),
    ],
)
def test_broken_bytes_say_why(data: str, says: str) -> None:
    with pytest.raises(ProtobufError, match=says):
        list(fields(bytes.fromhex(data)))


def test_what_stood_before_the_break_is_kept() -> None:
    reader = fields(bytes.fromhex("089601" + "1207"))
    assert next(reader) == (1, VARINT, 150)
    with pytest.raises(ProtobufError):
        next(reader)


@given(st.binary(max_size=64))
def test_any_bytes_end_or_are_refused(data: bytes) -> None:
    with suppress(ProtobufError):
        assert sum(1 for _ in fields(data)) <= len(data)


def test_signs() -> None:
    assert [signed(2), signed((1 << 64) - 2)] == [2, -2]
    assert [zigzag(0), zigzag(1), zigzag(2), zigzag(0xFFFFFFFE)] == [0, -1, 1, 0x7FFFFFFF]
