"""The keys of an encrypted iOS backup: password or derived key → class keys → file keys.

The keybag is unlocked through the iOSbackup package, with the derived key; everything before (bounds on what the
file asks for) and after (files) is ours.

References:
    Apple Platform Security, "Keybags for Data Protection": https://support.apple.com/guide/security/sec6483d5760/web
    RFC 3394, "AES Key Wrap Algorithm": https://www.rfc-editor.org/rfc/rfc3394
"""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from scanner.formats import keybag

KEY_BYTES = 32
HEX_DIGITS = 2 * KEY_BYTES
FORM = f"a derived key is {HEX_DIGITS} hexadecimal digits"
WRAPPED_BYTES = KEY_BYTES + 8
MAX_KIND = 3
"""System, backup, escrow and iCloud backup; of others iOSbackup prints a line on standard output."""


class WrongKeyError(ValueError):
    """The password or the key does not open the keybag."""


def derived_key(text: str) -> bytes:
    """A derived key as `--key-file` holds it: 64 hexadecimal digits.

    Raises:
        ValueError: it is something else.
    """
    stripped = text.strip()
    if len(stripped) != HEX_DIGITS:
        raise ValueError(f"{FORM}, this is {len(stripped)} characters")
    if len(key := bytes.fromhex(stripped)) != KEY_BYTES:
        raise ValueError(f"{FORM} without spaces")
    return key


def class_keys(manifest: dict[str, Any], derive: Callable[[keybag.Keybag], bytes]) -> dict[int, bytes]:
    """The keys of the protection classes that the backup's password opens, by class number.

    Raises:
        WrongKeyError: the key does not open them.
        ValueError: the keybag is damaged, or asks for more work than any real one.
    """
    bag = manifest.get("BackupKeyBag")
    if not isinstance(bag, bytes):
        raise ValueError("Manifest.plist holds no BackupKeyBag")
    parsed = keybag.parse(bag)
    if parsed.kind > MAX_KIND:
        raise ValueError(f"it is of kind {parsed.kind}, which no system writes")
    if any(one.wrapped_key and len(one.wrapped_key) != WRAPPED_BYTES for one in parsed.classes.values()):
        raise ValueError(f"the key of a class is not wrapped in {WRAPPED_BYTES} bytes")
    return unlock(manifest, derive(parsed))


def unlock(manifest: dict[str, Any], key: bytes) -> dict[int, bytes]:
    """Class keys by way of iOSbackup; a class that is bound to the device has no key here."""
    from iOSbackup import iOSbackup

    class Unlocked(iOSbackup):  # type: ignore[misc]
        """iOSbackup without its files: the manifest is given, and no database is decrypted to disk."""

        def loadManifest(self) -> None:  # noqa: N802
            self.manifest = manifest

        def getManifestDB(self) -> None:  # noqa: N802
            self.manifestDB = None

    try:
        opened = Unlocked(udid="", derivedkey=key, backuproot="")
    except Exception as error:
        if "decrypting backup" in str(error):
            raise WrongKeyError("the keybag does not open") from None
        raise ValueError(f"the keybag is damaged: {type(error).__name__}: {error}") from error
    found = {number: one[b"KEY"] for number, one in opened.classKeys.items() if b"KEY" in one}
    if not found:
        raise ValueError("the keybag holds no class that a password opens")
    return found


def file_key(classes: dict[int, bytes], number: int, wrapped: bytes) -> bytes:
    """A file's own key.

    Raises:
        ValueError: its class is bound to the device, or the wrapped key is damaged.
    """
    if number not in classes:
        raise ValueError(f"protection class {number} cannot be opened with the backup's password")
    try:
        return aes_key_unwrap(classes[number], wrapped)
    except (InvalidUnwrap, ValueError):
        raise ValueError(f"the file's key does not unwrap with that of protection class {number}") from None
