"""What WebKit keeps of a tab to restore it: the list of pages that Back and Forward go through.

A big-endian version of four bytes, then a binary property list; some stores leave the version out.

References:
    WebKit, "LegacySessionStateCoding.cpp" (keys and version),
    https://github.com/WebKit/WebKit/blob/main/Source/WebKit/UIProcess/API/mac/LegacySessionStateCoding.cpp
"""

from dataclasses import dataclass

from scanner.formats import bplist

MAGIC = b"bplist"
VERSION = 4
MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """A tab's session.

    Attributes:
        pages: addresses in the order of the list, oldest first; where the address that was asked for differs from the
            one that was shown, it stands before it. The address that was still loading comes last.
        problems: one line for each part that could not be read.
    """

    pages: tuple[str, ...]
    problems: tuple[str, ...]


def loads(data: bytes) -> Session:
    """The pages of a tab's session data.

    Raises:
        ValueError: no session data of this form.
    """
    start = next((at for at in (VERSION, 0) if data[at : at + len(MAGIC)] == MAGIC), None)
    if start is None:
        raise ValueError(f"no tab session: begins with {data[:8].hex(' ') or 'nothing'}")
    found = bplist.loads(data[start:])
    if not isinstance(found.root, dict):
        raise ValueError("no tab session: the property list is no dictionary")
    pages, problems = entries(found.root.get("SessionHistory"))
    loading = found.root.get("ProvisionalURL")
    return Session((*pages, *([loading] if isinstance(loading, str) else [])), (*found.problems, *problems))


def entries(history: object) -> tuple[list[str], list[str]]:
    """The addresses of a session's list, and what in it is none."""
    if history is None:
        return [], []
    listed = history.get("SessionHistoryEntries", []) if isinstance(history, dict) else None
    if not isinstance(listed, list):
        return [], ["the session's history is no list of pages"]
    pages: list[str] = []
    problems = [f"the session has {len(listed)} pages"] if len(listed) > MAX_ENTRIES else []
    for number, entry in enumerate(listed[:MAX_ENTRIES]):
        shown = entry.get("SessionHistoryEntryURL") if isinstance(entry, dict) else None
        asked = entry.get("SessionHistoryEntryOriginalURL") if isinstance(entry, dict) else None
        if not isinstance(shown, str):
            problems.append(f"page {number} of the session has no address")
        pages += [page for page in dict.fromkeys((asked, shown)) if isinstance(page, str)]
    return pages, problems
