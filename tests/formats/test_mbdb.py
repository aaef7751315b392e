"""Manifest.mbdb of old backups."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats.mbdb import MAGIC, MbdbRecord, records
from scanner.synthetic.mbdb import encode

FILE = MbdbRecord(
    "HomeDomain", "Library/SMS/sms.db", None, b"\x01" * 20, bytes(44), 0o100644, 7, 501, 501, 1, 2, 3, 4096, 3,
    {"com.example.note": b"\x00\xff"},
)  # fmt: skip
FOLDER = MbdbRecord("HomeDomain", "Library", mode=0o040755)
LINK = MbdbRecord("MediaDomain", "a/\u00e4", link_target="/tmp/b", mode=0o120755)
ALL = [FILE, FOLDER, LINK]


def test_a_record_laid_by_hand_is_read() -> None:
    data = (
        MAGIC
        + b"\x00\x0aHomeDomain\x00\x01x\xff\xff\xff\xff\xff\xff"
        + bytes.fromhex("81a4 0000000000000009 000001f5 000001f6 50000001 50000002 50000003 0000000000000010 04 01")
        + b"\x00\x01k\x00\x02vv"
    )
    (found,) = records(data)
    assert found == MbdbRecord(
        "HomeDomain", "x", None, None, None, 0o100644, 9, 501, 502, 0x50000001, 0x50000002, 0x50000003, 16, 4,
        {"k": b"vv"},
    )  # fmt: skip
    assert encode([found]) == data


def test_records_round_trip_with_their_kinds() -> None:
    found = list(records(encode(ALL)))
    assert found == ALL
    assert [record.kind for record in found] == ["file", "directory", "link"]


def test_the_file_id_of_the_message_store_is_the_well_known_one() -> None:
    assert FILE.file_id == "3d0d7e5fb2ce288813306e4d4636395e047a3d28"


def test_a_cut_tail_is_told_after_the_whole_records() -> None:
    data = encode(ALL)
    second = len(encode(ALL[:1]))
    found = []
    with pytest.raises(ValueError, match=f"at byte {second}"):  # noqa: PT012 - those before the error are tested
        for record in records(data[: second + 9]):
            found.append(record)  # noqa: PERF402 (the records before the error are what is tested)
    assert found == [FILE]


@pytest.mark.parametrize("data", [b"", b"mbdb", b"SQLite format 3\x00"])
def test_other_data_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="magic"):
        list(records(data))


@settings(max_examples=200, deadline=500)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_only_value_error(tail: bytes) -> None:
    try:
        for record in records(MAGIC + tail):
            assert len(record.file_id) == 40
    except ValueError:
        return
