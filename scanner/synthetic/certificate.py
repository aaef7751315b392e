"""A certificate authority that never was."""

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

SEED = b"Bridle synthetic root authority!"


@cache
def root(name: str) -> bytes:
    """A self-signed certificate in DER; the same name gives the same bytes, for Ed25519 signs without chance."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    begins, ends = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)
    builder = builder.not_valid_before(begins).not_valid_after(ends)
    return builder.sign(key, None).public_bytes(Encoding.DER)
