"""Texts in TL-serialised objects."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.tl_strings import texts


def packed(text: str) -> bytes:
    """A text as TL writes it."""
    data = text.encode()
    head = bytes([len(data)]) if len(data) < 254 else b"\xfe" + len(data).to_bytes(3, "little")
    return (head + data).ljust(-(-len(head + data) // 4) * 4, b"\0")


def test_texts_among_numbers() -> None:
    blob = struct.pack("<IIiQ", 0x38116EE0, 512, 7, 10**15) + packed("look at evil.example") + struct.pack("<I", 1)
    assert texts(blob) == ("look at evil.example",)


def test_long_texts() -> None:
    text = "https://evil.example/" + "a" * 400
    assert texts(struct.pack("<I", 9) + packed(text)) == (text,)


def test_a_text_of_32_characters_does_not_begin_with_its_own_length() -> None:
    assert texts(packed("evil.example is 65 characters long if one counts every one of them")) == (
        "evil.example is 65 characters long if one counts every one of them",
    )


def test_a_cut_text_is_none() -> None:
    assert texts(packed("look at evil.example")[:12]) == ()


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=3), max_size=5))
def test_every_text_is_found(written: list[str]) -> None:
    blob = b"".join(struct.pack("<I", 0xFFFFFFFF) + packed(text) for text in written)
    assert [text for text in texts(blob) if text in written] == written


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are(data: bytes) -> None:
    assert all(len(text.encode()) <= len(data) for text in texts(data))
