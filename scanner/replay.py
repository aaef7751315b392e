"""The report of a case made again, from its records and the feeds that it keeps: years later, the same document."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from scanner import snapshot, suppress
from scanner.evidence import EvidenceError
from scanner.feeds.model import Feed
from scanner.finding import Report
from scanner.past import Past
from scanner.report import share
from scanner.rescan import matched, readable
from scanner.scan import data_folder


@dataclass
class Replayed:
    """A report made again."""

    report: Report
    different: list[str]
    """The parts in which it is not the report of the case; never `run`."""


def replay(folder: Path) -> Replayed:
    """Judge all records of a case again, with every rule and the feeds that it keeps.

    Raises:
        EvidenceError: it is no case, is damaged, keeps no records, or was made without `--keep-feeds`.
    """
    started = datetime.now(UTC)
    case = readable(folder)
    made = marked(case, matched(case, kept_feeds(folder), started, every=True))
    if level := case.option("share_level"):
        made = share.shared(made, level, share.kept_key(data_folder()))
    return Replayed(made, different(case.report, made))


def kept_feeds(folder: Path) -> list[Feed]:
    """The feeds that a case keeps.

    Raises:
        EvidenceError: it keeps none, or they are damaged.
    """
    path = folder / snapshot.NAME
    if not path.is_file():
        raise EvidenceError(f"{folder} keeps no feeds: only a case of `bridle scan --keep-feeds` can be replayed")
    try:
        return snapshot.read(path)
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{folder} is damaged: {error}") from error


def marked(case: Past, made: Report) -> Report:
    """A report with the marks that persons and baselines gave the findings of the case's own."""
    marks = {(one.locator.evidence, one.id): one for one in case.report.findings if one.suppressed or one.known}
    said = [one for one in case.report.problems if one.where == suppress.WHERE]
    if not marks and not said:
        return made
    findings = [
        replace(one, suppressed=mark.suppressed, known=mark.known)
        if (mark := marks.get((one.locator.evidence, one.id)))
        else one
        for one in made.findings
    ]
    return suppress.judged(replace(made, findings=findings, problems=[*made.problems, *said]))


def different(before: Report, now: Report) -> list[str]:
    """The parts of a report that are not the same, byte for byte."""
    parts = [name for name in Report.__struct_fields__ if name != "run"]
    return [name for name in parts if encoded(getattr(before, name)) != encoded(getattr(now, name))]


def encoded(value: Any) -> bytes:
    """A part of a report as it is written."""
    return msgspec.json.encode(value)
