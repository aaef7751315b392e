"""Whom a feed lets know what it says: the Traffic Light Protocol in STIX marking definitions, labels and tags.

References:
    TLP 2.0: https://www.first.org/tlp/
    STIX 2.1, section 7.2.1.4 (TLP 1.0 marking definitions):
        https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_yd3ar14ekwrs
    OASIS CTI, extension definition for TLP 2.0:
        https://github.com/oasis-open/cti-stix-common-objects/tree/main/extension-definition-specifications/tlp-2.0
"""

import re
from collections.abc import Iterable
from typing import Any

from scanner.finding import MARKINGS

LEVELS = MARKINGS
"""From what everybody may know to what nobody else may."""
STANDARD = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "clear",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}
"""TLP 1.0 and TLP 2.0; bundles refer to them without holding them."""
EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
MAX_MARKINGS = 100
WORD = re.compile(
    r"\s*(?:tlp[:_ -]*(?:[12]\.0[:_ -]*)?)?(clear|white|green|amber|red)([+ _-]*strict)?\s*", re.IGNORECASE
)


def level(word: object) -> str | None:
    """A marking as one of `LEVELS`: `TLP:WHITE` is `clear`; None for what is no marking."""
    found = WORD.fullmatch(word) if isinstance(word, str) else None
    if found is None:
        return None
    name = found[1].lower().replace("white", "clear")
    return f"{name}+strict" if found[2] and name == "amber" else name


def tagged(words: Iterable[object]) -> str | None:
    """The strictest marking among labels or tags that say `tlp:`."""
    return strictest(level(word) for word in words if isinstance(word, str) and word.strip().lower().startswith("tlp"))


def strictest(levels: Iterable[str | None]) -> str | None:
    """The strictest of some markings; None if there is none."""
    return max((one for one in levels if one), key=LEVELS.index, default=None)


def defined(one: dict[str, Any]) -> str | None:
    """What a marking definition of STIX says, in any of the ways that it is written in."""
    definition, extensions = one.get("definition"), one.get("extensions")
    said = [definition.get("tlp"), definition.get("statement")] if isinstance(definition, dict) else []
    extension = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    said += [extension.get("tlp_2_0")] if isinstance(extension, dict) else []
    name = one.get("name")
    return strictest([*map(level, said), tagged([name])])


def references(one: dict[str, Any]) -> list[str]:
    """Ids of the markings of a STIX object; one of a part of it counts for the whole."""
    listed, parts = one.get("object_marking_refs"), one.get("granular_markings")
    found = listed[:MAX_MARKINGS] if isinstance(listed, list) else []
    if isinstance(parts, list):
        found = found + [part.get("marking_ref") for part in parts[:MAX_MARKINGS] if isinstance(part, dict)]
    return [ref for ref in found if isinstance(ref, str)]
