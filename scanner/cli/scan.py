"""`bridle scan`: evidence in, report out, and an exit code that tells."""

import gc
import sys
from typing import TYPE_CHECKING

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.finding import Report
    from scanner.scan import Request


def scan(  # noqa: PLR0917 - typer makes the options of its parameters
    paths: options.Paths,
    output: options.Output = None,
    feeds: options.Feeds = None,
    private_feeds: options.PrivateFeeds = None,
    no_default_feeds: options.NoDefaultFeeds = False,
    password_file: options.PasswordFile = None,
    key_file: options.KeyFile = None,
    yara: options.YaraOption = options.YaraFiles.DEFAULT,
    no_yara: options.NoYara = False,
    format_: options.ReportFormats = options.ReportFormat.TEXT,
    fail_on: options.FailOn = options.Level.MEDIUM,
    strict: options.Strict = False,
    share_level: options.ShareLevelOption = None,
    redact: options.Redact = False,
    suppressions: options.Suppressions = None,
    baseline: options.Baseline = None,
    jobs: options.Jobs = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    artifact: options.Artifacts = None,
    since: options.Since = None,
    until: options.Until = None,
    details: options.Details = False,
    keep_records: options.KeepRecords = True,
    keep_feeds: options.KeepFeeds = False,
    sign: options.Sign = None,
    encrypt_to: options.EncryptTo = None,
    resume: options.Resume = False,
    force: options.Force = False,
    no_cache: options.NoCache = False,
    no_progress: options.NoProgress = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Scan evidence for traces of spyware and stalkerware.

    Without -o nothing is written but the user's own cache of loaded feeds (with --no-cache not even that) and, once,
    with --share-level or --redact, the key of the pseudonyms. Records that a case keeps are evidence: share what
    `bridle share` makes of it. The password of an encrypted backup is taken from BRIDLE_PASSWORD, from --password-file,
    or asked for.
    """
    from scanner.cli import secrets
    from scanner.scan import Request

    if output is None and (keep_feeds or sign or resume or encrypt_to):
        said = "--keep-feeds, --sign, --encrypt-to and --resume are of a case: name it with -o"
        raise typer.BadParameter(said, param_hint="-o")
    request = Request(
        paths=tuple(paths), output=output, force=force, feeds=tuple(feeds or ()), default_feeds=not no_default_feeds,
        yara=None if no_yara else yara.value, select=tuple(select or ()), ignore=tuple(ignore or ()),
        artifacts=tuple(artifact or ()), since=options.moment(since, "--since"), until=options.moment(until, "--until"),
        details=details, keep_records=keep_records, jobs=jobs, cache=not no_cache,
        private_feeds=tuple(private_feeds or ()), share_level=share_level.value if share_level else None,
        suppressions=suppressions, baseline=baseline, keep_feeds=keep_feeds, sign=sign, resume=resume,
        encrypt_to=tuple(encrypt_to or ()),
    )  # fmt: skip
    given = secrets.secret(password_file, key_file)
    report = run(request, given, watched=not (no_progress or quiet))
    if not quiet:
        show(hidden(report) if redact else report, format_, verbose=verbose)
    finish(report, fail_on, strict=strict)


def run(request: "Request", given: object, *, watched: bool) -> "Report":
    """Scan, asking for passwords and showing progress on the terminal."""
    from scanner.cli import progress, secrets
    from scanner.evidence.open import Found
    from scanner.evidence.secret import Secret
    from scanner.scan import scan as scan_all

    gc.disable()  # one scan and out: looking for cycles in what stays until the end costs a tenth of it
    secret = given if isinstance(given, Secret) else Secret()

    def unlock(found: Found) -> Secret:
        return secrets.asked(str(found.root)) if found.encrypted and not secret else secret

    return scan_all(request, unlock, lambda name: progress.shown(name, wanted=watched))


def hidden(report: "Report") -> "Report":
    """A report with pseudonyms of the user's own key instead of what tells of a person."""
    from scanner.redact import redacted
    from scanner.report.share import kept_key
    from scanner.scan import data_folder

    return redacted(report, kept_key(data_folder()))


def show(report: "Report", format_: options.ReportFormat, *, verbose: bool = False) -> None:
    """Print a report on standard output, and nothing beside it."""
    if format_ is options.ReportFormat.TEXT:
        from scanner.report import text

        text.write(report, sys.stdout, colour=options.colours(), verbose=verbose)
    else:
        from scanner.report import formats

        sys.stdout.flush()
        formats.write(report, format_.value, sys.stdout.buffer)
    sys.stdout.flush()


def finish(report: "Report", fail_on: options.Level, *, strict: bool = False) -> None:
    """End with the exit code of a report."""
    from scanner.gather import exit_code

    raise typer.Exit(exit_code(report, fail_on.severity, strict=strict))
