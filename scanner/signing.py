"""Ed25519 signatures beside files: `manifest.json` is signed in `manifest.json.sig`, its 64 bytes.

References:
    RFC 8032, Edwards-Curve Digital Signature Algorithm (EdDSA): https://www.rfc-editor.org/rfc/rfc8032
"""

from pathlib import Path

from scanner.evidence import EvidenceError

SUFFIX = ".sig"


def check_key(key: Path) -> None:
    """See that a private key can be used, before anything is done.

    Raises:
        EvidenceError: it is none.
    """
    from scanner.feeds.bundle import BundleError, private_key

    try:
        private_key(key)
    except BundleError as error:
        raise EvidenceError(str(error)) from error


def sign(path: Path, key: Path) -> None:
    """Sign a file with a private key (PEM, or as OpenSSH writes it).

    Raises:
        EvidenceError: the key cannot be used.
    """
    from scanner.feeds.bundle import BundleError, private_key

    try:
        signer = private_key(key)
    except BundleError as error:
        raise EvidenceError(str(error)) from error
    signature(path).write_bytes(signer.sign(path.read_bytes()))


def check(path: Path, key: Path) -> str | None:
    """What is wrong with the signature of a file; None if it is the key's.

    Raises:
        EvidenceError: the public key cannot be read.
    """
    from cryptography.exceptions import InvalidSignature

    from scanner.feeds.bundle import BundleError, public_key

    try:
        public = public_key(key)
    except BundleError as error:
        raise EvidenceError(str(error)) from error
    if not signature(path).is_file():
        return f"{path.name} is not signed"
    try:
        public.verify(signature(path).read_bytes(), path.read_bytes())
    except InvalidSignature:
        return f"{path.name} is not signed with this key, or was changed afterwards"
    return None


def signature(path: Path) -> Path:
    """Where the signature of a file lies."""
    return path.with_name(path.name + SUFFIX)
