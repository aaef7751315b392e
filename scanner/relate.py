"""Correlations: rules over all records of some types, and compound patterns, when every task has ended."""

import io
from collections.abc import Callable, Iterator
from itertools import islice

from scanner import store
from scanner.context import Context
from scanner.finding import Finding, Outcome, Problem, State, located, word
from scanner.record import Place, Record
from scanner.rule import Hit, Located, Records, Rule
from scanner.sift import describe

CORRELATIONS = "correlations"
"""The name of this check in the coverage."""
MAX_FINDINGS = 1000
"""Of one correlation."""
FEW = 1 << 19
"""Compressed bytes of records that are read once and kept: about 50 MB at most."""


def related(context: Context, outcomes: list[Outcome]) -> Outcome:
    """The correlations, over the records that their tasks brought back."""
    result = Outcome(evidence=context.evidence.facts.id, artifact=CORRELATIONS, path="", files=0)
    sources = {kind: Records(reader(outcomes, kind)) for kind in context.wanted}
    for rule in context.rules.values():
        if not rule.inputs:
            continue
        try:
            hits = rule.check(*(sources[kind] for kind in rule.inputs))
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
    """What reads all records of a type from the shards in memory: anew each time, or few of them once for all rules."""
    name = kind.__name__
    held = sorted(
        (one for one in outcomes if one.shards.get(name)), key=lambda one: (one.path, one.artifact, one.native or "")
    )

    def read() -> Iterator[Located[Record]]:
        for outcome in held:
            for record in store.read(io.BytesIO(outcome.shards[name]), kind):
                yield Located(record, outcome.artifact, outcome.path, outcome.native)

    if sum(len(one.shards[name]) for one in held) > FEW:
        return read
    kept = list[Located[Record]]()

    def again() -> Iterator[Located[Record]]:
        if not kept:
            kept.extend(read())
        return iter(kept)

    return again


def correlated(context: Context, rule: Rule, hit: Hit) -> Finding:
    """A correlation's hit as a finding."""
    at = hit.at
    locator = located(context.evidence.facts.id, at.artifact, at.path, at.native, at.record.place or Place())
    found = describe(rule, at.record, hit.message, locator, None)
    found.count = hit.count
    if hit.severity is not None:
        found.severity = word(hit.severity)
    return found
