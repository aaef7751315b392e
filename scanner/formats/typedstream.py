"""The NeXT/Apple typedstream ("streamtyped") serialisation, as Messages keeps it in ``message.attributedBody``.

From iOS 16 on ``message.text`` is often NULL and the body stands only in this blob. A stream is a header followed by
groups of (type encoding, values). Three things are written once and referred to afterwards: type encodings and class
names (one table), and objects together with classes and C strings (another).

References:
    Christopher Sardegna, "Reverse Engineering Apple's typedstream Format",
    https://chrissardegna.com/blog/reverse-engineering-apples-typedstream-format
    "pytypedstream", description of the format, https://pypi.org/project/pytypedstream/
    A sample blob of Messages: https://stackoverflow.com/questions/18834352
"""

import re
from typing import Literal

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_CLASS_CHAIN = 64
MAX_RUNS = 10_000

_INT16, _INT32, _FLOATING, _NEW, _NIL, _END, _INT64 = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87
_WIDTH = {_INT16: 2, _INT32: 4, _INT64: 8}
_FIRST_REFERENCE = -110
# Nearly every body opens like this; matching it whole is twenty times faster than reading the objects one by one.
_USUAL_OPENING = re.compile(
    rb"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84(?:\x19NSMutableAttributedString\x00\x84\x84)?"
    rb"\x12NSAttributedString\x00\x84\x84\x08NSObject\x00\x85\x92\x84\x84\x84(?:\x0fNSMutableString\x01\x84\x84)?"
    rb"\x08NSString\x01[\x94\x95]\x84\x01\+(?:([\x00-\x7f])|\x81(..))",
    re.DOTALL,
)
_STRING_CLASS = re.compile(rb"NS(?:Mutable)?String[^\x00]{0,4}")
_RANGE_GROUP = b"\x86\x84\x02iI"
_PRINTABLE_RUN = re.compile(rb"[\x21-\x7e][\x20-\x7e]{5,}")


def attributed_text(blob: bytes) -> str:
    """Return the plain text of an archived NSAttributedString or NSMutableAttributedString.

    A damaged stream gives what can still be read of its text.

    Raises:
        ValueError: no text can be read from the blob at all.
    """
    if usual := _USUAL_OPENING.match(blob):
        end = usual.end() + int.from_bytes(usual[1] or usual[2], "little")
        if end <= len(blob):
            return blob[usual.end() : end].decode("utf-8", "replace")
    reader, fault = _read(blob)
    if reader.strings:
        return reader.strings[0]
    text = _scan_for_text(blob) if fault else None
    if text is None:
        raise ValueError(f"typedstream without text: {fault or 'it holds no string object'}")
    return text


def strings(blob: bytes) -> list[str]:
    """Return every string of the stream in stored order: the text, attribute names, link URLs in attributes.

    A damaged stream gives the strings before the damage, then the printable ASCII runs (6 characters or more) after it.

    Raises:
        ValueError: no string can be read from the blob at all.
    """
    reader, fault = _read(blob)
    found = reader.strings
    if fault:
        text = None if found else _scan_for_text(blob)
        found = [*found, *([text] if text is not None else []), *_printable_runs(blob, reader.position)]
        if not found:
            raise ValueError(f"typedstream without strings: {fault}")
    return found


def _read(blob: bytes) -> tuple["_Reader", str | None]:
    if len(blob) > MAX_BYTES:
        raise ValueError(f"typedstream of {len(blob)} bytes is over the limit of {MAX_BYTES}")
    reader = _Reader(blob)
    try:
        reader.read_stream()
    except ValueError as error:
        return reader, str(error)
    return reader, None


def _scan_for_text(blob: bytes) -> str | None:
    """Find the payload of the first NSString by its `+` type mark, for streams whose structure is broken."""
    named = _STRING_CLASS.search(blob)
    mark = blob.find(b"+", named.end(), named.end() + 48) if named else blob.find(b"\x84\x01+") + 2
    if mark < 2:
        return None
    reader = _Reader(blob, position=mark + 1)
    try:
        length = reader.unsigned()
    except ValueError:
        return None
    available = blob[reader.position : reader.position + length]
    if len(available) < length and (end := available.find(_RANGE_GROUP)) >= 0:
        available = available[:end]
    return available.decode("utf-8", "replace")


def _printable_runs(blob: bytes, start: int) -> list[str]:
    runs: list[str] = []
    for run in _PRINTABLE_RUN.finditer(blob, start):
        runs.append(run.group().decode("ascii"))
        if len(runs) == MAX_RUNS:
            break
    return runs


