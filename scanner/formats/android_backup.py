"""Android's own backups (`adb backup`): the header, and the key of those that have a password.

References:
    AOSP, com.android.server.backup.fullbackup.PerformAdbBackupTask and utils.PasswordUtils, which write them:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/backup/
"""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MAGIC = b"ANDROID BACKUP\n"
MIUI = b"MIUI BACKUP\n"
"""Xiaomi's backups have two more lines before the same header."""
VERSIONS = range(1, 6)
LINES = 4
ENCRYPTED_LINES = 5
MAX_LINE = 4096
MAX_ROUNDS = 10_000_000
KEY_BYTES, BLOCK = 32, 16
UTF8_SINCE = 2


class WrongPasswordError(ValueError):
    """The password does not open the backup."""


@dataclass(frozen=True)
class Encryption:
    """What opens an encrypted backup, together with its password."""

    user_salt: bytes
    checksum_salt: bytes
    rounds: int
    iv: bytes
    blob: bytes
    """The master key with its own initialisation vector and checksum, encrypted."""


@dataclass(frozen=True)
class Header:
    """What stands before the data."""

    version: int
    compressed: bool
    encryption: Encryption | None
    size: int
    """Bytes of the header: where the data begin."""


def header(head: bytes) -> Header:
    """The header of a backup, of its first bytes (8 KB are enough).

    Raises:
        ValueError: it is no Android backup, or of a version that is not known.
    """
    start = 0
    if head.startswith(MIUI):
        start = head.find(MAGIC)
    if start < 0 or not head.startswith(MAGIC, start):
        raise ValueError("no Android backup: it does not begin with ANDROID BACKUP")
    lines, size = split(head, start, LINES)
    if not lines[1].isdigit() or int(lines[1]) not in VERSIONS:
        raise ValueError(f"an Android backup of version {lines[1][:20]!r}; versions 1 to 5 are known")
    if lines[2] not in {"0", "1"}:
        raise ValueError(f"the header of the Android backup is damaged: compression {lines[2][:20]!r}")
    encryption = None
    if lines[3] == "AES-256":
        more, size = split(head, size, ENCRYPTED_LINES)
        encryption = encrypted(more)
    elif lines[3] != "none":
        raise ValueError(f"an Android backup with the encryption {lines[3][:20]!r}, which is not known")
    return Header(int(lines[1]), lines[2] == "1", encryption, size)


def split(head: bytes, start: int, count: int) -> tuple[list[str], int]:
    """Some lines, and where they end."""
    lines = []
    for _ in range(count):
        end = head.find(b"\n", start, start + MAX_LINE)
        if end < 0:
            raise ValueError("the header of the Android backup is cut short")
        lines.append(head[start:end].decode("ascii", "backslashreplace").rstrip("\r"))
        start = end + 1
    return lines, start


def encrypted(lines: list[str]) -> Encryption:
    """The five lines on the encryption."""
    try:
        salt, checksum_salt, iv, blob = (bytes.fromhex(lines[at]) for at in (0, 1, 3, 4))
        rounds = int(lines[2])
    except ValueError as error:
        raise ValueError(f"the header of the Android backup is damaged: {error}") from error
    if not 0 < rounds <= MAX_ROUNDS or len(iv) != BLOCK or not blob or len(blob) % BLOCK:
        raise ValueError("the header of the Android backup is damaged: its key cannot be what it says")
    return Encryption(salt, checksum_salt, rounds, iv, blob)


def unlock(found: Header, password: str) -> tuple[bytes, bytes]:
    """The key and the initialisation vector of the data.

    Raises:
        WrongPasswordError: the password is not the backup's.
    """
    said = found.encryption
    if said is None:
        raise ValueError("the backup is not encrypted")
    for encoding in ("utf-8", "latin-1") if found.version < UTF8_SINCE else ("utf-8",):
        try:
            user = stretched(password.encode(encoding), said.user_salt, said.rounds)
        except UnicodeEncodeError:
            continue
        if opened := master(said, user):
            return opened
    raise WrongPasswordError("the password does not open the backup")


def stretched(secret: bytes, salt: bytes, rounds: int) -> bytes:
    """A key of a secret."""
    return hashlib.pbkdf2_hmac("sha1", secret, salt, rounds, KEY_BYTES)


def master(said: Encryption, user: bytes) -> tuple[bytes, bytes] | None:
    """The master key and its initialisation vector, if the user's key opens them."""
    decryptor = Cipher(algorithms.AES(user), modes.CBC(said.iv)).decryptor()
    blob = decryptor.update(said.blob) + decryptor.finalize()
    iv, rest = field(blob)
    key, rest = field(rest)
    checksum, _ = field(rest)
    if len(iv) != BLOCK or len(key) != KEY_BYTES or not checksum:
        return None
    if checksum in {stretched(form, said.checksum_salt, said.rounds) for form in (as_characters(key), key)}:
        return key, iv
    return None


def field(data: bytes) -> tuple[bytes, bytes]:
    """A length in one byte and so many bytes; then the rest."""
    length = data[0] if data else 0
    return data[1 : 1 + length], data[1 + length :]


def as_characters(key: bytes) -> bytes:
    """A key as Java turns it into characters, each byte with its sign, and these into UTF-8: what version 2 sums up."""
    return "".join(chr(byte if byte < 0x80 else 0xFF00 | byte) for byte in key).encode()
