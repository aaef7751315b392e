"""The keys of WhatsApp's local backups on Android: two kinds of file, or the 64 digits that the owner wrote down.

Both files are an array of bytes in Java's serialisation, whose 27 bytes before the content are always the same; nothing
of it is deserialised. `files/key` holds 131 bytes: what also stands in the header of a backup (versions, the server's
salt, the account's), the SHA-256 of the account's salt, an empty initialisation vector, and the key that encrypts.
`files/encrypted_backup.key` holds 32 bytes, from which HMAC-SHA256 makes the key that encrypts.

References:
    Java Object Serialization Specification, chapter 6: https://docs.oracle.com/en/java/javase/17/docs/specs/serialization/protocol.html
    wa-crypt-tools, description of its key files: https://github.com/ElDavoo/wa-crypt-tools
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass, field

SERIALISED = bytes.fromhex("aced0005757200025b42acf317f8060854e00200007870")
"""Java's magic and version, and the class descriptor of an array of bytes; the length follows in 4 bytes."""
OLD = struct.Struct(">2sB32s16s32s16s32s")
"""Version of the cipher, of the key, the server's salt, the account's, its hash, an empty vector, the key."""
ROOT = 32
CIPHER_VERSION = b"\0\1"
PURPOSE = b"backup encryption"
MAX_FILE = 4096
HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")
IGNORED = b" \t\r\n-:"
"""What stands between the digits where the owner wrote them in groups."""


class BackupError(ValueError):
    """An encrypted backup, or the key to it, that cannot be read; the subclasses say why."""


class KeyFileError(BackupError):
    """What was given is no key of WhatsApp."""


@dataclass(frozen=True)
class Key:
    """What opens backups.

    Attributes:
        secret: of an old key file the key that encrypts, else the root of it; 32 bytes.
        version: of an old key file, 1 to 3, else None: the mark of an end-to-end key.
        server_salt: of an old key file, 32 bytes, which the header of its backups repeats.
        account_salt: of an old key file, 16 bytes, which the header of its backups repeats.
    """

    secret: bytes = field(repr=False)
    version: int | None = None
    server_salt: bytes = field(default=b"", repr=False)
    account_salt: bytes = field(default=b"", repr=False)

    @property
    def end_to_end(self) -> bool:
        """Whether it is for crypt15."""
        return self.version is None

    @property
    def cipher(self) -> bytes:
        """The key of AES-256."""
        if not self.end_to_end:
            return self.secret
        private = hmac.digest(bytes(ROOT), self.secret, "sha256")
        return hmac.digest(private, PURPOSE + b"\1", "sha256")


def read_key(data: bytes) -> Key:
    """The key of a key file, or of the 64 hexadecimal digits that WhatsApp showed to the owner.

    Raises:
        KeyFileError: it is neither; says why, and never what stands in it.
    """
    if len(data) > MAX_FILE:
        raise KeyFileError(f"a key of WhatsApp has at most 158 bytes, these are {len(data)}")
    if not data:
        raise KeyFileError("the key file is empty")
    if data[:2] == SERIALISED[:2]:
        return content(array(data))
    digits = data.removeprefix(b"\xef\xbb\xbf").translate(None, IGNORED)
    if HEX_DIGITS.issuperset(digits):
        if len(digits) != 2 * ROOT:
            raise KeyFileError(f"a key of WhatsApp has 64 hexadecimal digits, these are {len(digits)}")
        return Key(bytes.fromhex(digits.decode("ascii")))
    return content(data)


def array(data: bytes) -> bytes:
    """The content of an array of bytes in Java's serialisation."""
    begin = len(SERIALISED) + 4
    if data[: len(SERIALISED)] != SERIALISED[: len(data)]:
        raise KeyFileError("the key file is a serialised object of Java, but no array of bytes")
    if len(data) < begin:
        raise KeyFileError(f"the key file is cut: it ends after {len(data)} bytes")
    size = int.from_bytes(data[len(SERIALISED) : begin], "big")
    if size > len(data) - begin:
        raise KeyFileError(f"the key file is cut: of {size} bytes of the key it holds {len(data) - begin}")
    return data[begin : begin + size]


def content(data: bytes) -> Key:
    """The key in the bytes of a key file."""
    if len(data) == ROOT:
        return Key(data)
    if len(data) != OLD.size:
        raise KeyFileError(f"a key of WhatsApp has 32 or {OLD.size} bytes, these are {len(data)}")
    cipher, version, server, account, hashed, _, secret = OLD.unpack(data)
    if cipher != CIPHER_VERSION:
        raise KeyFileError(f"the key file is of an unknown version: {cipher.hex()}")
    if hashlib.sha256(account).digest() != hashed:
        raise KeyFileError("the key file is damaged: the hash of its salt is not the one that it holds")
    return Key(secret, version, server, account)
