"""What stands before and after the encrypted part of a local backup of WhatsApp on Android.

crypt12 begins with 67 bytes at fixed places: the version of the cipher (2 bytes), of the key (1), the server's salt
(32), the account's (16), the initialisation vector (16). It ends with four bytes of the telephone number. crypt14 and
crypt15 begin with the length of a Protocol Buffers message as a varint, then the message: 1 the kind of key; 2 what
crypt12 has at fixed places, as fields 1 to 5; 3 of crypt15, whose field 1 is the vector; 4 the version of WhatsApp
(field 1) and the last digits of the number (field 3).

References:
    wa-crypt-tools, description of the formats: https://github.com/ElDavoo/wa-crypt-tools
    https://protobuf.dev/programming-guides/encoding/
"""

from dataclasses import dataclass
from typing import Literal

from scanner.formats.protobuf import LENGTH, ProtobufError, fields, varint
from scanner.formats.whatsapp_key import CIPHER_VERSION, BackupError

Layout = Literal["crypt12", "crypt14", "crypt15"]
OLD_HEADER = 67
OLD_KEY_VERSIONS = frozenset({1, 2, 3})
NUMBER_SUFFIX = 4
VECTOR = 16
MAX_HEADER = 4096
"""Bytes of a header; those that are known have about 200."""
CIPHER, END_TO_END, INFO = 2, 3, 4
CIPHER_SERVER, CIPHER_ACCOUNT, CIPHER_VECTOR = 3, 4, 5
END_TO_END_VECTOR = 1
INFO_VERSION, INFO_NUMBER = 1, 3


class UnsupportedBackupError(BackupError):
    """It is no backup of a kind that is known here."""


@dataclass(frozen=True)
class Header:
    """What a backup says before its encrypted part.

    Attributes:
        layout: which of the formats it is.
        size: bytes before the encrypted part.
        suffix: bytes after the checksum.
        vector: the initialisation vector of AES-256-GCM, 16 bytes.
        server_salt: of crypt12 and crypt14; the key file has the same.
        account_salt: of crypt12 and crypt14; the key file has the same.
        app_version: which WhatsApp made the backup.
        number: the last two digits of the owner's telephone number.
    """

    layout: Layout
    size: int
    suffix: int
    vector: bytes
    server_salt: bytes = b""
    account_salt: bytes = b""
    app_version: str | None = None
    number: str | None = None


def detect(head: bytes) -> Layout | None:
    """Which format a file has whose first bytes (4 KB suffice) are these; None: it is no backup."""
    try:
        return header(head).layout
    except BackupError:
        return None


def header(head: bytes) -> Header:
    """The header of a backup, of its first bytes.

    Raises:
        UnsupportedBackupError: these bytes begin no backup.
    """
    if head[:2] == CIPHER_VERSION and len(head) >= OLD_HEADER and head[2] in OLD_KEY_VERSIONS:
        return Header("crypt12", OLD_HEADER, NUMBER_SUFFIX, head[51:67], head[3:35], head[35:51])
    try:
        size, begin = varint(head, 0)
        if not 0 < size <= MAX_HEADER or size > len(head) - begin:
            raise UnsupportedBackupError("it does not begin as an encrypted backup of WhatsApp does")
        return message(head[begin : begin + size], begin + size)
    except ProtobufError as error:
        raise UnsupportedBackupError(f"its header cannot be read: {error}") from None


def message(data: bytes, size: int) -> Header:
    """The header that a message is."""
    parts = texts(data)
    cipher, end_to_end, info = (texts(parts.get(number, b"")) for number in (CIPHER, END_TO_END, INFO))
    version, number = told(info.get(INFO_VERSION)), told(info.get(INFO_NUMBER))
    if len(vector := end_to_end.get(END_TO_END_VECTOR, b"")) == VECTOR:
        return Header("crypt15", size, 0, vector, app_version=version, number=number)
    if len(vector := cipher.get(CIPHER_VECTOR, b"")) == VECTOR:
        salts = cipher.get(CIPHER_SERVER, b""), cipher.get(CIPHER_ACCOUNT, b"")
        return Header("crypt14", size, 0, vector, *salts, version, number)
    raise UnsupportedBackupError("its header has no initialisation vector")


def texts(data: bytes) -> dict[int, bytes]:
    """The length-delimited fields of a message, the last of each number."""
    return {number: value for number, kind, value in fields(data) if kind == LENGTH and isinstance(value, bytes)}


def told(value: bytes | None) -> str | None:
    """A text of the header."""
    return value.decode("utf-8", "backslashreplace") if value else None
