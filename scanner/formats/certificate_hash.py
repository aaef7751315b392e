"""Hashes of signing certificates: Android's own 32-bit one, and the usual ones.

References:
    Java, Arrays.hashCode(byte[]): https://docs.oracle.com/javase/8/docs/api/java/util/Arrays.html#hashCode-byte:A-
    AOSP, android.content.pm.Signature, hashCode: https://android.googlesource.com/platform/frameworks/base
"""

from hashlib import md5, sha1, sha256

BITS = 0xFFFFFFFF


def java_hash(der: bytes) -> str:
    """What `dumpsys package` prints of a signer's certificate, as eight hexadecimal digits."""
    value = 1
    for byte in der:
        value = (31 * value + (byte if byte < 128 else byte - 256)) & BITS
    return f"{value:08x}"


def digests(der: bytes) -> tuple[str, ...]:
    """SHA-256, SHA-1 and MD5 of a certificate, which lists of indicators use."""
    return tuple(method(der, usedforsecurity=False).hexdigest() for method in (sha256, sha1, md5))
