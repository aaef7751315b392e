"""The report document as JSON: `bridle.report/1`."""

from pathlib import Path
from typing import IO, Any

import msgspec

from scanner.finding import SCHEMA, SEVERITIES, STAGES, Report

MAX_BYTES = 1 << 30
"""Of a file that is read as a report; findings are thousands, not millions."""


def write(report: Report, stream: IO[str]) -> None:
    """Write the whole document, for people too: indented, in the order of the schema."""
    stream.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    stream.write("\n")


def read(path: Path) -> Report:
    """Read a document that was written.

    Raises:
        ValueError: it is no report, one of another version, or damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{path} is larger than any report ({MAX_BYTES >> 20} MiB)")
    return parsed(data, str(path))


def parsed(data: bytes, name: str) -> Report:
    """A document out of its bytes.

    Raises:
        ValueError: it is no report, one of another version, or damaged.
    """
    try:
        made = msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise ValueError(f"{name} is no report of bridle, or damaged: {error}") from None
    if made.schema != SCHEMA:
        raise ValueError(f"{name} is a report of the version {made.schema!r}; this bridle reads {SCHEMA}")
    for one in made.findings:
        if one.severity not in SEVERITIES or one.stage not in STAGES:
            raise ValueError(f"{name} is damaged: the finding {one.id} has no severity or stage that is known")
    if not made.verdict.headline:
        raise ValueError(f"{name} is damaged: it has no headline")
    return made


def schema() -> dict[str, Any]:
    """The JSON Schema of the document, made from its types."""
    made = msgspec.json.schema(Report)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **made}
