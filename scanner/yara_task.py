"""YARA over a batch of the evidence's files; what is left out is counted, not forgotten."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.context import Context
from scanner.evidence import Entry
from scanner.finding import Finding, Locator, Matched, Outcome, Problem, State, finding_id, word
from scanner.matching.yara import MAX_SIZE, YaraMatch, concerns
from scanner.record import Place
from scanner.rule import Rule

ARTIFACT = "yara"
SECONDS = 60
HEAD = 4096
MAX_FINDINGS = 1000
BATCH_BYTES = 8 << 20
BATCH_FILES = 400


@dataclass(frozen=True)
class YaraTask:
    """Some files, to be matched with all rules."""

    entries: tuple[Entry, ...]
    size: int = 0
    every: bool = False
    """Whether the kind of content does not matter."""

    def blank(self, context: Context, state: State, problem: str) -> list[Outcome]:
        """The outcome of a batch that never came to an end."""
        made = self.outcome(context)
        paths = ", ".join(entry.path for entry in self.entries[:3])
        made.state, made.problems = state, [Problem(ARTIFACT, f"{len(self.entries)} files ({paths} …): {problem}")]
        return [made]

    def outcome(self, context: Context) -> Outcome:
        """An outcome with nothing in it."""
        return Outcome(evidence=context.evidence.facts.id, artifact=ARTIFACT, path="", files=0)

    def run(self, context: Context) -> list[Outcome]:
        """Match each file; one that cannot be read is a problem of its own."""
        outcome, skipped = self.outcome(context), Counter[str]()
        for entry in self.entries:
            try:
                self.examine(context, entry, outcome, skipped)
            except Exception as error:  # noqa: BLE001 - one bad file never ends the scan
                outcome.problems.append(Problem(ARTIFACT, f"{type(error).__name__}: {error}", entry.path))
        outcome.problems += [Problem(ARTIFACT, f"{count} files not matched: {why}") for why, count in skipped.items()]
        outcome.state = State.PARTIAL if outcome.problems else State.CHECKED
        return [outcome]

    def examine(self, context: Context, entry: Entry, outcome: Outcome, skipped: Counter[str]) -> None:
        """Match one file."""
        reader = context.evidence.reader(entry)
        try:
            if reader.size > MAX_SIZE:
                skipped[f"larger than {MAX_SIZE >> 20} MB"] += 1
                return
            head = reader.read(0, HEAD)
            if not self.every and not concerns(entry.path, head, reader.size):
                return
            data = head if reader.size <= HEAD else reader.read(0, reader.size)
        finally:
            reader.close()
        outcome.files += 1
        outcome.size += len(data)
        if context.hashing:
            outcome.hashes[entry.path] = hashlib.sha256(data).hexdigest()
        rule = context.rules.get("YAR001")
        if context.yara and rule:
            matches = context.yara.scan(data, entry.path, timeout=SECONDS)
            found = [finding(context, rule, entry, match, data) for match in matches]
            outcome.findings += found[: MAX_FINDINGS - len(outcome.findings)]


def finding(context: Context, rule: Rule, entry: Entry, match: YaraMatch, data: bytes) -> Finding:
    """What a YARA match says."""
    offset = match.strings[0][0] if match.strings else None
    locator = Locator(
        evidence=context.evidence.facts.id, artifact=ARTIFACT, path=entry.path, native=entry.native, offset=offset,
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    matched = Matched(kind="yara", value=match.rule, observed=entry.path, field="content", sources=(match.source,))
    return Finding(
        id=finding_id(rule.id, locator, matched), rule=rule.id, title=rule.page.title, severity=word(rule.severity),
        stage=word(rule.stage), confidence="high", message=f"the content matches the YARA rule {match.rule}",
        time=None, indicator=matched, locator=locator, why=rule.page.why, benign=rule.page.benign,
        places=[Place(offset=offset, key=name) for offset, name, _ in match.strings[1:]],
        record={"rule": match.rule, "namespace": match.namespace, "tags": list(match.tags), "size": len(data)},
        next=rule.page.next, references=rule.page.references,
    )  # fmt: skip


def batches(entries: Iterator[tuple[Entry, int]], *, every: bool) -> Iterator[YaraTask]:
    """Files in batches of about the same work."""
    waiting: list[Entry] = []
    size = 0
    for entry, amount in entries:
        waiting.append(entry)
        size += amount
        if size > BATCH_BYTES or len(waiting) >= BATCH_FILES:
            yield YaraTask(tuple(waiting), size, every)
            waiting, size = [], 0
    if waiting:
        yield YaraTask(tuple(waiting), size, every)
