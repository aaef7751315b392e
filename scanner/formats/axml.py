"""The binary XML of Android packages (AndroidManifest.xml) as elements, read as Android reads it.

Android knows an attribute by its resource id, whatever name the text pool gives for it; so does this. A manifest that
was made to break other readers is read nevertheless, and `oddities` says how it was made.

References:
    ResourceTypes.h of AOSP: ResChunk_header, ResStringPool_header, ResXMLTree_attrExt, Res_value
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/libs/androidfw/include/androidfw/
    Attribute ids: https://developer.android.com/reference/android/R.attr
"""

import struct
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scanner.formats.apk_library import Metered, kept, library
from scanner.formats.apk_reader import ApkError

MAX_SIZE = 8 << 20
MAX_DEPTH = 100
MAX_ELEMENTS = 100_000
MAX_TEXT = 1 << 16
BUDGET, SPARE = 8, 1 << 20
"""How often each byte may be read, and bytes on top."""
CHUNK_XML, RESOURCE_MAP = 0x0003, b"\x80\x01"
POOL_AT, POOL_HEADER = 8, 28
UTF8 = 1 << 8
LONG8, LONG16 = 0x80, 0x8000
ATTRIBUTE = 20
NULL, REFERENCE, STRING, BOOLEAN = 0, 1, 3, 18

NAMES = {
    0x01010001: "label",
    0x01010003: "name",
    0x01010006: "permission",
    0x0101000B: "sharedUserId",
    0x0101000E: "enabled",
    0x0101000F: "debuggable",
    0x01010010: "exported",
    0x01010011: "process",
    0x01010018: "authorities",
    0x01010025: "resource",
    0x01010202: "targetActivity",
    0x0101020C: "minSdkVersion",
    0x0101021B: "versionCode",
    0x0101021C: "versionName",
    0x01010270: "targetSdkVersion",
    0x01010271: "maxSdkVersion",
    0x01010272: "testOnly",
    0x01010576: "versionCodeMajor",
}
"""The attributes that the manifest's reader asks for, by resource id."""

HIDDEN = "attributes that hide their name"
"""An oddity that protections of apps (DexGuard and others) bring about as well."""

Value = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """One element: its name, its attributes without their name space, and the elements in it."""

    tag: str
    attributes: dict[str, Value] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def all(self, *tags: str) -> list["Node"]:
        """The elements directly in it that have one of some names."""
        return [child for child in self.children if child.tag in tags]

    def text(self, name: str) -> str | None:
        """An attribute that is a text."""
        return value if isinstance(value := self.attributes.get(name), str) and value else None

    def number(self, name: str) -> int | None:
        """An attribute that is a whole number, also one that is written as text."""
        value = self.attributes.get(name)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < len(str(1 << 64)):
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool | None:
        """An attribute that is true or false, also one that is written as text; None for a reference to a resource."""
        value = self.attributes.get(name)
        if isinstance(value, str):
            return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
        return None if value is None else bool(value)


@dataclass(slots=True)
class Document:
    """The root element, and what in the file no tool that builds packages writes."""

    root: Node
    oddities: list[str]


def parse(data: bytes) -> Document:
    """A binary XML file.

    Raises:
        ApkError: it is none, is too large, or refers to far more data than it has.
    """
    if len(data) > MAX_SIZE:
        raise ApkError(f"binary XML of {len(data)} bytes, more than the {MAX_SIZE} that are read")
    return kept(lambda: parsed(data), "binary XML")


def parsed(data: bytes) -> Document:
    """The same; may raise anything."""
    _, axml, indicators = library()
    file = Metered(data, BUDGET * len(data) + SPARE)
    header = axml.ResChunkHeader.parse(file)
    if header is None:
        raise ApkError("binary XML: the file is too short")
    oddities = [] if header.type == CHUNK_XML else [f"the first chunk is of type 0x{header.type:04x}"]
    if header.total_size != len(data):
        oddities.append(f"the file has {len(data)} bytes, but says {header.total_size}")
    pool = axml.ResStringPoolHeader.parse(file)
    count = (pool.strings_start - POOL_HEADER) // 4
    if count != pool.string_count + pool.style_count:
        oddities.append(f"the text pool says {pool.string_count} texts, but has room for {count}")
    offsets = texts().read_string_offsets(file, count, pool.strings_start + POOL_AT)
    strings = texts().read_strings(file, offsets, pool.strings_start, bool(pool.flags & UTF8))
    resources = resource_map(file, POOL_AT + pool.header.total_size)
    elements, marks = indicators.process_elements_indicators(file)
    said = ("data between elements", "an end of a name space without a size", "unknown kinds of chunks")
    oddities += [what for what, there in zip(said, marks, strict=True) if there]
    tree = Tree(strings, resources)
    for element in elements:
        tree.add(element, axml)
    return Document(tree.document(), oddities + tree.oddities())


