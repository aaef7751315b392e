"""Whether an XML property list holds nothing but what property lists are made of.

Well-formed XML may still be damaged: where bytes are missing between two tags, what is left of them becomes a text
between elements, or an element of no known name. Readers pass over both, and members are gone without an error.

References:
    Apple, "PropertyList-1.0.dtd", https://www.apple.com/DTDs/PropertyList-1.0.dtd
"""

import re

_NO_MARKUP = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_ELEMENTS = rb"(?:plist|dict|array|key|string|integer|real|true|false|date|data)"
_UNKNOWN = re.compile(rb"<(?!/?" + _ELEMENTS + rb"[\s/>]|[?!])")
_KEY = re.compile(rb"<key\s*/?>")
_BETWEEN = re.compile(rb"(?:</\w+\s*>|/>|<(?:dict|array|plist[^<>]*)>)\s*[^\s<]")


def fault(data: bytes, root: object) -> str | None:
    """Say what a well-formed list (in UTF-8 or ASCII) holds that is no part of a property list; None for nothing.

    `root` is what was read of it. Never raises.
    """
    data = _markup(data)
    if found := _UNKNOWN.search(data):
        return f"an element that property lists do not have, at byte {found.start()}"
    if found := _BETWEEN.search(data):
        return f"text between elements, at byte {found.end() - 1}"
    keys = len(_KEY.findall(data))
    return "a key stands in a dictionary twice" if keys and keys != _entries(root) else None


def _markup(data: bytes) -> bytes:
    """The list with blanks in place of comments, CDATA sections and instructions, so that places can be named."""
    parts: list[bytes] = []
    at = 0
    while found := _NO_MARKUP.search(data, at):
        end = data.find(_ENDS[found[0]], found.end())
        if end < 0:
            break
        end += len(_ENDS[found[0]])
        parts += (data[at : found.start()], b" " * (end - found.start()))
        at = end
    return b"".join((*parts, data[at:]))


def _entries(root: object) -> int:
    found, waiting = 0, [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found += len(value)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
