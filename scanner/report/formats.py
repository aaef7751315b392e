"""The formats that a report can be written in, each by a module of its own that is imported when it is asked for."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from scanner.finding import Report


class Shape(StrEnum):
    """What a writer writes to."""

    TEXT = "text"
    BYTES = "bytes"
    FOLDER = "folder"


@dataclass(frozen=True)
class Format:
    """A writer: `write(report, stream)` of its module, with a path instead of a stream where it makes a folder."""

    module: str
    extension: str
    """How a file of it is called; nothing for a folder."""
    shape: Shape = Shape.TEXT

    @property
    def write(self) -> Callable[..., None]:
        """The writer, imported now."""
        found: Callable[..., None] = import_module(f"scanner.report.{self.module}").write
        return found


FORMATS = {
    "text": Format("text", ".txt"),
    "json": Format("json", ".json"),
    "html": Format("html", ".html"),
    "sarif": Format("sarif", ".sarif"),
    "stix": Format("stix", ".stix.json"),
    "misp": Format("misp", ".misp.json"),
    "timesketch": Format("timesketch", ".jsonl"),
    "csv": Format("table_csv", ".csv"),
    "junit": Format("junit", ".junit.xml"),
    "markdown": Format("markdown", ".md"),
    "mvt": Format("mvt", "", Shape.FOLDER),
    "parquet": Format("parquet", ".parquet", Shape.BYTES),
}
OWNER = 0o600


def write(report: Report, name: str, stream: BinaryIO, **options: Any) -> None:
    """Write a report to a stream of bytes: UTF-8, with the line ends of the format, the same on every system.

    `options` are the writer's own.

    Raises:
        ValueError: an unknown format, or one that is a folder; a report that cannot be written in it.
    """
    one = known(name)
    if one.shape is Shape.FOLDER:
        raise ValueError(f"{name} makes a folder: name it with -o")
    if one.shape is Shape.BYTES:
        one.write(report, stream, **options)
        return
    text = TextIOWrapper(stream, "utf-8", errors="backslashreplace", newline="")
    try:
        one.write(report, text, **options)
        text.flush()
    finally:
        text.detach()


def save(report: Report, name: str, target: Path, **options: Any) -> None:
    """Write a report to a file that only its owner can read, whole or not at all; or into a folder.

    Raises:
        ValueError: see `write`.
        OSError: it cannot be written.
    """
    one = known(name)
    if one.shape is Shape.FOLDER:
        one.write(report, target, **options)
        return
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb", opener=for_owner) as stream:
            write(report, name, stream, **options)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def for_owner(path: str, flags: int) -> int:
    """Open a file that is made so that only its owner can read it."""
    return os.open(path, flags, OWNER)


def known(name: str) -> Format:
    """A format by its name.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}; {', '.join(FORMATS)} are known")
    return FORMATS[name]
