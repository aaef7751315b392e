"""Chimera: an invented spyware family, its indicators, and their STIX bundle."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid5

NAMESPACE = UUID("9b1d1e0a-6f0e-5c3f-8a7f-0b5c1d2e3f40")
CREATED = "2024-06-01T00:00:00.000Z"

DELIVERY = "parcel-lantern.example"
"""The domain of the links that victims are sent."""
RICH = "quiet-aviary.example"
INJECTION = "tidewater-gate.example"
"""Where network injection redirects to."""
CONTROL = "mothlight-relay.example"
STATIC = "cdn.ember-orchard.example"
"""A host, not a registered domain: only it and what is below it match."""
DOMAINS = (DELIVERY, RICH, INJECTION, CONTROL, STATIC)
URL = "https://files.kiteharbour.example/share?id=a1b2c3"
"""A page of a harmless site; only this page is bad. Its "=" breaks naive readers of patterns."""
ADDRESS = "203.0.113.77"
PROCESS = "chimerad"
LONG_PROCESS = "wirelessdiagrelayd"
"""Longer than 15 characters: some logs cut it."""
EMAIL = "h.vale@couriers-desk.example"
PHONE = "+15550100177"
"""STIX has no object for phone numbers; the bundle says `phone-number:value`, after MISP's attribute."""
FILE_NAME = "lantern-stage2.bin"
FOLDER = "/private/var/root/Library/Caches/com.example.chimera/"
APP = "example.chimera.companion"
PROFILE = "B1A5ED00-5EED-4C0D-8E57-0C41E3A0D001"
PAYLOAD = b"\xca\xfe\xba\xbe\x00\x00\x00\x02" + b"Chimera: a harmless stand-in for an implant.\n" * 60
"""The planted file that looks executable: the magic of a universal Mach-O, then text."""
PAYLOAD_SHA256 = sha256(PAYLOAD).hexdigest()

PATTERNS: tuple[tuple[str, str, str], ...] = (
    *(("domain", "domain-name:value", value) for value in DOMAINS),
    ("url", "url:value", URL),
    ("ip", "ipv4-addr:value", ADDRESS),
    ("process", "process:name", PROCESS),
    ("process", "process:name", LONG_PROCESS),
    ("email", "email-addr:value", EMAIL),
    ("phone", "phone-number:value", PHONE),
    ("file_name", "file:name", FILE_NAME),
    ("path", "file:path", FOLDER),
    ("app_id", "app:id", APP),
    ("profile", "configuration-profile:id", PROFILE),
    ("sha256", "file:hashes.'SHA-256'", PAYLOAD_SHA256),
)
"""Kind, STIX object path and value of every indicator."""


@dataclass(frozen=True)
class Planted:
    """Whether traces are planted; false makes the same phone with harmless content only."""

    active: bool = True

    def __bool__(self) -> bool:
        """Whether to plant."""
        return self.active


def bundle(patterns: tuple[tuple[str, str, str], ...] = PATTERNS) -> dict[str, object]:
    """Indicators as a STIX 2.1 bundle: a malware object, indicators, and their relationships. Always the same.

    References:
        https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
    """
    malware = {
        **stamped("malware", "Chimera"),
        "name": "Chimera",
        "description": "An invented family of spyware, for demonstrations and tests.",
        "is_family": True,
    }
    objects: list[dict[str, object]] = [malware]
    for _, path, value in patterns:
        found = indicator(path, value)
        objects += [found, relation(found, malware)]
    return {"type": "bundle", "id": f"bundle--{uuid5(NAMESPACE, 'bundle')}", "objects": objects}


def stamped(kind: str, name: str) -> dict[str, object]:
    """What every STIX object has: type, version, an id that follows from kind and name, and times."""
    identity = f"{kind}--{uuid5(NAMESPACE, f'{kind}/{name}')}"
    return {"type": kind, "spec_version": "2.1", "id": identity, "created": CREATED, "modified": CREATED}


def indicator(path: str, value: str) -> dict[str, object]:
    """One indicator object."""
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return {
        **stamped("indicator", f"{path}={value}"),
        "indicator_types": ["malicious-activity"],
        "pattern": f"[{path}='{quoted}']",
        "pattern_type": "stix",
        "valid_from": CREATED,
    }


def relation(source: dict[str, object], target: dict[str, object]) -> dict[str, object]:
    """`source` indicates `target`."""
    return {
        **stamped("relationship", f"{source['id']}/{target['id']}"),
        "relationship_type": "indicates",
        "source_ref": source["id"],
        "target_ref": target["id"],
    }
