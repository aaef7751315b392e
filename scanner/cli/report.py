"""`bridle report`: the report of a case in another format."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

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


Source = Annotated[Path, typer.Argument(help="A case that `bridle scan -o` made, or its report.json.", metavar="CASE")]
Wanted = Annotated[Written, typer.Option("-f", "--format", help="What to write.")]
Target = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Where to write it; standard output if not given.", metavar="FILE"),
]


def report(
    case: Source,
    format_: Wanted = Written.TEXT,
    output: Target = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    verbose: options.Verbose = False,
) -> None:
    """Write the report of a case in another format: for people, code scanning, threat intelligence, tickets.

    What is written holds what the report holds, evidence too; to leave out what others must not see, scan with
    --share-level. `mvt` makes a folder of files, and `parquet` needs the extra of that name.
    """
    from scanner.evidence import EvidenceError
    from scanner.report import formats, json

    source = case / "report.json" if case.is_dir() else case
    try:
        made = json.read(source)
        if output is None and format_ is Written.TEXT:
            from scanner.report import text

            text.write(made, sys.stdout, colour=options.colours(), verbose=verbose)
        elif output is None:
            if format_ is Written.PARQUET and sys.stdout.isatty():
                raise EvidenceError("a Parquet file is nothing for a terminal: name a file with -o")
            formats.write(made, format_.value, sys.stdout.buffer)
        elif output.exists() and not force:
            raise EvidenceError(f"{output} exists; name another, or give --force to replace it")
        else:
            formats.save(made, format_.value, output)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise EvidenceError(f"{error.filename or output or source}: {error.strerror or error}") from error
    except ValueError as error:
        raise EvidenceError(str(error)) from error
    sys.stdout.flush()
