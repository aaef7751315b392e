"""What the package manager noted of itself: apps whose user, signer or data did not fit, or that vanished."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.log_names import names, paths
from scanner.record import AppId, Path, Place, Record, Stage, Text


class PackageMessage(Record):
    """What the package manager noted when it looked at the installed apps: replaced signers, apps that vanished."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    written: str | None = None
    """The time in the phone's own language and zone."""
    message: Text
    names: tuple[AppId, ...] = ()
    paths: tuple[Path, ...] = ()


def noted(line: str) -> dict[str, Any]:
    """The fields of a message, with the time before it where the line has one."""
    written, colon, message = line.partition(": ")
    if not colon or not written[:1].isdecimal():
        written, message = "", line
    return {"written": written or None, "message": message, "names": names(message), "paths": paths(message)}


@artifact("/data/system/uiderrors.txt", "section:/PACKAGE UID ERRORS")
def errors(file: File) -> Iterator[PackageMessage]:
    """Apps whose user id, certificate or data did not fit; a replaced system app or a restored one is named here.

    References:
        Android Open Source Project, PackageManagerService:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/pm/PackageManagerService.java
    """
    for number, line in file.lines():
        if line.strip():
            yield from file.record(PackageMessage, Place(line=number), **noted(line.strip()))
