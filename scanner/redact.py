"""A report without what it tells of persons: stable, keyed pseudonyms stand for it in every part of the document.

Numbers, names, addresses, accounts, texts, titles, identifiers of the device, networks, places and paths that persons
named are replaced; what indicators say, which everybody may know, stays. The same value has the same pseudonym wherever
it stands and in all reports of one key, so that findings still correlate. Three layers, each for what the one before it
cannot see: fields by their types (`redact_fields`), known values and personal shapes in all other texts, and in
sentences every word that the code itself has not written (`redact_words`).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from scanner.finding import Coverage, Device, EvidenceFacts, FeedFacts, Finding, Locator, Matched, Problem, Report
from scanner.pseudonyms import Pseudonyms
from scanner.record import Place
from scanner.redact_fields import strictest
from scanner.redact_sentences import Sentences
from scanner.redact_values import Values

OBSERVED = {
    "url": "url", "domain": "url", "ip": "url", "cidr": "url", "email": "contact", "phone": "contact",
    "path": "path", "file_name": "path", "process": "program", "yara": "path",
}  # fmt: skip
"""What the evidence says where an indicator of a kind stands; apps, profiles, properties and hashes say themselves."""
DEVICE = {"name": "person", "serial": "id", "imei": "id", "udid": "id", "phone": "contact"}
ID = re.compile(r"[0-9a-f]{16}")
"""A finding's id."""
MAX_DEPTH = 12


def redacted(report: Report, key: bytes) -> Report:
    """A report with pseudonyms; the given one stays as it is.

    Args:
        report: The whole report.
        key: Of the pseudonyms; see `scanner.report.share.kept_key`.
    """
    return Redaction(report, key).report()


