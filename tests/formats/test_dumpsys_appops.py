"""Numbers and durations as Android's dumps print them."""

import pytest

from scanner.formats import appop_numbers
from scanner.formats.dumpsys_appops import duration, state


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
    assert duration(text) == milliseconds


def test_a_duration_longer_than_android_is_old_is_none() -> None:
    assert duration("+20001d") is None
    assert duration("+99999999999999d") is None


def test_state() -> None:
    assert state("[top-tpd") == ("top", "tpd")
    assert state("pers ") == ("pers", None)


def test_numbers() -> None:
    assert [appop_numbers.name(number) for number in ("26", "27", "66", "147", "180", "181", "x", None)] == [
        "CAMERA", "RECORD_AUDIO", "REQUEST_INSTALL_PACKAGES", "EMERGENCY_LOCATION", "MANAGE_CONTACTS", "OP_181",
        None, None,
    ]  # fmt: skip
    assert appop_numbers.key(str(200 << 31 | 8)) == ("top", "tpd")
