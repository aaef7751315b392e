"""What stands in the payloads of configuration profiles: links, hosts, addresses and certificates.

References:
    Apple, "Device Management" (payloads): https://developer.apple.com/documentation/devicemanagement
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

CERTIFICATES = frozenset({"com.apple.security.root", "com.apple.security.pkcs1", "com.apple.security.pem"})
PEM = b"-----BEGIN CERTIFICATE-----"
MAX_TEXT = 65_536
MAX_FOUND = 1000
MAX_CERTIFICATE = 1 << 20
LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
EMAIL = re.compile(r"[^@\s/:]+@[^@\s/:]+\.[^@\s/:]+")
HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_*-]+(?:\.[0-9A-Za-z_-]+)+)\.?(?::[0-9]{1,5})?")
HOST_KEY = re.compile(r"host|server|address|domain|proxy|url|remote|gateway|peer", re.IGNORECASE)
SECRET_KEY = re.compile(r"password|secret|passphrase", re.IGNORECASE)
OWN_KEYS = frozenset({"PayloadType", "PayloadUUID", "PayloadIdentifier"})


def texts(payload: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of a payload with the nearest key above it; no passwords, and nothing beyond MAX_TEXT characters."""
    waiting: list[tuple[str, Any]] = [("", payload)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, str):
            yield key, value[:MAX_TEXT]
        elif isinstance(value, dict):
            inner = ((name, one) for name, one in value.items() if name not in OWN_KEYS and not SECRET_KEY.search(name))
            waiting += reversed(list(inner))
        elif isinstance(value, list):
            waiting += [(key, one) for one in reversed(value)]


def once(found: Iterator[str]) -> tuple[str, ...]:
    """Each value once, in the order of the payload, at most MAX_FOUND."""
    values: dict[str, None] = {}
    for value in found:
        values[value] = None
        if len(values) == MAX_FOUND:
            break
    return tuple(values)


def links(payload: dict[str, Any]) -> tuple[str, ...]:
    """The URLs in a payload."""
    return once(match[0] for _, text in texts(payload) for match in LINK.finditer(text))


def hosts(payload: dict[str, Any]) -> tuple[str, ...]:
    """Names and addresses of hosts where the key says that a host or a domain stands."""
    return once(text for key, text in texts(payload) if HOST_KEY.search(key) and HOST.fullmatch(text))


def emails(payload: dict[str, Any]) -> tuple[str, ...]:
    """The e-mail addresses in a payload: of mail accounts, of users of a server."""
    return once(text for _, text in texts(payload) if EMAIL.fullmatch(text))


@dataclass(frozen=True)
class Certificate:
    """A certificate that a payload brings: its subject, the SHA-256 of its DER form, or what is wrong with it."""

    subject: str | None
    sha256: str
    problem: str | None = None

    @classmethod
    def of(cls, kind: object, content: object) -> "Certificate | None":
        """The certificate of a payload's type and content, DER or PEM; None where the payload is no certificate."""
        if not isinstance(kind, str) or kind not in CERTIFICATES or not isinstance(content, bytes):
            return None
        if len(content) > MAX_CERTIFICATE:
            return cls(None, sha256(content).hexdigest(), f"a certificate of {len(content)} bytes is not read")
        return cls.read(content)

    @classmethod
    def read(cls, content: bytes) -> "Certificate":
        """Read it; what cannot be read still has the hash of its bytes."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        try:
            found = (x509.load_pem_x509_certificate if PEM in content else x509.load_der_x509_certificate)(content)
            subject, der = found.subject.rfc4514_string(), found.public_bytes(Encoding.DER)
        except (ValueError, TypeError, x509.InvalidVersion) as error:
            return cls(None, sha256(content).hexdigest(), f"not a certificate: {str(error)[:200]}")
        return cls(subject, sha256(der).hexdigest())
