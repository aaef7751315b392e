"""The compiled indicators: exact semantics for each kind, and never a loop over indicators."""

from collections.abc import Iterable
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

import msgspec

from scanner.feeds import normalise
from scanner.feeds.model import Indicator
from scanner.finding import Source
from scanner.matching.paths import Paths
from scanner.matching.text import FreeText
from scanner.matching.watch import Look, Watch, watch
from scanner.record import Kind, Record

TRUNCATED = (15, 16)
"""The kernels of Linux and iOS keep so many characters of a process name."""
CACHED = 200_000
SHORTEST_HASH = 32
"""Digits of an MD5; a shorter text without `.` or `:` holds nothing that is looked for."""


class Known(msgspec.Struct, frozen=True):
    """An indicator as all feeds together know it: one value, all its sources."""

    kind: Kind
    value: str
    sources: tuple[Source, ...]


class Sighting(NamedTuple):
    """An indicator that a value meets."""

    known: Known
    observed: str
    weaker: str | None = None
    """Why the match is not a full one."""


Sightings = list[Sighting] | tuple[()]
Table = dict[str, Known]


class Index:
    """Everything that is looked for."""

    def __init__(self, indicators: Iterable[Indicator] = ()) -> None:
        """Merge the indicators of all feeds by kind and normal form."""
        sources: dict[tuple[Kind, str], dict[Source, None]] = {}
        for one in indicators:
            sources.setdefault((one.kind, one.value), {})[one.source] = None
        self.tables: dict[Kind, Table] = {kind: {} for kind in Kind}
        for (kind, value), found in sources.items():
            self.tables[kind][value] = Known(kind, value, tuple(found))
        self.hosts: dict[str, Sightings] = {}
        self.watched: dict[type[Record], Watch[Sighting]] = {}
        self.handles: dict[str, Sightings] = {}
        self.looks: dict[Kind, Look[Sighting]] = {
            Kind.URL: self.url, Kind.DOMAIN: self.domain, Kind.IP: self.domain, Kind.EMAIL: self.email,
            Kind.PHONE: self.handle, Kind.HANDLE: self.handle, Kind.PROCESS: self.process, Kind.PATH: self.path,
            Kind.FILE_NAME: self.file_name, Kind.APP_ID: self.app_id, Kind.CLIENT: self.client,
            Kind.PROFILE: self.profile, Kind.HASH: self.hash, Kind.CERT_HASH: self.cert_hash, Kind.TEXT: self.text,
            Kind.ANDROID_PROPERTY: self.android_property, Kind.CERT_ORGANISATION: self.cert_organisation,
        }  # fmt: skip

    def __getstate__(self) -> dict[str, Any]:
        """Without what is built when first used: automata and made functions cannot be sent elsewhere."""
        built = {"networks", "links", "cut", "paths", "free_text"}
        return {name: value for name, value in vars(self).items() if name not in built} | {"watched": {}}

    def __len__(self) -> int:
        """How many different indicators there are."""
        return sum(map(len, self.tables.values()))

    def watch(self, kind: type[Record]) -> Watch[Sighting]:
        """What gives every indicator that a record of a type meets, with the field."""
        watched = self.watched.get(kind)
        if watched is None:
            watched = self.watched[kind] = watch(kind, self.looks)
        return watched

    def hits(self, record: Record) -> list[tuple[str, Sighting]]:
        """Every indicator that one record meets, with the field."""
        return self.watch(type(record))(record)

    # --- hosts and links

    def domain(self, value: str) -> Sightings:
        """A host name or an address."""
        found = self.host(normalise.host_of(value))
        return [Sighting(known, value, weaker) for known, _, weaker in found] if found else ()

    def host(self, name: str) -> Sightings:
        """A host in normal form; few hosts recur often, so what was found is remembered."""
        found = self.hosts.get(name)
        if found is None:
            if len(self.hosts) > CACHED:
                self.hosts.clear()
            found = self.hosts[name] = self.suffixes(name) or self.address(name)
        return found

    def suffixes(self, name: str) -> Sightings:
        """The indicators that a host equals or is below."""
        table, found, rest = self.tables[Kind.DOMAIN], [], name
        while "." in rest:
            if known := table.get(rest):
                found.append(Sighting(known, name))
            rest = rest.partition(".")[2]
        if not found and (known := table.get("www." + name)):
            found.append(Sighting(known, name, "the indicator names only the host with www. before it"))
        return found

    def address(self, name: str) -> Sightings:
        """The indicators of an IP address."""
        if (value := normalise.ip(name)) is None:
            return ()
        found = [Sighting(known, name)] if (known := self.tables[Kind.IP].get(value)) else []
        if self.networks:
            address = ip_address(value)
            found += [Sighting(known, name) for network, known in self.networks if address in network]
        return found

    @cached_property
    def networks(self) -> list[tuple[IPv4Network | IPv6Network, Known]]:
        """Networks; feeds name a handful."""
        return [(ip_network(value), known) for value, known in self.tables[Kind.CIDR].items()]

    @cached_property
    def links(self) -> dict[str, list[tuple[str, Known]]]:
        """URL indicators by host, without their scheme."""
        found: dict[str, list[tuple[str, Known]]] = {}
        for value, known in self.tables[Kind.URL].items():
            found.setdefault(normalise.host_of(value), []).append((schemeless(value), known))
        return found

    def url(self, value: str) -> Sightings:
        """A link: its host, and the whole of it where an indicator is a link."""
        name = normalise.host_of(value)
        found = self.host(name)
        result: Sightings = [Sighting(known, value, weaker) for known, _, weaker in found] if found else ()
        if name in self.links:
            whole = schemeless(normalise.url(value))
            hits = [Sighting(known, value) for link, known in self.links[name] if is_below(whole, link)]
            result = [*result, *hits]
        return result

    # --- accounts

    def email(self, value: str) -> Sightings:
        """An e-mail address, or an account that is one."""
        address = normalise.email(value)
        if not address:
            return ()
        found = [Sighting(known, value)] if (known := self.tables[Kind.EMAIL].get(address)) else []
        hosts = self.host(address.rpartition("@")[2])
        return found + [Sighting(known, value, weaker) for known, _, weaker in hosts]

    def handle(self, value: str) -> Sightings:
        """A phone number or an e-mail address; few people write often, so what was found is remembered."""
        found = self.handles.get(value)
        if found is None:
            if len(self.handles) > CACHED:
                self.handles.clear()
            found = self.handles[value] = self.number_or_address(value)
        return found

    def number_or_address(self, value: str) -> Sightings:
        """A phone number or an e-mail address."""
        number = normalise.phone(value)
        if number:
            return [Sighting(known, value)] if (known := self.tables[Kind.PHONE].get(number)) else ()
        return self.email(value) if "@" in value else ()

    # --- programs and files

    def process(self, value: str) -> Sightings:
        """A process by name or path; the kernel cuts names, so a cut one may be the start of an indicator's."""
        name = value[value.rfind("/") + 1 :]
        found = [Sighting(known, value)] if (known := self.tables[Kind.PROCESS].get(name)) else []
        if not found and len(name) in TRUNCATED:
            found = [
                Sighting(known, value, f"the observed name is cut at {len(name)} characters")
                for known in self.cut.get(name, ())
            ]
        return [*found, *self.path(value)] if "/" in value else found

    @cached_property
    def cut(self) -> dict[str, list[Known]]:
        """Long process names by what the kernel would leave of them."""
        found: dict[str, list[Known]] = {}
        for value, known in self.tables[Kind.PROCESS].items():
            for length in TRUNCATED:
                if len(value) > length:
                    found.setdefault(value[:length], []).append(known)
        return found

    @cached_property
    def paths(self) -> Paths[Known]:
        """Path and file-name indicators."""
        return Paths(self.tables[Kind.PATH], self.tables[Kind.FILE_NAME])

    def path(self, value: str) -> Sightings:
        """A device path."""
        return [Sighting(known, value) for known in self.paths(value)]

    def file_name(self, value: str) -> Sightings:
        """A file's name, or a path of which only the end is known."""
        return self.path(value)

    def app_id(self, value: str) -> Sightings:
        """A bundle id or package name."""
        return self.exactly(Kind.APP_ID, value.lower(), value)

    def client(self, value: str) -> Sightings:
        """A bundle id, a process or a path."""
        return [*self.app_id(value), *self.process(value)]

    def cert_organisation(self, value: str) -> Sightings:
        """A certificate's organisation: anybody can name any, so that it counts less."""
        known = self.tables[Kind.CERT_ORGANISATION].get(normalise.organisation(value))
        return [Sighting(known, value, "whoever makes a certificate names its organisation")] if known else ()

    def profile(self, value: str) -> Sightings:
        """A configuration profile's UUID or identifier."""
        return self.exactly(Kind.PROFILE, value.strip().upper(), value)

    def hash(self, value: str) -> Sightings:
        """A file's hash, of any kind."""
        digest = value.lower()
        kind = normalise.BY_LENGTH.get(len(digest))
        return self.exactly(kind, digest, value) if kind else ()

    def cert_hash(self, value: str) -> Sightings:
        """A certificate's hash, of any kind."""
        digest = value.replace(":", "").lower()
        kind = normalise.CERTIFICATES.get(len(digest))
        return self.exactly(kind, digest, value) if kind else ()

    def android_property(self, value: str) -> Sightings:
        """A system property's name."""
        return self.exactly(Kind.ANDROID_PROPERTY, value, value)

    def exactly(self, kind: Kind, normal: str, value: str) -> Sightings:
        """A value whose normal form is an indicator's."""
        known = self.tables[kind].get(normal)
        return [Sighting(known, value)] if known else ()

    # --- free text

    @cached_property
    def free_text(self) -> FreeText:
        """What finds candidates in free text."""
        hashes = [value for kind in normalise.BY_LENGTH.values() for value in self.tables[kind]]
        names = [*self.tables[Kind.DOMAIN], *self.links, *self.tables[Kind.IP]]
        names += [name.removeprefix("www.") for name in self.tables[Kind.DOMAIN] if name.startswith("www.")]
        return FreeText([*names, *self.tables[Kind.EMAIL], *hashes], addresses=bool(self.tables[Kind.CIDR]))

    def text(self, value: str) -> Sightings:
        """Links, bare domains, addresses, e-mails and hashes in free text."""
        if "." not in value and ":" not in value and len(value) < SHORTEST_HASH:
            return ()
        tokens = self.free_text.tokens(value)
        if not tokens:
            return ()
        found: dict[tuple[Kind, str], Sighting] = {}
        for token in tokens:
            sightings = self.email(token) if "@" in token and "/" not in token else self.url(token)
            for one in sightings or self.hash(token):
                found.setdefault((one.known.kind, one.known.value), one)
        return list(found.values())

    def prepare(self) -> None:
        """Build what is built when first used, so that worker processes share it."""
        _ = (self.networks, self.links, self.cut, self.paths, self.free_text)


def schemeless(link: str) -> str:
    """A link without its scheme: `http` and `https` are one page."""
    return link.partition("://")[2] or link.removeprefix("//")


def is_below(whole: str, link: str) -> bool:
    """Whether a link equals another or continues it at a path boundary."""
    if not whole.startswith(link):
        return False
    return len(whole) == len(link) or link[-1:] == "/" or whole[len(link)] in "/?#&"
