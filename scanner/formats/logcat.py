"""Lines of Android's log as `logcat` prints them.

References:
    "logcat command-line tool", its output formats: https://developer.android.com/tools/logcat#outputFormat
"""

import re

LEVELS = frozenset("VDIWEFSA")
NUMERIC_DATE = 14
"""Where the seconds of `MM-DD HH:MM:SS` end."""
TIME_FORMAT = re.compile(r"([VDIWEFSA])/(.*?)\s*\(\s*(\d{1,10})(?::\s*(\d{1,10}))?\): ?(.*)", re.DOTALL)

Line = tuple[str, str | None, str, str, str, str, str]
"""Time as written, user, process, thread, level, tag, message; what a format lacks is empty, an absent user None."""


def split(line: str) -> Line | None:
    """The parts of a line in the formats `threadtime`, `time` and `brief`, with or without year, zone and user.

    None where it is no line of a log: a title between buffers, or text that somebody else wrote.
    """
    if line[2:3] == "-":
        end = line.find(" ", NUMERIC_DATE)
    elif line[4:5] == "-" and line[7:8] == "-":
        end = line.find(" ", NUMERIC_DATE + 5)
    else:
        return brief("", line)
    if end < 0 or line[end - 4] not in ".:0123456789":
        return None
    parts = line[end:].split(None, 3)
    if len(parts) == 4:
        _, second, third, rest = parts
        if third in LEVELS:
            tag, _, message = rest.partition(": ")
            return line[:end], None, parts[0], second, third, tag.rstrip(" :"), message
        if rest[1:2] == " " and rest[0] in LEVELS and parts[0][0] not in "+-":
            tag, _, message = rest[2:].partition(": ")
            return line[:end], parts[0], second, third, rest[0], tag.strip(" :"), message
    return zoned(line[:end], line[end:].lstrip())


def zoned(stamp: str, rest: str) -> Line | None:
    """The same where a zone stands behind the time, or where level and tag stand before the process."""
    if rest[:1] in {"+", "-"} and rest[1:5].isdecimal():
        zone, _, rest = rest.partition(" ")
        again = split(f"01-01 00:00:00.000 {rest}")
        return (f"{stamp} {zone}", *again[1:]) if again else None
    return brief(stamp, rest)


def brief(stamp: str, rest: str) -> Line | None:
    """`D/Tag( 123): message`."""
    if rest[1:2] != "/" or not (found := TIME_FORMAT.fullmatch(rest)):
        return None
    return stamp, None, found[3], found[4] or "", found[1], found[2], found[5]
