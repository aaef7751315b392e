"""Feeds in containers: what is in them, where it was, and what they may not do."""

import gzip
import io
import json
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from scanner.feeds import load, packed
from scanner.feeds.model import Entry, Indicator
from scanner.finding import Problem
from tests.mutants import mutants

BUNDLE = json.dumps(
    {"type": "bundle", "objects": [{"type": "indicator", "id": "i", "pattern": "[domain-name:value='evil.example']"}]}
).encode()
TABLE = b"type,value\nip,192.0.2.1\nip,nonsense\n"
RULE = b"rule evil { condition: true }"


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return made.getvalue()


def read(data: bytes, name: str = "feeds.zip") -> list[Entry]:
    return list(load.read(data, PurePosixPath(name), "feed") or [])


def problems(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(str(one.row), one.message) for one in entries if isinstance(one, Problem)]


def test_zip(tmp_path: Path) -> None:
    """Each member is a feed of its own kind; places name the member; documents are passed over."""
    members = {
        "a/x.json": BUNDLE,
        "y.csv": TABLE,
        "r.yar": RULE,
        "README.md": b"x",
        "p.png": b"\x89PNG",
        "z.csv": b"a,b",
    }
    (tmp_path / "feeds.zip").write_bytes(zipped(members))
    (feed,) = load.load([tmp_path])
    assert [(one.value, one.source.place) for one in feed.indicators] == [
        ("evil.example", "a/x.json: objects[0] i"),
        ("192.0.2.1", "y.csv: line 2"),
    ]
    assert [one.source.place for one in feed.yara] == ["r.yar: r.yar"]
    assert [one.row for one in feed.facts.problems] == ["y.csv: line 3", "z.csv"]


def test_gzip(tmp_path: Path) -> None:
    """One feed in one or several parts, called without its suffix."""
    (tmp_path / "feed.json.gz").write_bytes(gzip.compress(BUNDLE[:40]) + gzip.compress(BUNDLE[40:]))
    (feed,) = load.load([tmp_path])
    assert (feed.facts.id, feed.facts.problems) == ("feed", [])
    assert [(one.value, one.source.place) for one in feed.indicators] == [("evil.example", "feed.json: objects[0] i")]


def test_containers_in_containers() -> None:
    inner = zipped({"x.json.gz": gzip.compress(BUNDLE)})
    (one,) = read(inner)
    assert isinstance(one, Indicator)
    assert one.source.place == "x.json.gz: x.json: objects[0] i"
    assert [message for _, message in problems(read(zipped({"a.zip": inner})))] == [
        "containers are nested deeper than 2"
    ]


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is unpacked than a feed may have."""
    monkeypatch.setattr(packed, "ALWAYS", 1 << 16)
    for data in (zipped({"a.json": BUNDLE, "b.csv": b"0" * (1 << 20)}), gzip.compress(b"0" * (1 << 20))):
        found = read(data)
        assert any("more than a feed may have" in message for _, message in problems(found))
    assert isinstance(read(zipped({"a.json": BUNDLE, "b.csv": b"0" * (1 << 20)}))[0], Indicator)


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_MEMBERS", 1)
    assert "holds 2 files" in problems(read(zipped({"a.json": BUNDLE, "b.json": BUNDLE})))[0][1]
    monkeypatch.setattr(packed, "MAX_PARTS", 3)
    assert "parts" in problems(read(gzip.compress(b"#\n") * 9))[0][1]


def test_damaged() -> None:
    """A member that is damaged or encrypted costs no other; a cut gzip file gives what it has."""
    whole = zipped({"a.json": BUNDLE, "b.json": BUNDLE})
    at = whole.index(b"a.json") + 20
    broken = read(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    assert [row for row, _ in problems(broken)] == ["a.json"]
    assert [one.source.place for one in broken if isinstance(one, Indicator)] == ["b.json: objects[0] i"]
    flags = whole.index(b"PK\x01\x02") + 8
    assert "encrypted" in problems(read(whole[:flags] + b"\x01" + whole[flags + 1 :]))[0][1]
    rows = b"type,value\n" + b"".join(b"ip,192.0.2.%d\n" % at for at in range(1, 255))
    cut = read(gzip.compress(rows)[:-200], "x.csv.gz")
    assert "cut off" in problems(cut)[0][1]
    assert any(isinstance(one, Indicator) for one in cut)
    assert "without a feed" in problems(read(zipped({})))[0][1]


def test_mutations() -> None:
    data = zipped({"a.json": BUNDLE, "b.csv.gz": gzip.compress(TABLE), "c.csv": TABLE})
    assert any(problems(read(made)) for made in mutants(data, 300))
    assert any(problems(read(made, "x.gz")) for made in mutants(gzip.compress(TABLE * 20), 300))
