"""Encrypting a backup's files: one key each, wrapped by the key of its protection class.

References:
    The Apple Wiki, "iTunes Backup": https://theapplewiki.com/wiki/ITunes_Backup
    RFC 3394: https://www.rfc-editor.org/rfc/rfc3394
"""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from scanner.synthetic.keybag import build
from scanner.synthetic.phone import NO_PROTECTION

BLOCK = 16
ZERO = bytes(BLOCK)


@dataclass(frozen=True)
class Vault:
    """The keybag of a backup and the keys of its classes; file keys follow from `seed`, so that backups repeat."""

    keybag: bytes
    classes: dict[int, bytes]
    seed: bytes

    def key(self, name: str) -> bytes:
        """The key of a file, by its identifier."""
        return sha256(self.seed + name.encode()).digest()

    def wrapped(self, name: str, protection: int) -> bytes:
        """What the manifest keeps: the class in little endian, and the file's key wrapped (RFC 3394)."""
        return protection.to_bytes(4, "little") + aes_key_wrap(self.classes[protection], self.key(name))

    def encrypt(self, name: str, plain: bytes) -> bytes:
        """AES-256-CBC with a zero vector and PKCS #7 padding."""
        padding = BLOCK - len(plain) % BLOCK
        encryptor = Cipher(algorithms.AES(self.key(name)), modes.CBC(ZERO)).encryptor()
        return encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()

    @property
    def manifest_key(self) -> bytes:
        """What Manifest.plist keeps for Manifest.db."""
        return self.wrapped("Manifest.db", NO_PROTECTION)


def vault(password: str, seed: int, *, double: bool, double_iterations: int) -> Vault:
    """The vault of a backup with this password; `double` since iOS 10.2."""
    secret = f"bridle synthetic {seed}".encode()
    keybag, classes = build(password, double_iterations=double_iterations, double=double, seed=secret)
    return Vault(keybag, classes, secret)
