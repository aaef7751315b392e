"""What opens encrypted evidence: a password, or a key already derived from it."""

from dataclasses import dataclass, field

from scanner.formats import keybag


@dataclass(frozen=True)
class Secret:
    """A password or a derived key; false where there is neither. Its text never shows either."""

    password: str | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self.password is not None or self.key is not None

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
