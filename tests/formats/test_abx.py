"""Android Binary XML: typed values, several roots, damage."""

from contextlib import suppress
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import abx
from scanner.synthetic.android_abx import dumps

SETTINGS = Element("settings", version="213")
SETTING = SubElement(SETTINGS, "setting", id="7", name="adb_enabled", value="1", package="com.android.shell", odd="007")
SETTING.set("preserve", "true")
SETTING.set("big", "-9000000000")
SETTING.tail = " tail "
SubElement(SETTINGS, "note").text = "a & b \U0001f600"


def document(*tokens: bytes) -> bytes:
    return abx.MAGIC + b"\x10" + b"".join(tokens) + b"\x11"


def new(text: bytes) -> bytes:
    return b"\xff\xff" + len(text).to_bytes(2, "big") + text


def one_attribute(kind: int, stored: bytes) -> bytes:
    start, name = b"\x32" + new(b"e"), new(b"a")
    return document(start, bytes([kind << 4 | 15]), name, stored, b"\x33\x00\x00")


def test_a_tree_comes_back() -> None:
    assert tostring(abx.loads(dumps(SETTINGS))) == tostring(SETTINGS)


@pytest.mark.parametrize(
    ("kind", "stored", "text"),
    [
        (2, b"\x00\x02ab", "ab"),
        (3, new(b"ab"), "ab"),
        (4, b"\x00\x02\xc0\x0f", "c00f"),
        (5, b"\x00\x03\xba\xce\x64", "us5k"),
        (6, b"\xff\xff\xff\xfe", "-2"),
        (7, b"\x00\x00\x00\x64", "64"),
        (8, b"\x00" * 7 + b"\x64", "100"),
        (9, b"\xff" * 8, "-1"),
        (10, b"\x3e\x99\x99\x9a", "0.3"),
        (10, b"\x47\xc3\x50\x00", "100000.0"),
        (11, b"\x41\x63\x12\xd0\x00\x00\x00\x00", "1.0E7"),
        (11, b"\x7f\xf0" + b"\x00" * 6, "Infinity"),
        (12, b"", "true"),
        (13, b"", "false"),
        (2, b"\x00\x06\xed\xa0\xbd\xed\xb8\x80", "\U0001f600"),
        (2, b"\x00\x02\xc0\x80", "\0"),
        (2, b"\x00\x01\xff", "\\xff"),
    ],
)
def test_typed_values_read_as_android_writes_their_text(kind: int, stored: bytes, text: str) -> None:
    assert abx.loads(one_attribute(kind, stored)).attrib == {"a": text}


def test_a_null_value_is_no_attribute() -> None:
    assert abx.loads(one_attribute(1, b"")).attrib == {}


def test_texts_of_all_kinds_join_and_comments_do_not() -> None:
    texts = b"\x24\x00\x01a", b"\x29\x00\x01c", b"\x25\x00\x01b"
    entities = b"\x26\x00\x02lt", b"\x26\x00\x03#65", b"\x26\x00\x01x"
    assert abx.loads(document(b"\x32" + new(b"e"), *texts, *entities, b"\x33\x00\x00")).text == "ab<A&x;"


def test_several_roots_stand_in_one_element() -> None:
    found = abx.loads(dumps(Element("keyStore", version="1"), Element("adbKey", key="AAAA")))
    assert found.tag == abx.SEVERAL
    assert [child.attrib for child in found] == [{"version": "1"}, {"key": "AAAA"}]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<settings/>", "does not begin with ABX"),
        (document(), "without any element"),
        (document(b"\x32\x00\x05"), "names string 5 of 0"),
        (document(b"\x33" + new(b"e")), "not open"),
        (document(b"\x32" + new(b"e")), "ends inside the element 'e'"),
        (document(b"\x32" + new(b"e"), b"\x33" + new(b"f")), "not open"),
        (one_attribute(14, b""), "unknown type 14"),
        (document(b"\x2b\x00\x01x"), "unknown event 11"),
        (document(b"\x32" + new(b"e"), b"\x32\x00\x00" * 300), "nested deeper"),
        (document(b"\x12"), "without a name"),
    ],
)
def test_what_is_no_sound_document_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        abx.loads(data)


def test_the_number_of_nodes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abx, "MAX_NODES", 3)
    with pytest.raises(ValueError, match="more than 3"):
        abx.loads(dumps(SETTINGS))


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="65535"):
        dumps(Element("e", a="x" * 70000))


@given(st.data())
def test_damage_raises_value_errors_only(data: st.DataObject) -> None:
    sound = bytearray(dumps(SETTINGS))
    for _ in range(data.draw(st.integers(0, 4))):
        sound[data.draw(st.integers(4, len(sound) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(sound[: data.draw(st.integers(0, len(sound)))])
    with suppress(ValueError):
        abx.loads(cut)
