"""What a file that is no feed looks like, so that whoever gave it knows what to do."""

import re

MAX_LOOK = 64 << 10
MAX_KEYS = 4

MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"YARA", "compiled YARA rules, which are not taken from anybody: their source is"),
    (b"BZh", "bzip2: unpack it first"),
    (b"\xfd7zXZ", "xz: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"\x7fELF", "a program"),
    (b"dex\n", "an Android program"),
)
PAGE = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head)\b", re.IGNORECASE | re.DOTALL)
ELEMENT = re.compile(rb"<(?:[\w.-]{1,80}:)?([A-Za-z_][\w.-]{0,80})")
KEY = re.compile(rb'"([^"\\]{1,40})"\s*:')
NETWORK_RULE = re.compile(rb"^(?:alert|drop|reject|pass)\s+\w+\s+\S+", re.MULTILINE)
MAPPING = re.compile(rb"(?:(?:#[^\n]*|---)?[ \t\r]*\n)*(?:- )?[A-Za-z_][\w-]*:(?:\s|\Z)")
DELIMITED = re.compile(rb"[^\n,;\t]+(?:[,;\t][^\n,;\t]*)+(?:\r?\n|\Z)")


def looks(data: bytes) -> str:
    """What a file that no reader takes looks like, in words.

    Args:
        data: The file, without a byte order mark.
    """
    head = data[:MAX_LOOK]
    if not head.strip():
        return "an empty file"
    if named := next((words for magic, words in MAGIC if head.startswith(magic)), None):
        return named
    if PAGE.match(head):
        return "an HTML page, as servers send in place of a file that is gone or needs a login"
    first = head.lstrip()[:1]
    if first == b"<":
        return xml(head)
    if first in {b"{", b"["}:
        keys = list(dict.fromkeys(found.decode("utf-8", "replace") for found in KEY.findall(head)))[:MAX_KEYS]
        return f"JSON with {', '.join(keys)}" if keys else "JSON without names"
    return "binary data" if b"\0" in head else text(head)


def xml(head: bytes) -> str:
    """What XML looks like."""
    root = found[1].decode() if (found := ELEMENT.search(head)) else "nothing"
    if root == "STIX_Package":
        return "STIX 1, which is XML: take the publisher's STIX 2, MISP or CSV"
    return f"XML that holds {root}"


def text(head: bytes) -> str:
    """What text looks like."""
    if NETWORK_RULE.search(head):
        return "rules for Suricata or Snort"
    if MAPPING.match(head):
        return "YAML without indicators in a layout that is known"
    return "a table without a header that names its columns" if DELIMITED.match(head) else "plain text"
