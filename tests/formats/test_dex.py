"""The texts of DEX files."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.evidence.reader import Memory
from scanner.formats import apk_code, dex
from scanner.formats.apk_archive import Archive
from scanner.formats.apk_reader import ApkError
from scanner.synthetic.android_apk import Entry, make_dex, zipped

TEXTS = [b"", b"Lorg/example/Main;", "Größe €".encode(), b"a\xc0\x80b", b"\xed\xa0\xbd\xed\xb8\x80"]
DATA = make_dex(*TEXTS)


def test_texts_are_read_as_java_wrote_them() -> None:
    assert list(dex.strings(DATA)) == ["", "Lorg/example/Main;", "Größe €", "a\0b", "\U0001f600"]


def test_what_is_no_text_is_kept_as_escapes() -> None:
    assert list(dex.strings(make_dex(b"a\xff", b"\xed\xa0\xbd"))) == ["a\\xff", "\\x3d\\xd8"]


def test_containers_hold_several() -> None:
    assert list(dex.strings(make_dex(b"one") + make_dex())) == ["one"]


def test_all_code_of_a_package_is_read() -> None:
    files = {"classes.dex": b"one", "classes2.dex": b"two", "assets/classes3.dex": b"three", "classes1.dex": b"four"}
    archive = Archive(Memory(zipped([Entry(name, make_dex(text)) for name, text in files.items()])))
    assert list(apk_code.dex_strings(archive)) == [("classes.dex", "one"), ("classes2.dex", "two")]
    broken = Archive(Memory(zipped([Entry("classes.dex", b"dex\n035\0")])))
    with pytest.raises(ApkError, match=r"classes\.dex: the header at 0 is cut short"):
        list(apk_code.dex_strings(broken))


def test_tables_outside_the_file_are_an_error() -> None:
    with pytest.raises(dex.DexError, match="no DEX file"):
        list(dex.strings(b"PK\3\4"))
    lies = DATA[: dex.STRINGS_AT] + struct.pack("<I", 1 << 30) + DATA[dex.STRINGS_AT + 4 :]
    with pytest.raises(dex.DexError, match="table of 1073741824 texts"):
        list(dex.strings(lies))


@settings(max_examples=200, deadline=1000)
@given(st.lists(st.tuples(st.integers(4, len(DATA) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(DATA)))
def test_damage_is_a_dex_error_or_read(changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(DATA)
    for at, value in changes:
        data[at] = value
    with suppress(dex.DexError):
        list(dex.strings(bytes(data[:end])))