@cache
def texts() -> Any:
    """The library's text pool, decoding as Android does: lengths of two bytes, and texts that are no valid UTF-16."""
    _, axml, _ = library()

    class Texts(axml.StringPoolType):  # type: ignore[misc, name-defined]
        """The text pool."""

        @classmethod
        def decode_stringpool_mixed_string(cls, file: Metered, is_utf8: bool, end: int) -> str:  # noqa: ARG003
            """The text at the file's position."""
            return utf8(file) if is_utf8 else utf16(file)

    return Texts


def utf8(file: Metered) -> str:
    """A text in UTF-8: its length in characters, its length in bytes, one or two bytes each, and the bytes."""
    length = 0
    for _ in range(2):
        first = file.read(1)
        length = first[0] if first else 0
        if length & LONG8:
            length = (length & ~LONG8) << 8 | int.from_bytes(file.read(1), "little")
    return file.read(length).decode("utf-8", "backslashreplace")


def utf16(file: Metered) -> str:
    """A text in UTF-16: its length in units of two bytes, in two or four bytes, and the units."""
    length = int.from_bytes(file.read(2), "little")
    if length & LONG16:
        length = (length & ~LONG16) << 16 | int.from_bytes(file.read(2), "little")
    data = file.read(min(length, MAX_TEXT) * 2)
    return data.decode("utf-16-le", "surrogatepass").encode("utf-8", "backslashreplace").decode()


def resource_map(file: Metered, expected: int) -> list[int]:
    """The resource ids of the first texts of the pool; the map stands after the pool, or is looked for."""
    data = file.getbuffer()
    at = expected if data[expected : expected + 2] == RESOURCE_MAP else bytes(data).find(RESOURCE_MAP, file.tell())
    if at < 0:
        raise ApkError("binary XML: there is no map of resource ids")
    kind, header, size = struct.unpack_from("<HHI", data, at)
    del kind
    end = min(at + size, len(data))
    file.seek(end)
    return [number for (number,) in struct.iter_unpack("<I", data[at + header : end - (end - at - header) % 4])]


class Tree:
    """Builds the tree of elements, without recursion."""

    def __init__(self, strings: list[str], resources: list[int]) -> None:
        """Take the texts, and the resource ids of the first of them."""
        self.strings, self.resources = strings, resources
        self.top = Node("")
        self.open = [self.top]
        self.count = 0
        self.marks: dict[str, None] = {}

    def add(self, element: Any, axml: Any) -> None:
        """Add an element that begins or ends.

        Raises:
            ApkError: there are too many, or nested too deeply.
        """
        if isinstance(element, axml.XmlStartElement):
            self.count += 1
            if self.count > MAX_ELEMENTS or len(self.open) > MAX_DEPTH:
                raise ApkError("binary XML: too many elements, or nested too deeply")
            node = self.node(element)
            self.open[-1].children.append(node)
            self.open.append(node)
        elif isinstance(element, axml.XmlEndElement) and len(self.open) > 1:
            self.open.pop()

    def node(self, element: Any) -> Node:
        """An element with its attributes; of several of one name, the first, as Android."""
        _, name, start, size, *_ = element.attrext
        if start != ATTRIBUTE or (size != ATTRIBUTE and element.attributes):
            self.marks["attributes of an unusual size or place"] = None
        node = Node(self.string(name))
        for one in element.attributes:
            node.attributes.setdefault(self.name(one.name_index), self.value(one))
        return node

    def string(self, index: int) -> str:
        """A text of the pool, empty where there is none."""
        return self.strings[index] if 0 <= index < len(self.strings) else ""

    def name(self, index: int) -> str:
        """An attribute's name: by its resource id where it is one of ours."""
        written = self.string(index)
        known = NAMES.get(self.resources[index]) if index < len(self.resources) else None
        if known and written != known:
            self.marks[HIDDEN] = None
        return known or written

    def value(self, one: Any) -> Value:
        """An attribute's value; a reference to a resource is `@` and its id."""
        kind, data = one.typed_value_datatype, one.typed_value_data
        if kind == STRING:
            return self.string(data)
        if kind == REFERENCE:
            return f"@0x{data:08x}"
        if kind == BOOLEAN:
            return bool(data)
        return None if kind == NULL else data if isinstance(data, int | float) else str(data)

    def document(self) -> Node:
        """The root element.

        Raises:
            ApkError: there is none.
        """
        if not self.top.children:
            raise ApkError("binary XML: there are no elements")
        return self.top.children[0]

    def oddities(self) -> list[str]:
        """What is odd about the elements."""
        more = ["several root elements"] if len(self.top.children) > 1 else []
        return list(self.marks) + more
