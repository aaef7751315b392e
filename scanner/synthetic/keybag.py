"""Writes the keybag of an encrypted backup."""

from hashlib import sha256

from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from scanner.formats.keybag import KEY_BYTES, WRAP_DEVICE, WRAP_PASSCODE, ClassKey, Keybag, derive

CLASSES = range(1, 12)
DEVICE_BOUND = (9, 10)
"""This-device-only classes: password and device together, as in real bags."""
DEVICE_ONLY = 11
"""The one class that no password opens, for the tests of that case."""
CURVE25519_CLASS = 2


def build(
    password: str,
    *,
    iterations: int = 10_000,
    double_iterations: int = 10_000_000,
    double: bool = True,
    seed: bytes,
) -> tuple[bytes, dict[int, bytes]]:
    """Build a bag with the classes 1 to 11; all that is random in a real one follows from the seed.

    Args:
        password: of the backup.
        iterations: rounds of PBKDF2-SHA1.
        double_iterations: rounds of PBKDF2-SHA256 that come first.
        double: whether they do: since iOS 10.2.
        seed: equal seeds give equal bags.

    Returns:
        The fields as stored, and the 32 byte key of every class, that of DEVICE_ONLY included.
    """
    salts = (_random(seed, "salt", 20), _random(seed, "double salt", 20))
    bag = _head(seed, salts, iterations, double_iterations if double else None)
    key = derive(bag, password)
    keys = {number: _random(seed, f"class {number}", KEY_BYTES) for number in CLASSES}
    device = _random(seed, "device", KEY_BYTES)
    stored = [_head_fields(bag)]
    for number, class_key in keys.items():
        wrapping = device if number == DEVICE_ONLY else key
        one = ClassKey(number, _wrap(number), int(number == CURVE25519_CLASS), aes_key_wrap(wrapping, class_key))
        stored.append(_class_fields(seed, one))
    return b"".join(stored), keys


def _head(seed: bytes, salts: tuple[bytes, bytes], iterations: int, double_iterations: int | None) -> Keybag:
    return Keybag(
        version=4,
        kind=1,
        uuid=_random(seed, "bag", 16),
        hmck=_random(seed, "check", 40),
        wrap=1,
        salt=salts[0],
        iterations=iterations,
        double_salt=None if double_iterations is None else salts[1],
        double_iterations=double_iterations,
        classes={},
    )


def _wrap(number: int) -> int:
    if number == DEVICE_ONLY:
        return WRAP_DEVICE
    return WRAP_PASSCODE | (WRAP_DEVICE if number in DEVICE_BOUND else 0)


def _head_fields(bag: Keybag) -> bytes:
    fields = [
        _number("VERS", bag.version),
        _number("TYPE", bag.kind),
        _field("UUID", bag.uuid),
        _field("HMCK", bag.hmck or b""),
        _number("WRAP", bag.wrap),
        _field("SALT", bag.salt),
        _number("ITER", bag.iterations),
    ]
    if bag.double_salt is not None and bag.double_iterations is not None:
        fields += [_number("DPWT", 1), _number("DPIC", bag.double_iterations), _field("DPSL", bag.double_salt)]
    return b"".join(fields)


def _class_fields(seed: bytes, one: ClassKey) -> bytes:
    fields = [
        _field("UUID", _random(seed, f"uuid {one.number}", 16)),
        _number("CLAS", one.number),
        _number("WRAP", one.wrap),
        _number("KTYP", one.key_type),
        _field("WPKY", one.wrapped_key or b""),
    ]
    if one.number == CURVE25519_CLASS:
        fields.append(_field("PBKY", _random(seed, "public", 32)))
    return b"".join(fields)


def _number(tag: str, value: int) -> bytes:
    return _field(tag, value.to_bytes(4, "big"))


def _field(tag: str, value: bytes) -> bytes:
    return tag.encode() + len(value).to_bytes(4, "big") + value


def _random(seed: bytes, label: str, size: int) -> bytes:
    """Bytes that look random and repeat with the seed."""
    blocks = (sha256(seed + label.encode() + bytes([count])).digest() for count in range(-(-size // 32)))
    return b"".join(blocks)[:size]
