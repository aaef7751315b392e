"""`bridle feeds diff`, `lint` and `doctor`: what changed, what is wrong, and what can fire."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options
from scanner.cli.feeds_show import as_json, load, say

if TYPE_CHECKING:
    from scanner.evidence import Evidence
    from scanner.feeds.model import Indicator


class LintFormat(StrEnum):
    """What a lint prints."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


Older = Annotated[Path, typer.Argument(help="A feed file or a folder of feeds: the older state.", metavar="A")]
Newer = Annotated[Path, typer.Argument(help="The newer state.", metavar="B")]
Paths = Annotated[list[Path], typer.Argument(help="Feed files, or folders of them.", metavar="PATH...")]
Where = Annotated[
    Path | None, typer.Argument(help="Evidence; without it, all that this version reads.", metavar="[EVIDENCE]")
]
LintFormats = Annotated[LintFormat, typer.Option("--format", help="What to print.")]
Warninglists = Annotated[
    Path | None, typer.Option(help="A copy of MISP's warning lists (lists/*/list.json).", metavar="DIR")
]
Oracle = Annotated[bool, typer.Option("--strict", help="Also ask the strict parser of the stix2 package.")]
Every = Annotated[bool, typer.Option("-v", "--verbose", help="Also what comes after the first 20 of a rule and file.")]


def diff(older: Older, newer: Newer, format_: options.Formats = options.Format.TEXT) -> None:
    """Compare two states of feeds by what they say: kinds and values, not ids."""
    from scanner.feeds import diff as comparing

    made = comparing.diff(indicators(older), indicators(newer))
    if format_ is options.Format.JSON:
        as_json(made)
    else:
        say(comparing.text(made))


def lint(
    paths: Paths,
    format_: LintFormats = LintFormat.TEXT,
    warninglists: Warninglists = None,
    strict: Oracle = False,
    verbose: Every = False,
) -> None:
    """Say what is wrong with feeds; exit code 1, if there is an error among it."""
    from scanner import doctor as able
    from scanner.evidence import EvidenceError
    from scanner.feeds import lint as linting

    wanted = linting.Options(exposed=able.exposed(), warninglists=warninglists, strict=strict)
    for path in paths:
        there(path)
    try:
        made = linting.lint(paths, wanted)
    except ValueError as error:
        raise EvidenceError(str(error)) from None
    if format_ is LintFormat.SARIF:
        from scanner.feeds.lint_sarif import document

        as_json(document(made))
    elif format_ is LintFormat.JSON:
        as_json(made)
    else:
        say(linting.text(made, every=verbose))
    sys.stdout.flush()
    raise typer.Exit(linting.exit_code(made))


def doctor(  # noqa: PLR0917 - typer makes the options of its parameters
    evidence: Where = None,
    feeds: options.Feeds = None,
    no_default_feeds: options.NoDefaultFeeds = False,
    password_file: options.PasswordFile = None,
    key_file: options.KeyFile = None,
    format_: options.Formats = options.Format.TEXT,
) -> None:
    """Say which indicators can fire on what some evidence holds, which never can, and why."""
    from scanner import doctor as able

    loaded = load(feeds, no_default_feeds=no_default_feeds)
    opened = unlocked(evidence, password_file, key_file) if evidence else None
    try:
        made = able.diagnose(loaded, opened)
    finally:
        if opened is not None:
            opened.close()
    if format_ is options.Format.JSON:
        as_json(made)
    else:
        say(able.text(made))


def unlocked(path: Path, password_file: Path | None, key_file: Path | None) -> "Evidence":
    """Evidence, opened with the secret that was given or is asked for."""
    from scanner.cli import secrets
    from scanner.evidence.open import recognise
    from scanner.evidence.secret import Secret

    given = secrets.secret(password_file, key_file)
    found = recognise(path)
    return found.open((given or secrets.asked(str(found.root))) if found.encrypted else Secret())


def there(path: Path) -> None:
    """Refuse a path that is not there."""
    from scanner.evidence import EvidenceError

    if not path.exists():
        raise EvidenceError(f"there is no feed {path}")


def indicators(path: Path) -> "list[Indicator]":
    """The indicators of a file or a folder; what cannot be read of it is said on standard error."""
    from scanner.feeds.load import load as load_paths
    from scanner.report.plain import printable

    there(path)
    loaded = load_paths([path])
    for feed in loaded:
        for one in feed.facts.problems:
            typer.echo(printable(f"bridle: {feed.facts.path}: {one.row or ''} {one.message}"), err=True)
    return [one for feed in loaded for one in feed.indicators]
