"""The tasks of an old scan judged again, with other indicators, over the records that they kept.

A task is judged again as a whole, by what judged it first, so that its findings are those of a new scan; one that no
indicator can concern keeps what rules found in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from scanner import joining, past
from scanner.contents import KeptContent, sifted
from scanner.context import Context
from scanner.examine import complaints
from scanner.finding import Finding, Outcome, Problem, State
from scanner.joining import RULE as COMPOUND
from scanner.past import Past
from scanner.relate import CORRELATIONS, related
from scanner.retro import cut
from scanner.sift import CONTENTS, Sift

YARA = "YAR001"


@dataclass
class Again:
    """What is judged again, on one piece of evidence."""

    past: Past
    context: Context
    shards: frozenset[str] | None
    """Those that an indicator may stand in; None: every task is judged again, with every rule."""
    yara: frozenset[str] = frozenset()
    """What the scan called the feeds whose YARA rules are among those of today."""
    seen: list[Outcome] = field(default_factory=list)

    def outcomes(self) -> Iterator[Outcome]:
        """Every outcome, as it would be today."""
        for task in self.past.of(self.context.evidence.facts.id):
            for one in task.outcomes:
                if one.artifact == CORRELATIONS:
                    yield self.related(one)
                else:
                    made = self.judged(one, task.outcomes[0].hashes)
                    self.seen.append(made)
                    yield made

    def concerns(self, one: Outcome) -> bool:
        """Whether a task is to be judged again."""
        if not one.kept:
            return False
        names = {f"{one.evidence}/{shard}" for shard in one.kept.values()}
        return self.shards is None or not self.shards.isdisjoint(names)

    def judged(self, one: Outcome, hashes: dict[str, str]) -> Outcome:
        """A task's outcome."""
        if not self.concerns(one):
            return replace(one, findings=list(filter(self.stays, one.findings)))
        try:
            made = self.contents(one) if one.artifact == CONTENTS else self.sifted(one, hashes)
        except (OSError, ValueError) as error:
            problem = Problem(one.artifact, f"the kept records cannot be matched again: {error}", one.path or None)
            return replace(one, problems=[*one.problems, problem], state=State.PARTIAL)
        return replace(made, state=state(one, made.problems))

    def sifted(self, one: Outcome, hashes: dict[str, str]) -> Outcome:
        """The outcome of the artifact of a file."""
        sift = Sift(self.context, one.artifact, one.path, one.native)
        for kind, records in past.kept(self.past.records, one):
            sift(kind, records)
        findings = list(sift.found.values())
        if digest := hashes.get(one.path):
            for found in findings:
                found.locator = replace(found.locator, sha256=digest)
        problems = [problem for problem in one.problems if problem.where == one.artifact and not cut(problem)]
        return replace(
            one, findings=findings, sightings=sift.sightings, problems=problems + complaints(sift),
            shards=self.wanted(one),
        )  # fmt: skip

    def contents(self, one: Outcome) -> Outcome:
        """The outcome of a batch of contents: hashes are matched again; what YARA found stays, if its rules do."""
        stay: dict[tuple[str, str | None], list[Finding]] = {}
        for found in filter(self.stays, one.findings):
            stay.setdefault((found.locator.path, found.locator.native), []).append(found)
        problems = [problem for problem in one.problems if not problem.message.startswith(f"{COMPOUND}: ")]
        made = replace(one, findings=[], sightings=[], problems=problems)
        for _, records in past.kept(self.past.records, one):
            for content in records:
                if not isinstance(content, KeptContent):
                    raise ValueError("its records are of another kind")
                made.findings += stay.pop((content.path, content.native), [])
                sifted(self.context, content, made)
        return made

    def stays(self, found: Finding) -> bool:
        """Whether a finding does not depend on indicators that records are matched with."""
        if found.rule == YARA and found.indicator:
            return any(source.feed in self.yara for source in found.indicator.sources)
        return found.indicator is None

    def wanted(self, one: Outcome) -> dict[str, bytes]:
        """The kept records that correlations ask for, where those are to be run again."""
        if self.shards is not None:
            return {}
        names = {kind.__name__ for kind in self.context.wanted}
        kept = {name: shard for name, shard in one.kept.items() if name in names}
        return {
            name: past.below(self.past.records, one.evidence, shard).read_bytes() for name, shard in kept.items()
        }  # fmt: skip

    def related(self, one: Outcome) -> Outcome:
        """The correlations; compound patterns are joined again, rules over many records where all is judged again."""
        if self.shards is None:
            return related(self.context, self.seen)
        findings = [found for found in one.findings if found.rule != COMPOUND]
        problems = [problem for problem in one.problems if problem.where != COMPOUND]
        made = replace(one, findings=findings, problems=problems)
        if self.context.compounds:
            joining.findings(self.context, self.seen, made)
        return replace(made, state=State.FAILED if made.problems else State.CHECKED)


def state(before: Outcome, problems: list[Problem]) -> State:
    """What became of a task, after it was judged again."""
    if before.artifact == CONTENTS:
        return State.PARTIAL if problems else State.CHECKED
    if not problems:
        return State.CHECKED if before.records else State.EMPTY
    if before.state not in {State.CHECKED, State.EMPTY}:
        return before.state
    return State.PARTIAL if before.records else State.FAILED
