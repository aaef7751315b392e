"""`bridle share`: of a case, what others may see."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.finding import Report

Source = Annotated[Path, typer.Argument(help="A case that `bridle scan -o` made, or its report.json.", metavar="CASE")]
Target = Annotated[Path, typer.Option("-o", "--output", help="Where to make the package.", metavar="FOLDER")]
Plain = Annotated[bool, typer.Option("--plain", help="Do not redact: the package names persons then.")]
Level = Annotated[
    options.ShareLevel,
    typer.Option("--share-level", help="The highest marking of the Traffic Light Protocol that may be shown."),
]


def share(
    case: Source,
    output: Target = Path("bridle-shared"),
    plain: Plain = False,
    share_level: Level = options.ShareLevel.GREEN,
    force: Annotated[bool, typer.Option("--force", help="Replace FOLDER if it is a package.")] = False,
) -> None:
    """Make a package for others: the findings, their indicators and what was checked, redacted, with a manifest.

    Numbers, names, addresses, texts and identifiers become pseudonyms of your own key, the same in all your packages.
    Private feeds, records and everything else of the evidence stay in the case.
    """
    from scanner.evidence import EvidenceError
    from scanner.report import package

    made, source = prepared(case, plain=plain, level=share_level.value)
    if output.exists():
        if not force:
            raise EvidenceError(f"{output} exists; name another folder with -o, or give --force to replace it")
        if not (output / "manifest.json").is_file() or (output / "records").exists():
            raise EvidenceError(f"{output} is no package: it is not replaced")
        shutil.rmtree(output)
    try:
        package.write(made, output, {"level": share_level.value, "source": source})
    except OSError as error:
        raise EvidenceError(f"the package cannot be written to {output}: {error.strerror or error}") from error
    typer.echo(f"{output}: {len(made.findings)} findings, {'NOT redacted' if plain else 'redacted'}")


def prepared(case: Path, *, plain: bool, level: str) -> tuple["Report", str]:
    """What of a case may be shared, and the SHA-256 of the report that it is made of.

    Raises:
        EvidenceError: There is no report; it is not known which feeds are private.
    """
    import hashlib

    from scanner.evidence import EvidenceError
    from scanner.redact import redacted
    from scanner.report import json, package
    from scanner.report.share import kept_key, shared
    from scanner.scan import data_folder

    file = newest(case)
    key = kept_key(data_folder())
    try:
        whole = json.read(file)
        hashed = hashlib.sha256(file.read_bytes()).hexdigest()
        made = shared(confided(whole, data_folder()), level, key)
    except OSError as error:
        raise EvidenceError(f"{file} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise EvidenceError(f"nothing can be shared: {error}") from error
    return package.minimal(made if plain or made.redacted else redacted(made, key)), hashed


def newest(case: Path) -> Path:
    """The last report of a case: of the scan, or of the last time that it was matched again."""
    later = sorted((case / "reports").glob("*.json"))
    return later[-1] if later else case / "report.json" if case.is_dir() else case


def confided(report: "Report", folder: Path) -> "Report":
    """A report in which the feeds that the user's catalogue calls private are so, whatever they were at the scan.

    Raises:
        ValueError: The catalogue cannot be read.
    """
    from msgspec.structs import replace

    from scanner.feeds import catalogue

    private = {one.id for one in catalogue.read(folder / "feeds.yaml").feeds if one.private}
    findings = []
    for one in report.findings:
        if one.indicator:
            sources = [replace(each, private=each.private or each.feed in private) for each in one.indicator.sources]
            one = replace(one, indicator=replace(one.indicator, sources=tuple(sources)))  # noqa: PLW2901 - the same one
        findings.append(one)
    feeds = [replace(one, private=one.private or one.id in private) for one in report.feeds]
    return replace(report, feeds=feeds, findings=findings)
