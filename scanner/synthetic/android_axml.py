"""Binary XML as Android packages hold it, made of plain elements."""

import struct
from dataclasses import dataclass, field

URI = "http://schemas.android.com/apk/res/android"
PREFIX = "android"
NONE = 0xFFFFFFFF
IDS = {
    "label": 0x01010001,
    "name": 0x01010003,
    "permission": 0x01010006,
    "enabled": 0x0101000E,
    "debuggable": 0x0101000F,
    "exported": 0x01010010,
    "resource": 0x01010025,
    "minSdkVersion": 0x0101020C,
    "versionCode": 0x0101021B,
    "versionName": 0x0101021C,
    "targetSdkVersion": 0x01010270,
    "testOnly": 0x01010272,
}
PLAIN = ("package", "split")
"""Attributes without a name space."""
STRING, DECIMAL, BOOLEAN = 3, 16, 18

Value = str | int | bool


@dataclass
class Element:
    """An element: its name, attributes and the elements in it."""

    tag: str
    attributes: dict[str, Value] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)


class Writer:
    """Collects the texts while the elements are written: those with resource ids come first."""

    def __init__(self, *, utf8: bool = False) -> None:
        """Begin with an empty pool."""
        self.texts = list(IDS)
        self.utf8 = utf8

    def index(self, text: str) -> int:
        """A text's number in the pool."""
        if text not in self.texts[len(IDS) :]:
            self.texts.append(text)
        return self.texts.index(text, len(IDS))

    def attribute(self, name: str, value: Value) -> bytes:
        """One attribute: 20 bytes."""
        space, number = (NONE, self.index(name)) if name in PLAIN else (self.index(URI), list(IDS).index(name))
        if isinstance(value, str):
            raw = data = self.index(value)
            kind = STRING
        else:
            raw, kind = NONE, BOOLEAN if isinstance(value, bool) else DECIMAL
            data = NONE if value is True else int(value)
        return struct.pack("<IIIHBBI", space, number, raw, 8, 0, kind, data)

    def element(self, one: Element) -> bytes:
        """An element and those in it; test elements are not nested deeply."""
        attributes = [self.attribute(name, value) for name, value in one.attributes.items()]
        tag = self.index(one.tag)
        head = struct.pack("<IIHHHHHH", NONE, tag, 20, 20, len(attributes), 0, 0, 0)
        begin = chunk(0x102, struct.pack("<II", 1, NONE), head + b"".join(attributes))
        return begin + b"".join(map(self.element, one.children)) + self.end(tag)

    def end(self, tag: int) -> bytes:
        """The end of an element."""
        return chunk(0x103, struct.pack("<II", 1, NONE), struct.pack("<II", NONE, tag))

    def text(self, text: str) -> bytes:
        """A text as the pool stores it."""
        if self.utf8:
            encoded = text.encode()
            return length8(len(text)) + length8(len(encoded)) + encoded + b"\0"
        units = text.encode("utf-16-le")
        return struct.pack("<H", len(units) // 2) + units + b"\0\0"

    def pool(self) -> bytes:
        """The text pool."""
        stored = [self.text(text) for text in self.texts]
        offsets = [sum(map(len, stored[:number])) for number in range(len(stored))]
        data = b"".join(stored)
        data += bytes(-len(data) % 4)
        start = 28 + 4 * len(stored)
        head = struct.pack("<IIIII", len(stored), 0, 0x100 if self.utf8 else 0, start, 0)
        return chunk(1, head, struct.pack(f"<{len(offsets)}I", *offsets) + data)


def length8(number: int) -> bytes:
    """A length in one or two bytes."""
    return bytes([number]) if number < 0x80 else bytes([0x80 | number >> 8, number & 0xFF])


def chunk(kind: int, head: bytes, body: bytes) -> bytes:
    """A chunk of one kind: type, size of the header, size, header, body."""
    return struct.pack("<HHI", kind, 8 + len(head), 8 + len(head) + len(body)) + head + body


def binary_xml(root: Element, *, utf8: bool = False) -> bytes:
    """A document of binary XML; the texts are UTF-16, as in manifests, or UTF-8."""
    writer = Writer(utf8=utf8)
    space = struct.pack("<II", writer.index(PREFIX), writer.index(URI))
    line = struct.pack("<II", 1, NONE)
    body = chunk(0x100, line, space) + writer.element(root) + chunk(0x101, line, space)
    resources = chunk(0x180, b"", struct.pack(f"<{len(IDS)}I", *IDS.values()))
    return chunk(3, b"", writer.pool() + resources + body)
