"""`bridle demo`: a phone that never was, and what a scan finds on it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import options

Folder = Annotated[
    Path, typer.Option("-o", "--output", help="Where to make the phone's backup and the case.", metavar="DIR")
]
Encrypted = Annotated[bool, typer.Option("--encrypted", help="Make an encrypted backup (its password is shown).")]
PASSWORD = "correct horse battery"  # noqa: S105 - of a phone that never was


def demo(folder: Folder = Path("bridle-demo"), encrypted: Encrypted = False, force: options.Force = False) -> None:
    """Make a synthetic phone backup with planted traces, scan it, and say what to look at."""
    from scanner import synthetic
    from scanner.cli import scan
    from scanner.evidence import EvidenceError
    from scanner.evidence.secret import Secret
    from scanner.scan import Request

    if folder.exists() and not force:
        raise EvidenceError(f"{folder} exists; name another folder with -o, or give --force to use it")
    backup, feed, case = folder / "backup", folder / "chimera.stix2", folder / "case"
    remove(backup)
    backup.mkdir(parents=True)
    phone = synthetic.make()
    synthetic.write_backup(phone, backup, password=PASSWORD if encrypted else None)
    feed.write_text(json.dumps(synthetic.bundle(), indent=1), encoding="utf-8")
    request = Request(paths=(backup,), output=case, force=True, feeds=(feed,))
    report = scan.run(request, Secret(PASSWORD if encrypted else None), watched=True)
    scan.show(report, options.Format.TEXT)
    typer.echo()
    kind = "an encrypted" if encrypted else "a"
    typer.echo(f"This was {kind} backup of a phone that never was, with {len(phone.truth)} planted traces.")
    typer.echo(f"  the report:      {case / 'report.json'}")
    typer.echo(f"  the indicators:  {feed} (an invented family), and the bundled ones")
    password = f"BRIDLE_PASSWORD='{PASSWORD}' " if encrypted else ""
    typer.echo(f"  again, by hand:  {password}bridle scan {backup} --feeds {feed}")


def remove(folder: Path) -> None:
    """Remove an earlier demo's backup."""
    import shutil

    if folder.exists():
        shutil.rmtree(folder)
