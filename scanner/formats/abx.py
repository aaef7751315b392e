"""Android Binary XML ("ABX"): how Android 12 and newer write settings, packages and most files of /data/system.

A file is the magic (ABX and a NUL) and then tokens: one byte whose low half is an event of the XML pull parser and
whose high half is the type of the value that follows. All numbers are big-endian.

References:
    https://cs.android.com/android/platform/superproject/main/+/main:frameworks/libs/modules-utils/java/com/android/modules/utils/BinaryXmlSerializer.java
    https://cs.android.com/android/platform/superproject/main/+/main:frameworks/libs/modules-utils/java/com/android/modules/utils/BinaryXmlPullParser.java
    https://docs.oracle.com/javase/8/docs/api/java/io/DataInput.html#modified-utf-8
"""

import base64
import math
import re
import struct
import sys
from collections.abc import Callable
from enum import IntEnum
from xml.etree.ElementTree import Element

MAGIC = b"ABX\0"
SEVERAL = "abx"
"""The element that holds the roots of a document that has several."""
MAX_DEPTH = 256
MAX_NODES = 4_000_000
"""Elements and attributes together."""
MAX_NAMES = NEW_NAME = 0xFFFF
"""A name's number is 16 bits; the last one says that a new name follows."""
PLAIN_FLOAT = (1e-3, 1e7)
"""Java writes other magnitudes with an exponent."""


class Event(IntEnum):
    """The low half of a token."""

    START_DOCUMENT = 0
    END_DOCUMENT = 1
    START_TAG = 2
    END_TAG = 3
    TEXT = 4
    CDATA = 5
    ENTITY = 6
    WHITESPACE = 7
    INSTRUCTION = 8
    COMMENT = 9
    DOCTYPE = 10
    ATTRIBUTE = 15


class Type(IntEnum):
    """The high half of a token."""

    NONE = 0
    NULL = 1
    STRING = 2
    NAME = 3
    """A string that is written once and then named by its number."""
    HEX = 4
    BASE64 = 5
    INT = 6
    INT_HEX = 7
    LONG = 8
    LONG_HEX = 9
    FLOAT = 10
    DOUBLE = 11
    TRUE = 12
    FALSE = 13


PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
LONE = re.compile("[\ud800-\udfff]")
ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": '"'}


class Input:
    """A document's bytes, read forwards."""

    def __init__(self, data: bytes) -> None:
        """Start after the magic."""
        self.data, self.at = data, len(MAGIC)
        self.names: list[str] = []
        self.readers: dict[int, Callable[[], str | None]] = {
            Type.NONE: lambda: None,
            Type.NULL: lambda: None,
            Type.STRING: self.string,
            Type.NAME: self.name,
            Type.HEX: lambda: self.sized().hex(),
            Type.BASE64: lambda: base64.b64encode(self.sized()).decode("ascii"),
            Type.INT: lambda: str(int.from_bytes(self.take(4), "big", signed=True)),
            Type.INT_HEX: lambda: format(int.from_bytes(self.take(4), "big", signed=True), "x"),
            Type.LONG: lambda: str(int.from_bytes(self.take(8), "big", signed=True)),
            Type.LONG_HEX: lambda: format(int.from_bytes(self.take(8), "big", signed=True), "x"),
            Type.FLOAT: lambda: java_number(self.take(4), ">f"),
            Type.DOUBLE: lambda: java_number(self.take(8), ">d"),
            Type.TRUE: lambda: "true",
            Type.FALSE: lambda: "false",
        }

    def take(self, size: int) -> bytes:
        """The next bytes."""
        piece = self.data[self.at : self.at + size]
        if len(piece) < size:
            raise ValueError(f"binary XML ends in the middle of a value at byte {self.at}")
        self.at += size
        return piece

    def sized(self) -> bytes:
        """Bytes after their number."""
        return self.take(int.from_bytes(self.take(2), "big"))

    def string(self) -> str:
        """A text in Java's modified UTF-8, or in proper UTF-8 as newer versions write what lies beyond 16 bits."""
        return modified_utf8(self.sized())

    def name(self) -> str:
        """A text that is kept under a number, new or by that number."""
        number = int.from_bytes(self.take(2), "big")
        if number != NEW_NAME:
            if number >= len(self.names):
                raise ValueError(f"binary XML names string {number} of {len(self.names)} at byte {self.at}")
            return self.names[number]
        text = self.string()
        if len(self.names) < MAX_NAMES:
            self.names.append(text)
        return text

    def token(self) -> tuple[int, str | None]:
        """The next event and its value."""
        start, token = self.at, self.take(1)[0]
        event, read = token & 15, self.readers.get(token >> 4)
        if read is None:
            raise ValueError(f"binary XML has a value of unknown type {token >> 4} at byte {start}")
        if event == Event.ATTRIBUTE:
            raise ValueError(f"binary XML has an attribute outside a tag at byte {start}")
        return event, read()

    def attributes(self) -> dict[str, str]:
        """The attributes that follow a start tag; one that is null has no text and is left out, as Android does."""
        found = {}
        while self.at < len(self.data) and (token := self.data[self.at]) & 15 == Event.ATTRIBUTE:
            self.at += 1
            name, read = self.name(), self.readers.get(token >> 4)
            if read is None:
                raise ValueError(f"binary XML has a value of unknown type {token >> 4} at byte {self.at}")
            if (value := read()) is not None:
                found[name] = value
        return found


