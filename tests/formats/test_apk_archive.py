"""The ZIP archives of packages, also such as were made to break other readers."""

import hashlib
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.evidence.reader import Memory
from scanner.formats import apk_code
from scanner.formats.apk_archive import MAX_DIRECTORY, Archive, is_package
from scanner.formats.apk_layout import END_MAGIC, layout
from scanner.formats.apk_reader import ApkError
from scanner.formats.apk_signing import signing
from scanner.synthetic.android_apk import Entry, make_apk, make_dex, zipped

APK = make_apk(files={"assets/a.bin": b"\x7fELF" + bytes(500), "lib/x86/libx.so": b"x"}, frosting=True)
TEXT = b"The same again. " * 50


def archive(*entries: Entry) -> Archive:
    """An archive of some entries."""
    return Archive(Memory(zipped(entries)))


def test_a_package_of_ours_is_a_zip_archive_to_others_too() -> None:
    with zipfile.ZipFile(io.BytesIO(APK)) as other:
        ours = Archive(Memory(APK))
        assert set(other.namelist()) == set(ours.members)
        assert all(other.read(name) == ours.read(name, 1 << 20) for name in ours.members)
        assert other.testzip() is None
        assert not ours.oddities


@pytest.mark.parametrize("method", [0, 8, 9, 0x1234])
def test_content_is_read_whatever_the_method_is_called(method: int) -> None:
    found = archive(Entry("a", TEXT, method))
    assert found.read("a", len(TEXT)) == TEXT
    assert b"".join(archive(Entry("a", TEXT, method % 9)).pieces("a")) == TEXT or method == 0x1234
    assert bool(found.oddities) == (method not in {0, 8})


def test_what_hides_content_from_others_is_told() -> None:
    found = archive(Entry("a", TEXT, flags=1), Entry("b", b"1"), Entry("b", b"2"), Entry("classes.dex/x\n", b"3"))
    said = " ".join(found.oddities)
    for what in ("4 entries are counted, 3 names", "marked as encrypted: 'a'", "also a folder's", "control characters"):
        assert what in said
    assert found.read("a", len(TEXT)) == TEXT


def test_two_methods_of_one_entry_are_told() -> None:
    data = bytearray(zipped([Entry("a", TEXT)]))
    data[8] = 0
    found = Archive(Memory(bytes(data)))
    assert found.read("a", len(TEXT)) == TEXT
    assert found.oddities == ["two compression methods: 'a'"]


def test_a_dex_file_before_the_archive_is_told() -> None:
    data = zipped([Entry("a", TEXT)])
    begin = make_dex(b"x")
    moved = bytearray(begin + data)
    for at in (data.rfind(END_MAGIC) + 16, data.rfind(b"PK\x01\x02") + 42):
        value = int.from_bytes(data[at : at + 4], "little") + len(begin)
        moved[len(begin) + at : len(begin) + at + 4] = value.to_bytes(4, "little")
    found = Archive(Memory(bytes(moved)))
    assert found.oddities == ["the file is a DEX file as well"]
    assert found.read("a", len(TEXT)) == TEXT


def test_a_comment_that_looks_like_an_end_record_deceives_nobody() -> None:
    data = bytearray(zipped([Entry("a", TEXT)]))
    comment = END_MAGIC + bytes(18)
    data[-2:] = len(comment).to_bytes(2, "little")
    real = len(data) - 22
    assert layout(Memory(bytes(data + comment + b""))).end in {real, real + 22}
    data[-2:] = (len(comment) + 3).to_bytes(2, "little")
    assert layout(Memory(bytes(data + comment + b"abc"))).end == real


def test_a_bomb_is_not_unpacked_beyond_the_limit() -> None:
    found = archive(Entry("a", bytes(50 << 20)))
    with pytest.raises(ApkError, match="larger than 1000 bytes"):
        found.read("a", 1000)
    assert found.head("a", 4) == bytes(4)


def test_a_directory_that_is_too_large_is_refused() -> None:
    size = MAX_DIRECTORY + 1
    end = END_MAGIC + bytes(8) + size.to_bytes(4, "little") + bytes(6)
    with pytest.raises(ApkError, match="more than the"):
        Archive(Memory(bytes(size) + end))


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>", END_MAGIC, APK[:-30]])
def test_other_files_are_an_error_that_says_so(data: bytes) -> None:
    with pytest.raises(ApkError, match="no ZIP archive"):
        Archive(Memory(data))


