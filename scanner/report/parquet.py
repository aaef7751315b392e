"""The findings as a Parquet table, for DuckDB and notebooks; needs the extra `parquet`.

References:
    Apache Parquet: https://parquet.apache.org/docs/file-format/
"""

from importlib import import_module
from typing import Any, BinaryIO

from scanner.finding import Finding, Report
from scanner.report.strict_json import whole
from scanner.report.table import COLUMNS, cells

BATCH = 10_000
"""Findings in one row group."""


def write(report: Report, stream: BinaryIO) -> None:
    """Write one row for each finding; `time` is a timestamp in UTC.

    Raises:
        ValueError: pyarrow is not installed.
    """
    try:
        pyarrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise ValueError("Parquet needs the package pyarrow: pip install 'bridle[parquet]'") from None
    kinds = {str: pyarrow.string(), int: pyarrow.int64(), bool: pyarrow.bool_()}
    types = {name: kinds[kind] for name, kind in COLUMNS.items()} | {"time": pyarrow.timestamp("us", tz="UTC")}
    schema = pyarrow.schema(types.items())
    with parquet.ParquetWriter(stream, schema) as table:
        for start in range(0, len(report.findings), BATCH):
            rows = [row(one) for one in report.findings[start : start + BATCH]]
            table.write_table(pyarrow.Table.from_pylist(rows, schema=schema))


def row(one: Finding) -> dict[str, Any]:
    """The row of a finding, without what Parquet has no form for."""
    made = cells(one) | {"time": one.time}
    return {name: whole(value) if isinstance(value, str) else value for name, value in made.items()}
