"""Where the password comes from: the environment, a file, standard input or a prompt; never an argument."""

import os
import sys
from pathlib import Path

from scanner.evidence import EvidenceError
from scanner.evidence.secret import Secret

VARIABLE = "BRIDLE_PASSWORD"
STANDARD_INPUT = "-"
MAX_BYTES = 4096


def secret(password_file: Path | None, key_file: Path | None) -> Secret:
    """The secret that was given, without asking for one.

    Raises:
        EvidenceError: a file cannot be read, or holds no key.
    """
    from scanner.evidence import keys

    if key_file:
        try:
            return Secret(key=keys.derived_key(content(key_file)))
        except ValueError as error:
            raise EvidenceError(f"{key_file} is no key file: {error}") from None
    if password_file:
        return Secret(password=content(password_file).partition("\n")[0].rstrip("\r"))
    return Secret(password=os.environ.get(VARIABLE))


def asked(name: str) -> Secret:
    """A password asked for on the terminal; none where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return Secret()
    import typer

    return Secret(password=typer.prompt(f"Password of the encrypted backup {name}", hide_input=True, err=True))


def content(path: Path) -> str:
    """What a small text file holds."""
    try:
        if str(path) == STANDARD_INPUT:
            return sys.stdin.read(MAX_BYTES)
        with path.open(encoding="utf-8") as file:
            return file.read(MAX_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
