"""One task: the artifacts of one file. They parse, match, judge and keep; what goes wrong is part of their outcomes."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any

import apsw
import msgspec

from scanner import artifact as registry
from scanner.context import Context
from scanner.evidence import Entry, File, Tables, UnsupportedError, open_file, open_tables
from scanner.evidence.reader import sha256
from scanner.finding import Outcome, Problem, State
from scanner.kept import Kept
from scanner.record import Record, timestamp
from scanner.sift import Sift

BATCH = 256
"""Records that go through matching and keeping together."""
LEFT_OUT = "further findings are not listed"


@dataclass(frozen=True)
class Task:
    """The artifacts that read one file: it is opened, checked and hashed once for all of them."""

    artifacts: tuple[str, ...]
    entry: Entry
    size: int = 0

    def blank(self, context: Context, state: State, problem: str) -> list[Outcome]:
        """The outcomes of a task that never came to an end."""
        return [
            self.outcome(context, name, state=state, problems=[Problem(name, problem, self.entry.path)])
            for name in self.artifacts
        ]

    def outcome(self, context: Context, artifact: str, **more: Any) -> Outcome:
        """An outcome with nothing in it."""
        evidence, entry = context.evidence.facts.id, self.entry
        return Outcome(evidence=evidence, artifact=artifact, path=entry.path, native=entry.native, **more)

    def run(self, context: Context) -> list[Outcome]:
        """Do it; whatever the evidence holds, this returns."""
        tables = open_tables(context.evidence, self.entry)
        try:
            outcomes = [self.examine(context, name, tables) for name in self.artifacts]
        finally:
            tables.close()
        outcomes[0].size = self.size
        if context.hashing:
            self.hash(context, outcomes)
        return outcomes

    def examine(self, context: Context, name: str, tables: Tables) -> Outcome:
        """What one artifact makes of the file."""
        outcome = self.outcome(context, name)
        file = open_file(context.evidence, self.entry, tables)
        file.details = context.details
        sift = Sift(context, name, self.entry.path, self.entry.native)
        failure = None
        try:
            with ExitStack() as shards:
                pour(context, file, sift, outcome, Kept(context, outcome, shards))
        except Exception as error:  # noqa: BLE001 - one bad file never ends the scan
            failure = error
        finish(outcome, file, sift, failure)
        return outcome

    def hash(self, context: Context, outcomes: list[Outcome]) -> None:
        """The hash of the file, for the case's manifest and the locators of the findings."""
        try:
            reader = context.evidence.reader(self.entry)
        except (OSError, ValueError):
            return  # its own problem says so already
        try:
            digest = sha256(reader)
        finally:
            reader.close()
        outcomes[0].size, outcomes[0].hashes = reader.size, {self.entry.path: digest}
        for outcome in outcomes:
            for finding in outcome.findings:
                finding.locator = msgspec.structs.replace(finding.locator, sha256=digest)


def pour(context: Context, file: File, sift: Sift, outcome: Outcome, kept: Kept) -> None:
    """Every record of a file through the sift and into its shards."""
    deadline = monotonic() + context.seconds
    within = Window(context)
    try:
        for batch in batches(registry.find(outcome.artifact).parse(file)):
            outcome.records += len(batch)
            for kind, records in by_kind(list(filter(within, batch)) if within.bounded else batch):
                kept.write(kind, records)
                sift(kind, records)
            if monotonic() > deadline:
                raise TimeoutError(f"took longer than {context.seconds:g} seconds")
    finally:
        outcome.shards = kept.close()
        file.close()


def batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Records by the hundred; where reading fails, those before the failure still come."""
    while True:
        batch: list[Record] = []
        failure = None
        try:
            batch.extend(islice(records, BATCH))
        except Exception as error:  # noqa: BLE001 - raised below, when what came before it is safe
            failure = error
        if batch:
            yield batch
        if failure is not None:
            raise failure
        if len(batch) < BATCH:
            return


def by_kind(records: list[Record]) -> list[tuple[type[Record], list[Record]]]:
    """Records by their type; most artifacts have only one."""
    kinds = dict.fromkeys(map(type, records))
    if len(kinds) == 1:
        return [(next(iter(kinds)), records)]
    return [(kind, [record for record in records if type(record) is kind]) for kind in kinds]


class Window:
    """Whether a record lies in the time asked for; one without a time always does."""

    def __init__(self, context: Context) -> None:
        """Take the bounds of the scan."""
        self.since, self.until = context.since, context.until
        self.bounded = self.since is not None or self.until is not None

    def __call__(self, record: Record) -> bool:
        """Whether to look at a record."""
        time = timestamp(type(record))(record)
        return time is None or not ((self.since and time < self.since) or (self.until and time > self.until))


def finish(outcome: Outcome, file: File, sift: Sift, failure: Exception | None) -> None:
    """The state and the problems of a task that ended."""
    name, path = outcome.artifact, outcome.path
    outcome.findings = list(sift.found.values())
    outcome.sightings = sift.sightings
    outcome.problems = [Problem(name, message, path, row) for message, row in file.problems]
    if failure is not None:
        outcome.problems.append(Problem(name, explained(failure), path))
    outcome.problems += complaints(sift)
    outcome.state = state(outcome, failure)


def complaints(sift: Sift) -> list[Problem]:
    """What went wrong when the records were judged."""
    found = [Problem(rule, f"the rule failed: {message}", sift.path) for rule, message in sift.failed.items()]
    left_out = [Problem(sift.artifact, f"{sift.left_out} {LEFT_OUT}", sift.path)] if sift.left_out else []
    return found + left_out


def state(outcome: Outcome, failure: Exception | None) -> State:
    """What became of the artifact on this file."""
    if isinstance(failure, UnsupportedError) and len(outcome.problems) == 1:
        return State.UNSUPPORTED  # of a file that is damaged too, nobody can say that
    if isinstance(failure, TimeoutError | apsw.InterruptError):
        return State.TIMED_OUT
    if outcome.problems:
        return State.PARTIAL if outcome.records else State.FAILED
    return State.CHECKED if outcome.records else State.EMPTY


def explained(error: Exception) -> str:
    """An exception for a report; one of ours speaks for itself."""
    if isinstance(error, FileNotFoundError):
        return "its content is not stored in this evidence"
    if isinstance(error, ValueError | TimeoutError) and str(error):
        return str(error)
    return f"{type(error).__name__}: {error}"
