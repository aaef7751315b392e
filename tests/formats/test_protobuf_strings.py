"""Texts in protocol buffers without a schema."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.protobuf_strings import hashes, texts


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def test_texts_of_inner_messages() -> None:
    inner = b"\x08\x01" + field(2, b"com.example.app") + field(3, b"\x00\xff\x01")
    assert texts(field(1, b"name") + field(2, inner) + b"\x18\x05") == ("name", "com.example.app")


def test_what_stands_before_damage() -> None:
    assert texts(field(1, b"com.example.app") + b"\x12\x7fcut") == ("com.example.app",)


def test_depth_is_bounded() -> None:
    data = field(1, b"\x08\x01" + field(2, b"deep"))
    for _ in range(20):
        data = field(1, b"\x08\x01" + data)
    assert texts(data) == ()


def test_hashes() -> None:
    digest = bytes(range(128, 160))
    assert hashes(field(1, b"name") + field(2, b"\x08\x01" + field(3, digest))) == (digest.hex(),)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are(data: bytes) -> None:
    assert all(text.encode() in data for text in texts(data))
