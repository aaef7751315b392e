"""The scan of one piece of evidence: plan the tasks, biggest first, run them in processes, relate what they found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from scanner import artifact as registry
from scanner import integrity, workers
from scanner.artifact import Artifact, Finder
from scanner.contents import ALGORITHMS, Contents, batches, concerned
from scanner.context import Context
from scanner.evidence import Entry
from scanner.examine import Task
from scanner.finding import Coverage, Outcome, Problem, State
from scanner.integrity import Integrity
from scanner.journal import key
from scanner.matching.yara import media
from scanner.relate import related

SHOWN = 5
Progress = Callable[[int, int], None]
"""Bytes done, bytes in all."""


Tasks = list[Task | Contents | Integrity]


@dataclass
class Plan:
    """What is to be done on one piece of evidence, and what cannot be."""

    tasks: Tasks = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    files: int = 0
    missing: list[str] = field(default_factory=list)


def plan(context: Context, chosen: dict[str, Artifact], contents: str | None) -> Plan:
    """One pass over the list of files: which artifacts read them, which are looked into, which are not stored."""
    made, find, evidence = Plan(), Finder(chosen), context.evidence
    looked_into: list[tuple[Entry, int]] = []
    unseen = set(find.fixed)
    look = contents and (context.yara or context.records or any(context.index.tables[kind] for kind in ALGORITHMS))
    every, own = contents == "all", evidence.schemes
    for entry in evidence.entries():
        made.files += 1
        if not entry.stored:
            made.missing.append(entry.path)
        readers = tuple(one.id for one in find(entry.path))
        if readers:
            unseen.discard(entry.path)
        if readers and entry.stored:
            made.tasks.append(Task(readers, entry, evidence.size(entry)))
        made.coverage += [not_stored(evidence.facts.id, name, entry) for name in readers if not entry.stored]
        if look and entry.stored and (every or not media(entry.path)) and concerned(entry.path, own):
            looked_into.append((entry, evidence.size(entry)))
    for entry in filter(None, map(evidence.unlisted, sorted(unseen))):
        evidence.facts.notes.append(f"{entry.path} is stored, but not listed by the evidence")
        made.tasks.append(Task(tuple(one.id for one in find(entry.path)), entry, evidence.size(entry)))
    made.tasks += batches(iter(looked_into), every=every)
    made.tasks += integrity.batches(evidence.promises())
    made.tasks.sort(key=lambda task: -task.size)
    return made


def not_stored(evidence: str, artifact: str, entry: Entry) -> Coverage:
    """A file that an artifact reads, listed and not there."""
    problem = Problem(artifact, "listed by the evidence, but its content is not in this copy", entry.path)
    return Coverage(evidence=evidence, artifact=artifact, path=entry.path, state=State.ABSENT, problems=[problem])


def possible(context: Context, chosen: dict[str, Artifact]) -> dict[str, Artifact]:
    """The artifacts that a kind of evidence could hold: those of its system, and those of its own files."""
    evidence = context.evidence
    return {name: one for name, one in chosen.items() if one.fits(evidence.facts.device.os, evidence.schemes)}


class Ledger(Protocol):
    """What remembers the tasks that were done."""

    def known(self, key: str) -> list[Outcome] | None:
        """The outcomes of a task that was done before this scan."""
        ...

    def ended(self, key: str | None, outcomes: list[Outcome]) -> None:
        """Take what became of a task, or of what is none."""
        ...


def scan(  # noqa: PLR0917 - a scan is all of these
    context: Context,
    chosen: dict[str, Artifact],
    contents: str | None,
    jobs: int,
    progress: Progress,
    ledger: Ledger | None = None,
) -> Iterator[Outcome]:
    """Every outcome as it ends; at the end one for each artifact that had no file, and the correlations' findings.

    `contents` says which files are looked into: `default` those that rules can concern, `all`, or None. What the ledger
    knows already is not done again.
    """
    everything = possible(context, registry.load(context.evidence.facts.device.os))
    left_out = everything.keys() - chosen.keys()
    chosen = {name: one for name, one in everything.items() if name in chosen}
    made = plan(context, chosen, contents)
    context.evidence.close()
    context.index.prepare()
    seen, shards = {row.artifact for row in made.coverage}, list[Outcome]()
    for outcomes in worked(context, made.tasks, jobs, progress, ledger):
        seen |= {outcome.artifact for outcome in outcomes}
        shards += [outcome for outcome in outcomes if outcome.shards or outcome.sightings]
        yield from outcomes
    evidence = context.evidence.facts.id
    rest = [Outcome(evidence=evidence, artifact=one, path="", state=State.SKIPPED, files=0) for one in sorted(left_out)]
    rest += [*gaps(context, chosen, made, seen), related(context, shards)]
    if ledger:
        ledger.ended(None, rest)
    yield from rest


def worked(
    context: Context, tasks: Tasks, jobs: int, progress: Progress, ledger: Ledger | None
) -> Iterator[list[Outcome]]:
    """The outcomes of each task, as they end; first of those that the ledger knows."""
    total, done, todo = sum(task.size for task in tasks) or 1, [0], tasks
    if ledger:
        todo = []
        for task in tasks:
            if (known := ledger.known(key(task))) is None:
                todo.append(task)
            else:
                done[0] += task.size
                yield known
    for number, result in workers.run(todo, context, jobs, context.seconds, lambda: progress(done[0], total)):
        task = todo[number]
        outcomes = lost(task, context, result) if isinstance(result, workers.Lost) else result
        done[0] += task.size
        progress(done[0], total)
        if ledger:
            ledger.ended(key(task), outcomes)
        yield outcomes


def lost(task: Task | Contents | Integrity, context: Context, why: workers.Lost) -> list[Outcome]:
    """A task that took its worker with it."""
    return task.blank(context, State.TIMED_OUT if why.timed_out else State.FAILED, why.reason)


def gaps(context: Context, chosen: dict[str, Artifact], made: Plan, seen: set[str]) -> Iterator[Outcome]:
    """What the evidence does not hold."""
    name = context.evidence.facts.id
    for row in made.coverage:
        yield Outcome(evidence=name, artifact=row.artifact, path=row.path or "", state=row.state, problems=row.problems)
    for artifact in chosen:
        if artifact not in seen:
            yield Outcome(evidence=name, artifact=artifact, path="", state=State.ABSENT, files=0)
    if made.missing:
        shown = ", ".join(made.missing[:SHOWN])
        message = f"{len(made.missing)} of {made.files} files are listed but not stored in this copy: {shown} …"
        problems = [Problem("evidence", message)]
        context.evidence.facts.complete = False
        yield Outcome(evidence=name, artifact="evidence", path="", state=State.PARTIAL, problems=problems, files=0)
