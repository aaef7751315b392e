"""What Messages keeps in blobs beside a message's text: link attributes, link previews, earlier versions.

References:
    Christopher Sardegna, "Reverse Engineering Apple's typedstream Format",
    https://chrissardegna.com/blog/reverse-engineering-apples-typedstream-format
    imessage-database, documentation of `message_summary_info` and `payload_data`, https://docs.rs/imessage-database
    Apple, "LPLinkMetadata", https://developer.apple.com/documentation/linkpresentation/lplinkmetadata
"""

import re

from scanner.formats import bplist, nskeyedarchiver, typedstream

LINK_ATTRIBUTE = b"__kIMLinkAttributeName"
MAX_LINKS = 1000
MAX_VERSIONS = 1000

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}:\S")
_TWO_BYTES = 0x81


def body_links(blob: bytes) -> list[str]:
    """Targets of the link attributes in an `attributedBody`, in stored order.

    Raises:
        ValueError: nothing can be read from the blob.
    """
    start = blob.find(LINK_ATTRIBUTE)
    if start < 0:
        return []
    found = _counted_links(blob, start)
    if found is None:
        found = [text for text in typedstream.strings(blob)[1:] if _SCHEME.match(text)]
    return found[:MAX_LINKS]


def _counted_links(blob: bytes, start: int) -> list[str] | None:
    """Web links behind `start`, each after its length; None where one is not so plain. Saves reading every object."""
    found: list[str] = []
    while (mark := blob.find(b"://", start)) >= 0:
        begin = next((mark - len(name) for name in (b"https", b"http") if blob.endswith(name, start, mark)), None)
        if begin is None:
            return None
        short = blob[begin - 1]
        wide = blob[begin - 3] == _TWO_BYTES
        length = int.from_bytes(blob[begin - 2 : begin], "little") if wide else short
        start = begin + length
        if start <= mark or start >= len(blob) or (not wide and short >= _TWO_BYTES - 1):
            return None
        try:
            link = blob[begin:start].decode()
        except UnicodeDecodeError:
            return None
        if not link.isprintable():
            return None
        found.append(link)
    return found or None


def payload_links(blob: bytes) -> list[str]:
    """Addresses in a message's `payload_data`: of a link preview or of what another app sent, each once.

    Raises:
        ValueError: it is no property list.
    """
    texts = bplist.all_strings(bplist.loads(blob).root)
    return list(dict.fromkeys(text for text in texts if "://" in text))[:MAX_LINKS]


def earlier_bodies(blob: bytes) -> list[bytes]:
    """Every version of an edited message's parts as `attributedBody` blobs, of its `message_summary_info`.

    The dictionary's key `ec` leads from each part's number to a list of versions: `d` the time, `t` the blob.

    Raises:
        ValueError: it is no property list.
    """
    summary = bplist.loads(blob).root
    parts = summary.get("ec") if isinstance(summary, dict) else None
    histories = parts.values() if isinstance(parts, dict) else ()
    bodies = [
        version["t"]
        for history in histories
        for version in (history if isinstance(history, list) else ())
        if isinstance(version, dict) and isinstance(version.get("t"), bytes)
    ]
    return bodies[:MAX_VERSIONS]


def part_text(blob: bytes) -> str:
    """The text of one part of a message, archived in either of Apple's ways.

    Raises:
        ValueError: there is no text in it.
    """
    if not blob.startswith(b"bplist"):
        return typedstream.attributed_text(blob)
    text = nskeyedarchiver.unarchive(blob)
    if not isinstance(text, str):
        raise ValueError(f"a keyed archive without text: {type(text).__name__}")
    return text
