"""The texts and hashes in a protocol buffer whose schema is not known.

References:
    https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator
from itertools import islice

from scanner.formats.protobuf import LENGTH, ProtobufError, fields
from scanner.formats.readable_text import readable

MAX_DEPTH = 8
MAX_FOUND = 1000
SHORTEST = 3
HASHES = frozenset({20, 32})
"""Bytes of a SHA-1 and of a SHA-256."""


def texts(data: bytes) -> tuple[str, ...]:
    """The texts of at least three bytes, each once: fields, and fields of messages in fields, at most 1000.

    A field that is UTF-8 without control characters counts as a text, any other as a message, if it is one.
    """
    return tuple(dict.fromkeys(one for one in islice(inside(data, MAX_DEPTH), MAX_FOUND) if isinstance(one, str)))


def hashes(data: bytes) -> tuple[str, ...]:
    """The fields that are no texts and have the length of a SHA-1 or SHA-256, in hexadecimal, each once."""
    found = (one.hex() for one in islice(inside(data, MAX_DEPTH), MAX_FOUND) if isinstance(one, bytes))
    return tuple(dict.fromkeys(found))


def inside(data: bytes, depth: int) -> Iterator[str | bytes]:
    """Texts, and fields as long as hashes, one after the other."""
    try:
        for _, kind, value in fields(data):
            if kind != LENGTH or not isinstance(value, bytes) or len(value) < SHORTEST:
                continue
            if (text := readable(value)) is not None:
                yield text
                continue
            if len(value) in HASHES:
                yield value
            if depth:
                yield from inside(value, depth - 1)
    except ProtobufError:
        return  # no message, or what follows is damaged
