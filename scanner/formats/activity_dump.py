"""The state of Android's activity manager as `dumpsys activity` prints it: its parts, and names of what is in them.

References:
    AOSP, com.android.server.am: ActivityManagerService, ServiceRecord and ProcessRecord:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/am/
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from scanner.formats.android_text import PER_USER, uid

TITLE = "ACTIVITY MANAGER "
SERVICE = re.compile(r"ServiceRecord\{\S+ (?:u(-?\d{1,6}) )?([^\s}]+)(?: c:([^\s}]+))?")
PROCESS = re.compile(r"ProcessRecord\{\S+ (\d{1,9}):(.+?)/(u?\d[\w-]*)\}")
ISOLATED = re.compile(r"(u\d{1,6}[as]\d{1,6})(?:i|ai)(-?\d{1,6})")
FIRST_ISOLATED = 99_000
INTENT = re.compile(r"\b(act|dat|cmp|cat)=(\[[^\]]*\]|[^\s}]+)")

Line = tuple[int, str]


class Process(NamedTuple):
    """A process as the activity manager names it."""

    pid: int | None
    name: str
    uid: int | None
    isolated: bool


def parts(lines: Iterable[Line]) -> Iterator[tuple[str, Iterator[Line]]]:
    """The parts with a headline `ACTIVITY MANAGER …`: what stands in it before the bracket, and the lines below.

    What an app's own service or activity prints (`SERVICE …`, `TASK …`) ends a part.
    """
    title = ""

    def current(line: Line) -> str:
        nonlocal title
        text = line[1]
        if text.startswith(TITLE):
            title = text.removeprefix(TITLE).partition(" (")[0]
        elif text.startswith(("SERVICE ", "TASK ", "PROVIDER ")):
            title = ""
        return title

    yield from groupby(lines, current)


def process(text: str) -> Process | None:
    """The process in `ProcessRecord{6d4467 3091:com.x:remote/u0a39}`; one without a number (0) is not running."""
    if not (found := PROCESS.search(text)):
        return None
    pid, name, who = found.groups()
    if isolated := ISOLATED.fullmatch(who):
        app = uid(isolated[1])
        number = None if app is None else app // PER_USER * PER_USER + FIRST_ISOLATED + int(isolated[2])
    else:
        number = uid(who)
    return Process(int(pid) or None, name, number, bool(isolated))


def component_package(component: str) -> str:
    """The app of a component `com.x/.Y`."""
    return component.partition("/")[0]


def intent(text: str) -> dict[str, str]:
    """What an intent `{act=… dat=… cmp=…}` asks for: action, data, component and categories."""
    return dict(INTENT.findall(text))


def blocks(lines: Iterable[Line], *starts: str) -> Iterator[list[Line]]:
    """The blocks that begin with a line that starts so, each with the lines that are indented below it."""
    block: list[Line] = []
    for line in lines:
        text = line[1]
        if text.startswith(starts):
            if block:
                yield block
            block = [line]
        elif block and text.startswith("   "):
            block.append(line)
        elif block and text:
            yield block
            block = []
    if block:
        yield block


def values(block: list[Line], *keys: str) -> dict[str, str]:
    """What stands behind `key=` at the beginning of a block's lines."""
    found: dict[str, str] = {}
    for _, text in block:
        key, equal, value = text.strip().partition("=")
        if equal and key in keys:
            found.setdefault(key, value)
    return found


def between(block: list[Line], before: str, after: str) -> str | None:
    """What stands between two texts in a block."""
    for _, text in block:
        _, found, rest = text.partition(before)
        if found:
            return rest.partition(after)[0]
    return None
