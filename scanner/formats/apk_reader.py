"""What the readers of Android packages share: random access, length-prefixed values, and the one error they raise.

References:
    APK Signature Scheme v2, section Format: https://source.android.com/docs/security/features/apksigning/v2
"""

from collections.abc import Iterator
from typing import Protocol

MAX_VALUES = 4096
"""Values in one sequence: signers, certificates, digests. Real packages have fewer than ten."""
WORD = 4


class ApkError(ValueError):
    """Something that is not as an Android package has it: says what and where."""


class Source(Protocol):
    """Random access to the bytes of one file."""

    size: int

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`; fewer at the end of the file."""
        ...


class Cursor:
    """Little-endian numbers and length-prefixed values, one after the other; `what` names them in errors."""

    def __init__(self, data: bytes, what: str) -> None:
        """Begin at the first byte."""
        self.data, self.what, self.at = data, what, 0

    @property
    def left(self) -> int:
        """Bytes that were not read yet."""
        return len(self.data) - self.at

    def take(self, amount: int, what: str) -> bytes:
        """Some bytes.

        Raises:
            ApkError: fewer are left.
        """
        if amount > self.left:
            raise ApkError(f"{self.what}: {what} has {amount} bytes at {self.at}, but {self.left} are left")
        self.at += amount
        return self.data[self.at - amount : self.at]

    def number(self, what: str, width: int = WORD) -> int:
        """An unsigned number of some bytes.

        Raises:
            ApkError: fewer are left.
        """
        return int.from_bytes(self.take(width, what), "little")

    def value(self, what: str) -> bytes:
        """Bytes that their length (32 bit) stands before.

        Raises:
            ApkError: fewer are left.
        """
        return self.take(self.number(f"the length of {what}"), what)

    def values(self, what: str) -> Iterator[bytes]:
        """Length-prefixed values to the end.

        Raises:
            ApkError: one is cut short, or there are more than `MAX_VALUES`.
        """
        count = 0
        while self.left:
            if (count := count + 1) > MAX_VALUES:
                raise ApkError(f"{self.what}: more than {MAX_VALUES} of {what}")
            yield self.value(f"{what} {count}")


def sequence(data: bytes, what: str) -> list[bytes]:
    """The length-prefixed values that make up some bytes.

    Raises:
        ApkError: one is cut short, or there are more than `MAX_VALUES`.
    """
    return list(Cursor(data, what).values("value"))
