"""Binary XML: what it says, also where it was made so that readers break."""

import struct
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import axml
from scanner.formats.apk_manifest import manifest
from scanner.formats.apk_reader import ApkError
from scanner.synthetic.android_apk import Service
from scanner.synthetic.android_apk import manifest as elements
from scanner.synthetic.android_axml import Element, Value, binary_xml, chunk

NOTES = elements(
    "org.example.notes",
    version="2.1",
    code=21,
    permissions=["android.permission.CAMERA"],
    services=[Service(".Watch")],
    application={"debuggable": True},
)
DATA = binary_xml(NOTES)
POOL = 8
STRINGS_START = POOL + 20


def test_a_manifest_is_read() -> None:
    found = manifest(axml.parse(DATA).root)
    assert (found.package, found.version_name, found.version_code) == ("org.example.notes", "2.1", 21)
    assert (found.min_sdk, found.target_sdk, found.label) == (24, 34, "Notes")
    assert found.permissions == ("android.permission.CAMERA",)
    assert [(one.kind, one.name) for one in found.components] == [
        ("activity", "org.example.notes.MainActivity"),
        ("service", "org.example.notes.Watch"),
    ]
    assert found.launcher
    assert found.debuggable
    assert not axml.parse(DATA).oddities


@pytest.mark.parametrize("utf8", [False, True])
def test_long_and_foreign_texts_are_whole(utf8: bool) -> None:
    name = "org.example." + "n" * 150 + ".Größe\u20ac\U0001f600"
    assert axml.parse(binary_xml(Element("manifest", {"package": name}), utf8=utf8)).root.text("package") == name


def test_half_a_character_costs_only_itself() -> None:
    at = DATA.index("debuggable".encode("utf-16-le"))
    found = axml.parse(DATA[:at] + b"\x00\xd8" + DATA[at + 2 :])
    assert manifest(found.root).package == "org.example.notes"


def test_an_attribute_is_known_by_its_resource_id() -> None:
    hidden = DATA.replace("permission".encode("utf-16-le") + b"\0\0", "perm\nssion".encode("utf-16-le") + b"\0\0")
    found = axml.parse(hidden)
    assert manifest(found.root).components[1].permission == "android.permission.BIND_ACCESSIBILITY_SERVICE"
    assert found.oddities == [axml.HIDDEN]


@pytest.mark.parametrize(
    ("offset", "value", "said"),
    [(0, b"\0\0", "the first chunk"), (4, b"\xff\xff\xff\x7f", "says 2147483647"), (16, b"\xff\0\0\0", "255 texts")],
)
def test_tampered_headers_are_read_and_told(offset: int, value: bytes, said: str) -> None:
    found = axml.parse(DATA[:offset] + value + DATA[offset + len(value) :])
    assert manifest(found.root).package == "org.example.notes"
    assert any(said in one for one in found.oddities)


def test_unknown_chunks_are_passed_over_and_told() -> None:
    end = struct.unpack_from("<I", DATA, POOL + 4)[0] + POOL
    end += struct.unpack_from("<I", DATA, end + 4)[0]
    found = axml.parse(DATA[:end] + chunk(0x7777, b"", b"made up ") + DATA[end:])
    assert manifest(found.root).package == "org.example.notes"
    assert "unknown kinds of chunks" in found.oddities


def test_a_component_is_exactly_what_it_says() -> None:
    flags: dict[str, Value] = {"name": "Main", "enabled": False, "exported": False}
    root = Element("manifest", {"package": "a.b"}, [Element("application", {}, [Element("receiver", flags)])])
    (one,) = manifest(axml.parse(binary_xml(root)).root).components
    assert (one.name, one.enabled, one.exported, one.launcher) == ("a.b.Main", False, False, False)


def test_an_icon_that_is_switched_off_is_none() -> None:
    root = elements("a.b")
    root.children[-1].children[0].attributes["enabled"] = False
    assert not manifest(axml.parse(binary_xml(root)).root).launcher


def test_many_references_to_one_long_text_are_refused_quickly() -> None:
    count, text = 100_000, struct.pack("<H", 0x7FFF) + b"A\0" * 0x7FFF
    head = struct.pack("<IIIII", count, 0, 0, 28 + 4 * count, 0)
    data = chunk(3, b"", chunk(1, head, bytes(4 * count) + text) + chunk(0x180, b"", b""))
    begin = time.process_time()
    with pytest.raises(ApkError, match="more data"):
        axml.parse(data)
    assert time.process_time() - begin < 1


def test_deep_nesting_is_refused() -> None:
    one = Element("a")
    for _ in range(axml.MAX_DEPTH + 1):
        one = Element("a", {}, [one])
    with pytest.raises(ApkError, match="nested too deeply"):
        axml.parse(binary_xml(one))


@pytest.mark.parametrize("data", [b"", b"\x03\0", b"<manifest/>", DATA[:40], bytes(axml.MAX_SIZE + 1)])
def test_other_data_are_an_error_that_says_so(data: bytes) -> None:
    with pytest.raises(ApkError, match="binary XML"):
        axml.parse(data)


@settings(max_examples=300, deadline=2000)
@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), max_size=12), st.integers(0, len(DATA)))
def test_damage_is_an_apk_error_or_read(changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(DATA)
    for at, value in changes:
        data[at] = value
    with suppress(ApkError):
        manifest(axml.parse(bytes(data[: end or None])).root)
