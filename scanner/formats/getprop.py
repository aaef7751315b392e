"""System properties, as `getprop` lists them (`[name]: [value]`) and as `build.prop` keeps them (`name=value`).

References:
    AOSP, getprop of toolbox: https://android.googlesource.com/platform/system/core/+/refs/heads/main/toolbox/getprop.cpp
    AOSP, persistent_properties.proto: https://android.googlesource.com/platform/system/core/+/refs/heads/main/init/
    AOSP, property_service of init: https://android.googlesource.com/platform/system/core/+/refs/heads/main/init/README.md
"""

from collections.abc import Callable, Iterable, Iterator

from scanner.formats import protobuf

Lines = Iterable[tuple[int, str]]
Properties = Iterator[tuple[int, str, str]]
"""Line, name and value."""
Complain = Callable[[str, int], None]
RECORD, NAME, VALUE = 1, 1, 2
"""Fields of a stored property."""
MAX_VALUE_LINES = 1000
"""Of one property: a value that is not closed must not swallow the rest."""


def listed(lines: Lines, complain: Complain = lambda _message, _line: None) -> Properties:
    """The properties in a list of `getprop`; a value may go over several lines."""
    name, parts, start = "", list[str](), 0
    for number, line in lines:
        begins = line.startswith("[") and "]: [" in line
        if parts and (begins or number - start >= MAX_VALUE_LINES):
            complain(f"the value of {name} is not closed", start)
            yield start, name, "\n".join(parts)
            parts = []
        if begins:
            name, _, value = line[1:].partition("]: [")
            parts, start = [value], number
        elif parts:
            parts.append(line)
        elif line.strip():
            complain(f"not a property: {line[:80]!r}", number)
        if parts and parts[-1].endswith("]"):
            yield start, name, "\n".join(parts)[:-1]
            parts = []
    if parts:
        complain(f"the value of {name} is not closed", start)
        yield start, name, "\n".join(parts)


def kept(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, name and value of the properties in `persistent_properties`, a file of Protocol Buffers.

    Raises:
        ProtobufError: the data end early; what stood before was yielded.
    """
    number = 0
    for field, kind, stored in protobuf.fields(data):
        if field == RECORD and kind == protobuf.LENGTH and isinstance(stored, bytes):
            number += 1
            found = {key: part for key, _, part in protobuf.fields(stored) if isinstance(part, bytes)}
            yield number, found.get(NAME, b""), found.get(VALUE, b"")


def built(lines: Lines, complain: Complain = lambda _message, _line: None) -> Properties:
    """The properties that a partition brings along."""
    for number, line in lines:
        text = line.strip()
        if not text or text.startswith(("#", "import ")):
            continue
        name, sign, value = text.partition("=")
        if sign:
            yield number, name.rstrip("? "), value.strip()
        else:
            complain(f"not a property: {text[:80]!r}", number)
