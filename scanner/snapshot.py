"""The feeds of a scan as they were loaded, kept in its case, so that the same report can be made again years later."""

from pathlib import Path

import msgspec
import zstandard

from scanner.feeds.model import Feed

NAME = "feeds.json.zst"
LEVEL = 3
MAX_BYTES = 1 << 30


def encoded(feeds: list[Feed]) -> bytes:
    """Feeds as they are kept."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.json.encode(feeds))


def read(path: Path) -> list[Feed]:
    """The feeds that were kept.

    Raises:
        ValueError: they are damaged.
        OSError: they cannot be read.
    """
    try:
        data = zstandard.ZstdDecompressor().decompress(path.read_bytes(), MAX_BYTES)
        return msgspec.json.decode(data, type=list[Feed])
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise ValueError(f"{path.name} is damaged: {error}") from error
