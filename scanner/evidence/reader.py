"""Random access to one file of the evidence: plain, in memory, or decrypted on the way. Nothing is ever written.

References:
    PKCS #7 padding: RFC 5652, section 6.3.
"""

import hashlib
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CHUNK = 1 << 18
"""Decrypted at once, into a buffer that is used again: 4 KB pieces take six times as long."""
BLOCK = 16


class Reader(Protocol):
    """Random access to the bytes of one file."""

    size: int

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`; fewer at the end of the file."""
        ...

    def close(self) -> None:
        """Give the file back to the system."""
        ...


class PlainFile:
    """A file as it lies in the file system."""

    def __init__(self, path: Path | str) -> None:
        """Open for reading.

        Raises:
            OSError: the file cannot be opened.
        """
        self.file = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115 - thousands are opened
        self.size = self.file.seek(0, 2)

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`."""
        self.file.seek(offset)
        return self.file.read(amount) or b""

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class Memory:
    """Bytes that are already here."""

    def __init__(self, data: bytes) -> None:
        """Keep `data`."""
        self.data, self.size = data, len(data)
        self.problem: str | None = None

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`."""
        return self.data[offset : offset + amount]

    def close(self) -> None:
        """Nothing to close."""


class EncryptedFile:
    """A file of an encrypted backup: AES-256-CBC with a zero IV, so that any range can be decrypted alone.

    The size comes from the padding of the last block, never from the manifest: its `Size` is stale for live databases.
    """

    def __init__(self, path: Path | str, key: bytes) -> None:
        """Open for reading with the file's own key.

        Raises:
            OSError: the file cannot be opened.
        """
        self.file, self.key = open(path, "rb", buffering=0), key  # noqa: PTH123, SIM115 - thousands are opened
        self.stored = self.file.seek(0, 2)
        room = min(CHUNK, self.stored)
        self.source, self.plain = bytearray(BLOCK + room), bytearray(room + BLOCK - 1)
        self.view = memoryview(self.plain)
        self.chunk, self.next = -1, 0
        self.problem: str | None = None
        self.size = self.stored - self.padding()

    def padding(self) -> int:
        """How many bytes of the last block are padding; a file cut short or padded wrongly says so in `problem`."""
        if not self.stored:
            return 0
        if tail := self.stored % BLOCK:
            self.problem = f"{tail} bytes after the last whole cipher block: the file was cut short"
            return tail
        last = self.decrypted(self.stored - BLOCK, BLOCK)
        amount = last[-1]
        if not 1 <= amount <= BLOCK or last[-amount:] != bytes([amount]) * amount:
            self.problem = "the padding of the last block is wrong: the file was cut short, changed, or has another key"
            return 0
        return amount

    def decrypted(self, offset: int, amount: int) -> bytes:
        """A range by itself: for reads that jump about, decrypting a whole chunk for each would take far longer."""
        skip = offset % BLOCK
        start = offset - skip
        before = BLOCK if start else 0
        self.file.seek(start - before)
        data = self.file.read(before + (skip + amount + BLOCK - 1) // BLOCK * BLOCK) or b""
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(data[:BLOCK] if before else bytes(BLOCK)))
        whole = len(data) - (len(data) - before) % BLOCK
        return cipher.decryptor().update(data[before:whole])[skip : skip + amount]

    def load(self, chunk: int) -> None:
        """Decrypt one chunk into `plain`; the block before it is its initialisation vector."""
        offset = chunk * CHUNK
        before = BLOCK if offset else 0
        self.file.seek(offset - before)
        source = memoryview(self.source)
        got = self.file.readinto(source[: before + CHUNK]) or 0
        got -= (got - before) % BLOCK
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(bytes(source[:BLOCK]) if before else bytes(BLOCK)))
        cipher.decryptor().update_into(source[before:got], self.plain)
        self.chunk = chunk

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`, decrypted; where reads follow one another, a whole chunk at once."""
        amount = min(amount, self.size - offset)
        if amount <= 0:
            return b""
        chunk, start = divmod(offset, CHUNK)
        jump, self.next = offset != self.next, offset + amount
        if chunk != self.chunk and jump and amount < CHUNK:
            return self.decrypted(offset, amount)
        if start + amount > CHUNK:
            return self.pieces(offset, amount)
        if chunk != self.chunk:
            self.load(chunk)
        return bytes(self.view[start : start + amount])

    def pieces(self, offset: int, amount: int) -> bytes:
        """A range that spans chunks or ends with the file."""
        out = bytearray()
        while amount > 0:
            chunk, start = divmod(offset, CHUNK)
            if chunk != self.chunk:
                self.load(chunk)
            part = self.plain[start : min(start + amount, CHUNK)]
            out += part
            offset, amount = offset + len(part), amount - len(part)
        return bytes(out)

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def sha256(reader: Reader) -> str:
    """The hash of a whole file."""
    digest, offset = hashlib.sha256(), 0
    while piece := reader.read(offset, CHUNK):
        digest.update(piece)
        offset += len(piece)
    return digest.hexdigest()
