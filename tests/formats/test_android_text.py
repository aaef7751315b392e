"""Uids, numbers, durations and times as Android's services print them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.android_text import later, milliseconds, named, since_1970, uid, user, whole


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1000", 1000),
        ("0", 0),
        ("u0a106", 10106),
        ("u0a123", 10_123),
        ("u10i5", 1_099_005),
        ("u11a82", 1110082),
        ("u11s1000", 1101000),
        ("u0i7", 99007),
        ("u10ai3", 1090003),
        ("u2103a3406", 210313406),
        ("-1", None),
        ("", None),
        ("u0", None),
        ("u0x5", None),
        ("²", None),
        ("9" * 40, None),
    ],
)
def test_uid(text: str, want: int | None) -> None:
    assert uid(text) == want


def test_user() -> None:
    assert [user(10106), user(1110082), user(None)] == [0, 11, None]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("0", 0),
        ("+6ms", 6),
        ("+8m10s300ms", 490_300),
        ("+1h20m16s351ms", 4_816_351),
        ("-24855d3h14m7s974ms", -2_147_483_647_974),
        ("+1d0h0m0s0ms", 86_400_000),
        ("1h 46m 31s 474ms", 6_391_474),
        ("+3s", 3_000),
        ("+5m", 300_000),
        ("--", None),
        ("+", None),
        ("", None),
        ("12", None),
        ("1ms2s", None),
    ],
)
def test_duration(text: str, want: int | None) -> None:
    assert milliseconds(text) == want


def test_later() -> None:
    day = 86_400_000
    assert later(datetime(2024, 1, 2, tzinfo=UTC), -day) == datetime(2024, 1, 1, tzinfo=UTC)
    assert later(datetime(1, 1, 1, tzinfo=UTC), -day) is None
    assert later(datetime(2024, 1, 2, tzinfo=UTC), 10**30) is None
    assert later(None, day) is None
    assert later(datetime(2024, 1, 2, tzinfo=UTC), None) is None


def test_whole() -> None:
    assert [whole(text) for text in ("12", "-1", "9223372036854775807", "9223372036854775808", "9" * 400)] == [
        12, -1, (1 << 63) - 1, None, None,
    ]  # fmt: skip
    assert [whole(text) for text in (None, "", "x", "1.5")] == [None] * 4
    assert whole("18f2c", 16) == 0x18F2C


def test_since_1970() -> None:
    said = {"time": 1_718_432_002.027, "written": "1718432002027", "clock": "milliseconds since 1970"}
    assert since_1970("1718432002027") == since_1970(1_718_432_002_027) == said
    assert since_1970("yesterday") == {"written": "yesterday"}
    assert since_1970(None) == since_1970("0") == {}


def test_a_name_or_none() -> None:
    assert [named(text) for text in ("com.example", "null", "?", "", None)] == ["com.example", None, None, None, None]


@given(st.text(max_size=40))
def test_any_text_is_read_or_is_none(text: str) -> None:
    assert uid(text) is None or isinstance(uid(text), int)
    assert milliseconds(text) is None or isinstance(milliseconds(text), int)
