"""STIX's words for what Bridle matches: patterns, observables, markings, and ids that stay the same.

References:
    STIX 2.1: https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
    OASIS CTI, extension definition for TLP 2.0:
        https://github.com/oasis-open/cti-stix-common-objects/tree/main/extension-definition-specifications/tlp-2.0
    Object paths for phones (`app:id`, `configuration-profile:id`, `android-property:name`), as public feeds have them:
        https://docs.mvt.re/en/latest/iocs/
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from scanner.finding import MARKINGS, Source
from scanner.report.share import WITHHELD

NAMESPACE = UUID("5b1de1f0-9d57-4c2b-a6c1-3f4f0d5a7e21")
EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
PATHS = {
    "domain": "domain-name:value", "url": "url:value", "email": "email-addr:value", "phone": "phone-number:value",
    "process": "process:name", "file_name": "file:name", "path": "file:path",
    "md5": "file:hashes.MD5", "sha1": "file:hashes.'SHA-1'", "sha256": "file:hashes.'SHA-256'",
    "sha512": "file:hashes.'SHA-512'", "app_id": "app:id", "profile": "configuration-profile:id",
    "android_property": "android-property:name", "cert_md5": "app:cert.md5", "cert_sha1": "app:cert.sha1",
    "cert_sha256": "app:cert.sha256",
}  # fmt: skip
HASHES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512"}

OBSERVABLES = {
    "domain": ("domain-name", "value"), "url": ("url", "value"), "email": ("email-addr", "value"),
    "phone": ("user-account", "user_id"), "app_id": ("software", "name"),
}  # fmt: skip
FILES = frozenset({"process", "file_name", "path"})


def named(kind: str, *parts: object) -> str:
    """An id that stays the same: of the kind of object, and what it is of."""
    text = "\x1f".join(map(str, (kind, *parts))).encode("utf-8", "backslashreplace").decode()
    return f"{kind}--{uuid5(NAMESPACE, text)}"


def pattern(kind: str, value: str) -> str | None:
    """The pattern that an indicator stands for; None where STIX has none: a YARA rule is known by its name alone."""
    if kind == "pattern":
        return value
    text = value.replace("\\", "\\\\").replace("'", "\\'")
    if kind in {"ip", "cidr"}:
        version = "ipv6-addr" if ":" in value else "ipv4-addr"
        return f"[{version}:value {'ISSUBSET' if kind == 'cidr' else '='} '{text}']"
    return f"[{PATHS[kind]} = '{text}']" if kind in PATHS else None


def observable(kind: str, value: str) -> dict[str, Any] | None:
    """The type and properties of the observable that a value is; None where STIX has none."""
    if kind == "ip":
        return {"type": "ipv6-addr" if ":" in value else "ipv4-addr", "value": value}
    if kind in HASHES:
        return {"type": "file", "hashes": {HASHES[kind]: value}}
    if kind in FILES:
        name = value.rstrip("/").rpartition("/")[2]
        return {"type": "file", "name": name} if name else None
    type_, property_ = OBSERVABLES.get(kind, ("", ""))
    return {"type": type_, property_: value} if type_ else None


def strictest(levels: Iterable[str | None]) -> str | None:
    """The strictest of some markings; one that is not known is taken for the strictest there is."""
    known = [one if one in MARKINGS else MARKINGS[-1] for one in levels if one]
    return max(known, key=MARKINGS.index, default=None)


def marking(sources: Iterable[Source]) -> str | None:
    """The strictest marking of some sources; what is private is for nobody else, what is withheld tells nothing."""
    return strictest(MARKINGS[-1] if one.private else one.tlp for one in sources if one != withheld(one))


def withheld(one: Source) -> Source | None:
    """What a shared report leaves of a source that it withholds; None if it is of a feed that is named."""
    named_so = one.feed.startswith(f"{WITHHELD}-")
    return Source(feed=one.feed, tlp=one.tlp, private=one.private) if named_so else None


def definition(level: str) -> dict[str, Any]:
    """The marking definition of a level of TLP 2.0, as OASIS publishes it."""
    return {
        "type": "marking-definition", "spec_version": "2.1", "id": TLP[level], "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{level.upper()}",
        "extensions": {EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level}},
    }  # fmt: skip
