"""Varints, serial types and values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.sqlite_record import read_values, read_varint, serial_types, signed


@pytest.mark.parametrize(
    ("data", "value", "size"),
    [
        (b"\x00", 0, 1),
        (b"\x7f", 127, 1),
        (b"\x81\x00", 128, 2),
        (b"\xff" * 9, (1 << 64) - 1, 9),
        (b"\x80" * 8 + b"\x01", 1, 9),
    ],
)
def test_varints(data: bytes, value: int, size: int) -> None:
    assert read_varint(data, 0) == (value, size)


def test_signed_reads_twos_complement() -> None:
    assert signed((1 << 64) - 1) == -1
    assert signed(5) == 5


def test_a_record_of_every_serial_type() -> None:
    header = bytes([13, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17])
    body = b"\xff" + b"\x01\x00" + b"\xff\xff\xfe" + bytes(3) + b"\x05" + bytes(5) + b"\x01" + b"\x80" + bytes(7)
    record = header + body + b"\x3f\xf8" + bytes(6) + b"\x00\xff" + b"hi"
    types, at = serial_types(record, len(record))
    expected = [None, -1, 256, -2, 5, 1, -(1 << 63), 1.5, 0, 1, b"\x00\xff", "hi"]
    assert read_values(record, types, at, "utf-8") == expected


def test_a_record_cut_short_keeps_what_is_there() -> None:
    record = bytes([3, 33, 6]) + b"0123456789" + bytes(8)
    types, at = serial_types(record, len(record))
    assert read_values(record[:7], types, at, "utf-8") == ["0123", None]


@pytest.mark.parametrize("record", [b"", b"\x00", b"\x02\x0a", b"\x02\x0b", b"\x05\x01", b"\x02\x06\x01", b"\x02\x81"])
def test_what_is_no_record_is_refused(record: bytes) -> None:
    with pytest.raises(ValueError, match=r"record|varint"):
        serial_types(record, len(record))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_record_or_a_value_error(data: bytes) -> None:
    try:
        types, at = serial_types(data, len(data))
    except ValueError:
        return
    assert len(read_values(data, types, at, "utf-16-le")) == len(types)
