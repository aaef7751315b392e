"""MISP: events, lists of events, answers of its search, and the manifest of a MISP feed.

Only attributes that are marked for detection (`to_ids`) become indicators. The one exception is the package name of an
`android-app` object, whose type (`text`) MISP itself never marks.

References:
    MISP core format: https://www.misp-standard.org/rfc/misp-standard-core.html
    MISP feeds (manifest and events): https://www.circl.lu/doc/misp/managing-feeds/
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec

from scanner.feeds import attributes, markings
from scanner.feeds.families import canonical, threat_of
from scanner.feeds.model import Entry, Role, Threat, Unsupported, YaraSource
from scanner.feeds.tolerant import MAX_REPAIRS, Reading
from scanner.finding import Problem, Source
from scanner.record import Kind

MAX_EVENTS = 100_000
MAX_LISTED = 2_000_000
"""Attributes or objects of one event."""
MAX_REPORTS = 50
MAX_NAME = 200

MARKS = re.compile(rb'"(?:Event|Attribute|Object)"\s*:\s*[\[{]')
MANIFEST = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"\s*:\s*\{')
CACHE = re.compile(rb"\A(?:[0-9a-f]{32},[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\r?\n)+")
SECTION = re.compile(r'"(?:Attribute|Object)"\s*:\s*\[')
INFO = re.compile(r'"info"\s*:\s*(?=")')
GAP = re.compile(r"[\s,]*")
NETWORK = frozenset({Kind.DOMAIN, Kind.URL, Kind.IP, Kind.EMAIL})
IDENTITY = frozenset({"appid", "app-id", "package-name", "bundle-id"})
APPS = frozenset({"android-app", "ios-app", "mobile-app"})
RULES = frozenset({"yara"})
LATER = re.compile(r'"(?:Attribute|Object)"\s*:\s*\[|\}\s*,\s*(?=\{\s*")')
"""Where a damaged list goes on: at a list inside the broken element, else at the next element."""

Given = dict[str, Any]


def sniff(head: bytes) -> bool:
    """Whether JSON is MISP's: an event, a list of events or a manifest."""
    return bool(MARKS.search(head) or MANIFEST.match(head))


def sniff_cache(head: bytes) -> bool:
    """Whether a file is the `hashes.csv` of a MISP feed: MD5 of each value and the event, and nothing to look for."""
    return bool(CACHE.match(head))


def read(data: bytes, feed: str, beside: frozenset[str] | None = None) -> Iterator[Entry]:
    """The indicators of a MISP file; whatever is bad in it is a Problem with its path and uuid.

    Args:
        data: The file: JSON, also truncated.
        feed: The feed's id, for `Source.feed` and the path of problems.
        beside: Names of the files beside it, where the events of a manifest must be; None if that is not known.
    """
    reading = Reading(feed)
    value = reading.value(data)
    if isinstance(value, dict) and value.keys() == {"objects"}:
        value = salvage(data, reading)
    yield from reading.problems
    if MANIFEST.match(data) and isinstance(value, dict) and not MARKS.search(data):
        yield from [] if beside is None else manifest(value, feed, beside)
        return
    found = False
    for given, where in events(value):
        found = True
        yield from Event(given, feed, where).entries()
    if not found:
        yield Problem(where="feed", message="holds no MISP event", path=feed)


def manifest(value: Given, feed: str, beside: frozenset[str]) -> Iterator[Entry]:
    """The events that a manifest lists and that are not beside it."""
    for uuid in value:
        if f"{uuid[:80]}.json" not in beside:
            yield Problem(where="feed", message="event of the manifest is not beside it", path=feed, row=uuid[:80])


def events(value: Any) -> Iterator[tuple[Given, str]]:
    """The events in a value, each with its path: bare, wrapped, listed or as the answer of a search."""
    if isinstance(value, dict) and "response" in value:
        value = value["response"]
    listed = value if isinstance(value, list) else [value]
    for at, one in enumerate(listed[:MAX_EVENTS]):
        if not isinstance(one, dict):
            continue
        inner = one.get("Event")
        given = inner if isinstance(inner, dict) else one
        if {"Attribute", "Object", "info"} & given.keys():
            yield given, f"[{at}]." if len(listed) > 1 else ""


