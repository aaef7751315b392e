"""`bridle report`: the report of a case in another format."""

import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from scanner.cli import options


class Written(StrEnum):
    """The formats that reports are written in."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    SARIF = "sarif"
    STIX = "stix"
    MISP = "misp"
    TIMESKETCH = "timesketch"
    CSV = "csv"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    MVT = "mvt"
    PARQUET = "parquet"


class Language(StrEnum):
    """The languages of the HTML page."""

    ENGLISH = "en"
    SPANISH = "es"
    FRENCH = "fr"
    ARABIC = "ar"
    RUSSIAN = "ru"


Source = Annotated[Path, typer.Argument(help="A case that `bridle scan -o` made, or its report.json.", metavar="CASE")]
Wanted = Annotated[Written, typer.Option("-f", "--format", help="What to write.")]
Target = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Where to write it; standard output if not given.", metavar="FILE"),
]


def report(  # noqa: PLR0917 - typer makes the options of its parameters
    case: Source,
    format_: Wanted = Written.TEXT,
    output: Target = None,
    language: Annotated[Language, typer.Option("--language", help="Of the HTML page.")] = Language.ENGLISH,
    redact: options.Redact = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    verbose: options.Verbose = False,
) -> None:
    """Write the report of a case in another format: for people, code scanning, threat intelligence, tickets.

    What is written holds what the report holds, evidence too; --redact puts pseudonyms in the place of names, numbers
    and texts, and `bridle scan --share-level` leaves out what others must not see. `mvt` makes a folder of files, and
    `parquet` needs the extra of that name.
    """
    from scanner.cli.scan import hidden
    from scanner.evidence import EvidenceError
    from scanner.report import formats, json

    source = case / "report.json" if case.is_dir() else case
    try:
        made = hidden(json.read(source)) if redact else json.read(source)
        more = page(case, language) if format_ is Written.HTML else {}
        if output is None and format_ is Written.TEXT:
            from scanner.report import text

            text.write(made, sys.stdout, colour=options.colours(), verbose=verbose)
        elif output is None:
            if format_ is Written.PARQUET and sys.stdout.isatty():
                raise EvidenceError("a Parquet file is nothing for a terminal: name a file with -o")
            formats.write(made, format_.value, sys.stdout.buffer, **more)
        elif output.exists() and not force:
            raise EvidenceError(f"{output} exists; name another, or give --force to replace it")
        else:
            formats.save(made, format_.value, output, **more)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise EvidenceError(f"{error.filename or output or source}: {error.strerror or error}") from error
    except ValueError as error:
        raise EvidenceError(str(error)) from error
    sys.stdout.flush()


def page(case: Path, language: Language) -> dict[str, Any]:
    """What an HTML page needs beside the report: its language, and the records of the case for its timeline."""
    return {"language": language.value, "records": rows(case) if case.is_dir() else None}


def rows(case: Path) -> Iterator[tuple[datetime | None, str, str]]:
    """Every record of a case: its time, its artifact and what it says."""
    from scanner import past, shown
    from scanner.report import html_rows

    for row in shown.records(past.read(case), shown.Wanted()):
        yield (
            datetime.fromisoformat(row["time"]) if row["time"] else None,
            row["artifact"],
            html_rows.told(row["record"]),
        )
