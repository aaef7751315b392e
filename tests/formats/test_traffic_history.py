"""Files of network statistics: every version of their parts, hostile bytes, and what was written comes back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.traffic_history import MAGIC, Traffic, loads


def number(value: int, size: int = 4) -> bytes:
    return value.to_bytes(size, "big", signed=True)


def text(value: str | None) -> bytes:
    return b"\0" if value is None else b"\1" + len(value).to_bytes(2, "big") + value.encode()


def short(values: list[int]) -> bytes:
    """Numbers, each as short as it can be."""
    made = number(len(values))
    for value in values:
        rest = value
        while rest > 0x7F:
            made += bytes([rest & 0x7F | 0x80])
            rest >>= 7
        made += bytes([rest])
    return made


def network(version: int, kind: int) -> bytes:
    made = number(version) + number(1) + (number(0) if version == 1 else b"")
    made += number(kind) + number(-1) + text("31026")
    made += text("net") if version >= 3 else b""
    made += b"\0" * sum(version >= since for since in (2, 4, 5))
    return made + number(0) * sum(version >= since for since in (6, 7)) + (number(2, 8) if version >= 8 else b"")


def history(version: int, starts: list[int], received: list[int], sent: list[int]) -> bytes:
    made = number(version) + number(7_200_000, 8)
    if version == 1:
        plain = (starts, received, sent)
        return made + b"".join(number(len(row)) + b"".join(number(n, 8) for n in row) for row in plain)
    rest = [0] * len(starts)
    rows = [starts, *([rest] if version >= 3 else []), received, rest, sent, rest, rest]
    return made + b"".join(short(row) for row in rows)


def file(network_version: int = 8, history_version: int = 3) -> bytes:
    row = number(10201) + number(0) + number(0x401) + history(history_version, [1000, 2000], [5, 300], [7, 70_000])
    other = number(-4) + number(1) + number(0) + history(history_version, [], [], [])
    return number(MAGIC) + number(16) + number(1) + network(network_version, 1) + number(2) + row + other


@pytest.mark.parametrize("network_version", range(1, 9))
@pytest.mark.parametrize("history_version", [1, 2, 3])
def test_every_version(network_version: int, history_version: int) -> None:
    assert list(loads(file(network_version, history_version))) == [
        Traffic("WIFI", 10201, "DEFAULT", 0x401, [1000, 2000], [5, 300], [7, 70_000]),
        Traffic("WIFI", -4, "FOREGROUND", 0, [], [], []),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it ends at byte 0"),
        (b"ANETx", "it ends"),
        (b"nope" + number(16), "does not begin with ANET"),
        (number(MAGIC) + number(17), "version 17"),
        (number(MAGIC) + number(16) + number(1 << 30), "where fewer can follow"),
        (number(MAGIC) + number(16) + number(-1), "where fewer can follow"),
        (file(9), "networks of version 9"),
        (file(8, 4), "a history of version 4"),
        (file()[:-1], "where fewer can follow|it ends"),
    ],
)
def test_what_is_none_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        list(loads(data))


@given(st.binary(max_size=40), st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_any_bytes_end_or_are_refused(tail: bytes, at: int, change: bytes) -> None:
    whole = file()
    for data in (number(MAGIC) + number(16) + tail, whole[:at] + change + whole[at + len(change) :]):
        with suppress(ValueError):
            assert sum(1 for _ in loads(data)) <= len(data)
