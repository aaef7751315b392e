"""`bridle show`: what is in a case."""

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.past import Past
    from scanner.shown import Row, Wanted


class What(StrEnum):
    """The parts of a case."""

    FINDINGS = "findings"
    COVERAGE = "coverage"
    RECORDS = "records"


class Layout(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Folder = Annotated[Path, typer.Argument(help="A case that `bridle scan -o` made.", metavar="CASE")]
Part = Annotated[What, typer.Argument(help="What to show.")]
Text = Annotated[str | None, typer.Option("--text", help="Only what this stands in, in upper or lower case.")]
Layouts = Annotated[Layout, typer.Option("--format", help="What to print.")]
Most = Annotated[int | None, typer.Option("--limit", min=1, help="Print so many rows at most.", metavar="N")]
First = Annotated[bool, typer.Option("--first", help="Of the scan's own report, not of the last `bridle rescan`.")]
LISTED = {
    What.FINDINGS: ("severity", "rule", "time", "artifact", "path", "message", "id"),
    What.COVERAGE: ("state", "artifact", "records", "path", "problems"),
    What.RECORDS: ("time", "artifact", "type", "path", "place", "record"),
}
"""The columns of a table."""
WIDEST = 120


def show(  # noqa: PLR0917 - typer makes the options of its parameters
    case: Folder,
    what: Part = What.FINDINGS,
    artifact: options.Artifacts = None,
    since: options.Since = None,
    until: options.Until = None,
    text: Text = None,
    format_: Layouts = Layout.TABLE,
    limit: Most = None,
    first: First = False,
) -> None:
    """Show the findings, the coverage or the kept records of a case."""
    from scanner import past
    from scanner.shown import Wanted

    wanted = Wanted(
        tuple(artifact or ()), options.moment(since, "--since"), options.moment(until, "--until"), text
    )  # fmt: skip
    shown = islice(rows(past.read(case), what, wanted, first=first), limit)
    if format_ is Layout.JSON:
        as_json(shown)
    else:
        (as_csv if format_ is Layout.CSV else as_table)(map(flat, shown), LISTED[what])
    sys.stdout.flush()


def rows(case: "Past", what: What, wanted: "Wanted", *, first: bool) -> Iterator["Row"]:
    """The rows that are asked for."""
    from scanner import shown

    if what is What.RECORDS:
        return shown.records(case, wanted)
    report = case.report if first else case.last()[1]
    return shown.findings(report, wanted) if what is What.FINDINGS else shown.coverage(report, wanted)


def flat(row: "Row") -> "Row":
    """A row whose locator's fields are its own, and whose problems are their messages."""
    row = row | {"problems": "; ".join(one["message"] for one in row.get("problems") or ())}
    return (row.get("locator") or {}) | row


def as_json(shown: Iterator["Row"]) -> None:
    """Print a JSON list, a row a line."""
    sys.stdout.write("[")
    for number, row in enumerate(shown):
        sys.stdout.write((",\n" if number else "\n") + json.dumps(row))
    sys.stdout.write("\n]\n")


def as_csv(shown: Iterator["Row"], columns: tuple[str, ...]) -> None:
    """Print CSV that no spreadsheet takes for formulas."""
    from scanner.report.table_csv import cell

    table = csv.writer(sys.stdout, lineterminator="\n", quoting=csv.QUOTE_ALL)
    table.writerow(columns)
    table.writerows([cell(word(row.get(name))) for name in columns] for row in shown)


def as_table(shown: Iterator["Row"], columns: tuple[str, ...]) -> None:
    """Print a line for each row, safe for a terminal; what is long is cut."""
    from scanner.report.plain import printable

    for row in shown:
        line = "  ".join(printable(str(word(row.get(name))), WIDEST) for name in columns if row.get(name) is not None)
        sys.stdout.write(line.rstrip() + "\n")


def word(value: Any) -> Any:
    """What stands in a cell; a document in it as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
