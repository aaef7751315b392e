"""Uids and durations as Android's services print them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.android_text import milliseconds, uid, user


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1000", 1000),
        ("0", 0),
        ("u0a106", 10106),
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


@given(st.text(max_size=40))
def test_any_text_is_read_or_is_none(text: str) -> None:
    assert uid(text) is None or isinstance(uid(text), int)
    assert milliseconds(text) is None or isinstance(milliseconds(text), int)