class _Reader:
    """One pass over a stream, collecting the value of every `+` (string) in stored order."""

    def __init__(self, blob: bytes, position: int = 0) -> None:
        self.blob = blob
        self.position = position
        self.strings: list[str] = []
        self._order: Literal["little", "big"] = "little"
        self._encodings: list[bytes] = []
        self._is_class: list[bool] = []
        self._steps = 4 * len(blob) + 64

    def read_stream(self) -> None:
        """Read the header and all groups; on damage raise ValueError and keep what was collected."""
        version, length = self._take(2)
        signature = self._take(length)
        if version != 4 or signature not in (b"streamtyped", b"typedstream"):
            raise ValueError("not a typedstream header")
        self._order = "little" if signature == b"streamtyped" else "big"
        self.integer()
        while self.position < len(self.blob):
            self._group(0)

    def integer(self) -> int:
        """Read a signed integer: one byte, or a width mark and 2, 4 or 8 bytes."""
        width = _WIDTH.get(head := self._byte())
        if width:
            return int.from_bytes(self._take(width), self._order, signed=True)
        if head in (_FLOATING, _NEW, _NIL, _END):
            raise ValueError(f"integer expected at byte {self.position - 1}")
        return head - 256 if head > 127 else head

    def unsigned(self) -> int:
        """Read a length: as an integer, but 16 and 32 bit values are taken without sign."""
        head = self._byte()
        width = _WIDTH.get(head)
        if width:
            return int.from_bytes(self._take(width), self._order)
        if _FLOATING <= head <= 0x91:
            raise ValueError(f"length expected at byte {self.position - 1}")
        return head

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, length: int) -> bytes:
        end = self.position + length
        if end > len(self.blob):
            raise ValueError(f"{length} bytes wanted at byte {self.position}, the stream ends before")
        taken = self.blob[self.position : end]
        self.position = end
        return taken

    def _group(self, depth: int) -> None:
        encoding = self._shared_string()
        index = 0
        while index < len(encoding):
            index = self._value(encoding, index, depth)

    def _reference(self) -> int:
        number = self.integer() - _FIRST_REFERENCE
        if number < 0:
            raise ValueError(f"reference expected before byte {self.position}")
        return number

    def _marked(self, mark: int) -> bool:
        """Consume the mark if it comes next."""
        if self.blob[self.position : self.position + 1] != bytes((mark,)):
            return False
        self.position += 1
        return True

    def _shared_string(self) -> bytes:
        if self._marked(_NIL):
            return b""
        if self._marked(_NEW):
            self._encodings.append(self._take(self.unsigned()))
            return self._encodings[-1]
        number = self._reference()
        if number >= len(self._encodings):
            raise ValueError(f"unknown shared string {number} before byte {self.position}")
        return self._encodings[number]

    def _known_object(self) -> bool:
        """Read a reference; tell whether it leads to a class."""
        number = self._reference()
        if number >= len(self._is_class):
            raise ValueError(f"unknown object {number} before byte {self.position}")
        return self._is_class[number]

    def _object(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ValueError(f"objects nested deeper than {MAX_DEPTH}")
        if self._marked(_NIL):
            return
        if not self._marked(_NEW):
            self._known_object()
            return
        self._is_class.append(False)
        self._class()
        while not self._marked(_END):
            self._group(depth)

    def _class(self) -> None:
        """Read a class and its superclasses, up to nil or to a class already known."""
        for _ in range(MAX_CLASS_CHAIN):
            if self._marked(_NIL):
                return
            if not self._marked(_NEW):
                if not self._known_object():
                    raise ValueError(f"class expected before byte {self.position}")
                return
            self._shared_string()
            self.integer()
            self._is_class.append(True)
        raise ValueError(f"class chain longer than {MAX_CLASS_CHAIN}")

    def _c_string(self) -> None:
        if self._marked(_NIL):
            return
        if self._marked(_NEW):
            self._is_class.append(False)
            self._shared_string()
        else:
            self._known_object()

    def _floating(self, width: int) -> None:
        if self._marked(_FLOATING):
            self._take(width)
        else:
            self.integer()

    def _value(self, encoding: bytes, index: int, depth: int) -> int:
        """Read the value the encoding names at `index`; return the index behind that type."""
        self._steps -= 1
        if self._steps < 0 or depth > MAX_DEPTH:
            raise ValueError("typedstream with senseless type encodings")
        kind = chr(encoding[index])
        if kind == "[":
            return self._array(encoding, index + 1, depth)
        if kind == "{":
            return self._struct(encoding, index + 1, depth)
        match kind:
            case "+":
                self.strings.append(self._take(self.unsigned()).decode("utf-8", "replace"))
            case "@":
                self._object(depth + 1)
            case "c" | "C" | "B":
                self._byte()
            case "s" | "S" | "i" | "I" | "l" | "L" | "q" | "Q":
                self.integer()
            case "f" | "d":
                self._floating(4 if kind == "f" else 8)
            case "*":
                self._c_string()
            case "#":
                self._class()
            case ":" | "%":
                self._shared_string()
            case _:
                raise ValueError(f"unknown type {kind!r} before byte {self.position}")
        return index + 1

    def _array(self, encoding: bytes, index: int, depth: int) -> int:
        digits = re.compile(rb"\d{1,10}").match(encoding, index)
        if not digits or digits.end() >= len(encoding):
            raise ValueError("array type without a length")
        length, element = int(digits.group()), digits.end()
        if encoding[element] in b"cC":
            self._take(length)
            end = element + 1
        else:
            end = element
            for _ in range(length):
                end = self._value(encoding, element, depth + 1)
        if encoding[end : end + 1] != b"]":
            raise ValueError("array type without its end")
        return end + 1

    def _struct(self, encoding: bytes, index: int, depth: int) -> int:
        index = encoding.find(b"=", index) + 1
        if index == 0:
            raise ValueError("structure type without members")
        while encoding[index : index + 1] != b"}":
            if index >= len(encoding):
                raise ValueError("structure type without its end")
            index = self._value(encoding, index, depth + 1)
        return index + 1
