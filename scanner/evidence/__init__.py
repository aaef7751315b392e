"""Evidence: a device's files under one namespace of device paths, whatever the acquisition."""

from collections.abc import Iterator
from typing import Protocol

from scanner.evidence.file import Entry, File, Promise
from scanner.evidence.query import UnsupportedError
from scanner.evidence.reader import Reader
from scanner.evidence.tables import Tables
from scanner.finding import EvidenceFacts, Problem
from scanner.formats.wall_clock import WallClock

__all__ = [
    "Entry", "Evidence", "EvidenceError", "File", "Promise", "Tables", "UnsupportedError", "open_file", "open_tables",
]  # fmt: skip


class EvidenceError(Exception):
    """Evidence that cannot be read; the message says precisely why and what to do."""


class Evidence(Protocol):
    """What every kind of evidence offers. It is sent to worker processes: it holds no open file."""

    facts: EvidenceFacts
    problems: list[Problem]
    schemes: tuple[str, ...]
    """What paths begin with that are no paths on the phone: the acquisition's own files (`backup:`), parts of dumps."""

    def entries(self) -> Iterator[Entry]:
        """Every file that the evidence lists."""
        ...

    def unlisted(self, path: str) -> Entry | None:
        """The file at a device path, if it is there and the evidence does not list it."""
        ...

    def size(self, entry: Entry) -> int:
        """About how many bytes a file has: for the order of work and for progress."""
        ...

    def reader(self, entry: Entry) -> Reader:
        """Random access to one file's content.

        Raises:
            OSError: it cannot be opened.
            ValueError: it cannot be decrypted.
        """
        ...

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose path is this one's and a suffix (`-wal`), if there is one."""
        ...

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """What the collector recorded of its files, each with the file's size; nothing, where it does not do that."""
        ...

    def close(self) -> None:
        """Close what this process has opened."""
        ...


def open_tables(evidence: Evidence, entry: Entry) -> Tables:
    """One file of the evidence as a database."""
    return Tables(lambda: evidence.reader(entry), lambda: evidence.beside(entry, "-wal"))


def open_file(evidence: Evidence, entry: Entry, tables: Tables | None = None) -> File:
    """One file of the evidence for an artifact; `tables`, if another artifact has opened them already."""
    file = File(entry, evidence.reader, tables or open_tables(evidence, entry))
    file.clock = WallClock(evidence.facts.device.timezone, entry.dated or evidence.facts.acquired)
    return file
