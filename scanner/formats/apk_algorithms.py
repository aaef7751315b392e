"""The signature algorithms of APK Signature Scheme 2 and later, by number, and those of v1 by name of digest.

References:
    https://source.android.com/docs/security/features/apksigning/v2#signature-algorithm-ids
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

SHA256, SHA512 = "SHA-256", "SHA-512"
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "MD5": hashes.MD5,
    "SHA-1": hashes.SHA1,
    "SHA-224": hashes.SHA224,
    SHA256: hashes.SHA256,
    "SHA-384": hashes.SHA384,
    SHA512: hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How a signer signed: kind of key (RSA, EC, DSA), digest, and whether RSA used PSS; the content's digest."""

    key: str
    digest: str
    pss: bool = False
    verity: bool = False
    """The content's digest is the root of a hash tree, not the hash of chunk hashes."""

    def __str__(self) -> str:
        """What a person reads: `RSA-PSS with SHA-256`."""
        return f"{self.key}{'-PSS' * self.pss} with {self.digest}"


ALGORITHMS = {
    0x0101: Algorithm("RSA", SHA256, pss=True),
    0x0102: Algorithm("RSA", SHA512, pss=True),
    0x0103: Algorithm("RSA", SHA256),
    0x0104: Algorithm("RSA", SHA512),
    0x0201: Algorithm("EC", SHA256),
    0x0202: Algorithm("EC", SHA512),
    0x0301: Algorithm("DSA", SHA256),
    0x0421: Algorithm("RSA", SHA256, verity=True),
    0x0423: Algorithm("EC", SHA256, verity=True),
    0x0425: Algorithm("DSA", SHA256, verity=True),
}


def verifies(public_key: bytes, signature: bytes, data: bytes, algorithm: Algorithm) -> bool | None:
    """Whether a signature is the key's over the data; None where this key or algorithm cannot be tried here.

    Args:
        public_key: SubjectPublicKeyInfo in DER.
        signature: as the scheme stores it; that of EC and DSA in DER.
        data: what was signed.
        algorithm: how.
    """
    digest = DIGESTS[algorithm.digest]()
    try:
        key = load_der_public_key(public_key)
        if isinstance(key, rsa.RSAPublicKey) and algorithm.key == "RSA":
            pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
            key.verify(signature, data, pss if algorithm.pss else padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.key == "EC":
            key.verify(signature, data, ec.ECDSA(digest))
        elif isinstance(key, dsa.DSAPublicKey) and algorithm.key == "DSA":
            key.verify(signature, data, digest)
        else:
            return False
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return True
