"""The class of software behind a family's name, for feeds that do not say it.

References:
    Carnegie Endowment, Global Inventory of Commercial Spyware and Digital Forensics:
        https://doi.org/10.17632/csvhpkt8tm
    MISP galaxy, cluster "Surveillance Vendor": https://www.misp-galaxy.org/surveillance-vendor/
"""

import re

from scanner.feeds.model import Threat

MERCENARY = frozenset(
    {
        "alien",
        "bagbak",
        "candiru",
        "chrysaor",
        "cytrox",
        "dante",
        "devilstongue",
        "dishfire",
        "eaglemsgspy",
        "finfisher",
        "finspy",
        "galileo",
        "graphite",
        "heliconia",
        "helios",
        "hermit",
        "intellexa",
        "kingspawn",
        "landfall",
        "mercenaryspywarecampaign",
        "novispy",
        "nso",
        "nsogroup",
        "paragon",
        "pegasus",
        "predator",
        "quadream",
        "rcs",
        "rcslab",
        "reign",
        "residentbat",
        "sherlock",
        "spyrtacus",
        "subzero",
        "trident",
        "variston",
        "wintego",
        "wintegohelios",
    }
)
DUAL_USE = frozenset({"cellebrite", "ufed", "graykey", "msab", "oxygenforensic"})
DESCRIBED = {
    "watchware": Threat.WATCHWARE,
    "stalkerware": Threat.STALKERWARE,
    "mercenary": Threat.MERCENARY,
    "commercial spyware": Threat.MERCENARY,
    "dual-use": Threat.DUAL_USE,
}


def threat_of(name: str | None, description: str | None = None) -> Threat:
    """The class of a family, by how its feed describes it, else by its name."""
    described = (description or "").lower()
    for word, threat in DESCRIBED.items():
        if word in described:
            return threat
    known = re.sub(r"\(.*|[^a-z0-9]", "", (name or "").lower())
    if known in DUAL_USE:
        return Threat.DUAL_USE
    return Threat.MERCENARY if known in MERCENARY else Threat.UNKNOWN
