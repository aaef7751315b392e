"""The command `bridle`: its groups, its version, and what becomes of errors."""

import os
import sys
from typing import Any

os.environ.setdefault(
    "TYPER_USE_RICH", "0"
)  # rich costs 200 ms at every start; it is imported where it shows something

import typer
import typer.core

from scanner import __version__
from scanner.cli import demo, evidence, feeds, import_mvt, reference, replay, report, rescan, scan, share, show, verify

USAGE = 2


class EndedError(Exception):
    """A command that was ended before its end: by the person, or because nobody reads what it prints."""


class Commands(typer.core.TyperGroup):
    """Bridle's commands; typer would end an interrupted one with codes that mean something else here."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, typer.Abort):
            raise EndedError("interrupted") from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise EndedError("standard output was closed before all was printed") from None


app = typer.Typer(
    name="bridle",
    cls=Commands,
    help="Find traces of mercenary spyware and stalkerware on phones, from backups, dumps and logs. "
    "Reads only; sends nothing anywhere.",
    epilog="Exit codes: 0 nothing found and everything checked; 1 findings; 2 could not scan; "
    "3 nothing found, but something could not be checked completely.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(scan.scan)
app.command()(demo.demo)
app.command()(evidence.evidence)
app.command()(rescan.rescan)
app.command()(replay.replay)
app.command()(show.show)
app.command()(verify.verify)
app.command()(report.report)
app.command()(share.share)
app.command("import-mvt")(import_mvt.import_mvt)
app.add_typer(feeds.app, name="feeds")
app.command()(reference.artifacts)
app.command()(reference.rules)
app.command()(reference.rule)
app.command()(reference.schema)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"bridle {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: bool = typer.Option(False, "--version", callback=show_version, is_eager=True, help="Show the version."),
) -> None:
    """Options of bridle itself."""


def main() -> None:
    """The console script: what stops a scan is one sentence on standard error, and exit code 2."""
    try:
        app()
    except (EndedError, KeyboardInterrupt) as error:
        sys.stderr.write(f"bridle: {str(error) or 'interrupted'}\n")
        sys.exit(USAGE)
    except Exception as error:
        from scanner.evidence import EvidenceError  # here, because it costs half of the time that --help takes
        from scanner.report.plain import printable

        if not isinstance(error, EvidenceError):
            raise
        sys.stderr.write(f"bridle: {printable(str(error), 4000)}\n")
        sys.exit(USAGE)
