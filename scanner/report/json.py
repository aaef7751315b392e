"""The report document as JSON: `bridle.report/1`."""

from typing import IO, Any

import msgspec

from scanner.finding import SCHEMA, Report


def write(report: Report, stream: IO[str]) -> None:
    """Write the whole document, for people too: indented, in the order of the schema."""
    stream.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    stream.write("\n")


def schema() -> dict[str, Any]:
    """The JSON Schema of the document, made from its types."""
    made = msgspec.json.schema(Report)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **made}
