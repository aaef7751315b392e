"""STIX 2.0 and 2.1: bundles, bare lists of objects and TAXII envelopes.

References:
    STIX 2.1: https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
    STIX 2.0, part 2: https://docs.oasis-open.org/cti/stix/v2.0/stix-v2.0-part2-stix-objects.html
    TAXII 2.1, section 3.7 (envelope): https://docs.oasis-open.org/cti/taxii/v2.1/os/taxii-v2.1-os.html
    MVT's object paths outside STIX (`app:id`, `app:cert.sha1`, `configuration-profile:id`, `android-property:name`):
        https://docs.mvt.re/en/latest/iocs/
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from scanner.feeds import compound, markings, normalise, tolerant
from scanner.feeds.families import canonical, threat_of
from scanner.feeds.model import Entry, Indicator, Role, Unsupported, YaraSource
from scanner.feeds.patterns import InexpressibleError, Patience, values
from scanner.finding import Problem, Source
from scanner.record import Kind

FAMILY_TYPES = frozenset({"malware", "tool", "threat-actor", "intrusion-set"})
COLLECTIONS = frozenset({"report", "grouping", "campaign"})
LINKS = frozenset({"indicates", "attributed-to"})
OBSERVED = frozenset({"observed-data", "x-misp-attribute", "x-misp-object"})
"""Objects that name values without saying that they are bad."""
ROLES = {
    "command-and-control": Role.C2,
    "c2": Role.C2,
    "delivery": Role.INFECTION,
    "initial-access": Role.INFECTION,
    "exploitation": Role.INFECTION,
}
MAX_RELATED = 50
"""Families, campaigns and reports that one indicator is attributed to."""
MAX_NAME = 200

Object = dict[str, Any]
Family = tuple[str | None, str, tuple[str, ...]]
"""Name, class, reports."""
Context = tuple[str | None, str, tuple[str, ...], str | None, str | None]
"""A family, the campaign, and the strictest marking of what tells them."""
MARKED = frozenset({"object_marking_refs", "granular_markings", "labels"})
DOUBTED = 30
"""Of a hundred; a confidence below is `low` by STIX 2.1, appendix A."""


def read(data: bytes, feed: str) -> Iterator[Entry]:
    """The indicators of a STIX file; whatever is bad in it is a Problem with its place.

    Args:
        data: The file: JSON, also truncated.
        feed: The feed's id, for `Source.feed` and the path of problems.
    """
    found, problems = tolerant.objects(data, feed)
    yield from problems
    yield from Bundle(found, feed).entries()


class Bundle:
    """The objects of one file, indexed once: objects may refer to others before or after them."""

    def __init__(self, objects: list[Any], feed: str) -> None:
        """Index families and collections by id, and what relationships and collections say of each object."""
        self.feed = feed
        self.now = datetime.now(UTC)
        self.patience = Patience()
        self.objects = objects
        self.named: dict[str, Object] = {}
        self.links: defaultdict[str, list[str]] = defaultdict(list)
        self.markings = dict(markings.STANDARD)
        self.seen: dict[str, str] = {}
        self.families: dict[str, Family] = {}
        self.contexts: dict[tuple[str, ...], list[Context]] = {}
        self.inside: dict[str, list[str]] = {}
        for one in objects:
            if isinstance(one, dict) and isinstance(kind := one.get("type"), str) and kind != "indicator":
                self.index(one, kind)
        families = [name for name, one in self.named.items() if one["type"] in FAMILY_TYPES]
        self.orphans = families if len(families) == 1 else []

    def index(self, one: Object, kind: str) -> None:
        """Note what an object is called, or what it says about others."""
        name = one.get("id")
        if kind == "relationship":
            start, end = one.get("source_ref"), one.get("target_ref")
            if isinstance(start, str) and isinstance(end, str) and one.get("relationship_type") in list(LINKS):
                self.links[start].append(end)
        elif kind == "marking-definition":
            if isinstance(name, str) and (level := markings.defined(one)):
                self.markings.setdefault(name, level)
        elif kind == "sighting":
            self.sighted(one)
        elif isinstance(name, str) and (kind in FAMILY_TYPES or kind in COLLECTIONS):
            self.named[name] = one
            for listed in texts(one.get("object_refs")):
                self.links[listed].append(name)

    def sighted(self, one: Object) -> None:
        """Note when somebody last saw an indicator."""
        of, when = one.get("sighting_of_ref"), text(one.get("last_seen"))
        if isinstance(of, str) and when and instant(when):
            self.seen[of] = max(when, self.seen.get(of, ""))

    def marking(self, one: Object) -> str | None:
        """The strictest marking of an object."""
        if MARKED.isdisjoint(one):
            return None
        known = (self.markings.get(ref) for ref in markings.references(one))
        return markings.strictest([*known, markings.tagged(texts(one.get("labels")))])

    def entries(self) -> Iterator[Entry]:
        """Every object in turn."""
        for at, one in enumerate(self.objects):
            kind = one.get("type") if isinstance(one, dict) else None
            if kind == "indicator":
                yield from self.indicator(one, place(one, at))
            elif not isinstance(kind, str):
                yield self.problem(f"no STIX object: {repr(one)[:60]}", f"objects[{at}]")
            elif kind in OBSERVED:
                yield Unsupported(what=kind, place=place(one, at))
            elif kind == "bundle":
                yield self.problem("a bundle inside a bundle is left out", place(one, at))

    def problem(self, message: str, row: str) -> Problem:
        """A problem of this feed."""
        return Problem(where="feed", message=message, path=self.feed, row=row)

    def indicator(self, one: Object, where: str) -> Iterator[Entry]:
        """The values of one indicator, one entry each for every family it is attributed to."""
        pattern, language = one.get("pattern"), one.get("pattern_type", "stix")
        if not isinstance(pattern, str):
            yield self.problem("indicator without a pattern", where)
        elif language == "yara":
            yield YaraSource(name=f"{self.feed} {where}", text=pattern, source=self.sources(one, where)[0])
        elif language != "stix":
            yield Unsupported(what=f"pattern_type {str(language)[:40]}", place=where)
        else:
            yield from self.values(one, pattern, where)

    def values(self, one: Object, pattern: str, where: str) -> Iterator[Entry]:
        """The values of a STIX pattern."""
        try:
            named = values(pattern, self.patience)
        except InexpressibleError:
            yield self.compound(one, pattern, where)
            return
        except ValueError as error:
            yield self.problem(str(error), where)
            return
        sources = self.sources(one, where)
        for said, raw in named:
            try:
                kind, value = normalise.indicator(said, raw)
            except ValueError as error:
                yield self.refused(said, str(error), where)
                continue
            common = normalise.weakness(kind, value)
            for source in sources:
                doubts = "; ".join(filter(None, (source.weak, common)))
                weak = msgspec.structs.replace(source, weak=doubts) if common else source
                yield Indicator(kind=kind, value=value, source=weak)

    def compound(self, one: Object, pattern: str, where: str) -> Entry:
        """A pattern that names more than single values."""
        try:
            with self.patience.spent():
                made = compound.compile(pattern)
        except InexpressibleError as error:
            return Unsupported(what=str(error)[:200], place=where)
        except ValueError as error:
            return self.problem(str(error), where)
        return msgspec.structs.replace(made, sources=tuple(self.sources(one, where)))

    def refused(self, kind: Kind, message: str, where: str) -> Entry:
        """A value that is none of its kind; an account may have a name that is neither mail nor telephone."""
        return Unsupported(what="user-account", place=where) if kind is Kind.HANDLE else self.problem(message, where)

    def sources(self, one: Object, where: str) -> list[Source]:
        """Where an indicator comes from: one source for every family, or one without."""
        links = self.links.get(name) if isinstance(name := one.get("id"), str) else None
        said, weak, own, marked = role(one), self.weak(one), references(one), self.marking(one)
        first_seen, until = text(one.get("valid_from")), text(one.get("valid_until"))
        last_seen = self.seen.get(name) if self.seen and isinstance(name, str) else None
        return [
            Source(
                feed=self.feed,
                family=family,
                campaign=campaign,
                role=said,
                threat=threat,
                reports=tuple(dict.fromkeys(own + reports)) if own else reports,
                first_seen=first_seen,
                weak=weak,
                place=where,
                canonical=canonical(family),
                tlp=marked or inherited,
                valid_until=until,
                last_seen=last_seen,
            )
            for family, threat, reports, campaign, inherited in self.context(links)
        ]

    def context(self, links: list[str] | None) -> list[Context]:
        """What the objects that an indicator is linked to say of it, worked out once for each set of links."""
        key = tuple(links or ())
        if key not in self.contexts:
            related = self.related(key)
            families = [other for other in related if self.named[other]["type"] in FAMILY_TYPES] or self.orphans
            around = [self.named[other] for other in related if self.named[other]["type"] in COLLECTIONS]
            campaign = "; ".join(dict.fromkeys(title for other in around if (title := text(other.get("name"))))) or None
            more = tuple(url for other in around for url in references(other))
            marked = markings.strictest(self.marking(self.named[other]) for other in related)
            self.contexts[key] = [
                (family, threat, tuple(dict.fromkeys(more + reports)), campaign, marked)
                for family, threat, reports in (list(map(self.family, families)) or [(None, "unknown", ())])
            ]
        return self.contexts[key]

    def related(self, links: tuple[str, ...]) -> list[str]:
        """Ids of the families, campaigns and reports of an indicator: said by itself, else by what lists it."""
        found = [one for one in dict.fromkeys(links[: 2 * MAX_RELATED]) if one in self.named][:MAX_RELATED]
        if not any(self.named[one]["type"] in FAMILY_TYPES for one in found):
            shared = [inside for one in list(found) if len(inside := self.families_of(one)) == 1]
            found += dict.fromkeys(one for inside in shared for one in inside)
        return found

    def families_of(self, collection: str) -> list[str]:
        """Ids of the families that a report lists or a campaign is attributed to, found once."""
        if collection not in self.inside:
            names = [*texts(self.named[collection].get("object_refs")), *self.links.get(collection, ())]
            known = (one for one in names if one in self.named)
            self.inside[collection] = [one for one in known if self.named[one]["type"] in FAMILY_TYPES]
        return self.inside[collection]

    def family(self, name: str) -> Family:
        """A family, worked out once."""
        if name not in self.families:
            one = self.named[name]
            title = text(one.get("name"))
            self.families[name] = (title, threat_of(title, text(one.get("description"))).value, references(one))
        return self.families[name]

    def weak(self, one: Object) -> str | None:
        """Why an indicator is not, or no longer, held up by its feed: revoked, past its date, doubted, or harmless."""
        doubts = ["revoked"] if one.get("revoked") is True else []
        if (until := text(one.get("valid_until"))) and (end := instant(until)) and end < self.now:
            doubts.append(f"expired on {until[:10]}")
        if type(sure := one.get("confidence")) is int and 0 < sure < DOUBTED:
            doubts.append(f"low confidence of its feed: {sure} of 100")
        if "benign" in [*texts(one.get("labels")), *texts(one.get("indicator_types"))]:
            doubts.append("its feed says that it is benign")
        return "; ".join(doubts) or None


def place(one: Object, at: int) -> str:
    """An object's place in its feed: `objects[12] indicator--...`."""
    name = one.get("id")
    return f"objects[{at}] {name[:80]}" if isinstance(name, str) else f"objects[{at}]"


def text(value: object) -> str | None:
    """A short text, if it is one."""
    return value[:MAX_NAME] if isinstance(value, str) and value.strip() else None


def texts(value: object) -> list[str]:
    """The texts of a list, if it is one."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def references(one: Object) -> tuple[str, ...]:
    """The addresses of what was published about an object."""
    listed = one.get("external_references")
    if listed is None:
        return ()
    found = (each.get("url") for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()
    return tuple(url for url in found if isinstance(url, str))[:MAX_RELATED]


def role(one: Object) -> str:
    """The part an indicator plays, if its kill chain phases or labels say it."""
    if "kill_chain_phases" not in one and "labels" not in one:
        return Role.UNKNOWN.value
    phases = one.get("kill_chain_phases")
    named = [each.get("phase_name") for each in phases if isinstance(each, dict)] if isinstance(phases, list) else []
    words = [*texts(named), *texts(one.get("labels"))]
    return next((ROLES[word].value for word in map(str.lower, words) if word in ROLES), Role.UNKNOWN.value)


def instant(value: str) -> datetime | None:
    """A STIX timestamp, or None if it is not one."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
