"""Loaded feeds kept under the hash of what they were loaded from, as JSON: nothing in it can be executed.

It lies in the user's own cache folder and nowhere else; reading ten megabytes of feeds anew takes ten times as long.
"""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scanner import __version__
from scanner.feeds import files
from scanner.feeds.model import Feed

FORM = 3
"""Of the kept feeds; another number makes older ones unknown."""
KEPT = 4
OWNER_ONLY = 0o700


def folder() -> Path:
    """Where the cache lies."""
    from platformdirs import user_cache_path

    return user_cache_path("bridle", appauthor=False)


def feeds(paths: Iterable[Path], *, kept: bool = True) -> list[Feed]:
    """The feeds of some files and folders, from the last time if nothing about them has changed since.

    With `kept=False` they are read anew, and nothing is written.
    """
    roots = list(paths)
    if not kept:
        return load_anew(roots)
    place = folder() / f"feeds-{key(roots)}.json"
    with suppress(OSError, ValueError):  # no cache, or a damaged one: as if there were none
        return msgspec.json.decode(place.read_bytes(), type=list[Feed])
    loaded = load_anew(roots)
    keep(place, loaded)
    return loaded


def load_anew(roots: list[Path]) -> list[Feed]:
    """The feeds, read; the readers of all formats are imported only now."""
    from scanner.feeds import load

    return load.load(roots)


def key(roots: list[Path]) -> str:
    """The hash of everything that the loaded feeds depend on; ages and expiry change with the day."""
    made = hashlib.sha256(f"{FORM} {__version__} {datetime.now(UTC):%Y-%m-%d}".encode())
    for root in roots:
        for path, named in files.files(root):
            made.update(f"\0{named} {path}\0".encode("utf-8", "surrogateescape"))
            with suppress(OSError, ValueError):
                made.update(f"{path.stat().st_mtime_ns}".encode())
                made.update(hashlib.sha256(files.content(path)).digest())
    return made.hexdigest()[:32]


def keep(place: Path, loaded: list[Feed]) -> None:
    """Keep loaded feeds for the next time, and let the oldest go; where that cannot be, nothing is lost but time."""
    with suppress(OSError):
        place.parent.mkdir(OWNER_ONLY, parents=True, exist_ok=True)
        part = place.with_suffix(f".{os.getpid()}.part")
        part.touch(0o600)
        part.write_bytes(msgspec.json.encode(loaded))
        part.replace(place)
        older = sorted(place.parent.glob("feeds-*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
        for one in older[KEPT:]:
            one.unlink()
