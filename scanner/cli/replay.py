"""`bridle replay`: the report of a case, made again from what the case keeps."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import options

Folder = Annotated[Path, typer.Argument(help="A case that `bridle scan -o CASE --keep-feeds` made.", metavar="CASE")]
Target = Annotated[
    Path | None, typer.Option("-o", "--output", help="Where to write the report that was made again.", metavar="FILE")
]


def replay(case: Folder, output: Target = None, quiet: options.Quiet = False) -> None:
    """Make the report of a case again, from its records and the feeds that it keeps, and compare the two.

    Everything but `run` must be the same, byte for byte. Exit codes: 0 it is; 1 it is not; 2 it cannot be made again.
    """
    from scanner.case import write_report
    from scanner.evidence import EvidenceError
    from scanner.replay import replay as again
    from scanner.report.plain import printable

    gc.disable()
    made = again(case)
    if output:
        try:
            write_report(output, made.report)
        except OSError as error:
            raise EvidenceError(f"{output} cannot be written: {error.strerror or error}") from error
    if not quiet:
        same = "the same report, but for `run`" if not made.different else f"differs in {', '.join(made.different)}"
        typer.echo(printable(f"{case}: {same}"))
    raise typer.Exit(1 if made.different else 0)
