"""AndroidQF's `hashes.csv`: which file had which SHA-256 when it was collected.

Acquisitions in a folder list paths that begin with the folder they were written to, archives list the members' names.

References:
    https://github.com/mvt-project/androidqf
"""

import re
from collections.abc import Iterator, Mapping

from scanner.evidence.reader import Reader

MAX_SIZE = 64 << 20
SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def listed(reader: Reader) -> Iterator[tuple[int, str, str]]:
    """Line, path and hash of each file."""
    try:
        content = reader.read(0, MAX_SIZE).decode("utf-8", "backslashreplace")
    finally:
        reader.close()
    for number, line in enumerate(content.splitlines(), 1):
        path, _, digest = line.rpartition(",")
        if SHA256.fullmatch(digest.strip()):
            yield number, path.strip('"').replace("\\", "/"), digest.strip().lower()


def member(path: str, root: str, members: Mapping[str, int]) -> str | None:
    """Which member of the acquisition a listed path is: the longest end of it that there is."""
    while path:
        if root + path in members:
            return root + path
        path = path.partition("/")[2]
    return None
