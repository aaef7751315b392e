"""The file records of Manifest.db."""

import plistlib
from datetime import datetime
from plistlib import UID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import mbfile

WRAPPED = bytes(range(40))
KEY = (3).to_bytes(4, "little") + WRAPPED


def blob(key: bytes = KEY, **fields: object) -> bytes:
    """Object numbers differ from the usual ones on purpose: they are to be followed, not assumed."""
    root = {"$class": UID(2), "RelativePath": UID(1), "Size": 4096, "Mode": 0o100644, "LastModified": 1_700_000_000}
    objects = ["$null", "Library/SMS/sms.db", {"$classname": "MBFile"}, {"NS.data": key}, root | fields]
    stored = {"$archiver": "NSKeyedArchiver", "$top": {"root": UID(4)}, "$objects": objects}
    return plistlib.dumps(stored, fmt=plistlib.FMT_BINARY, sort_keys=False)


def test_the_key_is_found_by_its_mark_and_by_its_reference() -> None:
    with_key = blob(EncryptionKey=UID(3))
    assert mbfile.wrapped_key(with_key) == (3, WRAPPED)
    decoy = blob(EncryptionKey=UID(3), ExtendedAttributes=b"\x05\0\0\0" + bytes(40))
    assert decoy.count(b"\x4f\x10\x2c") == 2
    assert mbfile.wrapped_key(decoy) == (3, WRAPPED)


def test_a_file_without_key_has_none() -> None:
    assert mbfile.wrapped_key(blob()) is None
    assert mbfile.wrapped_key(blob(ExtendedAttributes=b"\x05\0\0\0" + bytes(40))) is None


def test_a_key_of_an_unknown_class_or_length_is_damaged() -> None:
    for key in (bytes(44), (12).to_bytes(4, "little") + WRAPPED, KEY[:-1]):
        with pytest.raises(ValueError, match="EncryptionKey"):
            mbfile.wrapped_key(blob(key, EncryptionKey=UID(3)))


def test_facts_follow_references_and_take_either_form_of_time() -> None:
    found = mbfile.facts(blob(Birth=datetime(2024, 1, 1), LastStatusChange=1.7e9, Digest={"NS.data": b"\x01" * 20}))  # noqa: DTZ001
    assert (found.relative_path, found.size, found.mode) == ("Library/SMS/sms.db", 4096, 0o100644)
    assert (found.last_modified, found.last_status_change, found.birth) == (1_700_000_000, 1_700_000_000, 1_704_067_200)
    assert found.digest == b"\x01" * 20
    assert (found.target, found.inode, found.protection_class) == (None, 0, 0)
    assert mbfile.facts(blob(Birth={"NS.time": 1.0}, Size="odd", LastModified=float("nan"))).birth == 978_307_201


@pytest.mark.parametrize("data", [b"", b"bplist00", plistlib.dumps([1]), plistlib.dumps({"$top": {}})])
def test_other_data_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"MBFile|property list"):
        mbfile.facts(data)


@settings(max_examples=200, deadline=1000)
@given(st.data())
def test_damage_raises_only_value_error(data: st.DataObject) -> None:
    damaged = bytearray(blob(EncryptionKey=UID(3)))
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    for read in (mbfile.facts, mbfile.wrapped_key):
        try:
            read(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
        except ValueError:
            continue
