"""`bridle verify`: whether a case is as it was written, and whether the evidence still says what its findings say."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.evidence.secret import Secret
    from scanner.verify import Check

Folder = Annotated[Path, typer.Argument(help="A case that `bridle scan -o` made.", metavar="CASE")]
Sources = Annotated[
    list[Path] | None,
    typer.Argument(help="The evidence, to read every finding again in it.", metavar="[EVIDENCE...]"),
]
PublicKey = Annotated[
    Path | None,
    typer.Option(help="The Ed25519 public key (PEM or OpenSSH) that the case must be signed with.", metavar="KEY"),
]


def verify(  # noqa: PLR0917 - typer makes the options of its parameters
    case: Folder,
    evidence: Sources = None,
    key: PublicKey = None,
    password_file: options.PasswordFile = None,
    key_file: options.KeyFile = None,
    format_: options.Formats = options.Format.TEXT,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Check the hashes, the log and the signature of a case, and with the evidence every finding.

    Exit codes: 0 all is confirmed; 1 something was changed or is gone; 2 something cannot be verified.
    """
    from scanner import verify as checks
    from scanner.cli import secrets

    done = list(checks.case(case, key))
    if evidence:
        done += reread(case, evidence, secrets.secret(password_file, key_file))
    if not quiet:
        show(done, format_, verbose=verbose)
    became = {one.became for one in done}
    raise typer.Exit(1 if became & checks.DIFFERENT else 2 if checks.Became.UNKNOWN in became else 0)


def reread(case: Path, paths: list[Path], given: "Secret") -> Iterator["Check"]:
    """Every finding, read again."""
    from scanner import past, reread
    from scanner.cli import secrets
    from scanner.evidence import EvidenceError
    from scanner.evidence.open import recognise
    from scanner.scan import distinct

    read = past.read(case)
    names = [one.facts.id for one in read.opened]
    found = [recognise(path) for path in paths]
    opened = [one.open(given or secrets.asked(str(one.root)) if one.encrypted else given) for one in found]
    try:
        for one in distinct(opened):
            name = one.facts.id if one.facts.id in names else names[0] if len(names) == len(opened) == 1 else None
            if name is None:
                raise EvidenceError(f"the case is not of {one.facts.id}, but of {', '.join(names)}")
            yield from reread.findings(read, one, name)
    finally:
        for one in opened:
            one.close()


def show(done: list["Check"], format_: options.Format, *, verbose: bool) -> None:
    """Print what was checked; as text, what is confirmed is counted only."""
    from scanner.report.plain import printable

    if format_ is options.Format.JSON:
        typer.echo(json.dumps([{"what": one.what, "became": one.became, "said": one.said} for one in done], indent=1))
        return
    for one in done:
        if verbose or one.became != "confirmed":
            typer.echo(printable(f"{one.became}: {one.what}" + (f": {one.said}" if one.said else ""), 4000))
    counts = Counter(str(one.became) for one in done)
    typer.echo(", ".join(f"{count} {became}" for became, count in counts.items()) or "nothing to verify")
