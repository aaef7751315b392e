"""The battery's history: lines of all three notations, and the apps that their texts name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.battery_history import clock, events, package, plugged, row


@pytest.mark.parametrize(
    ("text", "elapsed", "written", "rest"),
    [
        ("          +8m10s300ms (14) TIME: 2024-01-08-17-26-38", 490_300, None, "(14) TIME: 2024-01-08-17-26-38"),
        ("                    0 (2) 100 c0b00041", 0, None, "(2) 100 c0b00041"),
        ("  07-23 12:08:29.838 093 +running", None, "07-23 12:08:29.838", "093 +running"),
        ("       -3h10m47s787ms 099 46120040", -11_447_787, None, "099 46120040"),
    ],
)
def test_a_line_has_a_time(text: str, elapsed: int | None, written: str | None, rest: str) -> None:
    found = row(text)
    assert found is not None
    assert (found.elapsed, found.written, found.rest) == (elapsed, written, rest)


@pytest.mark.parametrize("text", ["", "Details: cpu=1u+2s", "  PID 929 wake time: +1s429ms"])
def test_other_lines_have_none(text: str) -> None:
    assert row(text) is None


@pytest.mark.parametrize(
    ("rest", "want"),
    [
        ("(14) RESET:TIME: 2024-06-14-22-00-00", ("reset", "2024-06-14 22:00:00")),
        ("TIME: 2024-06-14-22-00-00-874", ("time", "2024-06-14 22:00:00")),
        ("TIME: now", None),
        ("099 +running", None),
    ],
)
def test_clock(rest: str, want: tuple[str, str] | None) -> None:
    assert clock(rest) == want


@pytest.mark.parametrize(
    ("event", "tag", "want"),
    [
        ("job", "com.example.app/.Job", "com.example.app"),
        ("job", "@ns@com.example.app/x.Job", "com.example.app"),
        ("job", "#Tag#@ns@com.example.app/x.Job", "com.example.app"),
        ("job", "contacts/com.example/x:com.example.contacts", "com.example.contacts"),
        ("job", "android/com.android.server.X", "android"),
        ("job", "tag", None),
        ("wake_lock", "*job*/com.example.app/.Job", "com.example.app"),
        ("wake_lock", "*alarm*:com.example.app.WAKE", None),
        ("top", "com.example.app", "com.example.app"),
        ("fg", "com.example.app:remote", "com.example.app"),
        ("proc", "android.process.media", None),
        ("proc", "system", None),
        ("pkginst", "com.example.app", "com.example.app"),
        ("pkgunin", "", None),
    ],
)
def test_package(event: str, tag: str, want: str | None) -> None:
    assert package(event, tag) == want


def test_events_that_name_no_app_are_left_out() -> None:
    line = '100 +job=u0a1:"com.example.app/.Job" wake_reason=0:"rtc" stats=0:"x" -top=u0a2:"com.example.top"'
    found = list(events(line))
    assert [(one.sign, one.name, one.uid, one.tag) for one in found] == [
        ("+", "job", "u0a1", "com.example.app/.Job"),
        ("-", "top", "u0a2", "com.example.top"),
    ]


def test_cable() -> None:
    assert plugged("100 status=charging plug=usb temp=1 +usb_data") == {"power": "usb", "data": True}
    assert plugged("100 -usb_data") == {"data": False}
    assert plugged("100 +running") == {}


@given(st.text(max_size=60), st.sampled_from(["job", "top", "wake_lock", "pkginst"]))
def test_any_text_is_read(text: str, event: str) -> None:
    row(text)
    clock(text)
    assert isinstance(list(events(text)), list)
    assert (package(event, text) or "") in text
