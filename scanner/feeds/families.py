"""Families of spyware under one name each, whatever a feed calls them, and the class of software each is.

The table is `indicators/families.yaml`.

References:
    Carnegie Endowment, Global Inventory of Commercial Spyware and Digital Forensics:
        https://doi.org/10.17632/csvhpkt8tm
    MISP galaxy, cluster "Surveillance Vendor": https://www.misp-galaxy.org/surveillance-vendor/
    Echap, stalkerware-indicators: https://github.com/AssoEchap/stalkerware-indicators
"""

import re
from functools import cache, lru_cache

import msgspec

from scanner import data
from scanner.feeds.model import Threat

DESCRIBED = {
    "watchware": Threat.WATCHWARE,
    "stalkerware": Threat.STALKERWARE,
    "mercenary": Threat.MERCENARY,
    "commercial spyware": Threat.MERCENARY,
    "dual-use": Threat.DUAL_USE,
}
CACHED = 4096
INSIGNIFICANT = re.compile(r"\(.*|[\W_]", re.DOTALL)


class Family(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A family of software, under the name that reports use."""

    name: str
    threat: Threat = msgspec.field(name="class")
    vendor: str | None = None
    synonyms: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()


@cache
def known() -> dict[str, Family]:
    """Every family by each of its names, as `form` writes them; read when first asked for.

    Raises:
        ValueError: Our own table is wrong: a key that is unknown, or a name that stands there twice.
    """
    found: dict[str, Family] = {}
    for one in msgspec.convert(data.document("families.yaml")["families"], list[Family]):
        for name in dict.fromkeys(map(form, (one.name, *one.synonyms))):
            if not name or found.setdefault(name, one) is not one:
                raise ValueError(f"families.yaml: {one.name} and {found[name].name if name else ''} are both {name!r}")
    return found


def form(name: str) -> str:
    """A name as it is compared: without case, spaces and signs, and without what follows a bracket."""
    return INSIGNIFICANT.sub("", name.lower())


@lru_cache(CACHED)
def family(name: str | None) -> Family | None:
    """The family that goes by a name, if it is known."""
    return known().get(form(name)) if name else None


def canonical(name: str | None) -> str | None:
    """The one name of a family: `KingsPawn` for `KingSpawn`, `Reign` and `QuaDream`; None if it is not known."""
    return found.name if (found := family(name)) else None


def threat_of(name: str | None, description: str | None = None) -> Threat:
    """The class of a family, by how its feed describes it, else by its name."""
    described = (description or "").lower()
    for word, threat in DESCRIBED.items():
        if word in described:
            return threat
    return found.threat if (found := family(name)) else Threat.UNKNOWN
