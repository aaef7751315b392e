"""`bridle evidence`: what a path is, or which backups this computer keeps."""

from pathlib import Path
from typing import Annotated

import typer

Where = Annotated[
    Path | None, typer.Argument(help="A path to look at; without one, the backups of this computer.", metavar="[PATH]")
]


def evidence(path: Where = None) -> None:
    """Say what a path is, or list the backups that iTunes or the Finder keep on this computer."""
    from scanner.report.plain import printable

    for line in described(path) if path else listed():
        typer.echo(printable(line, 4000))


def described(path: Path) -> list[str]:
    """What a path is, as far as can be seen without a password."""
    from scanner.evidence.open import recognise

    found = recognise(path)
    lines = [f"{found.kind}: {found.root}", "encrypted: its password is needed" if found.encrypted else "not encrypted"]
    if (facts := getattr(found, "facts", None)) is not None:
        said = facts()
        lines += [f"{name}: {value}" for name in said.device.__struct_fields__ if (value := getattr(said.device, name))]
        lines += [f"made: {said.acquired:%Y-%m-%d %H:%M} UTC"] if said.acquired else []
        lines += [f"note: {note}" for note in said.notes]
    return lines


def listed() -> list[str]:
    """The backups in the places where this system keeps them."""
    from scanner.evidence.local import backups, folders

    found = list(backups())
    if not found:
        places = ", ".join(map(str, folders()))
        return [
            f"no backups in {places or 'any place that is known for this system'}",
            "give the folder of a backup: bridle evidence PATH",
        ]
    return [
        f"{one.path}  {one.name}, iOS {one.version}, {one.made}, {'encrypted' if one.encrypted else 'not encrypted'}"
        for one in found
    ]
