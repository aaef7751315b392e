"""Property lists: sound, damaged and hostile."""

import plistlib
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import bplist

SAMPLE = {
    "URL": "https://example.org/",
    "Visits": [1, 2.5, True, b"\x00\x01", datetime(2024, 5, 1, 12, 0)],  # noqa: DTZ001 (plistlib's own form)
    "Name": "\u00e4\U0001f600",
    "Inner": {"a": {"b": ["deep"]}},
}
BINARY = plistlib.dumps(SAMPLE, fmt=plistlib.FMT_BINARY)
XML = plistlib.dumps(SAMPLE)


def trailer(count: int, top: int, table: int) -> bytes:
    return bytes(6) + b"\x01\x01" + b"".join(number.to_bytes(8, "big") for number in (count, top, table))


def hand_made(objects: list[bytes]) -> bytes:
    body, offsets = b"bplist00", []
    for stored in objects:
        offsets.append(len(body))
        body += stored
    return body + bytes(offsets) + trailer(len(objects), 0, len(body))


@pytest.mark.parametrize("data", [BINARY, XML, b"\n  " + XML, plistlib.dumps(SAMPLE).decode().encode("utf-8-sig")])
def test_sound_lists_have_no_problems(data: bytes) -> None:
    assert bplist.loads(data) == bplist.Plist(SAMPLE, [])


def test_a_damaged_value_is_dropped_and_named() -> None:
    at = BINARY.index(b"\x5fhttps"[:1] + b"\x10\x14https")
    damaged = BINARY[:at] + b"\x99" + BINARY[at + 1 :]
    found = bplist.loads(damaged)
    assert isinstance(found.root, dict)
    assert found.root == {key: value for key, value in SAMPLE.items() if key != "URL"}
    assert len(found.problems) == 1
    assert f"at byte {at} is damaged: unknown type 0x99" in found.problems[0]


def test_a_list_cut_before_its_table_is_rebuilt() -> None:
    found = bplist.loads(BINARY[:-40])
    assert found.root == SAMPLE
    assert "objects were numbered in stored order" in found.problems
    half = bplist.loads(BINARY[: BINARY.index(b"https") + 3])
    assert half.root == {"Inner": SAMPLE["Inner"], "Name": SAMPLE["Name"]}
    assert any("does not exist" in problem for problem in half.problems)


def test_a_long_list_cut_before_its_table_is_rebuilt_with_wide_references() -> None:
    rows = [{"url": f"https://h{number}.example/", "n": number} for number in range(400)]
    data = plistlib.dumps(rows, fmt=plistlib.FMT_BINARY)
    assert bplist.loads(data[:-10]).root == rows


def test_a_list_without_beginning_and_table_gives_its_strings() -> None:
    found = bplist.loads(BINARY[:8] + b"\x99" + BINARY[9:-40])
    assert isinstance(found.root, dict)
    assert list(found.root) == ["salvaged"]
    assert {"URL", "https://example.org/", "\u00e4\U0001f600", "deep"} <= set(found.root["salvaged"])
    assert found.problems


def test_a_list_that_contains_itself_is_cut() -> None:
    found = bplist.loads(hand_made([b"\xa2\x00\x01", b"\x51x"]))
    assert found.root == ["x"]
    assert found.problems == ["object 0 contains itself"]


def test_shared_references_do_not_expand_without_bound() -> None:
    bomb = hand_made([*(bytes((0xA8, *[level + 1] * 8)) for level in range(20)), b"\x53lol"])
    found = bplist.loads(bomb)
    assert found.root == {"salvaged": ["lol"]}
    assert found.problems


def test_deep_nesting_is_not_followed() -> None:
    deepest = b"bplist00" + b"".join(b"\xa1" + (level + 1).to_bytes(2, "big") for level in range(5000)) + b"\x51x"
    offsets = b"".join((8 + 3 * level).to_bytes(2, "big") for level in range(5001))
    end = bytes(6) + b"\x02\x02" + b"".join(number.to_bytes(8, "big") for number in (5001, 0, len(deepest)))
    assert any("deeper than 200" in problem for problem in bplist.loads(deepest + offsets + end).problems)
    deep = hand_made([*(bytes((0xA1, level + 1)) for level in range(85)), b"\x53end"])
    assert bplist.loads(deep).problems == []
    deep_xml = b"<plist>" + b"<array>" * 5000 + b"<string>x</string>" + b"</array>" * 5000 + b"</plist>"
    assert any("deeper than 200" in problem for problem in bplist.loads(deep_xml).problems)


