"""The report as a STIX 2.1 bundle: what was known, what was seen of it, and where.

An indicator is an Indicator that indicates a Malware; a finding is Observed Data of the file and what stood in it, with
a Sighting of its indicator or, for a heuristic and for what is suppressed, a Note. Ids of what is known stay the same
from report to report; those of what was seen are of the scan. What a feed said under a marking of the Traffic Light
Protocol carries that marking.

References:
    STIX 2.1: https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

from datetime import UTC, datetime
from json import loads
from typing import Any, TextIO

from scanner.finding import MARKINGS, Finding, Locator, Matched, Report, Source
from scanner.report.plain import printable
from scanner.report.share import WITHHELD
from scanner.report.stix_words import FILES, TLP, definition, marking, named, observable, pattern, strictest
from scanner.report.strict_json import encoded, listed, moment, whole

BEGINNING = "2026-01-01T00:00:00.000Z"
"""When the objects that every report has alike are said to be made: an id has one such time."""
TIMES = frozenset({"first_observed", "last_observed", "first_seen", "last_seen"})
"""Out of the evidence, of any year; stix2 writes early ones with fewer than four digits."""
MAX_VALUE = 8000
MAX_COUNT = 999_999_999
MAX_REFERENCES = 20


def write(report: Report, stream: TextIO) -> None:
    """Write the report as one bundle."""
    made = Bundle(report)
    made.fill()
    name = named("bundle", moment(report.run.started), *made.objects)
    listed(stream, {"type": "bundle", "id": name}, "objects", made.marked())
    stream.write("\n")


class Bundle:
    """The objects of a report by id, each once, and the strictest marking of what each tells."""

    def __init__(self, report: Report) -> None:
        """Begin with the tool itself."""
        self.report, self.now = report, moment(report.run.finished)
        self.beginning = min(BEGINNING, self.now)
        self.objects: dict[str, dict[str, Any]] = {}
        self.levels: dict[str, str | None] = {}
        self.names: dict[str, str] = {}
        self.acquired = {one.id: one.acquired for one in report.evidence}
        self.tool = named("identity", "bridle")
        self.lasting(
            "identity", ("bridle",), name="bridle", identity_class="system",
            description="a scanner for traces of spyware on phones",
        )  # fmt: skip

    def fill(self) -> None:
        """Add every finding, and the report that holds them together."""
        for one in self.report.findings:
            self.finding(one)
        inside = list(self.objects)
        level = strictest(self.levels.values())
        self.domain_object(
            "report", self.scan(), level, name=f"Scan of {len(self.report.evidence)} pieces of evidence with bridle",
            description=printable(self.report.verdict.headline, 1000), published=self.now, object_refs=inside,
            report_types=["observed-data"],
        )  # fmt: skip

    def scan(self) -> tuple[object, ...]:
        """What tells this scan from others."""
        return moment(self.report.run.started), *(one.id for one in self.report.evidence)

    def add(self, made: dict[str, Any], level: str | None = None) -> str:
        """Check an object with stix2 and keep it; its id.

        Raises:
            STIXError: it is none.
        """
        key = encoded(made)
        if key not in self.names:
            self.names[key] = self.checked(made)
        name = self.names[key]
        self.levels[name] = strictest([self.levels.get(name), level])
        return name

    def checked(self, made: dict[str, Any]) -> str:
        """Keep an object that stix2 takes; its id.

        Raises:
            STIXError: it is none.
        """
        from stix2 import parse

        text = {key: whole(value) if isinstance(value, str) else value for key, value in made.items()}
        one = parse({"spec_version": "2.1", **text}, version="2.1")
        name = str(one["id"])
        if name not in self.objects:
            times = {key: value for key, value in made.items() if key in TIMES}
            self.objects[name] = loads(one.serialize()) | times
        return name

    def attempt(self, made: dict[str, Any] | None, level: str | None = None) -> str | None:
        """Like `add`, but None for what STIX does not take: the observation itself stays."""
        from stix2.exceptions import STIXError

        try:
            return self.add(made, level) if made else None
        except (STIXError, ValueError, RecursionError):
            return None

    def lasting(self, kind: str, of: tuple[object, ...], level: str | None = None, **more: Any) -> str:
        """Add an object that every report about the same thing has."""
        head = {"type": kind, "id": named(kind, *of), "created": self.beginning, "modified": self.beginning}
        own = {"created_by_ref": self.tool} if kind != "identity" else {}
        return self.add({**head, **own, **more}, level)

    def domain_object(self, kind: str, of: tuple[object, ...], level: str | None = None, **more: Any) -> str:
        """Add an object that the tool made in this scan."""
        head = {"type": kind, "id": named(kind, *of), "created_by_ref": self.tool}
        return self.add({**head, "created": self.now, "modified": self.now, **more}, level)

    def finding(self, one: Finding) -> None:
        """What was seen, and of what that is a sighting."""
        matched = one.indicator
        known = matched is not None and not hidden(matched)
        level = marking(matched.sources) if matched and known else None
        of = (*self.scan(), one.locator.evidence, one.id)
        seen = self.observed(one, level, of)
        indicator = self.indicator(matched, level) if matched and known and not one.suppressed else None
        why = f"suppressed: {printable(one.suppressed.reason)}: " if one.suppressed else ""
        about = (
            why + f"{printable(one.message or one.title, 1000)} [{printable(one.rule)}, {one.severity}, {one.stage}]"
        )
        if indicator is None:
            self.domain_object("note", of, level, content=about, object_refs=[seen], **labelled(one))
            return
        time = self.time(one)
        self.domain_object(
            "sighting", of, level, sighting_of_ref=indicator, observed_data_refs=[seen], description=about,
            count=min(max(one.count, 1), MAX_COUNT), first_seen=time, last_seen=time, **labelled(one),
        )  # fmt: skip

    def time(self, one: Finding) -> str:
        """When it happened; if that is not known, when the evidence was made, or scanned."""
        return moment(one.time or self.acquired.get(one.locator.evidence) or self.report.run.started)

    def observed(self, one: Finding, level: str | None, of: tuple[object, ...]) -> str:
        """The Observed Data of a finding: the file of the evidence, and what stood in it."""
        refs: list[str | None] = [self.place(one.locator)]
        if (matched := one.indicator) and not hidden(matched):
            value = matched.observed if matched.kind in FILES else matched.value
            refs.append(self.attempt(observable(matched.kind, cut(value)), level))
            if "://" in matched.observed:
                refs.append(self.attempt(observable("url", cut(matched.observed)), level))
        time = self.time(one)
        return self.domain_object(
            "observed-data", of, level, first_observed=time, last_observed=time,
            number_observed=min(max(one.count, 1), MAX_COUNT), object_refs=list(dict.fromkeys(filter(None, refs))),
        )  # fmt: skip

    def place(self, at: Locator) -> str:
        """The file that a finding stands in."""
        folder, _, name = cut(at.path).rstrip("/").rpartition("/")
        made: dict[str, Any] = {"type": "file", "name": name or cut(at.path) or "unnamed"}
        if folder:
            made["parent_directory_ref"] = self.add({"type": "directory", "path": folder})
        hashed = {**made, "hashes": {"SHA-256": at.sha256}} if at.sha256 else None
        return self.attempt(hashed) or self.add(made)

    def indicator(self, matched: Matched, level: str | None) -> str | None:
        """The Indicator of a matched value and the families that it is of; None where STIX has no pattern for it."""
        sources = matched.sources
        text = pattern(matched.kind, cut(matched.value))
        found = self.attempt(self.described(matched, text) if text else None, level)
        if found:
            for family in dict.fromkeys(one.canonical or one.family for one in sources):
                if family:
                    own = marking(one for one in sources if family in {one.canonical, one.family})
                    self.indicates(found, cut(family), own)
        return found

    def described(self, matched: Matched, text: str) -> dict[str, Any]:
        """The Indicator of a matched value."""
        made: dict[str, Any] = {
            "type": "indicator", "id": named("indicator", matched.kind, matched.value), "created_by_ref": self.tool,
            "created": self.beginning, "modified": self.now, "name": printable(matched.value, 500),
            "indicator_types": ["malicious-activity"], "pattern": text, "pattern_type": "stix",
            "valid_from": since(matched.sources) or self.beginning,
        }  # fmt: skip
        links = list(dict.fromkeys((one.feed, link) for one in matched.sources for link in one.reports))
        if links:
            made["external_references"] = [
                {"source_name": printable(feed), "url": whole(cut(link))} for feed, link in links[:MAX_REFERENCES]
            ]
        return made

    def indicates(self, indicator: str, family: str, level: str | None) -> None:
        """That an indicator is of a family."""
        target = self.lasting("malware", (family,), level, name=family, is_family=True)
        self.lasting(
            "relationship", (indicator, target), level, relationship_type="indicates", source_ref=indicator,
            target_ref=target,
        )  # fmt: skip

    def marked(self) -> list[dict[str, Any]]:
        """Every object with its marking, after the markings themselves."""
        used = [level for level in MARKINGS if level in self.levels.values()]
        refs = {name: {"object_marking_refs": [TLP[level]]} if level else {} for name, level in self.levels.items()}
        return [*map(definition, used), *(one | refs[name] for name, one in self.objects.items())]


def hidden(matched: Matched) -> bool:
    """Whether a pseudonym stands for the indicator."""
    return matched.observed == WITHHELD or matched.value.startswith(f"{WITHHELD}-")


def labelled(one: Finding) -> dict[str, Any]:
    """What a finding is found by again: its id, and words to choose by."""
    state = "suppressed" if one.suppressed else one.severity
    return {
        "labels": [f"bridle:{state}", f"bridle:{one.stage}", f"bridle:{printable(one.rule)}"],
        "external_references": [{"source_name": "bridle", "external_id": printable(one.id)}],
    }


def cut(text: str) -> str:
    """Text that is no longer than anybody needs, without half characters."""
    return whole(text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…")


def since(sources: tuple[Source, ...]) -> str | None:
    """The earliest time that a source says it first saw an indicator."""
    return min(filter(None, (parsed(one.first_seen) for one in sources)), default=None)


def parsed(text: str | None) -> str | None:
    """A time as a feed writes it; None for what is no time."""
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment(time if time.tzinfo else time.replace(tzinfo=UTC)) if time else None
