"""The cache of loaded feeds: the same feeds, quicker, and never in the way."""

import json
import os
from pathlib import Path

import pytest

from scanner.feeds import cache, load
from scanner.feeds.model import Feed
from scanner.synthetic import bundle


@pytest.fixture
def feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A feed, and a cache of its own."""
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "cache")
    path = tmp_path / "chimera.stix2"
    path.write_text(json.dumps(bundle()), encoding="utf-8")
    return path


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").glob("*"))


def test_the_second_time_gives_the_same(feed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cache.feeds([feed])
    (place,) = kept(tmp_path)
    assert place.stat().st_mode & 0o777 == 0o600 or os.name == "nt"

    def loaded(*_: object) -> list[Feed]:
        raise AssertionError("loaded again")

    monkeypatch.setattr(load, "load", loaded)
    assert cache.feeds([feed]) == first


def test_a_changed_feed_is_loaded_anew(feed: Path, tmp_path: Path) -> None:
    before = cache.feeds([feed])
    feed.write_text(feed.read_text(encoding="utf-8").replace("parcel-lantern", "parcel-lamppost"), encoding="utf-8")
    after = cache.feeds([feed])
    assert before != after == load.load([feed])
    assert len(kept(tmp_path)) == 2


@pytest.mark.parametrize("damage", [b"", b"[", b"null", b'[{"facts": 1}]', b"\xff"])
def test_a_damaged_cache_is_as_none(damage: bytes, feed: Path, tmp_path: Path) -> None:
    wanted = cache.feeds([feed])
    (place,) = kept(tmp_path)
    place.write_bytes(damage)
    assert cache.feeds([feed]) == wanted
    assert place.read_bytes() != damage


def test_no_place_for_a_cache_is_no_hindrance(feed: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert cache.feeds([feed]) == load.load([feed])


def test_old_ones_go(feed: Path, tmp_path: Path) -> None:
    for number in range(cache.KEPT + 3):
        feed.write_text(feed.read_text(encoding="utf-8") + " " * number, encoding="utf-8")
        cache.feeds([feed])
    assert len(kept(tmp_path)) == cache.KEPT
