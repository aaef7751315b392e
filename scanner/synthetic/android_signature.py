"""Signatures of synthetic packages: JAR signing (v1) and the signing block (v2, v3), by keys made of a seed.

References:
    https://source.android.com/docs/security/features/apksigning
"""

import hashlib
import struct
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from scanner.synthetic import der

EC_SHA256 = 0x0201
IDS = {"v2": 0x7109871A, "v3": 0xF05368C0, "frosting": 0x2146444E, "stamp": 0x6DFF800D}
CHUNK = 1 << 20
SHA256_OID, EC_SHA256_OID = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"
DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
LINE = 70
FIRST_SDK, LAST_SDK = 28, 0x7FFFFFFF
STRIPPED = struct.pack("<III", 8, 0xBEEFF00D, 3)
ECDSA = ec.ECDSA(SHA256(), deterministic_signing=True)


@dataclass(frozen=True)
class Key:
    """A private key and its certificate in DER."""

    private: ec.EllipticCurvePrivateKey
    certificate: bytes

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo in DER."""
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256; the same data give the same signature."""
        return self.private.sign(data, ECDSA)


@cache
def key(seed: str, organisation: str = "Example", common_name: str = "Example") -> Key:
    """A key on P-256 and a certificate for it, valid 2024 to 2049."""
    secret = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") >> 1
    private = ec.derive_private_key(secret, ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    builder = x509.CertificateBuilder(subject, subject, private.public_key(), 7)
    builder = builder.not_valid_before(datetime(2024, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2049, 1, 1, tzinfo=UTC)
    )
    made = builder.sign(private, SHA256(), ecdsa_deterministic=True)
    return Key(private, made.public_bytes(Encoding.DER))


def digest64(data: bytes) -> bytes:
    """SHA-256 in Base64."""
    return b64encode(hashlib.sha256(data).digest())


def section(name: str, data: bytes) -> bytes:
    """A section of a manifest: a file and its digest.

    Raises:
        ValueError: the name is too long for one line.
    """
    if len(name) > LINE - len("Name: "):
        raise ValueError(f"{name}: names of more than one line are not written")
    return b"Name: " + name.encode() + b"\r\nSHA-256-Digest: " + digest64(data) + b"\r\n\r\n"


def v1_files(files: Mapping[str, bytes], by: Key, others: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
    """MANIFEST.MF, CERT.SF and CERT.EC; `others` are the newer schemes that there are too."""
    parts = {name: section(name, data) for name, data in files.items()}
    manifest = b"Manifest-Version: 1.0\r\nCreated-By: 1.0 (Example)\r\n\r\n" + b"".join(parts.values())
    said = ", ".join(one.removeprefix("v") for one in others)
    claim = f"X-Android-APK-Signed: {said}\r\n".encode() if said else b""
    head = b"Signature-Version: 1.0\r\n" + claim + b"SHA-256-Digest-Manifest: " + digest64(manifest) + b"\r\n\r\n"
    sections = [section(name, part) for name, part in parts.items()]
    signed = head + b"".join(sections)
    yield "META-INF/MANIFEST.MF", manifest
    yield "META-INF/CERT.SF", signed
    yield "META-INF/CERT.EC", pkcs7(signed, by)


def pkcs7(content: bytes, by: Key) -> bytes:
    """A detached signature of PKCS #7 without signed attributes."""
    certificate = x509.load_der_x509_certificate(by.certificate)
    issuer = certificate.issuer.public_bytes()
    digest, how = der.sequence(der.oid(SHA256_OID)), der.sequence(der.oid(EC_SHA256_OID))
    named = der.sequence(issuer, der.integer(certificate.serial_number))
    info = der.sequence(der.integer(1), named, digest, how, der.element(4, by.sign(content)))
    data = der.sequence(
        der.integer(1),
        der.several(digest),
        der.sequence(der.oid(DATA)),
        der.element(0xA0, by.certificate),
        der.several(info),
    )
    return der.sequence(der.oid(SIGNED_DATA), der.element(0xA0, data))


def value(*parts: bytes) -> bytes:
    """Parts with their length before them."""
    data = b"".join(parts)
    return struct.pack("<I", len(data)) + data


def content_digest(sections: Sequence[bytes]) -> bytes:
    """The digest over the digests of chunks of 1 MB."""
    chunks = [one[at : at + CHUNK] for one in sections for at in range(0, len(one), CHUNK)]
    digests = [hashlib.sha256(b"\xa5" + struct.pack("<I", len(one)) + one).digest() for one in chunks]
    return hashlib.sha256(b"\x5a" + struct.pack("<I", len(digests)) + b"".join(digests)).digest()


def signer(by: Key, digest: bytes, scheme: str, *, attributes: bytes = b"") -> bytes:
    """One signer of v2 or v3."""
    sdk = b"" if scheme == "v2" else struct.pack("<II", FIRST_SDK, LAST_SDK)
    algorithm = struct.pack("<I", EC_SHA256)
    digests, certificates = value(value(algorithm, value(digest))), value(value(by.certificate))
    signed = digests + certificates + sdk + value(attributes)
    signatures = value(value(algorithm, value(by.sign(signed))))
    return value(value(signed), sdk, signatures, value(by.public))


def signing_block(by: Key, schemes: Sequence[str], sections: Sequence[bytes], **more: bytes) -> bytes:
    """The signing block; `more` are further values by their names in `IDS`."""
    digest = content_digest(sections)
    values = {}
    for scheme in schemes:
        attributes = STRIPPED if scheme == "v2" and "v3" in schemes else b""
        values[IDS[scheme]] = value(signer(by, digest, scheme, attributes=attributes))
    values |= {IDS[name]: data for name, data in more.items()}
    pairs = b"".join(struct.pack("<QI", len(data) + 4, number) + data for number, data in values.items())
    size = struct.pack("<Q", len(pairs) + 24)
    return size + pairs + size + b"APK Sig Block 42"
