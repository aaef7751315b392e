"""Names that everybody meets, or that feeds list wrongly: an indicator that is one of them says little, and why.

The list is `indicators/allowlist.yaml`.

References:
    MISP warninglists, the same thought on a larger scale: https://github.com/MISP/misp-warninglists
"""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import msgspec

from scanner import data
from scanner.feeds import normalise
from scanner.record import Kind

Network = IPv4Network | IPv6Network
FEW = 16
"""Addresses; a network of more that holds a listed one holds much else."""


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """What is allowed, in the normal form of indicators, and why."""

    domains: dict[str, str]
    suffixes: dict[str, str]
    parents: dict[str, str]
    """Names above those of `domains` and `suffixes`."""
    networks: tuple[tuple[Network, str], ...]
    exact: dict[tuple[Kind, str], str]


@cache
def allowed() -> Allowed:
    """The list, read when first asked for.

    Raises:
        ValueError: Our own list is wrong: an entry without a reason, or a value that is none of its kind.
    """
    lists: dict[str, Any] = data.document("allowlist.yaml")
    domains, suffixes = (reasons(lists, name, Kind.DOMAIN) for name in ("domains", "suffixes"))
    parents = {above: f"{name} is below it" for name in (*suffixes, *domains) for above in ancestors(name)}
    exact = {
        (kind, value): why
        for name, kind in (("app_ids", Kind.APP_ID), ("processes", Kind.PROCESS), ("paths", Kind.PATH))
        for value, why in reasons(lists, name, kind).items()
    }
    networks = tuple((ip_network(one["value"]), one["why"]) for one in lists.get("addresses") or ())
    return Allowed(domains=domains, suffixes=suffixes, parents=parents, networks=networks, exact=exact)


def reasons(lists: dict[str, Any], name: str, kind: Kind) -> dict[str, str]:
    """One list: values in normal form, and why each is there.

    Raises:
        ValueError: A value that is none of its kind, or an entry without a reason.
    """
    entries = [msgspec.convert(one, dict[str, str]) for one in lists.get(name) or ()]
    if bad := [one for one in entries if not (one.get("value") and one.get("why"))]:
        raise ValueError(f"allowlist.yaml: {name}: {bad[0]} has no value or no reason")
    return {normalise.indicator(kind, one["value"])[1]: one["why"] for one in entries}


def ancestors(name: str) -> list[str]:
    """The names above a host name, and never itself."""
    labels = name.split(".")
    return [".".join(labels[at:]) for at in range(1, len(labels))]


def reason(kind: Kind, value: str) -> str | None:
    """Why a hit on an indicator says little: it is a name that everybody meets; None if it is not.

    Args:
        kind: Of the indicator.
        value: In normal form. A host matches a listed name, one below it and one above it; below shared hosting
            every name is somebody's own. A link matches as its host if it is nothing but a host.
    """
    if kind is Kind.URL:
        rest = value.partition("://")[2] or value.removeprefix("//")
        host, _, path = rest.partition("/")
        return None if path or "?" in host else reason(Kind.DOMAIN, normalise.host_of(value))
    if kind is Kind.DOMAIN:
        return domain(value)
    if kind is Kind.IP or kind is Kind.CIDR:
        return address(value)
    return allowed().exact.get((kind, value))


def domain(value: str) -> str | None:
    """Why a host name says little."""
    known = allowed()
    if why := known.suffixes.get(value):
        return f"shared hosting ({why})"
    if why := known.domains.get(value) or known.parents.get(value):
        return why
    for above in ancestors(value):
        if above in known.suffixes:
            return None
        if why := known.domains.get(above):
            return f"below {above}: {why}"
    return None


def address(value: str) -> str | None:
    """Why an IP address, or a network, says little."""
    network = ip_network(value, strict=False)
    for listed, why in allowed().networks:
        if network.version != listed.version:
            continue
        small, large = sorted((network, listed), key=lambda one: -one.prefixlen)
        if small.subnet_of(large) and (large is listed or large.num_addresses > FEW):  # type: ignore[arg-type]
            return why if large is listed else f"{listed} is in it: {why}"
    return None
