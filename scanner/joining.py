"""Compound patterns over a whole piece of evidence: what the workers saw, joined, and told as findings."""

from collections.abc import Iterator
from typing import NamedTuple

from scanner.context import Context
from scanner.feeds.compound import Compound, Test
from scanner.finding import Finding, Matched, Outcome, Problem, Severity, Sighted, located
from scanner.matching.compound import spoken_of
from scanner.matching.index import Known, Sighting
from scanner.matching.join import MAX_SIGHTINGS, join
from scanner.matching.judge import NETWORK, Judgement, judge
from scanner.record import Kind, Place
from scanner.rule import Rule
from scanner.sift import MAX_PLACES, families, ruled, weigh

RULE = "IOC009"
MAX_NAMED = 10
"""Records that a message names."""
SPOKEN = NETWORK | {Kind.EMAIL, Kind.PHONE, Kind.HANDLE}
"""Kinds of which one alone shows only that somebody was reached."""


class Seen(NamedTuple):
    """A record that meets a part of a pattern, and the task that read it."""

    sighted: Sighted
    outcome: Outcome


def findings(context: Context, outcomes: list[Outcome], result: Outcome) -> None:
    """Add to an outcome a finding for each compound pattern that is met; what fails costs one pattern."""
    rule = context.rules.get(RULE)
    if rule is None or not context.compounds:
        return
    ordered = sorted(outcomes, key=lambda one: (one.path, one.artifact))
    every = [Seen(one, outcome) for outcome in ordered for one in outcome.sightings]
    for number, compound in enumerate(context.compounds):
        try:
            result.findings += found(rule, compound, parts(compound, number, every, result), every)
        except Exception as error:  # noqa: BLE001 - a pattern that fails is a gap, not the end
            said = f"the pattern {compound.pattern[:80]} failed: {type(error).__name__}: {error}"
            result.problems.append(Problem(RULE, said))


def parts(compound: Compound, number: int, every: list[Seen], result: Outcome) -> list[list[int]]:
    """The records, by number, that meet each observation of a pattern."""
    met: list[list[int]] = [[] for _ in compound.observations]
    for record, (sighted, _) in enumerate(every):
        for which, at in sighted.meets:
            if which == number:
                met[at].append(record)
    if any(len(records) > MAX_SIGHTINGS for records in met):
        said = f"more than {MAX_SIGHTINGS} records meet one part of {compound.pattern[:80]}: the rest is left out"
        result.problems.append(Problem(RULE, said))
    return [records[:MAX_SIGHTINGS] for records in met]


def found(rule: Rule, compound: Compound, met: list[list[int]], every: list[Seen]) -> Iterator[Finding]:
    """The finding of one pattern, if it is met."""
    points = [[(every[one].sighted.time, one) for one in records] for records in met]
    if (joined := join(compound, points)) is not None:
        held = [compound.observations[at] for at, records in enumerate(met) if not set(joined).isdisjoint(records)]
        yield finding(rule, compound, [every[one] for one in joined], held)


def finding(rule: Rule, compound: Compound, seen: list[Seen], held: list[Test]) -> Finding:
    """What a pattern that is met says; it stands at the last of its records."""
    seen = sorted(seen, key=moment)
    last = seen[-1]
    verdict = judged(compound, seen, held)
    task = last.outcome
    locator = located(task.evidence, task.artifact, task.path, task.native, last.sighted.place or Place())
    told = "; then ".join(map(named, seen[:MAX_NAMED]))
    more = f"; and {len(seen) - MAX_NAMED} more" if len(seen) > MAX_NAMED else ""
    matched = Matched(
        kind="pattern", value=compound.pattern, observed=told, field=last.sighted.kind, sources=compound.sources
    )
    count = "1 record meets" if len(seen) == 1 else f"{len(seen)} records together meet"
    message = f"{count} a pattern known of {families(compound.sources)}: {told}{more}: {verdict.reason}"
    here = [one.sighted.place for one in seen[:-1] if one.outcome is task and one.sighted.place]
    made = ruled(rule, message, locator, matched)
    weigh(made, verdict)
    made.time, made.record, made.places = last.sighted.time, last.sighted.record, here[:MAX_PLACES]
    return made


def judged(compound: Compound, seen: list[Seen], held: list[Test]) -> Judgement:
    """What a pattern that is met is worth: as much as something that was on the phone, unless it is one address."""
    kinds = {kind for test in held for kind in spoken_of(test)}
    kind = Kind.URL if len(seen) == 1 and kinds <= SPOKEN else Kind.PROCESS
    stage = max(one.sighted.stage for one in seen)
    if not compound.sources:
        return Judgement(Severity.HIGH, stage, "medium", "a pattern that nobody is named for")
    return judge(Sighting(Known(kind, compound.pattern, compound.sources), compound.pattern), stage)


def moment(one: Seen) -> float:
    """When a record was made, to sort by; one without a time comes first."""
    return one.sighted.time.timestamp() if one.sighted.time else float("-inf")


def named(one: Seen) -> str:
    """A record as a message names it: its type, file, place and time."""
    sighted = one.sighted
    when = f" at {sighted.time:%Y-%m-%d %H:%M:%S} UTC" if sighted.time else ""
    return f"{sighted.kind} in {one.outcome.path} {sighted.place or ''}".rstrip() + when
