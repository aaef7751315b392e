"""A log whose lines hold each other: each has the SHA-256 of the line before it, so that none can change unseen.

A line is JSON: `{"time": "2026-01-31T12:00:00+00:00", "event": "begun", …, "previous": "0000…"}`.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FIRST = "0" * 64
"""What the first line has of the line before it."""


class Log:
    """A log, to be continued."""

    def __init__(self, path: Path) -> None:
        """Open it; half a line at its end, of a program that was killed, is removed.

        Raises:
            OSError: it cannot be read or written.
        """
        data, self.previous = path.read_bytes() if path.exists() else b"", FIRST
        whole = data.rfind(b"\n") + 1
        if whole:
            self.previous = digest(data[:whole].splitlines()[-1])
        self.stream = path.open("ab")
        if whole < len(data):
            self.stream.truncate(whole)

    def note(self, event: str, **facts: object) -> None:
        """Append a line."""
        line = {"time": datetime.now(UTC).isoformat(), "event": event, **facts, "previous": self.previous}
        written = json.dumps(line, default=str).encode()
        self.stream.write(written + b"\n")
        self.stream.flush()
        self.previous = digest(written)

    def close(self) -> None:
        """Close it."""
        self.stream.close()


def digest(line: bytes) -> str:
    """The hash of a line, without its end."""
    return hashlib.sha256(line).hexdigest()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log, each after its chain was checked.

    Raises:
        ValueError: a line was changed, added or taken away; says which.
        OSError: it cannot be read.
    """
    previous = FIRST
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            raise ValueError(f"line {number} is damaged") from None
        if not isinstance(found, dict) or found.get("previous") != previous:
            raise ValueError(f"line {number} does not follow the line before it: a line was changed, added or removed")
        previous = digest(line)
        yield found
