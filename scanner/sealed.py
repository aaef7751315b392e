"""A case at rest: one archive that only the owner of an age identity opens.

References:
    The age file format: https://age-encryption.org/v1
"""

import os
import shutil
import tarfile
from pathlib import Path
from threading import Thread
from typing import Any

from scanner.evidence import EvidenceError

ENDING = ".tar.age"
OWNER = 0o600


def recipients(given: tuple[str, ...]) -> list[Any]:
    """The recipients that were named: `age1…` or a public SSH key.

    Raises:
        EvidenceError: one is none, or the package pyrage is not installed.
    """
    if not given:
        return []
    try:
        from pyrage import RecipientError, ssh, x25519
    except ImportError as error:
        raise EvidenceError("to encrypt a case, install the package pyrage (pip install 'bridle[age]')") from error
    try:
        return [(ssh if one.startswith("ssh-") else x25519).Recipient.from_str(one) for one in given]
    except RecipientError as error:
        raise EvidenceError(f"--encrypt-to names no recipient (age1… or a public SSH key): {error}") from None


def target(case: Path) -> Path:
    """What a case becomes."""
    return case.with_name(case.name + ENDING)


def seal(case: Path, to: list[Any]) -> Path:
    """Pack and encrypt a case, and remove its folder once the archive is whole on the disk.

    Raises:
        OSError: it cannot be written; the folder is still there then.
    """
    import pyrage

    part = case.with_name(case.name + ENDING + ".part")
    reading, writing = os.pipe()
    packing = Thread(target=pack, args=(case, writing))
    with open(part, "xb", opener=lambda path, flags: os.open(path, flags, OWNER)) as file:
        packing.start()
        with os.fdopen(reading, "rb") as source:
            pyrage.encrypt_io(source, file, to)
        packing.join()
        file.flush()
        os.fsync(file.fileno())
    part.replace(target(case))
    shutil.rmtree(case)
    return target(case)


def pack(case: Path, descriptor: int) -> None:
    """Write a tar archive of a case."""
    with (
        os.fdopen(descriptor, "wb") as sink,
        tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.add(case, arcname=case.name)
