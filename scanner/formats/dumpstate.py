"""The text of a bug report: where its sections and the dumps of its services stand, found by one pass over the bytes.

References:
    AOSP, dumpstate: https://android.googlesource.com/platform/frameworks/native/+/refs/heads/main/cmds/dumpstate/
    AOSP, dumpsys: https://android.googlesource.com/platform/frameworks/native/+/refs/heads/main/cmds/dumpsys/
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Read = Callable[[int, int], bytes]
CHUNK = 4 << 20
OVERLAP = 4096
"""No heading is longer."""
HEADING = re.compile(
    rb"^(?:------ (?P<section>[^\r\n]{1,2000}?) ------"
    rb"|DUMP OF SERVICE (?:(?P<priority>CRITICAL|HIGH|NORMAL) )?(?P<service>[^\r\n]{1,200}):"
    rb"|-{9} [\d.]+s was the duration of dumpsys (?P<ended>[^\r\n]{1,200}?)(?:, ending at: (?P<at>[\d :.-]+))?"
    rb"|\*{3} SERVICE '(?P<late>[^'\r\n]{1,200})' DUMP TIMEOUT \((?P<limit>\w+)\) EXPIRED \*{3}"
    rb"|\[(?P<took>[^\]\r\n]{1,200}): [\d.]{1,12}s elapsed\]"
    rb")[ \t]*\r?$",
    re.MULTILINE,
)
BEGINNINGS = (b"\n------ ", b"\nDUMP OF SERVICE ", b"\n--------- ", b"\n*** SERVICE '")
ELAPSED = b"s elapsed]"
"""Before Android 7 a section ends with how long it took."""
RULED = re.compile(rb"-{79}\r?\n\Z")
"""Before Android 8 nothing else ends a service."""
DURATION = re.compile(rb"[\d.]+s was the duration of '")
COMMAND = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)$")
STARTED = re.compile(rb"^== dumpstate: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
FINGERPRINT = re.compile(rb"^Build fingerprint: '?([^':\r\n]+):", re.MULTILINE)
HEAD = 4096
RULE = 80
"""A line of 79 dashes stands before each service."""
HEADER = "HEADER"
NOISE = frozenset({"DUMPSYS", "DUMPSYS CRITICAL", "DUMPSYS HIGH", "DUMPSYS NORMAL"})
"""Sections that only hold services."""


@dataclass
class Part:
    """A section, or one service's dumps, one after the other."""

    ranges: list[tuple[int, int]] = field(default_factory=list)
    """Offset and length in the text."""
    problems: list[str] = field(default_factory=list)
    priorities: list[str] = field(default_factory=list)


@dataclass
class Index:
    """Where everything stands."""

    sections: dict[str, Part] = field(default_factory=dict)
    services: dict[str, Part] = field(default_factory=dict)
    dumped: str | None = None
    """When the last service was dumped, by the phone's clock."""
    unended: list[Part] = field(default_factory=list)
    """Dumps of services that have no end."""
    ends: int = 0
    """Dumps of services that have one: before Android 8 none has."""

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Every part with its path: `section:/…`, `dumpsys:/…`."""
        yield from ((f"section:/{name}", part) for name, part in self.sections.items())
        yield from ((f"dumpsys:/{name}", part) for name, part in self.services.items())


def started(head: bytes) -> str | None:
    """When a bug report was begun, by the phone's clock; None where these first bytes are of none."""
    found = STARTED.search(head[:HEAD])
    return found[1].decode() if found else None


def detect(head: bytes) -> bool:
    """Whether the first bytes of a text are of a bug report, or of the dumps of services."""
    return started(head) is not None or b"\nDUMP OF SERVICE " in head[: 1 << 16] or head.startswith(b"DUMP OF SERVICE ")


def index(read: Read, size: int) -> Index:
    """Where the parts of a text stand.

    A section ends where the next one begins; the line that says how long it took may stand in another one, as dumpstate
    runs several at once, and is cut out there. A service ends with its own such line, and was cut off where that line
    is missing.
    """
    made = Index()
    at = Open("section", HEADER, 0)
    for found, start, end in headings(read, size):
        if found["took"] or (found["section"] and DURATION.match(found["section"])):
            close(made, at, start, ended=True)
            at.begin = end
            continue
        if found["late"]:
            said = f"the service did not finish its dump within {text(found['limit'])}"
            made.services.setdefault(text(found["late"]), Part()).problems.append(said)
        elif not found["ended"]:
            close(made, at, start)
            at = opened(made, found, end)
        elif at.kind == "service" and text(found["ended"]) == at.name:
            close(made, at, start, ended=True)
            at = Open("gap", "", end)
            made.ends, made.dumped = made.ends + 1, text(found["at"] or b"") or made.dumped
    close(made, at, size)
    for part in made.unended if made.ends else ():
        part.problems.append("the dump of the service has no end: it was cut off")
    return made


@dataclass
class Open:
    """What the lines at hand belong to."""

    kind: str
    name: str
    begin: int


def opened(made: Index, found: re.Match[bytes], begin: int) -> Open:
    """What a heading begins."""
    if found["section"]:
        return Open("section", title(text(found["section"])), begin)
    name = text(found["service"])
    if found["priority"]:
        made.services.setdefault(name, Part()).priorities.append(text(found["priority"]))
    return Open("service", name, begin)


def headings(read: Read, size: int) -> Iterator[tuple[re.Match[bytes], int, int]]:
    """The lines that begin or end something: the match, and where its line begins and the next one does."""
    offset = 0
    before = b"\n"
    while offset < size:
        data = before + read(offset, CHUNK + OVERLAP)
        if len(data) == len(before):
            return
        last = offset + len(data) - len(before) >= size
        for at in begun(data):
            if at <= CHUNK or last:
                found = HEADING.match(data, at)
                if found:
                    ruled = RULED.search(data, max(0, at - RULE - 1), at) if found["service"] else None
                    begin, end = ruled.start() if ruled else at, found.end() + 1
                    yield found, offset + begin - len(before), offset + end - len(before)
        if last:
            return
        offset, before = offset + CHUNK, data[CHUNK : CHUNK + 1]


def begun(data: bytes) -> list[int]:
    """Where lines begin that may be headings; searching for each beginning is many times as fast as one expression."""
    found = []
    for beginning in BEGINNINGS:
        at = data.find(beginning)
        while at >= 0:
            found.append(at + 1)
            at = data.find(beginning, at + 1)
    at = data.find(ELAPSED)
    while at >= 0:
        begin = data.rfind(b"\n", 0, at) + 1
        if data.startswith(b"[", begin):
            found.append(begin)
        at = data.find(ELAPSED, at + 1)
    return sorted(found)


def close(made: Index, at: Open, end: int, *, ended: bool = False) -> None:
    """A part ends."""
    if at.kind == "gap" or (at.name in NOISE and end - at.begin < 2 * RULE):
        return
    part = (made.services if at.kind == "service" else made.sections).setdefault(at.name, Part())
    if end > at.begin:
        part.ranges.append((at.begin, end - at.begin))
    if at.kind == "service" and not ended and not part.problems:
        made.unended.append(part)


def title(heading: str) -> str:
    """The title of a section, without the command that made it."""
    return COMMAND.sub("", heading).strip() or heading.strip()


def text(name: bytes) -> str:
    """A name as text."""
    return name.decode("utf-8", "backslashreplace").strip()
