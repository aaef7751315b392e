"""Numbers and durations as Android's dumps print them."""

from datetime import UTC, datetime, timedelta

import pytest

from scanner.formats import appop_numbers
from scanner.formats.dumpsys_appops import before, duration, state, uid


@pytest.mark.parametrize(
    ("text", "number"),
    [("1000", 1000), ("u0a123", 10_123), ("u10i5", 1_099_005), ("u11s1000", 1_101_000), ("u0x1", None), ("", None)],
)
def test_uid(text: str, number: int | None) -> None:
    assert uid(text) == number


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("+1d2h3m4s5ms", 93_784_005),
        ("-12ms", -12),
        ("+5m", 300_000),
        ("+1h0m0s0ms", 3_600_000),
        ("0", None),
        ("", None),
    ],
)
def test_duration(text: str, milliseconds: int | None) -> None:
    assert duration(text) == (None if milliseconds is None else timedelta(milliseconds=milliseconds))


def test_a_duration_longer_than_android_is_old_is_none() -> None:
    assert duration("+20001d") is None
    assert duration("+99999999999999d") is None


def test_before() -> None:
    assert before(datetime(2024, 1, 2, tzinfo=UTC), timedelta(days=1)) == datetime(2024, 1, 1, tzinfo=UTC)
    assert before(datetime(1, 1, 1, tzinfo=UTC), timedelta(days=1)) is None


def test_state() -> None:
    assert state("[top-tpd") == ("top", "tpd")
    assert state("pers ") == ("pers", None)


def test_numbers() -> None:
    assert [appop_numbers.name(number) for number in ("26", "27", "66", "147", "148", "x", None)] == [
        "CAMERA", "RECORD_AUDIO", "REQUEST_INSTALL_PACKAGES", "EMERGENCY_LOCATION", "OP_148", None, None,
    ]  # fmt: skip
    assert appop_numbers.key(str(200 << 31 | 8)) == ("top", "tpd")
