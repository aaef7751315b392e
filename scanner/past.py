"""A case read back: what a scan found, what became of its tasks, and the records that they kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, BinaryIO

from scanner import artifact, journal, store
from scanner.case import LATER, RECORDS, REPORT
from scanner.contents import KeptContent
from scanner.evidence import EvidenceError
from scanner.finding import EvidenceFacts, Outcome, Problem, Report
from scanner.journal import Begun, Ended, Opened
from scanner.record import Record
from scanner.report import json as json_report
from scanner.sift import CONTENTS

BATCH = 4096


@dataclass
class Past:
    """A case."""

    folder: Path
    report: Report
    begun: Begun
    tasks: list[Ended] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)

    @property
    def records(self) -> Path:
        """Where its records are."""
        return self.folder / RECORDS

    @property
    def options(self) -> dict[str, Any]:
        """What of its scan's options shaped it."""
        return self.begun.options

    def option(self, name: str) -> Any:
        """One of them; None if it was not given."""
        return self.begun.options.get(name)

    def of(self, evidence: str) -> Iterator[Ended]:
        """What became of each task on one piece of evidence."""
        return (one for one in self.tasks if one.outcomes and one.outcomes[0].evidence == evidence)

    def last(self) -> tuple[str, Report]:
        """The newest report, and its name below the folder."""
        later = sorted((self.folder / LATER).glob("*.json"))
        if not later:
            return REPORT, self.report
        return f"{LATER}/{later[-1].name}", report(later[-1])


@dataclass
class Remembered:
    """Evidence that is not there: what it said of itself."""

    facts: EvidenceFacts
    problems: list[Problem]


def report(path: Path) -> Report:
    """A report.

    Raises:
        EvidenceError: it is none.
    """
    try:
        return json_report.read(path)
    except OSError as error:
        raise EvidenceError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise EvidenceError(str(error)) from error


def read(folder: Path) -> Past:
    """A case.

    Raises:
        EvidenceError: it is none, or its scan never came to its end, or it is damaged.
    """
    if not (folder / REPORT).is_file():
        unfinished = (folder / journal.NAME).is_file()
        why = "its scan never came to its end: scan again with --resume" if unfinished else f"it has no {REPORT}"
        raise EvidenceError(f"{folder} is no case that can be used: {why}")
    found = report(folder / REPORT)
    try:
        lines = journal.read(folder / journal.NAME)
        first = next(lines, None)
        if not isinstance(first, Begun) or first.schema != journal.SCHEMA:
            raise EvidenceError(f"{folder} was made by another version of bridle; scan the evidence again")
        past = Past(folder, found, first)
        for line in lines:
            if isinstance(line, Ended):
                past.tasks.append(line)
            elif isinstance(line, Opened):
                past.opened.append(line)
    except OSError as error:
        raise EvidenceError(f"{folder} is no case that can be used: {error.filename} cannot be read") from error
    except ValueError as error:
        raise EvidenceError(f"{folder} is damaged: {error}") from error
    return past


def below(records: Path, *names: str) -> Path:
    """A file of a case; a case may come from anybody, and name any file.

    Raises:
        ValueError: it does not lie below the records.
    """
    parts = [part for name in names for part in PurePosixPath(name).parts]
    if ".." in parts or any(PurePath(part).anchor for part in (*names, *parts)):
        raise ValueError(f"{'/'.join(names)} lies outside the case")
    return records.joinpath(*parts)


def record_type(outcome: Outcome, name: str) -> type[Record]:
    """The type of some kept records.

    Raises:
        ValueError: this version has none of that name.
    """
    if outcome.artifact == CONTENTS:
        return KeptContent
    known = artifact.load(outcome.artifact.partition(".")[0]).get(outcome.artifact)
    found = [one for one in known.records if one.__name__ == name] if known else []
    if not found:
        raise ValueError(f"this version of bridle has no records {name} of {outcome.artifact}")
    return found[0]


def kept(records: Path, outcome: Outcome) -> Iterator[tuple[type[Record], list[Record]]]:
    """The records of a task in the order in which they were read, some of one type at a time.

    Raises:
        ValueError: they are damaged, or of a type that this version does not have.
        OSError: they cannot be read.
    """
    files: list[BinaryIO] = []
    try:
        readers = {}
        for name, shard in outcome.kept.items():
            files.append(below(records, outcome.evidence, shard).open("rb"))
            readers[name] = store.read(files[-1], record_type(outcome, name))
        for name, count in outcome.order:
            left = count
            while left:
                batch: list[Record] = list(islice(readers[name], min(BATCH, left)))
                if not batch:
                    raise ValueError(f"the shard {outcome.kept[name]} is shorter than it was")
                left -= len(batch)
                yield record_type(outcome, name), batch
    finally:
        for file in files:
            file.close()