def test_a_package_is_known_even_if_others_refuse_it() -> None:
    assert is_package(Memory(APK))
    data = bytearray(zipped([Entry("AndroidManifest.xml", TEXT)]))
    at = data.index(b"PK\x01\x02")
    data[at + 30 : at + 32] = (17).to_bytes(2, "little")
    assert is_package(Memory(bytes(data)))
    assert not is_package(Memory(zipped([Entry("a", TEXT)])))
    assert not is_package(Memory(b"no archive"))


def test_what_cannot_be_made_smaller_is_whole() -> None:
    noise = b"".join(hashlib.sha256(bytes([one % 256, one // 256])).digest() for one in range(40_000))
    assert archive(Entry("a", noise)).read("a", len(noise)) == noise


def test_missing_and_damaged_entries_are_errors_that_name_them() -> None:
    found = archive(Entry("a", TEXT))
    with pytest.raises(ApkError, match="there is no b"):
        found.read("b", 1)
    data = bytearray(zipped([Entry("a", TEXT)]))
    data[:2] = b"XX"
    with pytest.raises(ApkError, match="a: no local header at 0"):
        Archive(Memory(bytes(data))).read("a", len(TEXT))
    data = bytearray(zipped([Entry("a", TEXT)]))
    data[31:35] = b"\xff\xff\xff\xff"
    with pytest.raises(ApkError, match="a: Error"):
        Archive(Memory(bytes(data))).read("a", len(TEXT))


def test_hidden_programs_and_libraries_are_listed() -> None:
    entries = [Entry(f"assets/{name}", data) for name, data in {"d": make_dex(b"x"), "z.zip": b"PK\3\4"}.items()]
    found = archive(*entries, Entry("assets/y.APK", b"PK\3\4"), Entry("res/raw/e", b"\x7fELF"), Entry("e", b"\x7fELF"))
    assert apk_code.embedded(found) == ("DEX assets/d", "ZIP assets/y.APK", "ELF res/raw/e")
    assert apk_code.libraries(Archive(Memory(APK))) == ("libx.so",)


def test_importing_the_library_leaves_the_program_s_log_alone() -> None:
    import subprocess
    import sys

    program = (
        "import logging; from scanner.formats.apk_library import library; library(); import apkInspector.axml as a; "
        "a.logging.warning('x'); print(logging.getLogger().handlers, logging.getLogger().level)"
    )
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert (done.stdout, done.stderr) == ("[] 30\n", "")


@settings(max_examples=200, deadline=2000)
@given(
    st.lists(st.tuples(st.integers(0, len(APK) - 1), st.binary(min_size=1, max_size=4)), max_size=8),
    st.integers(0, 40),
)
def test_damage_is_an_apk_error_or_read(changes: list[tuple[int, bytes]], less: int) -> None:
    data = bytearray(APK)
    for at, value in changes:
        data[at : at + len(value)] = value
    with suppress(ApkError):
        found = Archive(Memory(bytes(data[: len(data) - less])))
        signing(found, content=True)
        apk_code.embedded(found)
        list(apk_code.dex_strings(found))


def test_entries_behind_a_length_that_lies_are_found() -> None:
    data = bytearray(zipped([Entry("AndroidManifest.xml", TEXT), Entry("b", TEXT), Entry("c", b"")]))
    at = data.index(b"PK\x01\x02")
    data[at + 30 : at + 32] = (17).to_bytes(2, "little")
    found = Archive(Memory(bytes(data)))
    assert list(found.members) == ["AndroidManifest.xml", "b", "c"]
    assert found.read("b", len(TEXT)) == TEXT
    assert found.oddities == ["3 entries are counted, 1 names are there: names stand twice, or hidden"]


def test_a_directory_that_is_cut_short_gives_what_it_has() -> None:
    data = zipped([Entry("a", TEXT), Entry("b", TEXT)])
    end = data.rfind(END_MAGIC)
    found = Archive(Memory(data[: end - 1] + data[end:]))
    assert found.read("a", len(TEXT)) == TEXT
    assert "does not end before its end record" in found.oddities[0]