def salvage(data: bytes, reading: Reading) -> Given:
    """An event made of the attributes and objects of a damaged file that are whole."""
    text, decode = data.decode("utf-8", "replace"), reading.decoder.raw_decode
    made: Given = {"Attribute": [], "Object": []}
    if named := INFO.search(text):
        with suppress(ValueError):
            made["info"] = decode(text, named.end())[0]
    at, repairs, inside = 0, 0, False
    while repairs <= MAX_REPAIRS:
        if not inside:
            if (section := SECTION.search(text, at)) is None:
                break
            at, inside = section.end(), True
        at = at if (gap := GAP.match(text, at)) is None else gap.end()
        if text[at : at + 1] in {"]", ""}:
            inside = False
            continue
        try:
            one, at = decode(text, at)
            made["Object" if isinstance(one, dict) and "Attribute" in one else "Attribute"].append(one)
        except (ValueError, RecursionError):
            repairs += 1
            if (resumed := LATER.search(text, at)) is None:
                break
            at = resumed.end()
    reading.problem(f"damaged: {len(made['Attribute'])} attributes and {len(made['Object'])} objects were whole")
    return made


class Event:
    """One event: what it says of all its attributes, and they themselves."""

    def __init__(self, given: Given, feed: str, where: str) -> None:
        """Read its info, date, tags, galaxies and links."""
        self.given, self.feed, self.where = given, feed, where
        self.info, self.tags = text(given.get("info")), tags(given)
        family, threat = attributes.family_of(self.tags)
        if threat is Threat.UNKNOWN:
            threat = threat_of(family, " ".join([self.info or "", *self.tags]))
        self.source = Source(
            feed=feed,
            family=family,
            canonical=canonical(family),
            campaign=self.info,
            threat=threat.value,
            tlp=markings.tagged(self.tags),
            reports=links(listed(given, "Attribute")),
            first_seen=text(given.get("date")),
        )

    def problem(self, message: str, row: str) -> Problem:
        """A problem of this event."""
        return Problem(where="feed", message=message, path=self.feed, row=row or None)

    def entries(self) -> Iterator[Entry]:
        """Every attribute and every object in turn; an event that holds nothing for detection is a Problem."""
        count = taken = 0
        for one, where, source, owner in self.attributes():
            count += 1
            if not isinstance(one, dict):
                yield self.problem(f"no MISP attribute: {repr(one)[:60]}", where)
            elif self.meant(one, owner):
                taken += 1
                yield from self.attribute(one, place(one, where), source, owner)
        if not taken:
            what = f"none of its {count} attributes is for detection (to_ids)" if count else "holds no attributes"
            yield self.problem(f"event {(self.info or '')[:80]!r}: {what}", place(self.given, self.where.strip(".")))

    def attributes(self) -> Iterator[tuple[Any, str, Source, str]]:
        """Each attribute, its path, what its event or object says of it, and the object's template."""
        for at, one in enumerate(listed(self.given, "Attribute")):
            yield one, f"{self.where}Attribute[{at}]", self.source, ""
        for number, thing in enumerate(listed(self.given, "Object")):
            where = f"{self.where}Object[{number}]"
            if not isinstance(thing, dict):
                yield thing, where, self.source, ""
            elif not truth(thing.get("deleted")):
                owner, source = str(thing.get("name"))[:MAX_NAME], self.about(thing)
                for at, one in enumerate(listed(thing, "Attribute")):
                    yield one, f"{where}.Attribute[{at}]", source, owner

    def about(self, thing: Given) -> Source:
        """What an object says of its attributes: the app that it describes, and links."""
        inside = [one for one in listed(thing, "Attribute") if isinstance(one, dict)]
        source, reports = self.source, links(inside)
        if reports:
            reports = tuple(dict.fromkeys(reports + source.reports))[:MAX_REPORTS]
            source = msgspec.structs.replace(source, reports=reports)
        named = (text(one.get("value")) for one in inside if one.get("object_relation") == "name")
        if str(thing.get("name")) in APPS and not source.family and (name := next(named, None)):
            threat = source.threat if source.threat != Threat.UNKNOWN else threat_of(name).value
            source = msgspec.structs.replace(source, family=name, canonical=canonical(name), threat=threat)
        return source

    def meant(self, one: Given, owner: str) -> bool:
        """Whether an attribute is to be looked for."""
        if truth(one.get("deleted")):
            return False
        return truth(one.get("to_ids")) or (owner in APPS and str(one.get("object_relation")) in IDENTITY)

    def attribute(self, one: Given, where: str, of: Source, owner: str) -> Iterator[Entry]:
        """The entries of one attribute."""
        said, raw = one.get("type"), one.get("value")
        if not isinstance(said, str) or not isinstance(raw, str):
            yield self.problem("attribute without a type or a value", where)
            return
        source = self.said(one, of, where)
        if said in RULES:
            yield YaraSource(name=f"{self.feed} {where}", text=raw, source=source)
        elif said == "link":
            yield Unsupported(what=said, place=where)
        else:
            relation = one.get("object_relation")
            yield from attributes.entries(said, raw, source, relation if isinstance(relation, str) else "", owner)

    def said(self, one: Given, of: Source, where: str) -> Source:
        """The source of an attribute: its object's or event's, with its own tags, comment and dates."""
        own = tags(one) if "Tag" in one or "Galaxy" in one else []
        family, threat = attributes.family_of(own) if own else (None, Threat.UNKNOWN)
        comment = text(one.get("comment")) or ""
        found = text(inside.get("info")) if isinstance(inside := one.get("Event"), dict) else None
        role = attributes.role_of(comment, *own) if comment or own else Role.UNKNOWN
        if role is Role.UNKNOWN and one.get("category") == "Payload delivery":
            role = Role.INFECTION if attributes.kind_of(str(one.get("type"))) in NETWORK else role
        return msgspec.structs.replace(
            of,
            family=family or of.family,
            campaign=found or of.campaign,
            canonical=canonical(family) if family else of.canonical,
            tlp=markings.strictest([of.tlp, markings.tagged(own)]),
            last_seen=text(one.get("last_seen")),
            threat=threat.value if family and threat is not Threat.UNKNOWN else of.threat,
            role=role.value,
            first_seen=text(one.get("first_seen")) or of.first_seen,
            place=where,
        )


