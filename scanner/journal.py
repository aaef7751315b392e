"""What became of every task of a scan, written line by line as they end.

A scan that was killed goes on from it, and an old case is matched again task by task.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from scanner.convert import text
from scanner.finding import EvidenceFacts, Outcome, Problem

SCHEMA = "bridle.outcomes/1"
NAME = "outcomes.jsonl"
MAX_BYTES = 1 << 30


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag="begun"):
    """What was asked for: a scan goes on only where it was asked for the same."""

    schema: str = SCHEMA
    tool: str
    paths: list[str]
    feeds: list[tuple[str, str, str]]
    """Id, path and SHA-256 of every feed."""
    options: dict[str, Any]


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """A task and its outcomes; what was no task (correlations, what is absent) has no key."""

    key: str | None
    outcomes: list[Outcome]


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """What a piece of evidence said of itself when it had been read."""

    facts: EvidenceFacts
    problems: list[Problem]


Line = Begun | Ended | Opened
encode = msgspec.json.Encoder().encode
decoder = msgspec.json.Decoder(Line)


class Journal:
    """A journal that is written."""

    def __init__(self, path: Path, *, further: bool = False) -> None:
        """Begin it, or write on in it."""
        self.stream = path.open("ab" if further else "wb")

    def write(self, line: Line) -> None:
        """Append a line."""
        try:
            data = encode(line)
        except UnicodeEncodeError:
            data = encode(written(msgspec.to_builtins(line, builtin_types=(bytes,))))
        self.stream.write(data + b"\n")
        self.stream.flush()

    def close(self) -> None:
        """Close it."""
        self.stream.close()


def written(value: Any) -> Any:
    """A document with texts that can be written: a lone half of a character becomes an escape."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {written(name): written(one) for name, one in value.items()}
    return [written(one) for one in value] if isinstance(value, list | tuple) else value


def read(path: Path, *, strict: bool = True) -> Iterator[Line]:
    """The lines of a journal; without `strict`, those before the first that is damaged.

    Raises:
        ValueError: a line is damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_BYTES), b""), 1):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("it ends within a line")
                found = decoder.decode(line)
            except (ValueError, RecursionError) as error:
                if strict:
                    raise ValueError(f"{path.name}, line {number} is damaged: {error}") from error
                return
            yield found


def key(task: object) -> str:
    """A name for a task that is the same in the next scan of the same evidence."""
    return hashlib.sha256(repr(task).encode("utf-8", "backslashreplace")).hexdigest()[:32]
