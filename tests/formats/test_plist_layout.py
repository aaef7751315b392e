"""Property lists that read well and lack something all the same."""

import plistlib
from time import monotonic
from typing import Any

import pytest

from scanner.formats import bplist, bplist_layout, xml_layout

SAMPLE = {"List": list(range(20)), "Data": b"\x00" * 300, "Text": "\u00e4" * 20, "Dict": {"a": True, "b": 2.5}}
BINARY = plistlib.dumps(SAMPLE, fmt=plistlib.FMT_BINARY)
XML = plistlib.dumps(SAMPLE)


@pytest.mark.parametrize("value", [SAMPLE, [], {}, "x", plistlib.UID(70_000), [plistlib.UID(1), 0, -1, 1 << 63]])
def test_what_writers_write_has_no_fault(value: Any) -> None:
    assert bplist_layout.fault(plistlib.dumps(value, fmt=plistlib.FMT_BINARY)) is None


def test_a_list_that_lost_a_member_by_its_count_is_at_fault() -> None:
    at = BINARY.index(b"\xaf\x10\x14")
    shorter = BINARY[: at + 2] + b"\x13" + BINARY[at + 3 :]
    assert plistlib.loads(shorter) != SAMPLE
    (problem,) = bplist.loads(shorter).problems
    assert "a count or an offset is damaged" in problem


def test_an_offset_that_leads_elsewhere_is_at_fault() -> None:
    start = int.from_bytes(BINARY[-8:], "big")
    wrong = BINARY[: start + 3] + BINARY[start + 5 : start + 7] + BINARY[start + 5 :]
    assert bplist_layout.fault(wrong)


def test_every_cut_is_a_fault() -> None:
    assert all(bplist_layout.fault(BINARY[:end]) for end in range(len(BINARY)))


def test_an_xml_list_with_markup_and_data_has_no_fault() -> None:
    marked = b"<plist><!-- <x> --><array>\n<string><![CDATA[<b>]]></string><true/></array></plist>"
    assert bplist.loads(XML).problems == []
    assert bplist.loads(marked) == bplist.Plist(["<b>", True], [])


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (b"<plist><array><string>x</string><dict/></array></plist>", None),
        (b"<plist><array><stringict/></array></plist>", "an element that property lists do not have, at byte 14"),
        (b"<plist><dict><key>a</key><true/><key>a</key><true/></dict></plist>", "a key stands in a dictionary twice"),
        (b"<plist><array><dict/>dict><true/></array></plist>", "text between elements, at byte 21"),
        (b"<plist><dict>ey>a<key>b</key><true/></dict></plist>", "text between elements, at byte 13"),
    ],
)
def test_what_is_left_of_lost_bytes_is_a_fault(broken: bytes, found: str | None) -> None:
    assert bplist.loads(broken).problems == ([found] if found else [])


def test_hostile_markup_costs_no_more_than_its_length() -> None:
    begun = monotonic()
    for piece in (b"<!--", b"<![CDATA[", b"<?", b"</a", b"<plist", b"/>  ", b"<!---->", b"</a>"):
        xml_layout.fault(piece * 100_000, None)
    assert monotonic() - begun < 5
