"""`bridle import-mvt`: results of MVT, as a case that can be matched again."""

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import options

Results = Annotated[Path, typer.Argument(help="The folder that MVT wrote with --output.", metavar="FOLDER")]
Made = Annotated[Path, typer.Option("-o", "--output", help="Folder of the case to make.", metavar="CASE")]


def import_mvt(  # noqa: PLR0917 - typer makes the options of its parameters
    folder: Results,
    output: Made,
    feeds: options.Feeds = None,
    private_feeds: options.PrivateFeeds = None,
    no_default_feeds: options.NoDefaultFeeds = False,
    format_: options.ReportFormats = options.ReportFormat.TEXT,
    fail_on: options.FailOn = options.Level.MEDIUM,
    strict: options.Strict = False,
    jobs: options.Jobs = None,
    sign: options.Sign = None,
    force: options.Force = False,
    no_cache: options.NoCache = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Make a case of the results of MVT: what it read is matched with the feeds of today, judged, and kept.

    `bridle rescan` works on the case as on that of a scan. What MVT did not write is not in it: a scan of the evidence
    itself sees more.
    """
    from scanner.cli import scan
    from scanner.mvt_results import imported
    from scanner.scan import Request

    request = Request(
        paths=(folder,), output=output, force=force, feeds=tuple(feeds or ()), default_feeds=not no_default_feeds,
        private_feeds=tuple(private_feeds or ()), yara=None, jobs=jobs, sign=sign, cache=not no_cache,
    )  # fmt: skip
    report = imported(request)
    if not quiet:
        scan.show(report, format_, verbose=verbose)
    scan.finish(report, fail_on, strict=strict)
