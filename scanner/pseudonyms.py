"""What stands for a personal value: a keyed hash, so that the same value has the same one everywhere.

Nobody without the key can try values against one. Their forms stay those of what they stand for, where formats ask for
one: an address that is no address (`.invalid` names no host), a path's component with its extension.

References:
    HMAC, RFC 2104: https://www.rfc-editor.org/rfc/rfc2104
    RFC 2606, names that nobody has: https://www.rfc-editor.org/rfc/rfc2606
"""

import hashlib
import hmac
import re

from scanner.stories import address

DIGITS = 12
SORTS = "account|email|file|id|mac|name|number|phone|place|text"
MADE = re.compile(rf"(?:{SORTS})-[0-9a-f]{{12}}(?:@redacted\.invalid)?")
"""A pseudonym, wherever it stands."""
EXTENSION = re.compile(r".(\.[A-Za-z][A-Za-z0-9]{0,9})\Z", re.DOTALL)


class Pseudonyms:
    """The pseudonyms of one key."""

    def __init__(self, key: bytes) -> None:
        """Take the key."""
        self.key = key

    def __call__(self, sort: str, value: str) -> str:
        """What stands for a value of a sort: `text-0123456789ab`."""
        if MADE.fullmatch(value):
            return value
        text = f"redacted\x1f{sort}\x1f{value}".encode("utf-8", "backslashreplace")
        return f"{sort}-{hmac.new(self.key, text, hashlib.sha256).hexdigest()[:DIGITS]}"

    def contact(self, value: str) -> str:
        """Whom a number, an e-mail address or an account name reaches: one pseudonym however it is written."""
        plain = address(value)
        if "@" in plain:
            return f"{self('email', plain)}@redacted.invalid"
        digits = plain.lstrip("+")
        return self("phone", digits) if digits.isdigit() else self("account", plain)

    def file(self, name: str) -> str:
        """A file's name, whose extension stays."""
        found = EXTENSION.search(name)
        return self("file", name) + (found[1] if found else "")

    def id(self, finding: str) -> str:
        """A finding's id: the plain one is a hash that anybody can try numbers and paths against."""
        return hmac.new(self.key, f"redacted\x1ffinding\x1f{finding}".encode(), hashlib.sha256).hexdigest()[:16]
