"""System properties, as `getprop` prints them (`[name]: [value]`, a value may span lines) and as build.prop keeps them.

References:
    AOSP, toolbox's getprop: https://android.googlesource.com/platform/system/core/+/refs/heads/main/toolbox/getprop.cpp
"""

from collections.abc import Iterable, Iterator

MAX_LINES = 1000
"""Of one value."""


def properties(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """Line, name and value of each property; lines of any other form are left out."""
    name, value, first, more = "", list[str](), 0, False
    for number, line in lines:
        if more:
            value.append(line.removesuffix("]"))
            more = not line.endswith("]") and len(value) < MAX_LINES
        elif line.startswith("[") and "]: [" in line:
            name, _, rest = line[1:].partition("]: [")
            more = not rest.rstrip().endswith("]")
            value, first = [rest if more else rest.rstrip()[:-1]], number
        elif "=" in line and not line.startswith(("#", "-", "[")):
            name, _, rest = line.partition("=")
            name, value, first = name.strip(), [rest.strip()], number
        else:
            continue
        if not more and name:
            yield first, name, "\n".join(value)
