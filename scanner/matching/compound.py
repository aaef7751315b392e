"""Compound patterns over single records: which observations of which patterns a record meets.

A comparison holds for a record if any value of a field that serves its object path satisfies it, as everywhere in this
program: a domain also for hosts below it and in links, a file also for what lies in a folder, a process by its name. A
negated one holds if any value does not satisfy it; of a record without such a value nothing holds, negated or not.

References:
    STIX 2.1, section 9.6 (comparisons): https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any

from scanner.feeds import normalise
from scanner.feeds.compound import CERTIFICATES, HASHES, NETWORKS, Comparison, Compound, Test
from scanner.feeds.regular import regular
from scanner.matching.index import is_below, schemeless
from scanner.matching.paths import Paths
from scanner.matching.text import TRAILING
from scanner.record import Kind, Record, observables

MAX_TEXT = 65_536
MAX_VALUE = 4096
SECONDS = 60.0
"""That the comparisons of one pattern may take in one worker."""

Values = dict[Kind, list[str]]
Predicate = Callable[[str], bool]
Holds = Callable[[Values], bool]
Extract = Callable[[str], Iterable[str]]
Part = tuple[int, int, Holds]
"""A test with its pattern and its observation, by number."""

GAPS = re.compile(r"[\s<>\"'`|\\^{}]+")
ORDERED: dict[str, Callable[[str, str], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le
}  # fmt: skip
PRIVATE = ("/var/", "/tmp/", "/etc/")  # noqa: S108 - folders of the phone


def tokens(text: str) -> Iterator[str]:
    """What in free text may be a link, a host or an e-mail address."""
    for word in GAPS.split(text[:MAX_TEXT]):
        if "." in word or ":" in word:
            yield word.rstrip(TRAILING).lstrip("([*_~.-")[:MAX_VALUE]


def hosts(value: str) -> Iterator[str]:
    """The host of a link, a host, or an e-mail address, if it is a name."""
    name = normalise.host_of(value)
    if "." in name and not normalise.ip(name):
        yield name


def addresses(value: str) -> Iterator[str]:
    """The host of a link or a host, if it is an address."""
    if found := normalise.ip(normalise.host_of(value)):
        yield found


def mail(value: str) -> Iterator[str]:
    """An e-mail address."""
    if "@" in value and (found := normalise.email(value)):
        yield found


def telephone(value: str) -> Iterator[str]:
    """A telephone number."""
    if found := normalise.phone(value):
        yield found


def basename(value: str) -> Iterator[str]:
    """The name of a process or a file."""
    if name := value.rstrip("/").rpartition("/")[2]:
        yield name


def whole_path(value: str) -> Iterator[str]:
    """A path, where more than a name is known."""
    if "/" in value:
        yield normalise.path(value)


def links(text: str) -> Iterator[str]:
    """The links in free text."""
    return (token for token in tokens(text) if "/" in token)


def of_text(extract: Extract) -> Extract:
    """The same of everything in free text."""
    return lambda text: (value for token in tokens(text) for value in extract(token))


def of_mail(value: str) -> Iterator[str]:
    """The host of an e-mail address."""
    for address in mail(value):
        yield address.rpartition("@")[2]


def of_length(kind: Kind) -> Extract:
    """Hashes of a kind, which their length tells."""
    lengths = {
        found: length for table in (normalise.BY_LENGTH, normalise.CERTIFICATES) for length, found in table.items()
    }
    return lambda value: [digest] if len(digest := value.replace(":", "").lower()) == lengths[kind] else []


def as_it_is(value: str) -> list[str]:
    """The value."""
    return [value]


def lower(value: str) -> list[str]:
    """The value in lower case."""
    return [value.lower()]


ADDRESSED: dict[Kind, Extract] = {
    Kind.URL: addresses, Kind.DOMAIN: addresses, Kind.IP: addresses, Kind.TEXT: of_text(addresses)
}  # fmt: skip
SERVES: dict[Kind, dict[Kind, Extract]] = {
    Kind.DOMAIN: {
        Kind.URL: hosts, Kind.DOMAIN: hosts, Kind.EMAIL: of_mail, Kind.HANDLE: of_mail, Kind.TEXT: of_text(hosts)
    },
    Kind.URL: {Kind.URL: as_it_is, Kind.TEXT: links},
    Kind.IP: ADDRESSED,
    Kind.CIDR: ADDRESSED,
    Kind.EMAIL: {Kind.EMAIL: mail, Kind.HANDLE: mail, Kind.TEXT: of_text(mail)},
    Kind.PHONE: {Kind.PHONE: telephone, Kind.HANDLE: telephone},
    Kind.HANDLE: {Kind.HANDLE: as_it_is, Kind.EMAIL: as_it_is, Kind.PHONE: as_it_is},
    Kind.PROCESS: {Kind.PROCESS: basename, Kind.CLIENT: basename},
    Kind.FILE_NAME: {
        Kind.FILE_NAME: basename, Kind.PATH: basename,
        Kind.PROCESS: lambda value: basename(value) if "/" in value else (),
        Kind.CLIENT: lambda value: basename(value) if "/" in value else (),
    },
    Kind.PATH: dict.fromkeys((Kind.PATH, Kind.FILE_NAME, Kind.PROCESS, Kind.CLIENT), whole_path),
    Kind.APP_ID: {Kind.APP_ID: lower, Kind.CLIENT: lower},
    Kind.CERT_ORGANISATION: {Kind.CERT_ORGANISATION: lambda value: [normalise.organisation(value)]},
    Kind.PROFILE: {Kind.PROFILE: lambda value: [value.strip().upper()]},
    Kind.ANDROID_PROPERTY: {Kind.ANDROID_PROPERTY: as_it_is},
    **{kind: {Kind.HASH: of_length(kind)} for kind in HASHES},
    **{kind: {Kind.CERT_HASH: of_length(kind)} for kind in CERTIFICATES},
}  # fmt: skip
"""For the kind that an object path names: the kinds of fields that hold such values, and how they are got out."""


class Watcher:
    """Says of each record which observations of the patterns it meets; nothing is asked where there are none."""

    def __init__(self, compounds: tuple[Compound, ...]) -> None:
        """Take the patterns."""
        self.compounds = compounds
        self.left = dict.fromkeys(range(len(compounds)), SECONDS)
        self.asked: dict[tuple[type[Record], bool], Asked] = {}
        self.given_up: dict[int, str] = {}
        """Patterns that took too long, and what to say of them."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Watcher, (self.compounds,)

    def __call__(self, record: Record, path: str | None = None) -> list[tuple[int, int]]:
        """The pattern and the observation, by number, that a record meets.

        Args:
            record: The record.
            path: The device path of the file that the record describes as a whole, if it does.
        """
        key = type(record), path is not None
        asked = self.asked.get(key)
        if asked is None:
            asked = self.asked[key] = Asked(self.compounds, *key)
        if not asked.extracts and not asked.of_path:
            return []
        values = asked.values(record, path)
        return [(number, at) for number, at, holds in asked.likely(values) if self.met(number, holds, values)]

    def met(self, number: int, holds: Holds, values: Values) -> bool:
        """Whether a test holds; one whose pattern has used up its time is not asked again."""
        if self.left[number] <= 0:
            return False
        started = monotonic()
        found = holds(values)
        self.left[number] -= monotonic() - started
        if self.left[number] <= 0:
            said = self.compounds[number].pattern[:80]
            self.given_up[number] = f"the pattern {said} took more than {SECONDS:g} seconds: given up"
        return found


