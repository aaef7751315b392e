"""The typedstream reader against hand-laid bytes, our own writer and damage."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import typedstream
from scanner.synthetic.typedstream import attributed_body

# The layout of a Messages body for the text "Hello", laid by hand so that writer and reader cannot err together.
HELLO = bytes.fromhex(
    "040b73747265616d747970656481e803840140848484194e534d757461626c6541747472696275746564537472696e67008484124e5341747472"
    "696275746564537472696e67008484084e534f626a6563740085928484840f4e534d757461626c65537472696e67018484084e53537472"
    "696e67019584012b0548656c6c6f86840269490105928484840c4e5344696374696f6e617279009584016901928498981d5f5f6b494d4d657373616765"
    "506172744174747269627574654e616d658692848484084e534e756d626572008484074e5356616c7565009584012a849b9b00868686"
)
PART = "__kIMMessagePartAttributeName"


def test_the_layout_of_messages_is_written_and_read() -> None:
    assert attributed_body("Hello") == HELLO
    assert typedstream.attributed_text(HELLO) == "Hello"
    assert typedstream.strings(HELLO) == ["Hello", PART]


@pytest.mark.parametrize("text", ["", "x" * 127, "x" * 128, "x" * 40_000, "\u00e4\U0001f600" * 30_000, "+ \x86\x84"])
def test_every_length_form_round_trips(text: str) -> None:
    assert typedstream.attributed_text(attributed_body(text)) == text


def test_a_link_in_an_attribute_is_found() -> None:
    link = "https://track.example/a?b=c"
    blob = attributed_body(f"\U0001f600 see {link} now", link)
    assert typedstream.strings(blob) == [
        f"\U0001f600 see {link} now", PART, "__kIMLinkAttributeName", link,
    ]  # fmt: skip
    assert typedstream.strings(attributed_body("click here", link))[-1] == link


def test_data_arrays_floats_and_structures_are_stepped_over() -> None:
    blob = b"\x04\x0bstreamtyped\x81\xe8\x03" + b"\x84\x0e[3c]{p=fd[2i]}" + b"abc\x83\0\0\0\0\x05\x01\x81\x00\x01"
    assert typedstream.strings(blob + b"\x84\x01+\x02ok") == ["ok"]


def test_damage_before_the_text_still_gives_the_text() -> None:
    blob = bytearray(attributed_body("meet at https://example.org/x", None))
    blob[16] ^= 0xFF
    assert typedstream.attributed_text(bytes(blob)) == "meet at https://example.org/x"
    assert typedstream.attributed_text(b"junk" + bytes(blob[20:])) == "meet at https://example.org/x"


def test_a_cut_text_gives_what_is_left_and_a_cut_tail_the_whole_text() -> None:
    blob = attributed_body("a text of some length")
    assert typedstream.attributed_text(blob[:-60]) == "a text of some length"
    assert typedstream.attributed_text(blob[: blob.index(b"some")]) == "a text of "


def test_a_link_behind_the_damage_is_still_listed() -> None:
    blob = bytearray(attributed_body("click", "https://track.example/a"))
    blob[blob.index(b"iI")] = ord("?")
    assert any("https://track.example/a" in found for found in typedstream.strings(bytes(blob)))


@pytest.mark.parametrize("blob", [b"", b"\x04\x0bstreamtyped", b"\x04\x0bstreamtyped\x81\xe8\x03", b"plain text"])
def test_nothing_readable_is_a_value_error(blob: bytes) -> None:
    with pytest.raises(ValueError, match="typedstream"):
        typedstream.attributed_text(blob)


def test_hostile_encodings_end_quickly() -> None:
    header = b"\x04\x0bstreamtyped\x81\xe8\x03"
    for encoding in (b"[999999999[999999999{=}]]", b"[" * 200, b"[1" * 200, b"{=" * 120):
        with pytest.raises(ValueError, match="typedstream"):
            typedstream.attributed_text(header + b"\x84\x81" + len(encoding).to_bytes(2, "little") + encoding)
    with pytest.raises(ValueError, match="nested deeper"):
        typedstream.attributed_text(header + b"\x84\x01@" + b"\x84\x84\x84\x01A\0\x85\x92" + b"\x84\x93\x92" * 5000)


@settings(max_examples=200, deadline=1000)
@given(st.data())
def test_damage_raises_only_value_error(data: st.DataObject) -> None:
    blob = bytearray(attributed_body("hello https://example.org", "https://example.org"))
    for _ in range(data.draw(st.integers(1, 5))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(blob[: data.draw(st.integers(0, len(blob)))])
    try:
        texts = [typedstream.attributed_text(damaged), *typedstream.strings(damaged)]
    except ValueError:
        return
    for text in texts:
        text.encode()
