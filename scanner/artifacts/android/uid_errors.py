"""Errors that the package manager wrote down: packages whose user, certificate or data did not fit."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.log_names import names, paths
from scanner.record import AppId, Path, Place, Record, Stage, Text


class PackageError(Record):
    """Something that did not fit when the package manager looked at the installed packages."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    written: str | None = None
    """The time in the phone's own language and zone."""
    message: Text
    names: tuple[AppId, ...] = ()
    paths: tuple[Path, ...] = ()


@artifact("/data/system/uiderrors.txt", "section:/PACKAGE UID ERRORS")
def errors(file: File) -> Iterator[PackageError]:
    """Packages whose user id, certificate or data did not fit; a replaced system app or a restored one is named here.

    References:
        Android Open Source Project, PackageManagerService:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/pm/PackageManagerService.java
    """
    for number, line in file.lines():
        if line.strip():
            written, colon, message = line.partition(": ")
            if not colon or not written[:1].isdecimal():
                written, message = "", line
            yield from file.record(
                PackageError, Place(line=number), written=written or None, message=message,
                names=names(message), paths=paths(message),
            )  # fmt: skip
