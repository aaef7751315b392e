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
        EvidenceError: a file cannot be read.
    """
    password = os.environ.get(VARIABLE)
    if password_file:
        password = content(password_file).decode("utf-8", "replace").partition("\n")[0].rstrip("\r")
    if not key_file:
        return Secret(password=password)
    from scanner.evidence import keys

    file = content(key_file)
    try:
        return Secret(password, keys.derived_key(file.decode("utf-8", "replace")), file)
    except ValueError:
        return Secret(password, file=file)


def asked(name: str) -> Secret:
    """A password asked for on the terminal; none where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return Secret()
    import typer

    return Secret(password=typer.prompt(f"Password of the encrypted backup {name}", hide_input=True, err=True))


def content(path: Path) -> bytes:
    """What a small file holds; standard input is text."""
    try:
        if str(path) == STANDARD_INPUT:
            return sys.stdin.read(MAX_BYTES).encode()
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise EvidenceError(f"{path} cannot be read: {error.strerror or error}") from None