class Asked:
    """What the patterns ask of one type of records."""

    def __init__(self, compounds: tuple[Compound, ...], record: type[Record], described: bool) -> None:
        """Keep the tests that this type has fields for."""
        shown = [(kind, get, many) for _, kind, get, many in observables(record)]
        there = {kind for kind, _, _ in shown} | ({Kind.PATH} if described else set())
        self.always: list[Part] = []
        self.by_value: dict[tuple[Kind, str], list[Part]] = {}
        wanted: set[Kind] = set()
        for number, compound in enumerate(compounds):
            for at, test in enumerate(compound.observations):
                kinds = set(spoken_of(test))
                if any(there & SERVES[kind].keys() for kind in kinds):
                    wanted |= kinds
                    self.add((number, at, tested(test)), anchors(test))
        self.extracts = [
            (kind, get, many, SERVES[kind][field])
            for kind in wanted
            for field, get, many in shown
            if field in SERVES[kind]
        ]
        self.of_path = [(kind, SERVES[kind][Kind.PATH]) for kind in wanted if described and Kind.PATH in SERVES[kind]]

    def add(self, part: Part, only: frozenset[tuple[Kind, str]] | None) -> None:
        """Keep a test under the values of which it needs one."""
        if only is None:
            self.always.append(part)
        for one in only or ():
            self.by_value.setdefault(one, []).append(part)

    def likely(self, values: Values) -> list[Part]:
        """The tests that these values may meet: those that need none of them, and those that need one that is there."""
        if not values:
            return []
        found = list(self.always)
        if self.by_value:
            for kind, several in values.items():
                for value in several:
                    for name in above(value) if kind is Kind.DOMAIN else (value,):
                        found += self.by_value.get((kind, name), ())
            found = sorted({(number, at): (number, at, holds) for number, at, holds in found}.values(), key=numbers)
        return found

    def values(self, record: Record, path: str | None) -> Values:
        """The values of a record that some pattern speaks of, by the kind that it calls them."""
        found: Values = {}
        for kind, get, many, extract in self.extracts:
            if value := get(record):
                for one in value if many else (value,):
                    if one and (got := [each[:MAX_VALUE] for each in extract(one)]):
                        found.setdefault(kind, []).extend(got)
        if path is not None:
            for kind, extract in self.of_path:
                found.setdefault(kind, []).extend(extract(path))
        return found


