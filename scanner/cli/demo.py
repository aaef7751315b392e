"""`bridle demo`: a phone that never was, and what a scan finds on it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import options

Folder = Annotated[Path, typer.Option("-o", "--output", help="Where to make the evidence and the case.", metavar="DIR")]
Encrypted = Annotated[bool, typer.Option("--encrypted", help="Make an encrypted backup (its password is shown).")]
Android = Annotated[bool, typer.Option("--android", help="Make what AndroidQF acquires of an Android phone.")]
PASSWORD = "correct horse battery"  # noqa: S105 - of a phone that never was


def demo(
    folder: Folder = Path("bridle-demo"),
    encrypted: Encrypted = False,
    android: Android = False,
    force: options.Force = False,
) -> None:
    """Make a synthetic phone with planted traces, scan what was acquired of it, and say what to look at."""
    from scanner.cli import scan
    from scanner.evidence import EvidenceError
    from scanner.evidence.secret import Secret
    from scanner.scan import Request

    if folder.exists() and not force:
        raise EvidenceError(f"{folder} exists; name another folder with -o, or give --force to use it")
    if encrypted and android:
        raise EvidenceError("--encrypted is for a backup of the iPhone: leave it or --android out")
    made = folder / ("androidqf" if android else "backup")
    feed, case = folder / "chimera.stix2", folder / "case"
    remove(made)
    made.mkdir(parents=True)
    traces, bundle = android_phone(made) if android else iphone(made, encrypted=encrypted)
    feed.write_text(json.dumps(bundle, indent=1), encoding="utf-8")
    request = Request(paths=(made,), output=case, force=True, feeds=(feed,))
    report = scan.run(request, Secret(PASSWORD if encrypted else None), watched=True)
    scan.show(report, options.ReportFormat.TEXT)
    typer.echo()
    kind = "an AndroidQF acquisition" if android else "an encrypted backup" if encrypted else "a backup"
    typer.echo(f"This was {kind} of a phone that never was, with {traces} planted traces.")
    typer.echo(f"  the report:      {case / 'report.html'}, for programs {case / 'report.json'}")
    typer.echo(f"  the indicators:  {feed} (an invented family), and the bundled ones")
    password = f"BRIDLE_PASSWORD='{PASSWORD}' " if encrypted else ""
    typer.echo(f"  again, by hand:  {password}bridle scan {made} --feeds {feed}")


def iphone(folder: Path, *, encrypted: bool) -> tuple[int, dict[str, object]]:
    """The backup of an iPhone: how much is planted in it, and the indicators of that."""
    from scanner import synthetic

    phone = synthetic.make()
    synthetic.write_backup(phone, folder, password=PASSWORD if encrypted else None)
    return len(phone.truth), synthetic.bundle()


def android_phone(folder: Path) -> tuple[int, dict[str, object]]:
    """What AndroidQF acquires of an Android phone: how much is planted in it, and the indicators of that."""
    from scanner.synthetic import android

    phone = android.make()
    members = android.androidqf(phone)
    android.write(members, folder)
    return sum(1 for _ in android.acquired(phone)), android.bundle()


def remove(folder: Path) -> None:
    """Remove an earlier demo's evidence."""
    import shutil

    if folder.exists():
        shutil.rmtree(folder)
