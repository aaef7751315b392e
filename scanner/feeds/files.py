"""The files of feeds: which ones a folder holds, and their bytes."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from scanner.data import root as data_root

MAX_FILES = 10_000
MAX_BYTES = 256 << 20
"""Of one feed; the largest public one has five million."""
DOCUMENTS = re.compile(r"(?:README|LICEN[CS]E|COPYING|NOTICE|CHANGELOG)\b.*|.*\.(?:md|rst|adoc)", re.IGNORECASE)


def bundled() -> list[Path]:
    """The folder of the indicators that come with this program."""
    return [data_root() / "curated"]


def files(root: Path) -> Iterator[tuple[Path, bool]]:
    """The files of a path, sorted, and whether the user named them."""
    if not root.is_dir():
        yield root, True
        return
    count = 0
    for folder, folders, names in os.walk(root, onerror=None):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or DOCUMENTS.fullmatch(name):
                continue
            if (count := count + 1) > MAX_FILES:
                return
            yield Path(folder, name), False


def content(path: Path) -> bytes:
    """A regular file's bytes.

    Raises:
        ValueError: No regular file, or too large.
        OSError: It cannot be read.
    """
    if path.exists() and not path.is_file():
        raise ValueError("not a regular file")
    if (size := path.stat().st_size) > MAX_BYTES:
        raise ValueError(f"{size >> 20} MB are more than a feed may have ({MAX_BYTES >> 20} MB)")
    return path.read_bytes()
