"""A phone's own clock: every form of its texts, and what had to be assumed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.wall_clock import WallClock

NOW = datetime(2024, 1, 10, 12, tzinfo=UTC)
BERLIN = WallClock("Europe/Berlin", NOW)
READ = [
    ("2024-01-10 12:00:00", "2024-01-10T11:00:00+00:00", "zone Europe/Berlin"),
    ("2024-01-10 12:00:00.123456789", "2024-01-10T11:00:00.123456+00:00", "zone Europe/Berlin"),
    ("2024-01-10T12:00:00Z", "2024-01-10T12:00:00+00:00", "zone as written"),
    ("2024-01-10 12:00:00+0530", "2024-01-10T06:30:00+00:00", "zone as written"),
    ("01-10 12:00:00.5", "2024-01-10T11:00:00.500000+00:00", "zone Europe/Berlin; year from the report"),
    ("12-31 23:59:59", "2023-12-31T22:59:59+00:00", "zone Europe/Berlin; year from the report"),
    ("02-29 10:00:00", "2020-02-29T09:00:00+00:00", "zone Europe/Berlin; year from the report"),
    ("Wed Feb 12 17:05:57 UTC 2020", "2020-02-12T17:05:57+00:00", "zone as written"),
    ("Tue May 14 08:00:00 GMT+02:00 2024", "2024-05-14T06:00:00+00:00", "zone as written"),
    ("Tue May 14 08:00:00 CEST 2024", "2024-05-14T06:00:00+00:00", "zone Europe/Berlin"),
    ("1970-01-01 01:00:00", "1970-01-01T00:00:00+00:00", "zone Europe/Berlin; the clock was not set"),
]


@pytest.mark.parametrize(("text", "time", "clock"), READ, ids=[text for text, _, _ in READ])
def test_forms(text: str, time: str, clock: str) -> None:
    moment = BERLIN.read(text)
    assert (moment.time.isoformat(), moment.clock) == (time, clock)


@pytest.mark.parametrize(
    ("zone", "clock"),
    [(None, "zone unknown, taken as UTC"), ("Nowhere/Land", "zone Nowhere/Land is not known here, taken as UTC")],
)
def test_an_unknown_zone_is_said(zone: str | None, clock: str) -> None:
    assert WallClock(zone).read("2024-01-10 12:00:00").clock == clock


def test_a_zone_may_be_an_offset() -> None:
    assert WallClock("GMT+03:00").read("2024-01-10 12:00:00").time.hour == 9


@pytest.mark.parametrize(
    "text", ["", "noon", "2024-13-01 00:00:00", "02-30 00:00:00", "2024-01-10", "Foo Xyz 1 00:00:00 2024"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        BERLIN.read(text)


@given(
    st.from_regex(r"(\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})?( ?[+-]\d{4})?", fullmatch=True) | st.text(max_size=40)
)
def test_any_text_is_a_time_or_none(text: str) -> None:
    try:
        assert BERLIN.read(text).time.tzinfo is UTC
    except ValueError:
        return
