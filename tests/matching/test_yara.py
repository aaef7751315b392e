"""YARA: bad sources are reported and do not stop the others; matches are bounded."""

import pickle

import pytest

from scanner.feeds.model import YaraSource
from scanner.finding import Source
from scanner.matching.yara import Yara, concerns, media

GOOD = 'rule evil : tag { meta: author = "lab" strings: $a = "evil" condition: $a }'


def source(text: str, name: str = "lab") -> YaraSource:
    return YaraSource(name=name, text=text, source=Source(feed=name))


def test_match() -> None:
    """A match says which rule of which source, and where."""
    rules, problems = Yara.compile([source(GOOD), source(GOOD)])
    first, second = rules.scan(memoryview(b"an evil thing, evil"), "/var/x")
    assert problems == []
    assert (first.rule, first.namespace, first.tags, first.meta) == ("evil", "lab", ("tag",), {"author": "lab"})
    assert first.strings == ((3, "$a", b"evil"), (15, "$a", b"evil"))
    assert second.namespace != first.namespace
    assert rules.scan(b"good", "/var/x") == []


def test_bad_sources_are_problems() -> None:
    """With their line; the others still match."""
    bad = [
        "rule x {\n condition: nope }",
        'import "androguard"\nrule x { condition: true }',
        'include "/etc/hostname"\nrule x { condition: true }',
        "rule x { condition: true }\0 hidden",
        "rule x { condition: true } // \udcff",
        "rule x {",
    ]
    rules, problems = Yara.compile([source(one, f"bad{at}") for at, one in enumerate(bad)] + [source(GOOD, "good")])
    assert sorted(str(one.path) for one in problems) == [f"bad{at}" for at in range(len(bad))]
    assert next(one.row for one in problems if one.path == "bad0") == 2
    assert [one.rule for one in rules.scan(b"evil", "x")] == ["evil"]


def test_variables_of_the_file() -> None:
    """Rules may ask for the name of the file."""
    text = 'rule named { condition: filename == "a.sh" and extension == ".sh" and filepath contains "/tmp/" }'
    rules, _ = Yara.compile([source(text)])
    assert rules.scan(b"x", "/tmp/a.sh")
    assert not rules.scan(b"x", "/tmp/\udcff\0b.sh")


def test_bounds() -> None:
    """Many occurrences are cut; a scan that takes too long is a TimeoutError."""
    rules, _ = Yara.compile([source(GOOD)])
    (found,) = rules.scan(b"evil" * 10_000, "x")
    assert len(found.strings) == 20
    slow, _ = Yara.compile([source("rule slow { condition: for all i in (0..100000000000) : (i >= 0) }")])
    with pytest.raises(TimeoutError):
        slow.scan(b"x", "x", timeout=1)


def test_empty_and_sent() -> None:
    """No rules match nothing; rules reach another process as text."""
    empty, problems = Yara.compile([])
    assert not empty
    assert not problems
    assert empty.scan(b"evil", "x") == []
    sent = pickle.loads(pickle.dumps(Yara.compile([source(GOOD)])[0]))  # noqa: S301 - our own bytes
    assert sent.scan(b"evil", "x")


@pytest.mark.parametrize(
    ("path", "head", "size", "want"),
    [
        ("/var/mobile/Media/DCIM/IMG_1.HEIC", b"", 10, False),
        ("/var/x", b"\xcf\xfa\xed\xfe", 10, True),
        ("/var/x", b"", 10, True),
        ("/var/x", b"", 0, False),
        ("/var/x.apk", b"PK\x03\x04", 65 << 20, False),
        ("/var/x.pdf", b"%PDF-1.7", 10, True),
        ("/var/x.db", b"SQLite format 3\0", 10, False),
        ("/var/x", b"\0\0\0\x18ftypmp42", 10, False),
        ("/var/x", b"RIFF\0\0\0\0WEBP", 10, False),
        ("/var/png", b"#!/bin/sh", 10, True),
    ],
)
def test_concerns(path: str, head: bytes, size: int, want: bool) -> None:
    """Executables, documents and the unknown are scanned; media, databases and the huge are not."""
    assert concerns(path, head, size) is want


def test_media_by_name() -> None:
    """Known from the name alone."""
    assert media("/a/b.JPG")
    assert not media("/a.jpg/b")