class Redaction:
    """What one report shows instead of personal values."""

    def __init__(self, report: Report, key: bytes) -> None:
        """Find what is personal in it."""
        self.whole, self.names = report, Pseudonyms(key)
        public = frozenset(one.indicator.value for one in report.findings if one.indicator)
        self.values = Values(self.names, public)
        self.evidence_ids = {one.id: self.names("place", one.id) for one in report.evidence}
        for one in report.evidence:
            self.device(one.device)
            self.values.note(one.path, self.names("place", one.path))
            self.values.note(one.id, self.evidence_ids[one.id])
        self.records = [self.record(one) for one in report.findings]
        self.sentences = Sentences(self.names, self.values)
        self.ids: dict[str, str] = {}
        self.feed_problems = {problem for feed in report.feeds for problem in feed.problems}

    def report(self) -> Report:
        """The report that may be seen."""
        whole = self.whole
        findings = [self.finding(one, made) for one, made in zip(whole.findings, self.records, strict=True)]
        self.ids = {one.id: made.id for one, made in zip(whole.findings, findings, strict=True)}
        options = {name: self.option(name, value) for name, value in whole.run.options.items()}
        return replace(
            whole, redacted=True, findings=findings, run=replace(whole.run, options=options),
            evidence=[self.facts(one) for one in whole.evidence],
            feeds=[self.feed(one) for one in whole.feeds],
            coverage=[self.coverage(one) for one in whole.coverage],
            problems=[self.problem(one) for one in whole.problems],
        )  # fmt: skip

    def option(self, name: str, value: Any, depth: int = 0) -> Any:
        """An option of the run; a rescan notes there which findings are new and which are gone."""
        if isinstance(value, dict) and depth < MAX_DEPTH:
            return {key: self.option(key, one, depth + 1) for key, one in value.items()}
        if isinstance(value, list | tuple) and depth < MAX_DEPTH:
            return [self.option(name, one, depth + 1) for one in value]
        if not isinstance(value, str):
            return value
        if ID.fullmatch(value):
            return self.ids.get(value) or self.names.id(value)
        return self.sentences(value) if name == "message" else self.sentences.known(value)

    def record(self, one: Finding) -> dict[str, Any]:
        """A record by what its fields hold; the field in which an indicator stands, by the indicator."""
        made = {name: self.values(strictest(one.locator.artifact, name), value) for name, value in one.record.items()}
        if matched := one.indicator:
            shown = self.observed(matched)
            if one.record.get(matched.field) == matched.observed:
                made[matched.field] = shown
        return made

    def row(self, artifact: str, record: dict[str, Any]) -> dict[str, Any]:
        """A record that is shown beside the report, by what its fields hold and without values that are known of it."""
        return {name: self.deep(self.values(strictest(artifact, name), value)) for name, value in record.items()}

    def observed(self, matched: Matched) -> str:
        """What the evidence says where an indicator stands."""
        sort = OBSERVED.get(matched.kind, "app")
        if matched.kind == "pattern":
            return matched.observed
        if sort == "url" and "://" not in matched.observed and "@" in matched.observed:
            sort = "contact"
        made: str = self.values(sort, matched.observed)
        return made

    def shown(self, matched: Matched, record: dict[str, Any]) -> str:
        """The same, when all values are known; of a compound pattern it is a sentence."""
        if matched.kind == "pattern":
            return self.sentences(matched.observed, texts(record))
        return self.sentences.known(self.observed(matched))

    def device(self, one: Device) -> Device:
        """The phone, without what names it and its owner."""
        return replace(one, **{name: self.values(sort, getattr(one, name)) for name, sort in DEVICE.items()})

    def facts(self, one: EvidenceFacts) -> EvidenceFacts:
        """What was scanned."""
        return replace(
            one, id=self.evidence(one.id), path=self.names("place", one.path), device=self.device(one.device),
            notes=[self.sentences(note) for note in one.notes],
        )  # fmt: skip

    def evidence(self, name: str) -> str:
        """The id of a piece of evidence: folders are often named by the phone, or by its owner."""
        return self.evidence_ids.get(name) or self.names("place", name)

    def feed(self, one: FeedFacts) -> FeedFacts:
        """A feed, without the folder that it was loaded from."""
        problems = [replace(each, path=last(each.path)) for each in one.problems]
        return replace(one, path=last(one.path) or "", problems=problems)

    def finding(self, one: Finding, record: dict[str, Any]) -> Finding:
        """A finding, with its record as it is shown."""
        locator, matched = self.place(one.locator), one.indicator
        record = {name: self.deep(value) for name, value in record.items()}
        shown = replace(matched, observed=self.shown(matched, record)) if matched else None
        allowed = [*texts(record), *told(shown), locator.path, locator.artifact]
        same = shown == matched and locator == replace(one.locator, evidence=locator.evidence)
        return replace(
            one, id=one.id if same else self.names.id(one.id), locator=locator, record=record, indicator=shown,
            message=self.sentences(one.message, allowed), places=[self.spot(each) for each in one.places],
            suppressed=one.suppressed and replace(one.suppressed, reason=self.sentences.known(one.suppressed.reason)),
        )  # fmt: skip

    def place(self, one: Locator) -> Locator:
        """Where a finding stands."""
        return replace(
            one, evidence=self.evidence(one.evidence), path=self.path(one.path), key=self.known(one.key),
            native=self.path(one.native) if one.native else None,
        )  # fmt: skip

    def spot(self, one: Place) -> Place:
        """A further place of a finding."""
        return Place(**{name: getattr(one, name) for name in Place.__struct_fields__} | {"key": self.known(one.key)})

    def coverage(self, one: Coverage) -> Coverage:
        """What became of an artifact."""
        return replace(
            one, evidence=self.evidence(one.evidence), path=self.path(one.path) if one.path else one.path,
            problems=[self.problem(each) for each in one.problems],
        )  # fmt: skip

    def problem(self, one: Problem) -> Problem:
        """A problem; those of feeds are public, but not where feeds are kept."""
        if one in self.feed_problems:
            return replace(one, path=last(one.path))
        if one.where == "suppressions":
            return replace(one, message=self.sentences.known(one.message), path=last(one.path))
        path = self.path(one.path) if one.path else one.path
        row = self.sentences(one.row) if isinstance(one.row, str) else one.row
        return replace(one, message=self.sentences(one.message, [path or "", one.where]), path=path, row=row)

    def path(self, value: str) -> str:
        """A path in the evidence."""
        return self.known(self.values.of_path(value)) or ""

    def known(self, value: str | None) -> str | None:
        """A text that is no sentence."""
        return self.sentences.known(value) if value else value

    def deep(self, value: Any, depth: int = 0) -> Any:
        """A value of any depth without known values and personal shapes."""
        if isinstance(value, str):
            return self.sentences.known(value)
        if isinstance(value, list | tuple) and depth < MAX_DEPTH:
            return [self.deep(one, depth + 1) for one in value]
        if isinstance(value, dict) and depth < MAX_DEPTH:
            return {name: self.deep(one, depth + 1) for name, one in value.items()}
        return value


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts and numbers in a value, as a sentence may say them."""
    if isinstance(value, dict | list | tuple) and depth < MAX_DEPTH:
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one, depth + 1)
    elif value is not None:
        yield str(value)


def told(matched: Matched | None) -> Iterable[str]:
    """What a sentence says of an indicator, and of those that know it."""
    if matched is None:
        return ()
    of = [one for source in matched.sources for one in (source.feed, source.family, source.canonical, source.weak)]
    return [matched.kind, matched.value, matched.observed, *filter(None, of)]


def last(path: str | None) -> str | None:
    """The last name of a path of the scanning computer."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] if path else path