def test_lone_surrogates_are_replaced() -> None:
    found = bplist.loads(hand_made([b"\x62\xd8\x3d\x00x"]))
    assert found.root == "\ufffdx"


def test_keys_that_are_no_strings_are_dropped() -> None:
    found = bplist.loads(hand_made([b"\xd2\x01\x02\x03\x03", b"\x10\x07", b"\x51k", b"\x09"]))
    assert found.root == {"k": True}
    assert len(found.problems) == 1


def test_giant_integers_are_refused() -> None:
    found = bplist.loads(hand_made([b"\xa2\x01\x02", b"\x16" + b"\x7f" * 64, b"\x51x"]))
    assert found.root == ["x"]


def test_a_cut_xml_list_keeps_its_tree() -> None:
    found = bplist.loads(XML[: XML.index(b"<key>Visits")])
    assert found.root == {key: value for key, value in SAMPLE.items() if key != "Visits"}
    assert any("not closed" in problem for problem in found.problems)


def test_broken_xml_is_read_on_behind_the_damage() -> None:
    found = bplist.loads(
        b"<plist><dict><key>a &amp; b</key><string>x & y<![CDATA[<z>]]></string><integer>zz</integer>"
        b"<key>n</key><integer> 0x10 </integer><key>list</key><array><true/><real>1.5</real><data>AAE=</data>"
        b"<date>2024-05-01T12:00:00Z</date></dict></array><key>last</key><string>end"
    )
    assert isinstance(found.root, dict)
    assert found.root["a & b"] == "x & y<z>"
    assert found.root["n"] == 16
    assert found.root["list"] == [True, 1.5, b"\x00\x01", datetime(2024, 5, 1, 12, 0)]  # noqa: DTZ001
    assert found.root["last"] == "end"
    assert len(found.problems) >= 4


def test_unclosed_marks_do_not_cost_the_square_of_the_size() -> None:
    for mark in (b"<string><![CDATA[", b"<!--", b"<string", b"<", b"&#"):
        data = b"<plist><array><string>x</string>" + mark * 40_000
        assert "x" in list(bplist.all_strings(bplist.loads(data).root))


def test_addresses_in_broken_xml_keep_their_ampersands() -> None:
    found = bplist.loads(b"<plist><string>https://example.org/?a=1&copy=2&#233;&#xD800;&amp;</string>")
    assert found.root == "https://example.org/?a=1&copy=2\u00e9\ufffd&"


def test_entity_bombs_are_rejected() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><plist><string>&b;</string></plist>'
    for data in (bomb, bomb.decode().encode("utf-16")):
        with pytest.raises(ValueError, match="entity declarations"):
            bplist.loads(data)


@pytest.mark.parametrize(
    "data", [b"", b"text", b"bplist00", b"<html></html>", b"<plist></plist>", b"\xff\xfe", b"<!--"]
)
def test_other_data_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="property list"):
        bplist.loads(data)


def test_all_strings_walks_each_container_once() -> None:
    shared = ["s"]
    loop: list[object] = [shared, {"k": shared, "n": 1}, "x"]
    loop.append(loop)
    assert list(bplist.all_strings(loop)) == ["s", "k", "n", "x"]


@settings(max_examples=300, deadline=1000)
@given(st.data())
def test_damage_raises_only_value_error(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([BINARY, XML]))
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    start = data.draw(st.sampled_from([0, 0, 0, 3]))
    try:
        found = bplist.loads(bytes(damaged[start : data.draw(st.integers(0, len(damaged)))]))
    except ValueError:
        return
    assert bplist.is_bounded(found.root)
    for text in bplist.all_strings(found.root):
        text.encode()


@settings(max_examples=200, deadline=1000)
@given(st.sampled_from([b"", b"bplist00", b"<plist>"]), st.binary(max_size=200))
def test_arbitrary_bytes_raise_only_value_error(prefix: bytes, data: bytes) -> None:
    try:
        bplist.loads(prefix + data)
    except ValueError:
        return
