"""Bug reports and file systems are recognised by content, whatever they are called and packed in."""

import gzip
import pickle
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.evidence import Evidence, EvidenceError
from scanner.evidence.open import recognise
from scanner.evidence.secret import Secret
from scanner.formats import dumpstate
from tests.android_acquisitions import (
    PROPERTIES,
    REPORT,
    RULE,
    SHAPES,
    WANTED,
    contents,
    problem,
    written,
    zipped,
)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_bug_report_is_the_same_in_any_container(shape: str, acquired: Callable[..., Evidence]) -> None:
    evidence = acquired(SHAPES[shape])
    found = contents(evidence)
    assert {path: found[path] for path in WANTED} == WANTED
    if b"tombstone" in b"".join(SHAPES[shape].values()) or "unpacked" in shape:
        assert found.get("/data/tombstones/tombstone_00", b"*** ***") == b"*** ***"
    device = evidence.facts.device
    assert (device.os, device.model, device.version, device.timezone) == ("Android", "Pixel 9", "15", "Europe/Berlin")
    assert str(evidence.facts.acquired) == "2024-06-15 12:00:00+00:00"
    again = pickle.loads(pickle.dumps(evidence))  # noqa: S301 - how it reaches a worker
    assert contents(again) == found


def test_a_service_that_timed_out_says_so(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired(SHAPES["zip"])
    assert "did not finish its dump within 10000ms" in problem(evidence, "dumpsys:/media.camera")


def test_an_old_report_without_ends_is_not_called_cut(acquired: Callable[..., Evidence]) -> None:
    old = b"\n".join(line for line in REPORT.split(b"\n") if b"duration" not in line)
    evidence = acquired({"x.txt": old})
    assert {path: problem(evidence, path) for path in WANTED} == dict.fromkeys(WANTED, "None")


def test_a_report_cut_short_says_which_service(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired({"x.txt": REPORT[: REPORT.index(b"normal")]})
    assert "cut off" in problem(evidence, "dumpsys:/activity")


def test_a_limited_report_is_no_complete_one(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired({"x.txt": REPORT.replace(b"bugreport_mode=", b"BUGREPORT_REMOTE")})
    assert not evidence.facts.complete
    assert "limited bug report" in evidence.problems[0].message


def test_single_files(tmp_path: Path) -> None:
    for number, (name, data, path) in enumerate([
        ("props.txt", PROPERTIES.encode(), "section:/SYSTEM PROPERTIES"),
        ("crash", b"*** *** *** *** *** *** ***\nBuild", "/data/tombstones/crash"),
        ("msgstore.db", b"SQLite format 3\0", "/data/data/com.whatsapp/databases/msgstore.db"),
        ("log.txt", b'{"dns_event":{"hostname":"a.example"}}', "intrusion:/log.txt"),
        ("dumpsys.txt", REPORT[REPORT.index(RULE.encode()) :], "dumpsys:/package"),
    ]):  # fmt: skip
        place = written({name: data}, tmp_path / str(number))
        with closing(recognise(place).open(Secret())) as evidence:
            assert path in {entry.path for entry in evidence.entries()}, name


@pytest.mark.parametrize(
    "data",
    [b"", b"hello\n", zipped({"a.docx": b"x"}), gzip.compress(b"x"), b"PK\3\4broken", b"ANDROID BACKUP\n9\n1\nnone\n"],
)
def test_what_is_no_evidence_is_named(data: bytes, acquired: Callable[..., Evidence]) -> None:
    with pytest.raises(EvidenceError, match=r"is no evidence|cannot be read"):
        acquired({"x": data})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["gzip", "zip", "wrapper", "tar.gz", "flat text"]),
    st.integers(0),
    st.integers(1, 255),
    st.booleans(),
)
def test_damaged_containers_end_in_evidence_errors(tmp_path: Path, shape: str, at: int, flip: int, cut: bool) -> None:
    data = bytearray(next(iter(SHAPES[shape].values())))
    at %= len(data)
    data[at] ^= flip
    path = tmp_path / "x"
    path.write_bytes(data[:at] if cut else data)
    with ExitStack() as stack, suppress(EvidenceError):
        evidence = stack.enter_context(closing(recognise(path).open(Secret())))
        for entry in evidence.entries():
            try:
                with closing(evidence.reader(entry)) as reader:
                    reader.read(0, 1 << 20)
            except (ValueError, OSError):
                continue


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(REPORT)))
def test_any_text_can_be_indexed(noise: bytes, at: int) -> None:
    data = REPORT[:at] + noise + REPORT[at:]
    index = dumpstate.index(lambda offset, amount: data[offset : offset + amount], len(data))
    assert all(
        offset >= 0 and offset + length <= len(data) for _, part in index.parts() for offset, length in part.ranges
    )


def test_reports_of_two_phones_are_not_taken_for_one(acquired: Callable[..., Evidence]) -> None:
    other = REPORT.replace(b"google/tokay/tokay", b"fernhill/moorland/moorland")
    with pytest.raises(EvidenceError, match="reports of several phones"):
        acquired({"a.txt": REPORT, "b.txt": other})


def test_two_reports_of_one_phone_are_said(acquired: Callable[..., Evidence]) -> None:
    assert "2 reports of one phone" in " ".join(acquired({"a.txt": REPORT, "b.txt": REPORT}).facts.notes)


def test_services_alone_are_dated_by_their_ends(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired({"dumpsys.txt": REPORT[REPORT.index(RULE.encode()) :]})
    assert str(evidence.facts.acquired) == "2024-06-15 14:00:13+00:00"


OLD = b"""\
== dumpstate: 2014-06-15 14:00:00
------ PROCESSES (ps -P) ------
USER PID
[ps: 0.1s elapsed]

------ DUMPSYS (dumpsys) ------
DUMP OF SERVICE package:
Packages:
-------------------------------------------------------------------------------
DUMP OF SERVICE wifi:
Wi-Fi is on
"""


def test_what_old_reports_print_between_their_parts_is_no_part(acquired: Callable[..., Evidence]) -> None:
    found = contents(acquired({"a.txt": OLD}))
    assert (found["section:/PROCESSES"].strip(), found["dumpsys:/package"]) == (b"USER PID", b"Packages:\n")


def test_a_folder_of_tombstones_is_evidence(acquired: Callable[..., Evidence]) -> None:
    evidence = acquired({"data/tombstones/tombstone_00": b"*** ***", "data/tombstones/tombstone_01": b"*** ***"})
    assert {entry.path for entry in evidence.entries()} == {f"/data/tombstones/tombstone_0{n}" for n in (0, 1)}
