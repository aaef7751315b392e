"""Entries of Android's drop box as `dumpsys dropbox` lists or prints them, and the head of an entry's text.

References:
    Android Open Source Project, DropBoxManagerService:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/DropBoxManagerService.java
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

ENTRY = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (\S+) \((?:(compressed )?(\w+), (\d{1,10}) bytes|contents lost)\)"
)
STATED = re.compile(r"Drop box contents: (\d{1,9}) entries")
MAX_LINES = 20_000
"""Lines of one printed entry."""
PREVIOUS = "isPrevious: true/"
CUT = " ..."
RULE = "-" * 79
"""What stands before the next service's dump; before Android 8 nothing else ends one."""


@dataclass
class Entry:
    """An entry: its line, time as written, tag, kind (`text`, `data`) and size, and what is printed of it."""

    line: int
    written: str
    tag: str
    kind: str | None = None
    size: int | None = None
    body: list[tuple[int, str]] = field(default_factory=list)


class Dump:
    """What the service says."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self.stated: int | None = None
        """How many entries there are, as it says."""
        self.searched = False
        """Whether it lists only those of one tag."""
        self.made = 0

    def entries(self, lines: Iterable[tuple[int, str]]) -> Iterator[Entry]:
        """Each entry with what is printed of it: a line of its beginning, or all."""
        entry: Entry | None = None
        for number, line in lines:
            if line[:2].isdecimal() and (found := ENTRY.fullmatch(line)):
                if entry is not None:
                    yield entry
                self.made += 1
                entry = Entry(number, found[1], found[2], found[4], int(found[5]) if found[5] else None)
            elif entry is not None:
                if line.startswith("Usage: dumpsys dropbox"):
                    yield entry
                    entry = None
                elif len(entry.body) < MAX_LINES and not line.startswith(("=====", RULE)):
                    entry.body.append((number, line))
            elif found := STATED.fullmatch(line.strip()):
                self.stated = int(found[1])
            elif line.startswith("Searching for:"):
                self.searched = True
        if entry is not None:
            yield entry


def head(body: list[str]) -> tuple[dict[str, str], list[str]]:
    """The `Name: value` lines that a text begins with, and what stands below them.

    A list of entries shows only the beginning, its lines joined by `/`, cut and ended with three points.
    """
    if len(body) == 1 and body[0].startswith("    "):
        text = body[0].strip().removeprefix(PREVIOUS)
        if cut := text.endswith(CUT):
            text = text.removesuffix(CUT)
        parts = re.split(r"/(?=[A-Z][A-Za-z-]*: )", text)
        if cut:
            parts[-1] = parts[-1].rpartition(" ")[0]  # the last word may lack its end: half a name is another name
        return dict(part.split(": ", 1) for part in parts if ": " in part), []
    found: dict[str, str] = {}
    for at, line in enumerate(body):
        name, colon, value = line.partition(": ")
        if not line.strip():
            return found, body[at + 1 :]
        if not colon or " " in name:
            return found, body[at:]
        found.setdefault(name, value)
    return found, []
