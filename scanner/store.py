"""Records of a case, kept as compressed JSON lines, one shard for each task, and read back typed."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import IO, TypeVar

import msgspec
import zstandard

from scanner.convert import text
from scanner.record import Record, fields

LEVEL = 1
BATCH = 1 << 16
PIECE = 1 << 18
MAX_LINE = 1 << 28
MAX_PACKED = 1 << 30
Atom = tuple[str, str, int]
"""Kind, value, in how many values of records it is."""
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
    lines = decoder(record).decode_lines
    for block in blocks(source):
        yield from lines(block)


def blocks(source: IO[bytes]) -> Iterator[bytes]:
    """The lines of a shard, some at a time.

    Raises:
        ValueError: the shard is damaged.
    """
    rest = b""
    try:
        with zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True) as stream:
            while piece := stream.read(PIECE):
                end = piece.rfind(b"\n") + 1
                if end:
                    yield rest + piece[:end]
                    rest = piece[end:]
                elif len(rest := rest + piece) > MAX_LINE:
                    raise ValueError("the shard is damaged: a line without end")
    except zstandard.ZstdError as error:
        raise ValueError(f"the shard is damaged: {error}") from error
    if rest:
        raise ValueError("the shard is damaged: it ends within a line")


class Run(msgspec.Struct, frozen=True, array_like=True):
    """What a shard adds to the atoms of its case."""

    atoms: list[bytes]
    """Atoms, some at a time, packed; two of them may be one, whose counts add up."""
    words: list[bytes]
    """Words of free texts, some at a time, packed."""


def pack_atoms(atoms: Iterable[Atom]) -> bytes:
    """Some atoms in few bytes."""
    found = list(atoms)
    try:
        data = msgspec.msgpack.encode(found)
    except UnicodeEncodeError:
        data = msgspec.msgpack.encode([(kind, text(value), count) for kind, value, count in found])
    return zstandard.ZstdCompressor(level=LEVEL).compress(data)


def pack_words(words: Iterable[str]) -> bytes:
    """Some words in few bytes."""
    return zstandard.ZstdCompressor(level=LEVEL).compress("\n".join(words).encode("utf-8", "backslashreplace"))


def unpack(data: bytes) -> bytes:
    """What was packed.

    Raises:
        ValueError: it is damaged.
    """
    try:
        return zstandard.ZstdDecompressor().decompress(data, MAX_PACKED)
    except zstandard.ZstdError as error:
        raise ValueError(f"the atoms are damaged: {error}") from error


def atoms(data: bytes) -> list[Atom]:
    """Atoms that were packed.

    Raises:
        ValueError: they are damaged.
    """
    return msgspec.msgpack.decode(unpack(data), type=list[Atom])


def write_run(path: Path, run: Run) -> None:
    """Write the atoms of a shard."""
    path.write_bytes(msgspec.msgpack.encode(run))


def read_run(path: Path) -> Run:
    """The atoms of a shard.

    Raises:
        ValueError: they are damaged.
        OSError: they cannot be read.
    """
    return msgspec.msgpack.decode(path.read_bytes(), type=Run)


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
