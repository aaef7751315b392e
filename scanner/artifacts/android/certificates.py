"""Certificate authorities that were added to the phone: who holds their keys can read its encrypted traffic."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.evidence import File
from scanner.formats.certificate_hash import digests
from scanner.record import AwareTime, CertHash, Place, Record

FIRST, LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)
USER = "/data/misc/user/*/"
ADDED = (f"{USER}cacerts-added/*", f"{USER}cacerts-removed/*", "/data/misc/keychain/cacerts-added/*")


class AddedAuthority(Record):
    """A certificate authority that the owner, an administrator or somebody with the phone in hand added."""

    time: AwareTime | None = None
    """From when on it is valid, often when it was made; not when it was added."""
    until: AwareTime | None = None
    user: int | None = None
    subject: str | None = None
    issuer: str | None = None
    serial: str | None = None
    md5: CertHash
    sha1: CertHash
    sha256: CertHash
    removed: bool | None = None
    """True: it is one of the system's own that was switched off."""


@artifact(*ADDED)
def added(file: File) -> Iterator[AddedAuthority]:
    """Certificate authorities that were added to the phone or switched off, one file for each (DER or PEM).

    References:
        AOSP, com.android.org.conscrypt.TrustedCertificateStore:
        https://android.googlesource.com/platform/external/conscrypt/
    """
    data = file.read()
    values, der = parsed(file, data)
    values |= dict(zip(("sha256", "sha1", "md5"), digests(der), strict=True)) | {"user": user_of(file.path)}
    yield from file.record(AddedAuthority, Place(), removed="/cacerts-removed/" in file.path or None, **values)


def parsed(file: File, data: bytes) -> tuple[dict[str, Any], bytes]:
    """What a certificate says, and its DER; where it cannot be read nothing, and the file as it is."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        pem = data.lstrip().startswith(b"-----BEGIN")
        found = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
        values = {
            "time": within(found.not_valid_before_utc),
            "until": within(found.not_valid_after_utc),
            "subject": found.subject.rfc4514_string(),
            "issuer": found.issuer.rfc4514_string(),
            "serial": f"{found.serial_number:x}",
        }
        return values, found.public_bytes(Encoding.DER)
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        file.problem(f"no certificate that could be read: {error}")
        return {}, data


def within(time: datetime | None) -> datetime | None:
    """A time, None where it is beyond what evidence can be of (certificates may be valid until the year 9999)."""
    return time if time is not None and FIRST < time < LAST else None
