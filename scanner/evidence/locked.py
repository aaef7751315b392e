"""Files that need a secret: adb backups with a password and age-encrypted archives, opened in memory.

References:
    The age file format: https://age-encryption.org/v1
"""

import io
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from scanner.evidence.container import Reopened, Shared, Source
from scanner.evidence.inflate import ZLIB, Inflated
from scanner.evidence.reader import BLOCK, CHUNK, Memory, Reader
from scanner.evidence.secret import Secret
from scanner.evidence.slices import Slices, buffered
from scanner.formats import android_backup

HEADER = 1 << 16
MAX_AGE = 8 << 30
"""Bytes of an age-encrypted archive: it is kept in memory while it is read."""


class LockedError(ValueError):
    """A secret is missing or wrong; the message says which, and how to give it."""


class BackupFile(Reopened):
    """An adb backup, as the source of the tar archive in it."""

    def __init__(self, source: Source, secret: Secret) -> None:
        """See whether the secret opens it.

        Raises:
            LockedError: the password is missing or wrong.
            ValueError: it is damaged, or of a version that is not known.
        """
        self.source, self.secret, self.name = source, secret, f"{source.name}.tar"
        reader = source.open()
        try:
            self.header = android_backup.header(reader.read(0, HEADER))
        finally:
            reader.close()
        self.key = self.unlocked() if self.header.encryption else None

    def unlocked(self) -> tuple[bytes, bytes]:
        """The key and the initialisation vector."""
        if self.secret.password is None:
            raise LockedError(
                f"the adb backup {self.source.name} is encrypted: give the password that was set on the phone in "
                "BRIDLE_PASSWORD, with --password-file FILE (- is standard input), or on a terminal when asked"
            )
        try:
            return android_backup.unlock(self.header, self.secret.password)
        except android_backup.WrongPasswordError:
            raise LockedError(
                f"the password does not open the adb backup {self.source.name}; it is the one that was typed on the "
                "phone when the backup was made"
            ) from None

    @cached_property
    def reader(self) -> Reader:
        """The tar archive, open in this process."""
        raw = self.source.open()
        data: Reader = Slices(raw, ((self.header.size, max(0, raw.size - self.header.size)),))
        if self.key:
            data = Decrypted(data, *self.key)
        return Inflated(data, ZLIB) if self.header.compressed and data.size else data

    def open(self) -> Reader:
        """The tar archive."""
        return Shared(self.reader)


class Decrypted:
    """AES-256-CBC over a reader, a chunk at a time; the size is without the padding of the last block."""

    def __init__(self, reader: Reader, key: bytes, iv: bytes) -> None:
        """Take the reader over: closing this closes it."""
        self.reader, self.key, self.iv = reader, key, iv
        self.problem: str | None = None
        self.chunk, self.plain = -1, b""
        whole = reader.size - reader.size % BLOCK
        if whole != reader.size or not whole:
            self.problem = "the encrypted data end within a cipher block: the file was cut short"
        self.size = whole
        if whole and self.problem is None:
            padding = self.read(whole - 1, 1)[0]
            if 1 <= padding <= BLOCK and self.read(whole - padding, padding) == bytes([padding]) * padding:
                self.size = whole - padding
            else:
                self.problem = "the padding of the last block is wrong: the file was cut short or changed"

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`."""
        pieces, amount = list[bytes](), min(amount, self.size - offset)
        while amount > 0:
            number, start = divmod(offset, CHUNK)
            if number != self.chunk:
                self.chunk, self.plain = number, self.decrypted(number * CHUNK)
            piece = self.plain[start : start + amount]
            if not piece:
                break
            pieces.append(piece)
            offset, amount = offset + len(piece), amount - len(piece)
        return b"".join(pieces)

    def decrypted(self, offset: int) -> bytes:
        """One chunk; the block before it is its initialisation vector."""
        iv = self.reader.read(offset - BLOCK, BLOCK) if offset else self.iv
        data = self.reader.read(offset, CHUNK)
        decryptor = Cipher(algorithms.AES(self.key), modes.CBC(iv)).decryptor()
        return decryptor.update(data[: len(data) - len(data) % BLOCK])

    def close(self) -> None:
        """Close the encrypted file."""
        self.reader.close()


class AgeFile(Reopened):
    """An age-encrypted file, as the source of what is in it: decrypted into memory, never to disk."""

    def __init__(self, source: Source, secret: Secret) -> None:
        """Nothing is decrypted yet."""
        self.source, self.secret = source, secret
        self.name = source.name.removesuffix(".age")

    @cached_property
    def reader(self) -> Reader:
        """The content.

        Raises:
            LockedError: the identity or the passphrase is missing or wrong.
            ValueError: it is damaged, too large, or the package pyrage is not installed.
        """
        identities = self.identities()
        reader = self.source.open()
        if reader.size > MAX_AGE:
            raise ValueError(
                f"{self.source.name} is larger than {MAX_AGE} bytes: decrypt it with age, and scan the result"
            )
        plain = io.BytesIO()
        try:
            self.decrypt(buffered(reader), plain, identities)
        finally:
            reader.close()
        return Memory(plain.getvalue())

    def identities(self) -> list[Any]:
        """What may open it; none for a passphrase."""
        try:
            from pyrage import IdentityError, ssh, x25519
        except ImportError as error:
            raise ValueError(
                f"{self.source.name} is encrypted with age: install the package pyrage (pip install 'bridle[age]')"
            ) from error
        given = self.secret.file or b""
        lines = (line.strip() for line in given.decode("utf-8", "replace").splitlines())
        try:
            found: list[Any] = [x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
            if b"PRIVATE KEY" in given:
                found.append(ssh.Identity.from_buffer(given))
        except IdentityError as error:
            raise LockedError(f"the key file holds no identity that opens age files: {error}") from None
        if not found and self.secret.password is None:
            raise LockedError(
                f"{self.source.name} is encrypted with age: give the file with the identity (AGE-SECRET-KEY-…) with "
                "--key-file FILE, or the passphrase as a password (BRIDLE_PASSWORD, --password-file, or when asked)"
            )
        return found

    def decrypt(self, source: io.BufferedReader, plain: io.BytesIO, identities: list[Any]) -> None:
        """Decrypt everything, or say why not."""
        import pyrage

        try:
            if identities:
                pyrage.decrypt_io(source, plain, identities)
            else:
                plain.write(pyrage.passphrase.decrypt(source.read(), self.secret.password or ""))
        except pyrage.DecryptError as error:
            said = "the identity" if identities else "the passphrase"
            raise LockedError(f"{said} does not open {self.source.name} ({str(error).partition(chr(10))[0]})") from None
        except OSError as error:
            raise ValueError(f"{self.source.name} is damaged or was cut short: {error}; copy it again") from None

    def open(self) -> Reader:
        """The content."""
        return Shared(self.reader)
