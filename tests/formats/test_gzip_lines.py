"""Lines of packed texts: they come back as they were, and what is damaged is named after what could be had."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats import gzip_lines
from scanner.formats.gzip_lines import lines
from scanner.formats.whatsapp_backup import Bytes

TEXT = b"".join(b"line %d of a log\n" % number for number in range(5000))


@given(st.lists(st.binary(max_size=50).filter(lambda line: b"\n" not in line), max_size=30))
def test_the_lines_come_back(wanted: list[bytes]) -> None:
    text = b"".join(line + b"\n" for line in wanted)
    assert list(lines(Bytes(gzip.compress(text)))) == wanted
    assert list(lines(Bytes(gzip.compress(text) + gzip.compress(text)))) == wanted + wanted


def rest(packed: bytes) -> tuple[list[bytes], str]:
    """What could be had, and what was wrong."""
    got: list[bytes] = []
    try:
        for line in lines(Bytes(packed)):
            got.append(line)  # noqa: PERF402 - what came before the error counts
    except ValueError as error:
        return got, str(error)
    return got, ""


def test_a_cut_and_a_damaged_file_give_what_is_left() -> None:
    packed = gzip.compress(TEXT)
    for broken, why in ((packed[:-5000], "cut"), (packed[:-8] + bytes(8), "damaged")):
        got, said = rest(broken)
        assert why in said
        assert got[:10] == TEXT.split(b"\n")[:10]


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip_lines, "MAX_TEXT", 10_000)
    monkeypatch.setattr(gzip_lines, "MAX_LINE", 100)
    with pytest.raises(ValueError, match="more than 10000 bytes"):
        list(lines(Bytes(gzip.compress(TEXT))))
    assert list(lines(Bytes(gzip.compress(bytes(9000))))) == [bytes(9000)]


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    with suppress(ValueError):
        list(lines(Bytes(data)))
    with suppress(ValueError):
        list(lines(Bytes(gzip.compress(b"")[:10] + data)))
