"""The certificates that sign Android packages: their hashes, and what they say of their owner.

The identity of a signer is the certificate's bytes exactly as the package stores them: Android compares those, and so
does it where they are no strict DER that a decoder would give back changed.

References:
    Application signing: https://source.android.com/docs/security/features/apksigning
"""

import warnings
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from scanner.formats.certificate_hash import digests, java_hash

REMEMBERED = 512
LARGEST = 1 << 16
"""Bytes of a certificate; one of the longest keys in use has 4,000."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of a package.

    Attributes:
        data: the bytes as stored, in most packages DER.
        sha256: of `data`, in lower case hexadecimal, like the two other hashes.
        sha1: the hash that lists of stalkerware use.
        md5: the oldest of the hashes in use.
        signature_hash: what `dumpsys package` prints for the signature: Java's 32 bit hash of `data`.
        subject: the owner as RFC 4514 writes a name, or None where the certificate cannot be decoded.
        issuer: likewise, of who signed it: in Android almost always the owner.
        organisation: O of the subject.
        common_name: CN of the subject.
        not_before: the begin of its validity, aware.
        not_after: the end of its validity, aware.
        public_key: SubjectPublicKeyInfo in DER, or None.
        problem: why it could not be decoded.
    """

    data: bytes
    sha256: str
    sha1: str
    md5: str
    signature_hash: str
    subject: str | None = None
    issuer: str | None = None
    organisation: str | None = None
    common_name: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    public_key: bytes | None = None
    problem: str | None = None


def certificate(data: bytes) -> Certificate:
    """A certificate from its bytes; one that cannot be decoded still has its hashes, and a `problem`."""
    if len(data) <= LARGEST:
        return remembered(data)
    sha256, sha1, md5 = digests(data)
    return Certificate(data, sha256, sha1, md5, "", problem=f"{len(data)} bytes are no certificate")


@lru_cache(maxsize=REMEMBERED)
def remembered(data: bytes) -> Certificate:
    """The same for bytes of a usual length; apps of one maker have the same certificate."""
    sha256, sha1, md5 = digests(data)
    hashed = Certificate(data, sha256, sha1, md5, java_hash(data))
    try:
        return decoded(hashed)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        return replace(hashed, problem=f"the certificate cannot be decoded: {error}")


def decoded(hashed: Certificate) -> Certificate:
    """A certificate with what it says of its owner.

    Raises:
        ValueError: it is no certificate, as also the other errors of `cryptography` say.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of serial numbers and keys that are out of use, in apps ten years old
        one = x509.load_der_x509_certificate(hashed.data)
        subject, issuer = one.subject, one.issuer
        begins, ends = one.not_valid_before_utc, one.not_valid_after_utc
        try:
            key = one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except (ValueError, UnsupportedAlgorithm):
            key = None
        return replace(
            hashed,
            subject=subject.rfc4514_string(),
            issuer=issuer.rfc4514_string(),
            organisation=part(subject, NameOID.ORGANIZATION_NAME),
            common_name=part(subject, NameOID.COMMON_NAME),
            not_before=begins,
            not_after=ends,
            public_key=key,
        )


def part(name: x509.Name, kind: x509.ObjectIdentifier) -> str | None:
    """The first value of one kind in a name."""
    found = name.get_attributes_for_oid(kind)
    return str(found[0].value) if found else None
