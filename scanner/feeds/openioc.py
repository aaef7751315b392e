"""OpenIOC 1.0 and 1.1: the terms that a phone can show; what only holds together with others is Unsupported.

Some publishers write the value where the item's id belongs and leave the content empty: it is taken from there.

References:
    OpenIOC 1.0 schema and terms: https://github.com/fireeye/OpenIOC_1.1 https://schemas.mandiant.com/
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from scanner.feeds import attributes
from scanner.feeds.families import canonical, threat_of
from scanner.feeds.model import Entry, Unsupported
from scanner.finding import Problem, Source
from scanner.record import Kind

MAX_DEPTH = 64
MAX_NAME = 200
MAX_REPORTS = 50

ROOT = re.compile(rb"<(?:\w+:)?(?:ioc|OpenIOC)[\s>]")
GUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?\Z")
TERMS = {
    "network/dns": Kind.DOMAIN,
    "dnsentryitem/host": Kind.DOMAIN,
    "dnsentryitem/recordname": Kind.DOMAIN,
    "urlhistoryitem/hostname": Kind.DOMAIN,
    "formhistoryitem/hostname": Kind.DOMAIN,
    "cookiehistoryitem/hostname": Kind.DOMAIN,
    "urlhistoryitem/url": Kind.URL,
    "network/uri": Kind.URL,
    "filedownloadhistoryitem/sourceurl": Kind.URL,
    "routeentryitem/destination": Kind.IP,
    "portitem/remoteip": Kind.IP,
    "dnsentryitem/recorddata/ipv4address": Kind.IP,
    "email/from": Kind.EMAIL,
    "email/to": Kind.EMAIL,
    "fileitem/md5sum": Kind.MD5,
    "fileitem/sha1sum": Kind.SHA1,
    "fileitem/sha256sum": Kind.SHA256,
    "fileitem/filename": Kind.FILE_NAME,
    "fileitem/fullpath": Kind.PATH,
    "fileitem/filepath": Kind.PATH,
    "processitem/name": Kind.PROCESS,
    "processitem/path": Kind.PATH,
}
"""Kinds by search term, in lower case."""
LOGIC = frozenset({"definition", "criteria"})
WHOLE = frozenset({"is", ""})
WITHIN = frozenset({Kind.DOMAIN, Kind.URL, Kind.IP, Kind.EMAIL, Kind.MD5, Kind.SHA1, Kind.SHA256})
"""Kinds whose value is whole even where a feed says `contains`."""


def sniff(head: bytes) -> bool:
    """Whether XML is OpenIOC."""
    return bool(ROOT.search(head))


def read(data: bytes, feed: str) -> Iterator[Entry]:
    """The indicators of an OpenIOC file; whatever is bad in it is a Problem with the id of the item.

    Args:
        data: The file: XML without entities, also truncated: the items before the damage count.
        feed: The feed's id, for `Source.feed` and the path of problems.
    """
    reading = Reading(feed)
    try:
        for event, element in iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True):
            yield from reading.take(event, element)
    except DefusedXmlException as error:
        yield reading.problem(f"XML with what is not taken: {type(error).__name__}")
    except ParseError as error:
        yield reading.problem(f"invalid XML: {error}", f"line {error.position[0]} column {error.position[1]}")
    except (ValueError, LookupError) as error:
        yield reading.problem(f"invalid XML: {str(error)[:200]}")
    yield from reading.rest()
    if not reading.items:
        yield reading.problem("holds no indicator items")


class Reading:
    """One pass over a file: the open elements, and what its head says of all items."""

    def __init__(self, feed: str) -> None:
        """Start outside of everything."""
        self.feed = feed
        self.source = Source(feed=feed)
        self.description = ""
        self.definition: Element | None = None
        """The logic of the file, while it is open."""
        self.whole = True
        self.items = 0
        self.depth = 0

    def problem(self, message: str, row: str | None = None) -> Problem:
        """A problem of this feed."""
        return Problem(where="feed", message=message, path=self.feed, row=row)

    def take(self, event: str, element: Any) -> Iterator[Entry]:
        """The entries that an element's end brings.

        Raises:
            ValueError: Nested deeper than is read.
        """
        name = local(element.tag)
        if event == "start":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise ValueError(f"elements are nested deeper than {MAX_DEPTH}")
            if name in LOGIC and self.definition is None:
                self.definition = element
            return
        self.depth -= 1
        if name in {"short_description", "description", "authored_date", "link"}:
            self.head(name, element)
        elif name in LOGIC:
            self.definition = None
            yield from self.operands(list(element))
            element.clear()

    def rest(self) -> Iterator[Entry]:
        """The entries of logic that has no end, because the file is damaged: what it holds may lack operands."""
        if self.definition is not None:
            self.whole = False
            yield from self.operands(list(self.definition))

    def head(self, name: str, element: Any) -> None:
        """Take what is said of the whole file."""
        said = (element.text or "").strip()[:MAX_NAME]
        if name == "link":
            self.link(element, said)
        elif said and name == "authored_date":
            self.source = msgspec.structs.replace(self.source, first_seen=said)
        elif said and (name == "description" or not self.source.campaign):
            self.source = msgspec.structs.replace(self.source, campaign=said)
            self.description = f"{self.description} {said}"

    def link(self, element: Any, said: str) -> None:
        """Take a link: to a report, or the name of a family."""
        if (element.get("rel") or "").lower() in {"family", "malware", "malwarefamily"} and said:
            threat = threat_of(said, self.description).value
            self.source = msgspec.structs.replace(self.source, family=said, canonical=canonical(said), threat=threat)
        url = (element.get("href") or said)[:MAX_NAME]
        if url.startswith(("http://", "https://")) and len(self.source.reports) < MAX_REPORTS:
            self.source = msgspec.structs.replace(self.source, reports=(*self.source.reports, url))

    def operands(self, pending: list[Any]) -> Iterator[Entry]:
        """The entries of nested ORs, without recursion; an AND of several operands is Unsupported as a whole."""
        pending.reverse()
        while pending:
            element = pending.pop()
            name, inner = local(element.tag), list(element)
            if name == "IndicatorItem":
                self.items += 1
                yield self.item(element)
            elif name == "Indicator":
                within = [one for one in inner if local(one.tag) in {"Indicator", "IndicatorItem"}]
                if (element.get("operator") or "OR").upper() == "AND" and (len(within) > 1 or not self.whole):
                    self.items += 1
                    yield Unsupported(what=f"AND of {len(within)} terms", place=(element.get("id") or "")[:80])
                else:
                    pending.extend(reversed(within))

    def item(self, element: Any) -> Entry:
        """One term and its value."""
        named = (element.get("id") or "").strip()
        where = f"IndicatorItem {named[:80]}"
        inner = {local(one.tag): one for one in element}
        context, content = inner.get("Context"), inner.get("Content")
        term = (context.get("search") or "") if context is not None else ""
        value = ((content.text or "") if content is not None else "").strip()
        if not value and not GUID.match(named):
            value = named
        kind, condition = TERMS.get(term.strip().lower()), (element.get("condition") or "").lower()
        if kind is None:
            return Unsupported(what=f"term {term[:80]}", place=where)
        if (element.get("negate") or "").lower() in {"true", "1"}:
            return Unsupported(what=f"{term[:80]} negated", place=where)
        if condition not in WHOLE and not (condition == "contains" and kind in WITHIN):
            return Unsupported(what=f"{term[:80]} {condition[:40]}", place=where)
        if not value:
            return self.problem(f"{term[:80]} without a value", where)
        return attributes.entry(kind, value, msgspec.structs.replace(self.source, place=where))


def local(tag: object) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
