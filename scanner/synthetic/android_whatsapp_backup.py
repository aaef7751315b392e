"""WhatsApp's encrypted local backups on Android, written: the counterpart of `scanner.formats.whatsapp_backup`.

References:
    wa-crypt-tools, description of the formats: https://github.com/ElDavoo/wa-crypt-tools
    https://protobuf.dev/programming-guides/encoding/
"""

import hashlib
import zlib
from random import Random

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from scanner.formats.whatsapp_header import Layout
from scanner.formats.whatsapp_key import CIPHER_VERSION, OLD, ROOT, SERIALISED, Key

APP_VERSION = "2.24.11.79"
NUMBER = "42"
"""The last digits of the owner's telephone number."""
SEVEN_BITS, MORE = 0x7F, 0x80
FEATURES = range(5, 40)


def old_key(seed: int = 1) -> Key:
    """A key as in the file `key`."""
    random = Random(seed)
    return Key(random.randbytes(ROOT), 2, random.randbytes(ROOT), random.randbytes(16))


def root_key(seed: int = 1) -> Key:
    """An end-to-end key as in the file `encrypted_backup.key`."""
    return Key(Random(seed).randbytes(ROOT))


def key_file(key: Key) -> bytes:
    """The file that WhatsApp keeps a key in: 158 bytes of an old one, 59 of an end-to-end key."""
    if key.version is None:
        content = key.secret
    else:
        hashed = hashlib.sha256(key.account_salt).digest()
        salts = key.server_salt, key.account_salt, hashed
        content = OLD.pack(CIPHER_VERSION, key.version, *salts, bytes(16), key.secret)
    return SERIALISED + len(content).to_bytes(4, "big") + content


def encrypt(
    plain: bytes, key: Key, layout: Layout, *, deflated: bool = True, several: bool = False, features: bool = True
) -> bytes:
    """A backup of some content.

    Args:
        plain: what is backed up: a database.
        key: of the kind that the layout needs.
        layout: which format to write.
        deflated: whether zlib deflates the content first.
        several: whether it is one file of several, which have no MD5.
        features: whether the header has the marks that newer versions write, which make it longer than 127 bytes.
    """
    vector = hashlib.md5(plain, usedforsecurity=False).digest()
    begin = header(key, layout, vector, features=features)
    cipher = Cipher(algorithms.AES(key.cipher), modes.GCM(vector)).encryptor()
    body = cipher.update(zlib.compress(plain, 1) if deflated else plain) + cipher.finalize()
    made = begin + body + cipher.tag
    if not several:
        made += hashlib.md5(made, usedforsecurity=False).digest()
    return made + (f"--{NUMBER}".encode() if layout == "crypt12" else b"")


def header(key: Key, layout: Layout, vector: bytes, *, features: bool) -> bytes:
    """What stands before the encrypted part."""
    version = bytes([key.version or 1])
    if layout == "crypt12":
        return CIPHER_VERSION + version + key.server_salt + key.account_salt + vector
    info = text(1, APP_VERSION.encode()) + text(3, NUMBER.encode())
    if features:
        info += b"".join(number(field << 3) + number(1) for field in FEATURES)
    if layout == "crypt15":
        message = number(1 << 3) + number(1) + text(3, text(1, vector))
    else:
        parts = CIPHER_VERSION, version, key.server_salt, key.account_salt, vector
        message = number(1 << 3) + number(0) + text(2, b"".join(text(at, part) for at, part in enumerate(parts, 1)))
    message += text(4, info)
    return number(len(message)) + message


def text(field: int, value: bytes) -> bytes:
    """A length-delimited field of a message."""
    return number(field << 3 | 2) + number(len(value)) + value


def number(value: int) -> bytes:
    """A varint."""
    made = bytearray()
    while value > SEVEN_BITS:
        made.append(value & SEVEN_BITS | MORE)
        value >>= 7
    return bytes([*made, value])
