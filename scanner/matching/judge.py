"""How much a sighting means: by the kind of the indicator, what it belongs to, its role, and where it was seen."""

from collections.abc import Iterator
from typing import NamedTuple

from scanner.feeds import allowlist
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
    Kind.CERT_ORGANISATION: "IOC006",
    Kind.PROFILE: "IOC007",
    Kind.ANDROID_PROPERTY: "IOC008",
}  # fmt: skip
"""The page that explains a hit of each kind."""

NETWORK = frozenset({Kind.DOMAIN, Kind.URL, Kind.IP, Kind.CIDR})
PRESENT = frozenset(Kind) - NETWORK - {Kind.EMAIL, Kind.PHONE}
"""Kinds that, seen anywhere, show that something was on the phone and not just spoken of."""
STEPS = (("revoked", 2), ("withdrawn", 2), ("expired", 1), ("low confidence", 1))
"""What feeds say of their own entries, by how `Source.weak` begins, and the steps of severity that it takes away."""
WEAK, PARTIAL = 2, 1
"""Steps that a name of little meaning takes away, and a match that is not a full one."""
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
    doubts = list(doubted(sighting, source))
    if doubts and severity > Severity.INFO:
        least = Severity(max(severity - sum(steps for steps, _ in doubts), Severity.LOW))
        severity, reason = least, f"{reason}; counts less: {'; '.join(why for _, why in doubts)}"
    return Judgement(severity, stage, "low" if doubts else "medium" if kind in NETWORK else "high", reason)


def doubted(sighting: Sighting, source: Source) -> Iterator[tuple[int, str]]:
    """The reasons why a hit says less than others, each with the steps of severity that it takes away."""
    if sighting.weaker:
        yield PARTIAL, sighting.weaker
    weak = [why for why in (source.weak or "").split("; ") if why]
    said = [(steps, why) for why in weak for start, steps in STEPS if why.startswith(start)]
    yield from said
    if names := "; ".join(why for why in weak if why not in [known for _, known in said]):
        yield WEAK, names
    if why := allowlist.reason(sighting.known.kind, sighting.known.value):
        yield len(Severity), f"a name that everybody meets: {why}"


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
