"""WhatsApp's encrypted local backups on Android (`msgstore.db.crypt12`, `.crypt14`, `.crypt15`), opened with their key.

After the header comes the database, deflated by zlib and encrypted by AES-256-GCM, then the 16 bytes of its
authentication tag, then the MD5 of all before. Backups that consist of several files have no MD5. Everything is read
in pieces, twice: once for the MD5, which tells where the tag stands and whether the file is whole, once to decrypt.

References:
    wa-crypt-tools, description of the formats: https://github.com/ElDavoo/wa-crypt-tools
    NIST SP 800-38D (GCM): https://doi.org/10.6028/NIST.SP.800-38D
    RFC 1950 (zlib): https://www.rfc-editor.org/rfc/rfc1950
"""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from scanner.formats.whatsapp_header import MAX_HEADER, Header, header
from scanner.formats.whatsapp_key import BackupError, Key

TAG = CHECKSUM = 16
PIECE = 1 << 20
STEP = 1 << 14
"""Inflated at once: zlib makes at most 1032 times as much of it."""
MAX_PLAIN = 2 << 30
"""Bytes that a backup may have when it is opened."""
DEFLATED = 0x78
"""The first byte of every zlib stream that WhatsApp writes."""


class WrongKeyError(BackupError):
    """The backup was made with another key."""


class DamagedBackupError(BackupError):
    """The key is the right one, but the file is not what WhatsApp wrote."""


class TruncatedBackupError(DamagedBackupError):
    """The end of the file is missing."""


class TooLargeError(BackupError):
    """The content is larger than was allowed."""


class Source(Protocol):
    """Random access to the bytes of a file."""

    size: int

    def read(self, offset: int, amount: int, /) -> bytes:
        """Up to `amount` bytes from `offset`."""
        ...


class Bytes:
    """Bytes that are already here."""

    def __init__(self, data: bytes) -> None:
        """Keep them."""
        self.data, self.size = data, len(data)

    def read(self, offset: int, amount: int, /) -> bytes:
        """Up to `amount` bytes from `offset`."""
        return self.data[offset : offset + amount]


def decrypt(source: Source | bytes, key: Key, limit: int = MAX_PLAIN) -> bytes:
    """The whole content of a backup, once it has proved to be genuine.

    Raises:
        BackupError: see `pieces`.
    """
    return b"".join(pieces(source, key, limit))


def pieces(source: Source | bytes, key: Key, limit: int = MAX_PLAIN) -> Iterator[bytes]:
    """The content of a backup in pieces of any size, inflated where it is deflated.

    Only when no error has come at the end was the content authentic; what was yielded before a `DamagedBackupError`
    is what could be had of a damaged file.

    Raises:
        UnsupportedBackupError: it is no backup that is known here.
        WrongKeyError: the key does not belong to it.
        TruncatedBackupError: its end is missing.
        DamagedBackupError: it was changed after WhatsApp wrote it.
        TooLargeError: the content has more than `limit` bytes.
    """
    source = Bytes(source) if isinstance(source, bytes) else source
    found = header(source.read(0, MAX_HEADER + 2))
    fits(found, key)
    whole, end = extent(source, found)
    yield from Stream(source, found, key, end).pieces(whole, limit)


def fits(found: Header, key: Key) -> None:
    """See whether a key can be the one of a backup.

    Raises:
        WrongKeyError: it cannot.
    """
    if found.layout == "crypt15" and not key.end_to_end:
        raise WrongKeyError("a crypt15 backup is opened by `encrypted_backup.key` or 64 digits, not by the file `key`")
    if found.layout != "crypt15" and key.end_to_end:
        raise WrongKeyError(f"a {found.layout} backup is opened by the file `key`, not by an end-to-end key")
    for salt, own in ((found.server_salt, key.server_salt), (found.account_salt, key.account_salt)):
        if salt and own and salt != own:
            raise WrongKeyError("the backup was made with another key file: the salts differ")


def extent(source: Source, found: Header) -> tuple[bool, int]:
    """Whether the MD5 of a backup is right, and where its encrypted part ends: the tag follows there.

    Raises:
        TruncatedBackupError: not even the tag can be in it.
    """
    end = source.size - found.suffix - CHECKSUM
    if end >= found.size and md5(source, end) == source.read(end, CHECKSUM):
        if end - TAG < found.size:
            raise DamagedBackupError("the backup has no content")
        return True, end - TAG
    if source.size - TAG <= found.size:
        raise TruncatedBackupError(f"the backup is cut: it ends after {source.size} bytes")
    return False, source.size - TAG


def md5(source: Source, end: int) -> bytes:
    """The MD5 of a file up to a byte."""
    made = hashlib.md5(usedforsecurity=False)
    for piece in read(source, 0, end):
        made.update(piece)
    return made.digest()


def read(source: Source, begin: int, end: int) -> Iterator[bytes]:
    """The bytes of a range, in pieces."""
    while begin < end and (piece := source.read(begin, min(PIECE, end - begin))):
        yield piece
        begin += len(piece)


class Stream:
    """The encrypted part of one backup on its way to being plain."""

    def __init__(self, source: Source, found: Header, key: Key, end: int) -> None:
        """Begin with nothing."""
        self.source, self.found, self.end = source, found, end
        self.cipher = Cipher(algorithms.AES(key.cipher), modes.GCM(found.vector)).decryptor()
        self.inflate = zlib.decompressobj()
        self.deflated: bool | None = None
        self.problem: str | None = None
        self.given = 0

    def pieces(self, whole: bool, limit: int) -> Iterator[bytes]:
        """The content; then the errors of `pieces`."""
        for encrypted in read(self.source, self.found.size, self.end):
            plain = self.cipher.update(encrypted)
            if self.deflated is None and plain:
                self.deflated = plain[0] == DEFLATED
            for piece in self.inflated(plain) if self.deflated else (plain,):
                self.given += len(piece)
                if self.given > limit:
                    raise TooLargeError(f"the content of the backup has more than {limit} bytes")
                yield piece
            if self.problem:
                break
        self.judge(whole, self.problem is None and self.genuine())

    def inflated(self, data: bytes) -> Iterator[bytes]:
        """What deflated data holds, up to where it is broken."""
        for at in range(0, len(data), STEP):
            step, before = data[at : at + STEP], self.inflate.copy()
            try:
                yield self.inflate.decompress(step)
            except zlib.error as error:
                self.problem = str(error)
                yield from last(before, step)
                return

    def genuine(self) -> bool:
        """Whether the tag is that of the content."""
        try:
            self.cipher.finalize_with_tag(self.source.read(self.end, TAG))
        except (InvalidTag, ValueError):
            return False
        return True

    def judge(self, whole: bool, genuine: bool) -> None:
        """Say what is wrong, if anything is.

        Raises:
            BackupError: the file is not what WhatsApp wrote, or the key not its own.
        """
        if genuine:
            if self.deflated and not self.inflate.eof:
                raise DamagedBackupError("the content of the backup ends too early, although it is authentic")
        elif whole:
            raise WrongKeyError("the key does not open the backup, whose checksum is right")
        elif not self.deflated or not self.given:
            raise WrongKeyError("the key does not open the backup, or its beginning is damaged")
        elif self.problem or self.inflate.eof:
            raise DamagedBackupError(f"the backup is damaged after {self.given} bytes of content")
        else:
            raise TruncatedBackupError(f"the backup is cut after {self.given} bytes of content")


def last(inflate: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """What can be had of data that is broken, byte by byte."""
    with suppress(zlib.error):
        for at in range(len(data)):
            yield inflate.decompress(data[at : at + 1])
