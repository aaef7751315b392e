"""What is in a case, as rows: its findings, its coverage, its records, narrowed down to what is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from scanner import past
from scanner.evidence import EvidenceError
from scanner.finding import Outcome, Report
from scanner.past import Past
from scanner.record import Place, Record, timestamp
from scanner.sift import written

Row = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What to show; None or nothing: all."""

    artifacts: tuple[str, ...] = ()
    """Names of artifacts, in which `*` is any part."""
    since: datetime | None = None
    until: datetime | None = None
    """Rows of a time outside are left out, and where either is given those without a time."""
    text: str | None = None
    """That stands in some value of the row, in any case."""

    def artifact(self, name: str) -> bool:
        """Whether an artifact is asked for."""
        return not self.artifacts or any(fnmatchcase(name, pattern) for pattern in self.artifacts)

    def time(self, time: datetime | None) -> bool:
        """Whether a time lies within the bounds."""
        if self.since is None and self.until is None:
            return True
        return time is not None and not (
            (self.since is not None and time < self.since) or (self.until is not None and time > self.until)
        )

    def says(self, value: Any) -> bool:
        """Whether the text stands in some value."""
        if self.text is None:
            return True
        return self.text.casefold() in " ".join(map(str, leaves(value))).casefold()


def leaves(value: Any) -> Iterator[Any]:
    """The values of a document that hold no others; documents here are a few levels deep."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)
    elif value is not None:
        yield value


def findings(report: Report, wanted: Wanted) -> Iterator[Row]:
    """The findings of a report, each with everything in it."""
    for one in report.findings:
        if wanted.artifact(one.locator.artifact) and wanted.time(one.time):
            row: Row = msgspec.to_builtins(one)
            if wanted.says(row):
                yield row


def coverage(report: Report, wanted: Wanted) -> Iterator[Row]:
    """What was checked, and how it went."""
    for one in report.coverage:
        row: Row = msgspec.to_builtins(one)
        if wanted.artifact(one.artifact) and wanted.says(row):
            yield row


def records(case: Past, wanted: Wanted) -> Iterator[Row]:
    """The records of a case, task by task.

    Raises:
        EvidenceError: they are damaged.
    """
    outcomes = (one for task in case.tasks for one in task.outcomes if one.kept and wanted.artifact(one.artifact))
    for outcome in sorted(outcomes, key=lambda one: (one.evidence, one.artifact, one.path, one.native or "")):
        try:
            for kind, batch in past.kept(case.records, outcome):
                yield from of_type(outcome, kind, batch, wanted)
        except (OSError, ValueError) as error:
            raise EvidenceError(f"{case.folder} is damaged: {error}; `bridle verify` says where") from error


def of_type(outcome: Outcome, kind: type[Record], batch: list[Record], wanted: Wanted) -> Iterator[Row]:
    """Records of one type as rows."""
    time = timestamp(kind)
    for record in batch:
        moment = time(record)
        if not wanted.time(moment):
            continue
        values = written(record)
        if wanted.says(values):
            yield {
                "time": moment.isoformat() if moment else None, "artifact": outcome.artifact, "type": kind.__name__,
                "evidence": outcome.evidence, "path": outcome.path, "native": outcome.native,
                "place": str(record.place or Place()), "record": values,
            }  # fmt: skip
