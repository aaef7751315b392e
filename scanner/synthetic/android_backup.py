"""An adb backup as Android writes it, of any version, packed and encrypted or not.

References:
    See scanner.formats.android_backup.
"""

import io
import tarfile
import zlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from scanner.formats.android_backup import BLOCK, KEY_BYTES, MAGIC, UTF8_SINCE, as_characters, stretched

ROUNDS = 10_000
SALT_BYTES = 64


def adb_backup(
    files: Mapping[str, bytes], *, version: int = 5, packed: bool = True, password: str | None = None
) -> bytes:
    """The backup of some files by their names in it (`apps/<package>/db/x`)."""
    data = tar(files)
    if packed:
        data = zlib.compress(data, 6)
    head = MAGIC + f"{version}\n{int(packed)}\n".encode()
    if password is None:
        return head + b"none\n" + data
    lines, key, iv = locked(password, version)
    return head + b"AES-256\n" + lines + encrypted(data, key, iv)


def tar(files: Mapping[str, bytes]) -> bytes:
    """A tar archive; every file of the same moment."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(data), 1_718_400_000, 0o600
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def locked(password: str, version: int) -> tuple[bytes, bytes, bytes]:
    """The five lines that only the password opens, the master key and its initialisation vector."""
    salt, checksum_salt = bytes(range(SALT_BYTES)), bytes(range(SALT_BYTES, 2 * SALT_BYTES))
    key = bytes((7 * at + 0x85) % 256 for at in range(KEY_BYTES))  # some bytes have their sign bit set
    iv, user_iv = bytes(range(BLOCK)), bytes(range(BLOCK, 2 * BLOCK))
    checksum = stretched(as_characters(key) if version >= UTF8_SINCE else key, checksum_salt, ROUNDS)
    blob = b"".join(bytes([len(part)]) + part for part in (iv, key, checksum))
    sealed = encrypted(blob, stretched(password.encode(), salt, ROUNDS), user_iv)
    parts = (salt.hex(), checksum_salt.hex(), str(ROUNDS), user_iv.hex(), sealed.hex())
    return "".join(f"{part.upper()}\n" for part in parts).encode(), key, iv


def encrypted(data: bytes, key: bytes, iv: bytes) -> bytes:
    """AES-256-CBC with PKCS #7 padding."""
    padding = BLOCK - len(data) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(data + bytes([padding]) * padding) + encryptor.finalize()
