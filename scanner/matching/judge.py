"""How much a sighting means: by the kind of the indicator, what it belongs to, its role, and where it was seen."""

from typing import NamedTuple

from scanner.feeds.model import Role, Threat
from scanner.finding import Severity, Source
from scanner.matching.index import Sighting
from scanner.record import Kind, Stage

RULES = {
    Kind.DOMAIN: "IOC001", Kind.URL: "IOC001", Kind.IP: "IOC001", Kind.CIDR: "IOC001",
    Kind.EMAIL: "IOC002", Kind.PHONE: "IOC002",
    Kind.PROCESS: "IOC003",
    Kind.PATH: "IOC004", Kind.FILE_NAME: "IOC004",
    Kind.MD5: "IOC005", Kind.SHA1: "IOC005", Kind.SHA256: "IOC005", Kind.SHA512: "IOC005",
    Kind.APP_ID: "IOC006", Kind.CERT_MD5: "IOC006", Kind.CERT_SHA1: "IOC006", Kind.CERT_SHA256: "IOC006",
    Kind.PROFILE: "IOC007",
    Kind.ANDROID_PROPERTY: "IOC008",
}  # fmt: skip
"""The page that explains a hit of each kind."""

NETWORK = frozenset({Kind.DOMAIN, Kind.URL, Kind.IP, Kind.CIDR})
PRESENT = frozenset(Kind) - NETWORK - {Kind.EMAIL, Kind.PHONE}
"""Kinds that, seen anywhere, show that something was on the phone and not just spoken of."""
HARMLESS_ROLES = {Role.WEBSITE: Severity.LOW, Role.DISTRIBUTION: Severity.MEDIUM}


class Judgement(NamedTuple):
    """What a sighting is worth, and why."""

    severity: Severity
    stage: Stage
    confidence: str
    reason: str


def judge(sighting: Sighting, stage: Stage) -> Judgement:
    """The worst that any source of the indicator gives reason for; a weak value or a partial match counts less."""
    return max(
        (judge_source(sighting, source, stage) for source in sighting.known.sources), key=lambda one: one.severity
    )


def judge_source(sighting: Sighting, source: Source, stage: Stage) -> Judgement:
    """What one source says of a sighting."""
    kind = sighting.known.kind
    if kind in PRESENT:
        stage = max(stage, Stage.PRESENCE)
    severity, reason = strength(kind, source, stage)
    doubt = sighting.weaker or source.weak
    if doubt and severity > Severity.INFO:
        steps = 2 if source.weak and not source.weak.startswith("expired") else 1
        severity, reason = Severity(max(severity - steps, Severity.LOW)), f"{reason}; counts less: {doubt}"
    return Judgement(severity, stage, "low" if doubt else "medium" if kind in NETWORK else "high", reason)


def strength(kind: Kind, source: Source, stage: Stage) -> tuple[Severity, str]:
    """The severity of a full match, and the reason."""
    if source.threat in {Threat.WATCHWARE, Threat.DUAL_USE}:
        return Severity.INFO, f"{source.threat}: software that people also install on purpose"
    if kind in PRESENT:
        return Severity.CRITICAL, "something that this indicator names was on the phone"
    if source.threat == Threat.STALKERWARE:
        return vendor(source, stage)
    if stage >= Stage.VISIT:
        return Severity.CRITICAL, "the phone itself went to this address or account"
    return Severity.HIGH, "this address or account reached the phone"


def vendor(source: Source, stage: Stage) -> tuple[Severity, str]:
    """Stalkerware has vendors: visiting one's site is not having its app."""
    if severity := HARMLESS_ROLES.get(Role(source.role)):
        return severity, f"the vendor's {source.role}: exposure, not an installed app"
    if source.role == Role.C2:
        return Severity.HIGH, "where the app reports to"
    return (Severity.MEDIUM if stage >= Stage.VISIT else Severity.LOW), "an address of the vendor, its part unknown"
