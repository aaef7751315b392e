"""Archives resolved to plain values."""

import plistlib
from datetime import UTC, datetime
from plistlib import UID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats.nskeyedarchiver import all_strings, unarchive


def archive(*objects: object, top: dict[str, object] | None = None) -> bytes:
    stored = {
        "$archiver": "NSKeyedArchiver",
        "$version": 100000,
        "$top": top or {"root": UID(1)},
        "$objects": ["$null", *objects],
    }
    return plistlib.dumps(stored, fmt=plistlib.FMT_BINARY)


def named(name: str, *above: str) -> dict[str, object]:
    return {"$classname": name, "$classes": [name, *above, "NSObject"]}


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ({"NS.string": "text"}, "NSMutableString", "text"),
        ({"NS.bytes": b"t\xc3\xa4"}, "NSString", "t\u00e4"),
        ({"NS.time": 86400.0}, "NSDate", datetime(2001, 1, 2, tzinfo=UTC)),
        ({"NS.time": 1e300}, "NSDate", None),
        ({"NS.data": b"\x01"}, "NSMutableData", b"\x01"),
        ({"NS.uuidbytes": bytes(range(16))}, "NSUUID", "00010203-0405-0607-0809-0A0B0C0D0E0F"),
        ({}, "NSNull", None),
        ({"NS.intval": 7}, "NSNumber", 7),
        ({"NSString": "styled"}, "NSMutableAttributedString", "styled"),
        ({"NS.relative": "https://example.org/x", "NS.base": UID(0)}, "NSURL", "https://example.org/x"),
        ({"NS.object.0": "a", "NS.object.1": "b"}, "NSOrderedSet", ["a", "b"]),
        ({"Size": 3, "Link": UID(0)}, "MBFile", {"$class": "MBFile", "Size": 3, "Link": None}),
        ({"NS.uuidbytes": b"short"}, "NSUUID", {"$class": "NSUUID", "NS.uuidbytes": b"short"}),
    ],
)
def test_each_class_becomes_its_plain_value(fields: dict[str, object], name: str, expected: object) -> None:
    assert unarchive(archive({"$class": UID(2), **fields}, named(name))) == expected


def test_dictionaries_nest_and_superclasses_count() -> None:
    found = unarchive(
        archive(
            {"$class": UID(2), "NS.keys": [UID(3), UID(4), 9], "NS.objects": [UID(5), UID(7), True]},
            named("OwnDictionary", "NSMutableDictionary", "NSDictionary"),
            "name",
            {"$class": UID(6), "NS.objects": ["odd key"]},
            {"$class": UID(6), "NS.objects": [UID(3), UID(8)]},
            named("NSArray"),
            "value",
            {"$class": UID(9), "NS.base": UID(10), "NS.relative": "page"},
            named("NSURL"),
            {"$class": UID(9), "NS.base": UID(0), "NS.relative": "https://example.org/dir/"},
        )
    )
    assert found == {"name": ["name", "https://example.org/dir/page"], "$key 1": [["odd key"], "value"], "9": True}
    assert "value" in list(all_strings(found))


def test_several_entry_points_and_xml_uids() -> None:
    assert unarchive(archive("a", "b", top={"x": UID(1), "y": UID(2)})) == {"x": "a", "y": "b"}
    xml = {"$top": {"root": {"CF$UID": 1}}, "$objects": ["$null", {"$class": {"CF$UID": 2}, "k": {"CF$UID": 3}}]}
    assert unarchive(plistlib.dumps(xml)) == {"k": None}


def test_loops_are_cut() -> None:
    assert unarchive(archive({"$class": UID(2), "NS.objects": [UID(1), "x"]}, named("NSArray"))) == [None, "x"]


def test_depth_and_expansion_are_bounded() -> None:
    chain = [{"next": UID(number)} for number in range(2, 3000)]
    depth, found = 0, unarchive(archive(*chain, "end"))
    while isinstance(found, dict) and found:
        depth, found = depth + 1, found["next"]
    assert 10 < depth <= 100
    with pytest.raises(ValueError, match="expands"):
        unarchive(archive(*([UID(level + 2)] * 10 for level in range(12)), "lol"))


@pytest.mark.parametrize("data", [b"", b"bplist00", plistlib.dumps({"a": 1}), plistlib.dumps(["$objects"]), 5, None])
def test_no_archive_is_a_value_error(data: object) -> None:
    with pytest.raises(ValueError, match=r"archive|property list"):
        unarchive(data)


_FIELD = st.recursive(
    st.builds(UID, st.integers(0, 6)) | st.text(max_size=3) | st.integers(0, 9) | st.floats() | st.binary(max_size=17),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=6,
)
_NAME = st.sampled_from(["NSDictionary", "NSURL", "NSDate", "NSData", "NSUUID", "NSNumber", "NSString", "NSSet"])
_KEY = st.sampled_from(
    ["$class", "$classname", "$classes", "NS.keys", "NS.objects", "NS.base", "NS.relative", "NS.time"]
)


@settings(max_examples=200, deadline=1000)
@given(st.lists(st.dictionaries(_KEY, _FIELD | _NAME, max_size=5) | _NAME | _FIELD, min_size=1, max_size=6))
def test_senseless_archives_raise_only_value_error(objects: list[object]) -> None:
    try:
        list(all_strings(unarchive({"$top": {"root": UID(1)}, "$objects": ["$null", *objects]})))
    except ValueError:
        return
