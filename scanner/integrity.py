"""Whether the files of an acquisition are still what its collector recorded when it made them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scanner.context import Context
from scanner.evidence import Promise
from scanner.evidence.reader import sha256
from scanner.finding import Finding, Outcome, Problem, State, located
from scanner.record import Place
from scanner.sift import ruled

INTEGRITY = "integrity"
"""The name of this check in the coverage."""
CHANGED = "INT001"
BATCH_BYTES = 64 << 20


@dataclass(frozen=True)
class Integrity:
    """Some files, to be hashed and compared."""

    promises: tuple[Promise, ...]
    size: int = 0

    def blank(self, context: Context, state: State, problem: str) -> list[Outcome]:
        """The outcome of a batch that never came to an end."""
        problems = [Problem(INTEGRITY, f"{len(self.promises)} files: {problem}")]
        return [self.outcome(context, state=state, problems=problems)]

    def outcome(self, context: Context, **more: Any) -> Outcome:
        """An outcome with nothing in it."""
        return Outcome(evidence=context.evidence.facts.id, artifact=INTEGRITY, path="", files=0, **more)

    def run(self, context: Context) -> list[Outcome]:
        """Hash each file; one that cannot be read is a problem of its own."""
        outcome = self.outcome(context)
        for promise in self.promises:
            try:
                reader = context.evidence.reader(promise.entry)
                try:
                    digest = sha256(reader)
                finally:
                    reader.close()
            except (OSError, ValueError) as error:
                outcome.problems.append(Problem(INTEGRITY, f"cannot be compared: {error}", promise.entry.path))
                continue
            outcome.records += 1
            if digest != promise.sha256 and CHANGED in context.rules:
                outcome.findings.append(changed(context, promise, digest))
        outcome.state = State.PARTIAL if outcome.problems else State.CHECKED
        return [outcome]


def changed(context: Context, promise: Promise, digest: str) -> Finding:
    """A file that is not what was recorded."""
    entry = promise.entry
    where = Place(line=promise.line)
    locator = located(context.evidence.facts.id, INTEGRITY, entry.path, entry.native, where)
    message = f"{entry.native} has the SHA-256 {digest}; its collector recorded {promise.sha256}"
    found = ruled(context.rules[CHANGED], message, locator, None)
    found.record = {"sha256": digest, "recorded": promise.sha256}
    return found


def batches(promises: Iterator[tuple[Promise, int]]) -> Iterator[Integrity]:
    """Files with their sizes in batches of about the same work."""
    waiting: list[Promise] = []
    size = 0
    for promise, amount in promises:
        waiting.append(promise)
        size += amount
        if size > BATCH_BYTES:
            yield Integrity(tuple(waiting), size)
            waiting, size = [], 0
    if waiting:
        yield Integrity(tuple(waiting), size)
