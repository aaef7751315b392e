"""What a decoder needs of a file: random access to its bytes."""

from typing import Protocol


class PageSource(Protocol):
    """A random-access reader; `size` is in bytes."""

    @property
    def size(self) -> int:
        """The size of the file in bytes."""

    def read(self, offset: int, amount: int) -> bytes:
        """Return up to `amount` bytes from `offset`; fewer only at the end of the file."""
