"""One task: one artifact on one file. It parses, matches, judges and keeps; what goes wrong is part of its outcome."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic

import apsw

from scanner import artifact as registry
from scanner.context import Context
from scanner.evidence import Entry, File, UnsupportedError, open_file
from scanner.evidence.reader import sha256
from scanner.finding import Outcome, Problem, State
from scanner.record import Record, timestamp
from scanner.sift import Sift
from scanner.store import Shard, shard_name

EVERY = 256
"""Records between two looks at the clock."""


@dataclass(frozen=True)
class Task:
    """One artifact on one file."""

    artifact: str
    entry: Entry
    size: int = 0

    def blank(self, context: Context, state: State, problem: str) -> Outcome:
        """The outcome of a task that never came to an end."""
        made = self.outcome(context)
        made.state, made.problems = state, [Problem(self.artifact, problem, self.entry.path)]
        return made

    def outcome(self, context: Context) -> Outcome:
        """An outcome with nothing in it."""
        return Outcome(
            evidence=context.evidence.facts.id, artifact=self.artifact, path=self.entry.path, native=self.entry.native
        )

    def run(self, context: Context) -> Outcome:
        """Do it; whatever the evidence holds, this returns."""
        outcome = self.outcome(context)
        file = open_file(context.evidence, self.entry)
        sift = Sift(context, self.artifact, self.entry.path, self.entry.native)
        failure = None
        try:
            with ExitStack() as shards:
                self.pour(context, file, sift, outcome, Kept(context, self, shards))
        except Exception as error:  # noqa: BLE001 - one bad file never ends the scan
            failure = error
        finish(outcome, file, sift, failure)
        if context.hashing:
            self.hash(context, outcome)
        return outcome

    def pour(self, context: Context, file: File, sift: Sift, outcome: Outcome, kept: "Kept") -> None:
        """Every record through the sift and into its shard."""
        deadline = monotonic() + context.seconds
        within = Window(context)
        try:
            for record in registry.load()[self.artifact].parse(file):
                outcome.records += 1
                if within(record):
                    kept.write(record)
                    sift(record)
                if outcome.records % EVERY == 0 and monotonic() > deadline:
                    raise TimeoutError(f"took longer than {context.seconds:g} seconds")
        finally:
            outcome.shards = kept.close()
            file.close()

    def hash(self, context: Context, outcome: Outcome) -> None:
        """The hash of the file, for the case's manifest and the locators of the findings."""
        try:
            reader = context.evidence.reader(self.entry)
            outcome.size, digest = reader.size, sha256(reader)
            reader.close()
        except (OSError, ValueError):
            return
        outcome.hashes = {self.entry.path: digest}


class Window:
    """Whether a record lies in the time asked for; one without a time always does."""

    def __init__(self, context: Context) -> None:
        """Take the bounds of the scan."""
        self.since, self.until = context.since, context.until

    def __call__(self, record: Record) -> bool:
        """Whether to look at a record."""
        if self.since is None and self.until is None:
            return True
        time = timestamp(type(record))(record)
        return time is None or not ((self.since and time < self.since) or (self.until and time > self.until))


class Kept:
    """The shards of a task: on disk where records are kept, in memory what correlations ask for."""

    def __init__(self, context: Context, task: Task, stack: ExitStack) -> None:
        """Open nothing until there is a record."""
        self.context, self.task, self.stack = context, task, stack
        self.shards: dict[type[Record], list[Shard]] = {}
        self.memory: dict[str, io.BytesIO] = {}
        self.parts: list[tuple[str, str]] = []

    def write(self, record: Record) -> None:
        """Keep one record."""
        kind = type(record)
        if kind not in self.shards:
            self.shards[kind] = list(self.open(kind))
        for shard in self.shards[kind]:
            shard.write(record)

    def open(self, kind: type[Record]) -> Iterator[Shard]:
        """The shards for records of a type."""
        if self.context.records:
            path = self.context.records / shard_name(self.task.artifact, kind, self.task.entry.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            self.parts.append((str(part), str(path)))
            yield Shard(self.stack.enter_context(part.open("wb")))
        if kind in self.context.wanted:
            self.memory[kind.__name__] = io.BytesIO()
            yield Shard(self.memory[kind.__name__])

    def close(self) -> dict[str, bytes]:
        """Finish every shard; those on disk get their names, those in memory are returned."""
        for shards in self.shards.values():
            for shard in shards:
                shard.close()
        self.stack.close()
        import os

        for part, path in self.parts:
            os.replace(part, path)  # noqa: PTH105
        return {name: sink.getvalue() for name, sink in self.memory.items()}


def finish(outcome: Outcome, file: File, sift: Sift, failure: Exception | None) -> None:
    """The state and the problems of a task that ended."""
    name, path = outcome.artifact, outcome.path
    outcome.findings = list(sift.found.values())
    outcome.problems = [Problem(name, message, path, row) for message, row in file.problems]
    if failure is not None:
        outcome.problems.append(Problem(name, explained(failure), path))
    if sift.left_out:
        outcome.problems.append(Problem(name, f"{sift.left_out} further findings are not listed", path))
    outcome.state = state(outcome, failure)


def state(outcome: Outcome, failure: Exception | None) -> State:
    """What became of the artifact on this file."""
    if isinstance(failure, UnsupportedError):
        return State.UNSUPPORTED
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
