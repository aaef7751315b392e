"""Records in, findings out: indicators and rules applied to one record after the other, the same thing once."""

from collections.abc import Iterable
from typing import Any

import msgspec

from scanner.context import Context
from scanner.finding import Finding, Locator, Matched, Severity, Sighted, Source, finding_id, located, word
from scanner.matching.index import Sighting
from scanner.matching.judge import RULES, Judgement, judge
from scanner.record import Kind, Place, Record, timestamp
from scanner.rule import Rule
from scanner.store import clean

CONTENTS = "contents"
"""The artifact whose records describe a whole file each."""
MAX_FINDINGS = 5000
MAX_PLACES = 50
MAX_SIGHTINGS = 20_000
"""Records of one file that meet parts of compound patterns."""


class Sift:
    """The findings of one file."""

    def __init__(self, context: Context, artifact: str, path: str, native: str | None) -> None:
        """Start with none."""
        self.context, self.artifact, self.path, self.native = context, artifact, path, native
        self.found: dict[Any, Finding] = {}
        self.failed: dict[str, str] = {}
        """Rules that failed, and how."""
        self.left_out = 0
        self.sightings: list[Sighted] = []

    def __call__(self, kind: type[Record], records: list[Record]) -> None:
        """Match and judge records of one type."""
        hits, checks = self.context.index.watch(kind), self.context.checks.get(kind, ())
        for record in records:
            if found := hits(record):
                self.matched(record, found)
            for rule in checks:
                self.check(record, rule)
        if self.context.compounds:
            self.watched(kind, records)

    def watched(self, kind: type[Record], records: list[Record]) -> None:
        """Note the records that meet a part of a compound pattern."""
        watcher, time = self.context.watcher, timestamp(kind)
        path = self.path if self.artifact == CONTENTS else None
        for record in records:
            if meets := watcher(record, path):
                if len(self.sightings) >= MAX_SIGHTINGS:
                    self.failed.setdefault("IOC009", f"more than {MAX_SIGHTINGS} records meet a part of a pattern")
                    return
                sighted = Sighted(
                    meets=tuple(meets), kind=kind.__name__, time=time(record), stage=kind.stage, place=record.place,
                    record=written(record),
                )  # fmt: skip
                self.sightings.append(sighted)
        for said in watcher.given_up.values():
            self.failed.setdefault("IOC009", said)

    def matched(self, record: Record, hits: list[tuple[str, Sighting]]) -> None:
        """Indicators stand in a record; one that stands in several fields counts in the first."""
        once = {(one.known.kind, one.known.value): (field, one) for field, one in reversed(hits)}
        for field, sighting in reversed(once.values()):
            self.sighted(record, field, sighting)

    def check(self, record: Record, rule: Rule) -> None:
        """Ask a rule about a record; a rule that fails costs itself, not the record."""
        try:
            message = rule.check(record)
        except Exception as error:  # noqa: BLE001 - reported, once for each rule
            self.failed.setdefault(rule.id, f"{type(error).__name__}: {error}")
            return
        if message:
            self.judged(record, rule, message, getattr(record, rule.once) if rule.once else None)

    def sighted(self, record: Record, field: str, sighting: Sighting) -> None:
        """An indicator stands in a record."""
        rule = self.context.rules.get(RULES[sighting.known.kind])
        if rule is None:
            return
        known = sighting.known
        folder = known.kind is Kind.PATH and known.value.endswith("/")
        key = (rule.id, known.kind, known.value, None if folder else sighting.observed)
        if self.again(key, record):
            return
        verdict = judge(sighting, type(record).stage)
        matched = Matched(
            kind=known.kind, value=known.value, observed=sighting.observed, field=field, sources=known.sources
        )
        named = known.kind.replace("_", " ")
        message = (
            f"{sighting.observed!r} is known of {families(known.sources)} ({named} {known.value!r}): {verdict.reason}"
        )
        found = self.finding(record, rule, message, matched)
        weigh(found, verdict)
        self.keep(key, found)

    def judged(self, record: Record, rule: Rule, message: str, subject: object) -> None:
        """A rule fired on a record."""
        key = (rule.id, subject) if subject is not None else (rule.id, record.place, len(self.found))
        if not self.again(key, record):
            self.keep(key, self.finding(record, rule, message, None))

    def again(self, key: Any, record: Record) -> bool:
        """Count what was found before; True if it was."""
        found = self.found.get(key)
        if found is None:
            return False
        found.count += 1
        if record.place and len(found.places) < MAX_PLACES:
            found.places.append(record.place)
        return True

    def keep(self, key: Any, found: Finding) -> None:
        """Add a finding, unless there are too many already."""
        if len(self.found) < MAX_FINDINGS:
            self.found[key] = found
        else:
            self.left_out += 1

    def finding(self, record: Record, rule: Rule, message: str, matched: Matched | None) -> Finding:
        """A finding as its rule describes it."""
        return describe(rule, record, message, self.locator(record.place or Place()), matched)

    def locator(self, place: Place) -> Locator:
        """Where a record stands in the evidence."""
        return located(self.context.evidence.facts.id, self.artifact, self.path, self.native, place)


def describe(rule: Rule, record: Record, message: str, locator: Locator, matched: Matched | None) -> Finding:
    """A finding over a record."""
    found = ruled(rule, message, locator, matched)
    found.time, found.record = timestamp(type(record))(record), written(record)
    return found


def ruled(rule: Rule, message: str, locator: Locator, matched: Matched | None) -> Finding:
    """A finding with its rule's page, as serious as the rule; of no time and no record."""
    return Finding(
        id=finding_id(rule.id, locator, matched), rule=rule.id, title=rule.page.title, severity=word(rule.severity),
        stage=word(rule.stage), confidence="high" if rule.severity >= Severity.HIGH else "medium", message=message,
        time=None, indicator=matched, locator=locator, why=rule.page.why, benign=rule.page.benign, next=rule.page.next,
        references=rule.page.references,
    )  # fmt: skip


def weigh(found: Finding, verdict: Judgement) -> None:
    """Let a hit on an indicator count as much as it was judged to."""
    found.severity, found.stage, found.confidence = word(verdict.severity), word(verdict.stage), verdict.confidence


def families(sources: Iterable[Source]) -> str:
    """Whom an indicator is known of, for a message."""
    return ", ".join(dict.fromkeys(source.family or source.feed for source in sources))


def written(record: Record) -> dict[str, Any]:
    """A record's fields for a report, without its place."""
    values: dict[str, Any] = msgspec.to_builtins(clean(record))
    values.pop("place", None)
    return values
