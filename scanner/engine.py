"""The scan of one piece of evidence: plan the tasks, biggest first, run them in processes, relate what they found."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from scanner import artifact as registry
from scanner import integrity, store, workers
from scanner.artifact import Artifact, Finder
from scanner.contents import ALGORITHMS, Contents, batches, concerned
from scanner.context import Context
from scanner.evidence import Entry
from scanner.examine import Task
from scanner.finding import Coverage, Finding, Outcome, Problem, State, located, word
from scanner.integrity import Integrity
from scanner.matching.yara import media
from scanner.record import Place, Record
from scanner.rule import Hit, Located, Records, Rule
from scanner.sift import describe

SHOWN = 5
MAX_FINDINGS = 1000
"""Of one correlation."""
Progress = Callable[[int, int], None]
"""Bytes done, bytes in all."""


@dataclass
class Plan:
    """What is to be done on one piece of evidence, and what cannot be."""

    tasks: list[Task | Contents | Integrity] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    files: int = 0
    missing: list[str] = field(default_factory=list)


def plan(context: Context, chosen: dict[str, Artifact], contents: str | None) -> Plan:
    """One pass over the list of files: which artifacts read them, which are looked into, which are not stored."""
    made, find, evidence = Plan(), Finder(chosen), context.evidence
    looked_into: list[tuple[Entry, int]] = []
    unseen = set(find.fixed)
    look = contents and (context.yara or any(context.index.tables[kind] for kind in ALGORITHMS))
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


def scan(
    context: Context, chosen: dict[str, Artifact], contents: str | None, jobs: int, progress: Progress
) -> Iterator[Outcome]:
    """Every outcome as it ends; at the end one for each artifact that had no file, and the correlations' findings.

    `contents` says which files are looked into: `default` those that rules can concern, `all`, or None.
    """
    everything = possible(context, registry.load())
    left_out = everything.keys() - chosen.keys()
    chosen = {name: one for name, one in everything.items() if name in chosen}
    made = plan(context, chosen, contents)
    context.evidence.close()
    context.index.prepare()
    total = sum(task.size for task in made.tasks) or 1
    done, seen, shards = [0], {row.artifact for row in made.coverage}, list[Outcome]()
    for number, result in workers.run(made.tasks, context, jobs, context.seconds, lambda: progress(done[0], total)):
        task = made.tasks[number]
        outcomes = lost(task, context, result) if isinstance(result, workers.Lost) else result
        done[0] += task.size
        seen |= {outcome.artifact for outcome in outcomes}
        shards += [outcome for outcome in outcomes if outcome.shards or outcome.sightings]
        progress(done[0], total)
        yield from outcomes
    for name in sorted(left_out):
        yield Outcome(evidence=context.evidence.facts.id, artifact=name, path="", state=State.SKIPPED, files=0)
    yield from gaps(context, chosen, made, seen)
    yield related(context, shards)


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


def related(context: Context, outcomes: list[Outcome]) -> Outcome:
    """The correlations, over the records that their tasks brought back."""
    result = Outcome(evidence=context.evidence.facts.id, artifact="correlations", path="", files=0)
    for rule in context.rules.values():
        if not rule.inputs:
            continue
        try:
            hits = rule.check(*(Records(reader(outcomes, kind)) for kind in rule.inputs))
            result.findings += [correlated(context, rule, hit) for hit in islice(hits, MAX_FINDINGS)]
            if next(hits, None) is not None:
                result.problems.append(Problem(rule.id, f"more than {MAX_FINDINGS} findings: the rest is not listed"))
        except Exception as error:  # noqa: BLE001 - a correlation that fails is a gap, not the end
            result.problems.append(Problem(rule.id, f"{type(error).__name__}: {error}"))
    if context.compounds:
        from scanner import joining

        joining.findings(context, outcomes, result)
    result.state = State.FAILED if result.problems else State.CHECKED
    return result


def reader(outcomes: list[Outcome], kind: type[Record]) -> Callable[[], Iterator[Located[Record]]]:
    """What reads all records of a type from the shards in memory."""

    def read() -> Iterator[Located[Record]]:
        for outcome in sorted(outcomes, key=lambda one: one.path):
            if data := outcome.shards.get(kind.__name__):
                for record in store.read(io.BytesIO(data), kind):
                    yield Located(record, outcome.artifact, outcome.path, outcome.native)

    return read


def correlated(context: Context, rule: Rule, hit: Hit) -> Finding:
    """A correlation's hit as a finding."""
    at = hit.at
    locator = located(context.evidence.facts.id, at.artifact, at.path, at.native, at.record.place or Place())
    found = describe(rule, at.record, hit.message, locator, None)
    found.count = hit.count
    if hit.severity is not None:
        found.severity = word(hit.severity)
    return found