def listed(given: Given, key: str) -> list[Any]:
    """A list of an event or object, bounded; empty if there is none."""
    return found[:MAX_LISTED] if isinstance(found := given.get(key), list) else []


def tags(given: Given) -> list[str]:
    """The tags of an event or attribute, also those that only its galaxies name."""
    found = [one.get("name") for one in listed(given, "Tag") if isinstance(one, dict)]
    for galaxy in listed(given, "Galaxy"):
        if isinstance(galaxy, dict):
            clusters = [one for one in listed(galaxy, "GalaxyCluster") if isinstance(one, dict)]
            found += [
                one.get("tag_name") or f'misp-galaxy:{galaxy.get("type")}="{one.get("value")}"' for one in clusters
            ]
    return [one[:MAX_NAME] for one in found if isinstance(one, str)]


def links(listed: list[Any]) -> tuple[str, ...]:
    """The reports that the `link` attributes of an event or object name."""
    found = (one.get("value") for one in listed if isinstance(one, dict) and one.get("type") == "link")
    urls = (url for url in found if isinstance(url, str) and url.startswith(("http://", "https://")))
    return tuple(dict.fromkeys(urls))[:MAX_REPORTS]


def place(one: Given, where: str) -> str:
    """An attribute's place: its path and its uuid."""
    uuid = one.get("uuid")
    return f"{where} {uuid[:80]}".strip() if isinstance(uuid, str) else where


def text(value: object) -> str | None:
    """A short text, if it is one."""
    return value[:MAX_NAME] if isinstance(value, str) and value.strip() else None


def truth(value: object) -> bool:
    """A flag as MISP's versions write it: true, 1 or a text."""
    return value in (True, 1) or (isinstance(value, str) and value.strip().lower() in {"1", "true", "yes"})
