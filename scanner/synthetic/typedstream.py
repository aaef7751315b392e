"""Writes a message body as Messages does: an NSMutableAttributedString in a typedstream.

References:
    Christopher Sardegna, "Reverse Engineering Apple's typedstream Format",
    https://chrissardegna.com/blog/reverse-engineering-apples-typedstream-format
    A sample blob of Messages: https://stackoverflow.com/questions/18834352
"""

_NEW, _NIL, _END = b"\x84", b"\x85", b"\x86"
_FIRST_REFERENCE = -110
_Chain = tuple[tuple[str, int], ...]
_OBJECT = ("NSObject", 0)
_ATTRIBUTED: _Chain = (("NSMutableAttributedString", 0), ("NSAttributedString", 0), _OBJECT)
_MUTABLE_STRING: _Chain = (("NSMutableString", 1), ("NSString", 1), _OBJECT)
_STRING: _Chain = (("NSString", 1), _OBJECT)
_DICTIONARY: _Chain = (("NSDictionary", 0), _OBJECT)
_NUMBER: _Chain = (("NSNumber", 0), ("NSValue", 0), _OBJECT)
_URL: _Chain = (("NSURL", 0), _OBJECT)
_PART = "__kIMMessagePartAttributeName"
_LINK = "__kIMLinkAttributeName"


def attributed_body(text: str, link: str | None = None) -> bytes:
    """Return the blob of `message.attributedBody` for a text.

    Args:
        text: the body of the message.
        link: the target of a link attribute. It lies on the first place where the same words stand in the text,
            else on the whole text.
    """
    writer = _Writer()
    writer.begin("@", "body", _ATTRIBUTED)
    writer.string("text", text, _MUTABLE_STRING)
    numbers: dict[bool, int] = {}
    for length, linked in _runs(text, link):
        known = linked in numbers
        writer.encoding("iI")
        writer.integer(numbers.setdefault(linked, len(numbers) + 1))
        writer.integer(length)
        if not known:
            _attributes(writer, link if linked else None)
    writer.end()
    return bytes(writer.out)


def _runs(text: str, link: str | None) -> list[tuple[int, bool]]:
    """Lengths in UTF-16 units, as NSString counts them, and whether the run carries the link."""
    if link is None or link not in text:
        return [(_units(text), link is not None)]
    before, _, after = text.partition(link)
    runs = [(_units(before), False), (_units(link), True), (_units(after), False)]
    return [run for run in runs if run[0]] or [(0, True)]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _attributes(writer: "_Writer", link: str | None) -> None:
    writer.begin("@", f"attributes {link}", _DICTIONARY)
    writer.encoding("i")
    writer.integer(1 if link is None else 2)
    writer.string(_PART, _PART, _STRING)
    writer.part_number()
    if link is not None:
        writer.string(_LINK, _LINK, _STRING)
        writer.begin("@", "url", _URL)
        writer.encoding("c")
        writer.out += b"\x00"
        writer.string("link", link, _STRING)
        writer.end()
    writer.end()


class _Writer:
    """Keeps the two tables of a stream: type encodings with class names, and objects with classes and C strings."""

    def __init__(self) -> None:
        self.out = bytearray(b"\x04\x0bstreamtyped\x81\xe8\x03")
        self._encodings: dict[str, int] = {}
        self._objects: dict[str, int] = {}

    def integer(self, value: int) -> None:
        """Write a signed integer in the narrowest form the marks leave free."""
        if _FIRST_REFERENCE <= value <= 127:
            self.out += value.to_bytes(1, "little", signed=True)
        elif -0x8000 <= value <= 0x7FFF:
            self.out += b"\x81" + value.to_bytes(2, "little", signed=True)
        else:
            self.out += b"\x82" + value.to_bytes(4, "little", signed=True)

    def encoding(self, name: str) -> None:
        """Write a type encoding or a class name, or the reference to the first one like it."""
        if name in self._encodings:
            self.integer(self._encodings[name] + _FIRST_REFERENCE)
            return
        self._encodings[name] = len(self._encodings)
        self.out += _NEW
        self._counted(name.encode())

    def begin(self, encoding: str, key: str, chain: _Chain) -> bool:
        """Start an object, or refer to the one written under this key; tell whether it is new."""
        self.encoding(encoding)
        if key in self._objects:
            self.integer(self._objects[key] + _FIRST_REFERENCE)
            return False
        self._new(key)
        for name, version in chain:
            if f"class {name}" in self._objects:
                self.integer(self._objects[f"class {name}"] + _FIRST_REFERENCE)
                return True
            self._new(f"class {name}")
            self.encoding(name)
            self.integer(version)
        self.out += _NIL
        return True

    def end(self) -> None:
        """Close the object begun last."""
        self.out += _END

    def string(self, key: str, text: str, chain: _Chain) -> None:
        """Write an NSString or NSMutableString object."""
        if self.begin("@", key, chain):
            self.encoding("+")
            self._counted(text.encode("utf-8", "replace"))
            self.end()

    def part_number(self) -> None:
        """Write the NSNumber 0, the first part of a message."""
        if not self.begin("@", "part 0", _NUMBER):
            return
        self.encoding("*")
        self._new("objCType i")
        self.encoding("i")
        self.encoding("i")
        self.integer(0)
        self.end()

    def _new(self, key: str) -> None:
        self._objects[key] = len(self._objects)
        self.out += _NEW

    def _counted(self, data: bytes) -> None:
        self.integer(len(data))
        self.out += data
