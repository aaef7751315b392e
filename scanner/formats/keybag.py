"""The keybag of an iOS backup (`BackupKeyBag` in Manifest.plist): from the password to the class keys.

A list of fields, each a tag of four letters, a length (32 bit, big endian) and a value. Those before the second UUID
describe the bag; each further UUID starts a protection class.

References:
    Apple, "Keybags for Data Protection", https://support.apple.com/guide/security/sec6483d5760/web
    J.-B. Bedrune, J. Sigwald, "iPhone data protection in depth" (HITB Amsterdam 2011)
    RFC 3394, "AES Key Wrap Algorithm", https://www.rfc-editor.org/rfc/rfc3394
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

MAX_ITERATIONS = 1_000_000
MAX_DOUBLE_ITERATIONS = 20_000_000
MAX_BYTES = 1 << 20
WRAP_DEVICE, WRAP_PASSCODE = 1, 2
KEY_BYTES = 32


class WrongPassword(ValueError):  # noqa: N818 (says what is wrong, as its readers will)
    """The password, or the key derived from it, opens no class of the keybag."""


@dataclass(frozen=True, slots=True)
class ClassKey:
    """The key of one protection class.

    Attributes:
        number: 1 to 11 in the bags of backups.
        wrap: bit 0: wrapped by the device's own key; bit 1: wrapped by the key derived from the password.
        key_type: 0 AES, 1 Curve25519.
        wrapped_key: 40 bytes (RFC 3394), or None when the bag has none for the class.
    """

    number: int
    wrap: int
    key_type: int
    wrapped_key: bytes | None


@dataclass(frozen=True, slots=True)
class Keybag:
    """A keybag as stored; numbers are 0 and bytes empty when their field is missing.

    Attributes:
        version: of the format.
        kind: 0 system, 1 backup, 2 escrow, 3 iCloud backup.
        uuid: 16 bytes.
        hmck: wrapped key of the bag's own check sum, or None.
        wrap: as for the classes.
        salt: for `iterations` rounds of PBKDF2-SHA1.
        iterations: rounds over `salt`.
        double_salt: for the rounds of PBKDF2-SHA256 that come first since iOS 10.2, else None.
        double_iterations: rounds over `double_salt`, or None.
        classes: by class number.
    """

    version: int
    kind: int
    uuid: bytes
    hmck: bytes | None
    wrap: int
    salt: bytes
    iterations: int
    double_salt: bytes | None
    double_iterations: int | None
    classes: dict[int, ClassKey]


def parse(data: bytes) -> Keybag:
    """Read a keybag; of a field or class that occurs twice the last one counts.

    Raises:
        ValueError: the data ends within a field, a number is longer than 8 bytes, or there is no class at all.
    """
    head, *groups = _groups(data)
    classes = (_class_key(group) for group in groups if b"CLAS" in group)
    by_number = {one.number: one for one in classes}
    if not by_number:
        raise ValueError("keybag without protection classes")
    return Keybag(
        version=_number(head, b"VERS"),
        kind=_number(head, b"TYPE"),
        uuid=head.get(b"UUID", b""),
        hmck=head.get(b"HMCK"),
        wrap=_number(head, b"WRAP"),
        salt=head.get(b"SALT", b""),
        iterations=_number(head, b"ITER"),
        double_salt=head.get(b"DPSL"),
        double_iterations=_number(head, b"DPIC") if b"DPIC" in head else None,
        classes=by_number,
    )


def derive(bag: Keybag, password: str) -> bytes:
    """Derive the 32 bytes that unwrap the class keys; a second of work for a real bag.

    Raises:
        ValueError: the salt is missing, or an iteration count is 0 or over the limit (a trap to waste time).
    """
    secret = password.encode("utf-8", "surrogateescape")
    if bag.double_salt is not None and bag.double_iterations is not None:
        secret = _pbkdf2(SHA256(), secret, bag.double_salt, bag.double_iterations, MAX_DOUBLE_ITERATIONS)
    return _pbkdf2(SHA1(), secret, bag.salt, bag.iterations, MAX_ITERATIONS)  # noqa: S303 (the format demands it)


def unlock(bag: Keybag, key: bytes) -> dict[int, bytes]:
    """Unwrap the class keys with a derived key.

    Classes that are not wrapped by the password (WRAP without bit 1) are skipped, and so is a class whose key is
    damaged while others open. A key that WRAP says is bound to the device as well (both bits) is returned as the
    password leaves it.

    Raises:
        WrongPassword: the key opens no class.
        ValueError: the key is not 32 bytes, or no class is wrapped by the password.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"derived key of {len(key)} bytes, {KEY_BYTES} wanted")
    wrapped = {one.number: one.wrapped_key for one in bag.classes.values() if one.wrap & WRAP_PASSCODE}
    tried = {number: _unwrap(key, stored) for number, stored in wrapped.items() if stored is not None}
    if not tried:
        raise ValueError("keybag without a class that is protected by the password")
    opened = {number: found for number, found in tried.items() if found is not None}
    if not opened:
        raise WrongPassword("wrong password: it opens no class of the keybag")
    return opened


def _fields(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(data) > MAX_BYTES:
        raise ValueError(f"keybag of {len(data)} bytes is over the limit of {MAX_BYTES}")
    offset = 0
    while offset < len(data):
        start = offset + 8
        end = start + int.from_bytes(data[offset + 4 : start], "big")
        if start > len(data) or end > len(data):
            raise ValueError(f"keybag ends within the field at byte {offset}")
        yield data[offset : offset + 4], data[start:end]
        offset = end


def _groups(data: bytes) -> list[dict[bytes, bytes]]:
    """The bag's own fields, then those of each class."""
    groups: list[dict[bytes, bytes]] = [{}]
    for tag, value in _fields(data):
        if tag == b"UUID" and (len(groups) > 1 or b"UUID" in groups[0]):
            groups.append({})
        groups[-1][tag] = value
    return groups


def _number(group: dict[bytes, bytes], tag: bytes) -> int:
    value = group.get(tag, b"")
    if len(value) > 8:
        raise ValueError(f"keybag field {tag.decode()} is no number")
    return int.from_bytes(value, "big")


def _class_key(group: dict[bytes, bytes]) -> ClassKey:
    wrap, key_type = _number(group, b"WRAP"), _number(group, b"KTYP")
    return ClassKey(_number(group, b"CLAS"), wrap, key_type, group.get(b"WPKY"))


def _pbkdf2(algorithm: HashAlgorithm, secret: bytes, salt: bytes, iterations: int, limit: int) -> bytes:
    if not salt:
        raise ValueError("keybag without salt cannot be opened by a password")
    if not 1 <= iterations <= limit:
        raise ValueError(f"keybag demands {iterations} iterations of {algorithm.name}, allowed are 1 to {limit}")
    return PBKDF2HMAC(algorithm=algorithm, length=KEY_BYTES, salt=salt, iterations=iterations).derive(secret)


def _unwrap(key: bytes, wrapped: bytes) -> bytes | None:
    try:
        return aes_key_unwrap(key, wrapped)
    except (InvalidUnwrap, ValueError):
        return None
