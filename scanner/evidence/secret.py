"""What opens encrypted evidence: a password, or a key already derived from it."""

from dataclasses import dataclass, field

from scanner.formats import keybag


@dataclass(frozen=True)
class Secret:
    """A password, a derived key or a key file; false where there is none. Its text never shows any."""

    password: str | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)
    """The derived key of an iOS backup."""
    file: bytes | None = field(default=None, repr=False)
    """What the key file holds: an age identity, WhatsApp's key."""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return any(given is not None for given in (self.password, self.key, self.file))

    @property
    def kind(self) -> str:
        """What it is, for messages."""
        return "derived key" if self.key is not None else "password"

    def derive(self, bag: keybag.Keybag) -> bytes:
        """The derived key for a keybag; from a password this takes a second of work.

        Raises:
            ValueError: the keybag asks for more iterations than any real one.
        """
        return self.key if self.key is not None else keybag.derive(bag, self.password or "")
