"""The warning lists of MISP, if a copy of them is given: names that many people use.

References:
    MISP warning lists: https://github.com/MISP/misp-warninglists (lists/*/list.json, described in its README)
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from scanner.feeds import normalise
from scanner.record import Kind

MAX_LISTS = 500
MAX_BYTES = 64 << 20
MAX_PATTERN = 300
MAX_SUBJECT = 253
SHORTEST_SUBSTRING = 4
NESTED = re.compile(r"[+*}]\)?[+*{]|\([^()]*[+*|][^()]*\)[+*{]|\\\d|\(\?[^:]")
"""What can make a regular expression take for ever: it is left out."""
ATTRIBUTES = {
    "domain": Kind.DOMAIN,
    "hostname": Kind.DOMAIN,
    "domain|ip": Kind.DOMAIN,
    "ip-src": Kind.IP,
    "ip-dst": Kind.IP,
    "url": Kind.URL,
    "link": Kind.URL,
    "uri": Kind.URL,
    "email-src": Kind.EMAIL,
    "email-dst": Kind.EMAIL,
    "email": Kind.EMAIL,
    "filename": Kind.FILE_NAME,
    "md5": Kind.MD5,
    "sha1": Kind.SHA1,
    "sha256": Kind.SHA256,
    "sha512": Kind.SHA512,
}
Network = IPv4Network | IPv6Network


class Harmless:
    """One list, compiled."""

    def __init__(self, name: str) -> None:
        """An empty list of this name."""
        self.name = name
        self.exact: dict[tuple[Kind, str], str] = {}
        self.above: set[str] = set()
        self.hosts: set[str] = set()
        """Domains that stand for all that is below them too."""
        self.networks: list[Network] = []
        self.parts: list[tuple[Kind, str]] = []
        self.patterns: list[tuple[Kind, re.Pattern[str]]] = []

    def add(self, kind: Kind, raw: str, why: str = "") -> None:
        """A value that is harmless; one that cannot be of its kind is passed over."""
        try:
            kind, value = normalise.indicator(kind, raw.removeprefix(".") if kind is Kind.DOMAIN else raw)
        except ValueError:
            return
        if kind is Kind.CIDR:
            self.networks.append(ip_network(value))
        self.exact[kind, value] = why
        if kind is Kind.DOMAIN:
            self.above.update(parents(value))

    def collision(self, kind: Kind, value: str) -> str | None:
        """Why an indicator would meet what is harmless: it is in the list, above one of its names, or fits it."""
        if (why := self.exact.get((kind, value))) is not None:
            return f"is in {self.name}" + (f": {why}" if why else "")
        if kind is Kind.DOMAIN and value in self.above:
            return f"is above a name of {self.name}"
        if kind in {Kind.IP, Kind.CIDR}:
            return self.inside(ip_network(value))
        subject = value[:MAX_SUBJECT]
        if any(kind is of and part in subject for of, part in self.parts):
            return f"holds a part that {self.name} names"
        if any(kind is of and pattern.search(subject) for of, pattern in self.patterns):
            return f"fits a pattern of {self.name}"
        return None

    def inside(self, network: Network) -> str | None:
        """Whether an address is in one of the networks, or a network meets one."""
        for one in self.networks:
            if one.version == network.version and one.overlaps(network):
                return f"is in {one} of {self.name}"
        return None

    def below(self, kind: Kind, value: str) -> str | None:
        """The name of the list that a domain is below."""
        if kind is Kind.DOMAIN and self.hosts:
            return next((f"is below {one} of {self.name}" for one in parents(value) if one in self.hosts), None)
        return None


def parents(name: str) -> Iterator[str]:
    """The domains above a name, nearest first, without the top-level one."""
    rest = name.partition(".")[2]
    while "." in rest:
        yield rest
        rest = rest.partition(".")[2]


@cache
def misp(folder: Path) -> tuple[Harmless, ...]:
    """The warning lists in a folder: a copy of the repository, or of its folder `lists`.

    Raises:
        ValueError: There are none, or one of them is damaged.
    """
    files = sorted(folder.glob("lists/*/list.json")) or sorted(folder.glob("*/list.json"))
    if not files:
        raise ValueError(f"{folder} holds no warning lists (lists/*/list.json)")
    return tuple(map(compiled, files[:MAX_LISTS]))


def compiled(path: Path) -> Harmless:
    """One warning list.

    Raises:
        ValueError: It is too large, or not what a warning list is.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} is larger than {MAX_BYTES >> 20} MB")
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no warning list: {error}") from None
    if not isinstance(document, dict) or not isinstance(listed := document.get("list"), list):
        raise ValueError(f"{path} is no warning list: it has no list")
    made = Harmless(f"the warning list {str(document.get('name') or path.parent.name)[:100]!r}")
    fill(made, str(document.get("type")), kinds(document), [one for one in listed if isinstance(one, str)])
    return made


def kinds(document: dict[str, Any]) -> tuple[Kind, ...]:
    """The kinds of indicators that a warning list is about."""
    named = document.get("matching_attributes")
    found = [ATTRIBUTES[one] for one in named if one in ATTRIBUTES] if isinstance(named, list) else []
    return tuple(dict.fromkeys(found)) or (Kind.DOMAIN, Kind.URL, Kind.IP)


def fill(made: Harmless, form: str, about: Iterable[Kind], listed: list[str]) -> None:
    """Take the entries of a warning list by how they are to be compared."""
    for raw in listed:
        if form == "cidr":
            made.add(Kind.CIDR, raw)
        elif form == "hostname":
            made.add(Kind.DOMAIN, raw)
            made.hosts.add(raw.strip(". ").lower())
        else:
            for kind in about:
                take(made, form, kind, raw)


def take(made: Harmless, form: str, kind: Kind, raw: str) -> None:
    """One entry that is compared with values of one kind as a whole, as a part, or as a pattern."""
    if form == "string":
        made.add(kind, raw)
    elif form == "substring" and len(raw) >= SHORTEST_SUBSTRING:
        made.parts.append((kind, raw.lower()))
    elif form == "regex" and (pattern := bounded(raw)) is not None:
        made.patterns.append((kind, pattern))


def bounded(raw: str) -> re.Pattern[str] | None:
    """A regular expression that cannot take long on a short text, without its slashes; None for any other."""
    flags = 0
    if raw[:1] == "/" and (end := raw.rfind("/")) > 0:
        flags = re.IGNORECASE if "i" in raw[end:] else 0
        raw = raw[1:end]
    if len(raw) > MAX_PATTERN or NESTED.search(raw):
        return None
    try:
        return re.compile(raw, flags)
    except (re.error, OverflowError, RecursionError):
        return None
