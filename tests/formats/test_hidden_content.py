"""Pictures that are something else, or on which something hangs; and any bytes at all."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.hidden_content import DNG_VERSION, archive, kind, program
from scanner.formats.whatsapp_backup import Bytes

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(300) + b"\xff\xd9"
LIBRARY = b"\x7fELF\2\1\1" + bytes(200)


def tiff(*tags: int, order: str = "<") -> bytes:
    """A TIFF file whose first directory has some tags."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order]
    entries = b"".join(struct.pack(f"{order}HHL4s", tag, 1, 4, b"\1\4\0\0") for tag in tags)
    return head + struct.pack(f"{order}L", 8) + struct.pack(f"{order}H", len(tags)) + entries + bytes(4)


def zipped(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    """An archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as target:
        for name, content in members.items():
            target.writestr(zipfile.ZipInfo(name.replace("_", ".")), content, method)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (tiff(256, 257), "tiff"), (tiff(256, DNG_VERSION), "dng"), (tiff(DNG_VERSION, order=">"), "dng"),
        (tiff(256, order=">"), "tiff"), (b"II*\0", "tiff"), (b"II*\0\xff\xff\xff\xff", "tiff"), (JPEG, None),
        (b"", None),
        (LIBRARY, "elf"), (zipped(a=b"x"), "zip"), (b"dex\n035\0", "dex"), (b"%PDF-1.7", "pdf"),
        (b"#!/system/bin/sh", "script"),
    ],
)  # fmt: skip
def test_kinds(data: bytes, what: str | None) -> None:
    assert kind(Bytes(data)) == what


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_an_archive_at_the_end(method: int) -> None:
    found = archive(Bytes(JPEG + zipped(method, b_so=LIBRARY, note_txt=b"hello")))
    assert found
    assert (found.start, found.members) == (len(JPEG), ("b.so", "note.txt"))
    assert found.programs == (("b.so",) if method != zipfile.ZIP_BZIP2 else ())


def test_an_archive_that_is_the_whole_file() -> None:
    found = archive(Bytes(zipped(a_txt=b"x")))
    assert found
    assert found.start == 0


@pytest.mark.parametrize("data", [JPEG, b"", b"PK\5\6" + bytes(18), JPEG + b"PK\5\6" + b"\xff" * 18, JPEG + b"PK\5\6"])
def test_no_archive(data: bytes) -> None:
    assert archive(Bytes(data)) is None


def test_a_program_at_the_end() -> None:
    assert program(Bytes(JPEG + LIBRARY), 1 << 16) == len(JPEG)
    assert program(Bytes(JPEG + b"\x7fELF of a text" + LIBRARY), 1 << 16) == len(JPEG) + 14
    assert program(Bytes(JPEG), 1 << 16) is None
    assert program(Bytes(LIBRARY), 1 << 16) is None, "the file itself, not something on it"


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_any_bytes(data: bytes, tail: bytes) -> None:
    made = Bytes(data + b"PK\5\6" + tail)
    kind(made)
    archive(made)
    program(made, 100)


@given(st.integers(0, 500), st.integers(0, 255))
def test_any_change_of_an_archive(at: int, byte: int) -> None:
    made = bytearray(JPEG + zipped(b_so=LIBRARY))
    made[at % len(made)] = byte
    archive(Bytes(bytes(made)))
