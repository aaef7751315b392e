"""Options that several commands take, and what they mean."""

import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scanner.finding import SEVERITIES, Severity


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """What a scan prints; `bridle report` has more."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Level(StrEnum):
    """Severities by their names."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def severity(self) -> Severity:
        """The severity of this name."""
        return SEVERITIES[self.value]


class ShareLevel(StrEnum):
    """The highest marking of the Traffic Light Protocol that a report may show."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class YaraFiles(StrEnum):
    """Which contents YARA rules are run on."""

    DEFAULT = "default"
    ALL = "all"


Paths = Annotated[
    list[Path],
    typer.Argument(
        help="Evidence: an iOS backup; an Android bug report, AndroidQF folder or adb backup; a file system.",
        metavar="PATH...",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Folder of the case to make: report, manifest, records.", metavar="CASE"),
]
Feeds = Annotated[list[Path] | None, typer.Option("--feeds", help="A feed file, or a folder of them; may be repeated.")]
PrivateFeeds = Annotated[
    list[Path] | None,
    typer.Option(help="Like --feeds, for feeds that no shared report may name (see --share-level).", metavar="PATH"),
]
ShareLevelOption = Annotated[
    ShareLevel | None,
    typer.Option(
        "--share-level",
        help="Make a report for others: indicators that are marked above this level of the Traffic Light Protocol, and "
        "private ones, are replaced by pseudonyms. Without it everything is shown.",
    ),
]
Suppressions = Annotated[
    Path | None,
    typer.Option(help="Findings that somebody has judged (YAML): they are marked, and count no more.", metavar="FILE"),
]
Baseline = Annotated[
    Path | None,
    typer.Option(help="An earlier report or its case: only findings that it does not have count.", metavar="REPORT"),
]
Redact = Annotated[
    bool,
    typer.Option(
        "--redact",
        help="Replace numbers, names, addresses, texts and identifiers in what is printed by pseudonyms, the same in "
        "every report of yours. A case stays whole: `bridle share` makes of it what others may see.",
    ),
]
NoDefaultFeeds = Annotated[
    bool, typer.Option("--no-default-feeds", help="Leave out the bundled indicators and those of `bridle feeds`.")
]
PasswordFile = Annotated[
    Path | None, typer.Option(help="File with the backup's password in its first line; - is standard input.")
]
KeyFile = Annotated[
    Path | None, typer.Option(help="File with the derived key (64 hexadecimal digits), instead of the password.")
]
FailOn = Annotated[Level, typer.Option(help="The least severity that makes the exit code 1.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 for any problem, not only for gaps in coverage.")]
Jobs = Annotated[
    int | None, typer.Option("-j", "--jobs", min=1, help="Worker processes; as many as there are cores if not given.")
]
Select = Annotated[list[str] | None, typer.Option(help="Only rules whose id begins so; may be repeated.", metavar="ID")]
Ignore = Annotated[list[str] | None, typer.Option(help="No rules whose id begins so; may be repeated.", metavar="ID")]
Artifacts = Annotated[
    list[str] | None,
    typer.Option(
        "--artifact",
        help="Only artifacts of this name (`contents`: hashes and YARA); * is any part; may be repeated.",
        metavar="GLOB",
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        help="Only records from this time on (2026-01-31, or with T12:00 and a zone; else UTC).", metavar="TIME"
    ),
]
Until = Annotated[str | None, typer.Option(help="Only records up to this time.", metavar="TIME")]
Details = Annotated[bool, typer.Option("--details", help="Also times and owners of every file that the backup lists.")]
Formats = Annotated[Format, typer.Option("--format", help="What to print.")]
ReportFormats = Annotated[ReportFormat, typer.Option("--format", help="What to print; `bridle report` has more.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="Show no progress bar.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing; the exit code and the case tell.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Print every finding and every gap.")]
Force = Annotated[bool, typer.Option("--force", help="Write into a case that exists, replacing what is there.")]
KeepRecords = Annotated[
    bool,
    typer.Option("--keep-records/--no-keep-records", help="Keep what was read in the case, to match it again later."),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the same scan into a case, if it was killed before its end.")
]
EncryptTo = Annotated[
    list[str] | None,
    typer.Option(
        "--encrypt-to",
        help="Make the case an archive, CASE.tar.age, that only this age recipient (age1… or a public SSH key) opens; "
        "may be repeated. The folder is removed when the archive is whole.",
        metavar="RECIPIENT",
    ),
]
Sign = Annotated[
    Path | None,
    typer.Option(
        help="Sign the manifest of the case with this Ed25519 private key (PEM or OpenSSH), without a password.",
        metavar="KEY",
    ),
]
KeepFeeds = Annotated[
    bool, typer.Option("--keep-feeds", help="Keep the feeds in the case as they were loaded, for `bridle replay`.")
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Neither use nor write the cache of loaded feeds."),
]
NoYara = Annotated[bool, typer.Option("--no-yara", help="Do not run YARA rules.")]
YaraOption = Annotated[
    YaraFiles, typer.Option("--yara", help="Run YARA rules over what they can concern, or over everything.")
]


def moment(text: str | None, name: str) -> datetime | None:
    """A time as an option writes it."""
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time; write it like 2026-01-31 or 2026-01-31T12:00+02:00", param_hint=name
        ) from None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def colours() -> bool:
    """Whether to colour what is printed: on a terminal, unless NO_COLOR says no."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
