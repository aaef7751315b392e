"""`bridle rescan`: kept cases against the feeds of today."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.rescan import Looked

Cases = Annotated[list[Path], typer.Argument(help="Cases: folders that `bridle scan -o` made.", metavar="CASE...")]
NewOnly = Annotated[
    bool, typer.Option("--new-only", help="Only findings that the last report does not have count for the exit code.")
]
SHOWN = 20


def rescan(  # noqa: PLR0917 - typer makes the options of its parameters
    cases: Cases,
    feeds: options.Feeds = None,
    private_feeds: options.PrivateFeeds = None,
    no_default_feeds: options.NoDefaultFeeds = False,
    new_only: NewOnly = False,
    format_: options.ReportFormats = options.ReportFormat.TEXT,
    fail_on: options.FailOn = options.Level.MEDIUM,
    strict: options.Strict = False,
    share_level: options.ShareLevelOption = None,
    suppressions: options.Suppressions = None,
    baseline: options.Baseline = None,
    sign: options.Sign = None,
    no_cache: options.NoCache = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Match the kept records of cases with the feeds of today, without the evidence.

    Says what is new, gone and unchanged since the last report of each case, and writes its own into the case's folder
    `reports`. With several cases the exit code is the worst of them: 2 for one that cannot be read, then 1, then 3.
    """
    from scanner.evidence import EvidenceError
    from scanner.gather import exit_code
    from scanner.report.plain import printable
    from scanner.rescan import rescan as look
    from scanner.scan import Request

    gc.disable()
    request = Request(
        paths=(), feeds=tuple(feeds or ()), private_feeds=tuple(private_feeds or ()),
        default_feeds=not no_default_feeds, share_level=share_level.value if share_level else None,
        suppressions=suppressions, baseline=baseline, sign=sign, cache=not no_cache,
    )  # fmt: skip
    if len(cases) > 1 and format_ is not options.ReportFormat.TEXT:
        raise typer.BadParameter("one case at a time; the reports lie in their folders too", param_hint="--format")
    codes = set()
    for case in cases:
        try:
            looked = look(case, request, new_only=new_only)
        except EvidenceError as error:
            if len(cases) == 1:
                raise
            typer.echo(printable(f"bridle: {error}", 4000), err=True)
            codes.add(2)
            continue
        if not quiet:
            show(looked, format_, verbose=verbose, whole=len(cases) == 1)
        codes.add(exit_code(looked.report, fail_on.severity, strict=strict))
    raise typer.Exit(next(code for code in (2, 1, 3, 0) if code in codes))


def show(looked: "Looked", format_: options.ReportFormat, *, verbose: bool, whole: bool) -> None:
    """Print what changed, and the report where there is one only."""
    from scanner.cli import scan

    if format_ is not options.ReportFormat.TEXT:
        scan.show(looked.report, format_)
        return
    for line in changes(looked):
        typer.echo(line)
    if whole:
        typer.echo()
        scan.show(looked.report, format_, verbose=verbose)


def changes(looked: "Looked") -> Iterator[str]:
    """What is new and what is gone since the last report, in lines."""
    from scanner.report.plain import printable

    counts = f"{len(looked.new)} new, {len(looked.gone)} gone, {looked.unchanged} unchanged since {looked.since}"
    yield printable(f"{looked.case}: {counts}")
    for sign, findings in (("+", looked.new), ("-", looked.gone)):
        for one in findings[:SHOWN]:
            yield printable(f"  {sign} {one.severity} {one.rule} {one.message}")
        if len(findings) > SHOWN:
            yield f"  {sign} {len(findings) - SHOWN} more"
    yield printable(f"  {looked.report.verdict.headline}")
    yield printable(f"  written to {looked.written}")