def numbers(part: Part) -> tuple[int, int]:
    """Pattern and observation of a test, to sort by."""
    return part[:2]


def anchors(test: Test) -> frozenset[tuple[Kind, str]] | None:
    """The values of which one must be there if a test is to hold; None where that cannot be said."""
    if isinstance(test, Comparison):
        if test.operator != "IN" or test.negated or test.kind in {Kind.URL, Kind.PATH, Kind.CIDR}:
            return None
        return frozenset((test.kind, value) for value in test.values)
    parts = [anchors(part) for part in test.operands]
    known = [part for part in parts if part is not None]
    if test.operator == "AND":
        return min(known, key=len, default=None)
    return frozenset().union(*known) if len(known) == len(parts) else None


def spoken_of(test: Test) -> Iterator[Kind]:
    """Every kind of value that a test speaks of."""
    if isinstance(test, Comparison):
        yield test.kind
    else:
        for part in test.operands:
            yield from spoken_of(part)


def tested(test: Test) -> Holds:
    """A test as a function of a record's values."""
    if not isinstance(test, Comparison):
        parts, joined = [tested(part) for part in test.operands], all if test.operator == "AND" else any
        return lambda values: joined(part(values) for part in parts)
    kind, satisfied, wanted = test.kind, predicate(test), not test.negated
    return lambda values: any(satisfied(value) is wanted for value in values.get(kind, ()))


def predicate(test: Comparison) -> Predicate:
    """One comparison as a function of one value."""
    kind, constant = test.kind, test.values[0] if test.values else ""
    if test.operator in ORDERED:
        compare = ORDERED[test.operator]
        return lambda value: compare(value, constant)
    if test.operator in {"LIKE", "MATCHES"}:
        search = regular(constant, test.operator == "LIKE").search
        if kind is Kind.PATH:
            return lambda value: search(value) or (value.startswith(PRIVATE) and search("/private" + value))
        return search
    if test.operator in NETWORKS or kind is Kind.CIDR:
        networks = [ip_network(one) for one in test.values]
        if test.operator == "ISSUPERSET":  # what a phone shows is one address each
            networks = [one for one in networks if one.num_addresses == 1]
        return lambda value: any(ip_address(value) in one for one in networks)
    return equal(kind, frozenset(test.values)) if test.values else lambda _: True


def equal(kind: Kind, values: frozenset[str]) -> Predicate:
    """Whether a value is one of some, as an indicator of its kind would be met."""
    if kind is Kind.DOMAIN:
        return lambda host: any(name in values for name in above(host))
    if kind is Kind.URL:
        pages = [schemeless(value) for value in values]
        return lambda value: any(is_below(schemeless(normalise.url(value)), page) for page in pages)
    if kind is Kind.PATH:
        paths = Paths(dict.fromkeys(values, True), {})
        return lambda value: bool(paths(value))
    return values.__contains__


def above(host: str) -> Iterator[str]:
    """A host name and those above it."""
    while "." in host:
        yield host
        host = host.partition(".")[2]
