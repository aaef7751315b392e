"""Android Binary XML as a phone would write it, from an element tree."""

import re
from xml.etree.ElementTree import Element

from scanner.formats.abx import MAGIC, NEW_NAME, Event, Type

DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,18}")
INT, LONG = 1 << 31, 1 << 63


class Output:
    """A document that grows."""

    def __init__(self) -> None:
        """Start with the magic and the document's beginning."""
        self.data = bytearray(MAGIC)
        self.names: dict[str, int] = {}
        self.token(Event.START_DOCUMENT, Type.NULL)

    def token(self, event: Event, kind: Type) -> None:
        """One event."""
        self.data.append(event | kind << 4)

    def string(self, text: str) -> None:
        """A text after its length."""
        stored = text.encode("utf-8")
        self.data += len(stored).to_bytes(2, "big") + stored

    def name(self, text: str) -> None:
        """A text that is written the first time only."""
        if (number := self.names.get(text)) is not None:
            self.data += number.to_bytes(2, "big")
            return
        self.names[text] = len(self.names)
        self.data += NEW_NAME.to_bytes(2, "big")
        self.string(text)

    def attribute(self, name: str, value: str) -> None:
        """An attribute, with the type that its text looks like."""
        number = int(value) if DECIMAL.fullmatch(value) else LONG
        kind = Type.INT if -INT <= number < INT else Type.LONG if -LONG <= number < LONG else Type.STRING
        kind = {"true": Type.TRUE, "false": Type.FALSE}.get(value, kind)
        self.token(Event.ATTRIBUTE, kind)
        self.name(name)
        if kind in {Type.INT, Type.LONG}:
            self.data += number.to_bytes(4 if kind is Type.INT else 8, "big", signed=True)
        elif kind is Type.STRING:
            self.string(value)

    def element(self, element: Element) -> None:
        """An element, what it holds and the text after it."""
        self.token(Event.START_TAG, Type.NAME)
        self.name(element.tag)
        for name, value in element.attrib.items():
            self.attribute(name, value)
        self.text(element.text)
        for child in element:
            self.element(child)
        self.token(Event.END_TAG, Type.NAME)
        self.name(element.tag)
        self.text(element.tail)

    def text(self, text: str | None) -> None:
        """A piece of text."""
        if text:
            self.token(Event.TEXT, Type.STRING)
            self.string(text)


def dumps(*roots: Element) -> bytes:
    """A binary XML document; with several roots as some of Android's own files have them.

    Raises:
        ValueError: a text of more than 65535 bytes.
    """
    made = Output()
    try:
        for root in roots:
            made.element(root)
    except OverflowError:
        raise ValueError("binary XML holds no text of more than 65535 bytes") from None
    made.token(Event.END_DOCUMENT, Type.NULL)
    return bytes(made.data)
