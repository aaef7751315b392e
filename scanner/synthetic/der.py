"""DER as far as the signature of a package needs it."""


def element(tag: int, *parts: bytes) -> bytes:
    """An element of some parts."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def sequence(*parts: bytes) -> bytes:
    """A sequence."""
    return element(0x30, *parts)


def several(*parts: bytes) -> bytes:
    """A set."""
    return element(0x31, *parts)


def integer(number: int) -> bytes:
    """A whole number that is not negative."""
    return element(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for number in (first * 40 + second, *rest):
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        out += bytes(reversed(digits))
    return element(6, bytes(out))
