"""Records of a case, kept as compressed JSON lines, one shard for each task, and read back typed."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, TypeVar

import msgspec
import zstandard

from scanner.convert import text
from scanner.record import Record, fields

LEVEL = 1
BATCH = 1 << 16
R = TypeVar("R", bound=Record)
encode_lines = msgspec.json.Encoder().encode_lines


class Shard:
    """Writes the records of one task, in memory or to a file under a temporary name."""

    def __init__(self, sink: IO[bytes]) -> None:
        """Write to `sink`."""
        self.sink = sink
        self.stream = zstandard.ZstdCompressor(level=LEVEL).stream_writer(sink, closefd=False)
        self.waiting = bytearray()

    def write(self, records: list[Record]) -> None:
        """Append records."""
        try:
            self.waiting += encode_lines(records)
        except UnicodeEncodeError:
            self.waiting += encode_lines([clean(record) for record in records])
        if len(self.waiting) > BATCH:
            self.flush()

    def flush(self) -> None:
        """Hand what is waiting to the compressor."""
        self.stream.write(bytes(self.waiting))
        self.waiting.clear()

    def close(self) -> None:
        """Finish the shard."""
        self.flush()
        self.stream.close()  # type: ignore[no-untyped-call]


def clean(record: R) -> R:
    """The record with texts that can be written: a lone half of a character becomes an escape."""
    changed = {}
    for name, (kind, _, many) in fields(type(record)).items():
        value = getattr(record, name)
        if kind is str and value is not None:
            changed[name] = tuple(map(text, value)) if many else text(value)
    return msgspec.structs.replace(record, **changed)  # type: ignore[type-var]


@cache
def decoder(record: type[R]) -> "msgspec.json.Decoder[R]":
    """What reads records of one type back."""
    return msgspec.json.Decoder(record)


def read(source: IO[bytes], record: type[R]) -> Iterator[R]:
    """The records of a shard.

    Raises:
        ValueError: the shard is damaged.
    """
    decode = decoder(record).decode
    try:
        with zstandard.ZstdDecompressor().stream_reader(source) as stream:
            rest = b""
            while piece := stream.read(BATCH):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    yield decode(line)
    except zstandard.ZstdError as error:
        raise ValueError(f"the shard is damaged: {error}") from error


def shard_name(artifact: str, record: type[Record], path: str, native: str | None) -> str:
    """Where a task's records of one type are kept below `records/`; evidence can hold several files of one path."""
    import hashlib

    digest = hashlib.sha256(f"{path}\0{native}".encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return f"{artifact}/{record.__name__}-{digest}.jsonl.zst"


def write_json(path: Path, value: object) -> None:
    """Write a document so that it is there whole or not at all."""
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    temporary.replace(path)
