"""The sections of a JAR's manifest and of its signature files.

References:
    https://docs.oracle.com/en/java/javase/17/docs/specs/jar/jar.html#name-value-pairs-and-sections
"""

import re
from collections.abc import Iterator

SECTION = re.compile(rb".+?(?:\r\n\r\n|\n\n|\r\r|\Z)(?:\r\n|\n|\r)*", re.DOTALL)
NAME = re.compile(rb"^Name: ?(.*?)(?=\r\n(?! )|\n(?! )|\r(?![ \n])|\Z)", re.DOTALL | re.MULTILINE)
FOLD = re.compile(rb"(?:\r\n|\n|\r) ")
MAX_SECTIONS = 200_000


def sections(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each section with a name, its empty line included."""
    for number, match in enumerate(SECTION.finditer(content)):
        if number >= MAX_SECTIONS:
            return
        if name := NAME.search(match[0]):
            yield FOLD.sub(b"", name[1]).decode("utf-8", "backslashreplace"), match[0]


def unfolded(content: bytes) -> bytes:
    """The same with each value on one line; a line has at most 72 bytes."""
    return FOLD.sub(b"", content)