class Builder:
    """The tree that events make."""

    def __init__(self) -> None:
        """Start without a root."""
        self.roots: list[Element] = []
        self.open: list[Element] = []
        self.pending: list[str] = []
        self.nodes = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        self.nodes += 1 + len(attributes)
        if len(self.open) >= MAX_DEPTH:
            raise ValueError(f"binary XML is nested deeper than {MAX_DEPTH} levels")
        if self.nodes > MAX_NODES:
            raise ValueError(f"binary XML has more than {MAX_NODES} elements and attributes")
        self.flush()
        made = Element(name, attributes)
        (self.open[-1].append if self.open else self.roots.append)(made)
        self.open.append(made)

    def end(self, name: str) -> None:
        """An end tag."""
        if not self.open or self.open[-1].tag != name:
            raise ValueError(f"binary XML ends {name!r}, which is not open")
        self.flush()
        self.open.pop()

    def text(self, piece: str) -> None:
        """A piece of text; what stands outside every element is only layout."""
        if self.open:
            self.pending.append(piece)

    def flush(self) -> None:
        """Put the text since the last tag where it belongs: behind the last child, or first in its element."""
        if self.pending:
            text, self.pending = "".join(self.pending), []
            inside = self.open[-1]
            if len(inside):
                inside[-1].tail = text
            else:
                inside.text = text

    def root(self) -> Element:
        """The one root, or an element around several."""
        if self.open:
            raise ValueError(f"binary XML ends inside the element {self.open[-1].tag!r}")
        if len(self.roots) == 1:
            return self.roots[0]
        if not self.roots:
            raise ValueError("binary XML without any element")
        around = Element(SEVERAL)
        around.extend(self.roots)
        return around


def loads(data: bytes) -> Element:
    """The root element of a binary XML document; where it has several roots, an element `abx` around them.

    Values with a type are given as the text that Android makes of them: whole numbers in decimal (or hexadecimal
    where the file says so), bytes as lower-case hexadecimal or Base64, truth as `true` and `false`, fractions as
    Java prints them. Comments and processing instructions are left out.

    Raises:
        ValueError: not binary XML, cut, deeper than MAX_DEPTH or larger than MAX_NODES.
    """
    if not data.startswith(MAGIC):
        raise ValueError("no binary XML: it does not begin with ABX")
    source, tree = Input(data), Builder()
    while source.at < len(data):
        event, value = source.token()
        if event == Event.START_TAG:
            tree.start(needed(value, source), source.attributes())
        elif event == Event.END_TAG:
            tree.end(needed(value, source))
        elif event in {Event.TEXT, Event.CDATA, Event.WHITESPACE}:
            tree.text(value or "")
        elif event == Event.ENTITY:
            tree.text(entity(value or ""))
        elif event == Event.END_DOCUMENT:
            break
        elif event not in {Event.START_DOCUMENT, Event.INSTRUCTION, Event.COMMENT, Event.DOCTYPE}:
            raise ValueError(f"binary XML has an unknown event {event} before byte {source.at}")
    return tree.root()


def needed(name: str | None, source: Input) -> str:
    """The name of a tag."""
    if not name:
        raise ValueError(f"binary XML has a tag without a name before byte {source.at}")
    return name


def entity(name: str) -> str:
    """What an entity stands for; one that is not XML's own stays as it is written."""
    if name in ENTITIES:
        return ENTITIES[name]
    code = re.fullmatch(r"#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))", name)
    if code is None:
        return f"&{name};"
    number = int(code[1], 16) if code[1] else int(code[2])
    return chr(number) if number <= sys.maxunicode and not LONE.match(chr(number)) else f"&{name};"


def modified_utf8(stored: bytes) -> str:
    """A text as Java stores it: proper UTF-8, or surrogates of three bytes each and NUL as two; else escapes."""
    try:
        return stored.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        halves = stored.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return stored.decode("utf-8", "backslashreplace")
    joined = PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), halves)
    return joined.encode("utf-8", "backslashreplace").decode("utf-8")


def java_number(stored: bytes, layout: str) -> str:
    """A fraction as Java's `toString` prints it: the fewest digits that give it back."""
    (value,) = struct.unpack(layout, stored)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "-Infinity" if value < 0 else "Infinity"
    digits = next(text for size in range(17) if struct.pack(layout, float(text := f"{value:.{size}e}")) == stored)
    lowest, highest = PLAIN_FLOAT
    if value == 0 or lowest <= abs(value) < highest:
        return repr(float(digits))
    mantissa, _, exponent = digits.partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"
