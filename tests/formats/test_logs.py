"""Logs: every format of a line, times with and without year and zone, steps of the clock, and hostile lines."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import kernel_log, log_events
from scanner.formats.dropbox_dump import Dump, head
from scanner.formats.event_log import numbered
from scanner.formats.gzip_bounded import unpack
from scanner.formats.log_names import Fresh, names, paths
from scanner.formats.log_time import LogTime
from scanner.formats.logcat import split
from scanner.formats.wall_clock import WallClock

NOW = datetime(2024, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("06-15 10:00:00.123  10076  3225  3254 I eMBMS  Service: not ready: 1",
         ("06-15 10:00:00.123", "10076", "3225", "3254", "I", "eMBMS  Service", "not ready: 1")),
        ("06-15 10:00:00.123  3225  3254 I Tag     :   indented",
         ("06-15 10:00:00.123", None, "3225", "3254", "I", "Tag", "  indented")),
        ("06-15 10:00:00.123 root     0     0 I init    : x",
         ("06-15 10:00:00.123", "root", "0", "0", "I", "init", "x")),
        ("2024-06-15 10:00:00.171997 +1000  9346  9347 E App : y",
         ("2024-06-15 10:00:00.171997 +1000", None, "9346", "9347", "E", "App", "y")),
        ("06-15 10:00:00.156 I/some tag(  190): z", ("06-15 10:00:00.156", None, "190", "", "I", "some tag", "z")),
        ("2024-06-15 10:00:00.613 +1000 I/AppTag    ( 1080: 1179): z",
         ("2024-06-15 10:00:00.613 +1000", None, "1080", "1179", "I", "AppTag", "z")),
        ("D/Tag( 1): z", ("", None, "1", "", "D", "Tag", "z")),
        ("06-15 10:00:00.123  3225  3254 I notification_panel_hidden: ",
         ("06-15 10:00:00.123", None, "3225", "3254", "I", "notification_panel_hidden", "")),
        ("--------- beginning of main", None),
        ("06-15 something else entirely, longer than a time", None),
        ("", None),
    ],
)  # fmt: skip
def test_every_format(line: str, parts: tuple[str, ...] | None) -> None:
    assert split(line) == parts


def test_times_of_one_minute_and_steps_of_the_clock() -> None:
    time = LogTime(WallClock(now=NOW).read, NOW)
    assert time("06-15 10:00:00.500") == datetime(2024, 6, 15, 10, 0, 0, 500_000, tzinfo=UTC).timestamp()
    assert time("06-15 10:00:59.999999") == datetime(2024, 6, 15, 10, 0, 59, 999_999, tzinfo=UTC).timestamp()
    assert time("2024-06-15 10:00:01.000 +0200") == datetime(2024, 6, 15, 8, 0, 1, tzinfo=UTC).timestamp()
    assert time("06-11 10:00:00.000") < time("06-14 10:00:00.000")
    assert (time.backward, time.forward) == (1, 1)
    time("01-01 00:00:01.000")
    assert "low confidence" in time.clock
    with pytest.raises(ValueError, match="no "):
        time("06-15 10:00:xx.000")


def test_only_what_is_new_within_the_hour_is_fresh() -> None:
    fresh = Fresh()
    assert fresh("GET https://a.example/ 200", "10")
    assert not fresh("GET https://a.example/ 404", "10")
    assert fresh("GET https://a.example/ 404", "11")
    assert not fresh("12 of 13, 1.5 s, nothing", "11")
    assert fresh("a " + "0123456789abcdef" * 4, "11")
    assert fresh("[0,com.one.example,1]", "11")
    assert not fresh("[9,com.one.example,2]", "11")


def test_what_is_not_there_hides_nothing_that_is() -> None:
    fresh = Fresh()
    assert fresh("com.one.example not found", "10")
    assert not fresh("com.one.example not found", "10")
    assert fresh("com.one.example started", "10")
    assert not fresh("com.one.example started", "10")


def test_names_and_paths() -> None:
    text = "start com.odd.example:remote of /data/app/~~a==/com.odd.example-b==/base.apk by https://a.example/b/c 1.2.3"
    assert names(text) == ("com.odd.example:remote",)
    assert paths(text) == ("/data/app/~~a==/com.odd.example-b==/base.apk",)


def test_events() -> None:
    assert numbered("[0,3663,1000,com.odd.example,service]") == ([0, 3663, 1000], ["com.odd.example", "service"])
    assert log_events.denial("avc: denied") is None
    assert log_events.verification("VerifyApps: nothing") is None
    said = log_events.denial('avc:  denied  { read } for comm="a b" path="/x y" scontext=u:r:su:s0 permissive=1')
    assert said is not None
    assert (said["process"], said["path"], said["domain"], said["permissive"]) == ("a b", "/x y", "su", True)


def test_the_kernels_own_lines() -> None:
    assert kernel_log.split("<6>[   12.345678][ T1042] init: x") == (12.345678, "init: x")
    assert kernel_log.split("[ nonsense") is None


def test_a_bomb_is_not_unpacked() -> None:
    found, problem = unpack(gzip.compress(b"\0" * 10_000_000), 1000)
    assert len(found) == 1000
    assert problem


def test_entries_of_a_drop_box() -> None:
    lines = ["Drop box contents: 2 entries", "2024-06-15 10:00:00 a_crash (text, 3 bytes)",
             "    Process: x/PID: 1/Lib: b ...", "2024-06-15 10:00:01 b (contents lost)"]  # fmt: skip
    dump = Dump()
    found = list(dump.entries(enumerate(lines, 1)))
    assert (dump.stated, dump.made) == (2, 2)
    assert head([line for _, line in found[0].body])[0] == {"Process": "x", "PID": "1"}, "a cut value is none"


PIECES = st.sampled_from(
    ["06-15 10:00:00.000 ", "1000 ", "I ", "tag: ", "am_crash: [", "avc: denied { } for ", "START u0 {act=", ",", "]",
     "pkg{", "}", "VerifyApps", "[  1.0] ", "<6>", "/", ".", "a.b", "\\xff", "Process: ", "(", ")"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join)))
def test_any_line(line: str) -> None:
    parts = split(line)
    assert parts is None or len(parts) == 7
    for read in (log_events.braced, log_events.intent, log_events.denial, log_events.verification, numbered):
        read(line)
    kernel_log.split(line)
    kernel_log.who(line)
    kernel_log.module(line)
    assert len(names(line)) <= 32
    assert len(paths(line)) <= 32


@given(st.binary(max_size=300))
def test_any_gzip(data: bytes) -> None:
    assert len(unpack(b"\x1f\x8b" + data, 100)[0]) <= 100
