"""Where the phone's backups go."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Place, Record

TRANSPORT = re.compile(r"  (?:\* |  )[A-Za-z]")


class BackupTransport(Record):
    """A service that takes the phone's backups."""

    component: str
    package: AppId | None = None
    current: bool = False


@artifact("dumpsys:/backup")
def backup(file: File) -> Iterator[BackupTransport]:
    """The backup transports that are installed, and the one in use.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/backup/java/com/android/server/backup/UserBackupManagerService.java
    """
    inside = False
    for number, text in file.lines():
        line = text.strip()
        if line.startswith("Available transports:"):
            inside = True
        elif inside and TRANSPORT.match(text):
            name = line.removeprefix("* ").partition(" ")[0]
            values = {"package": name.partition("/")[0], "current": line.startswith("* ")}
            yield from file.record(BackupTransport, Place(line=number), component=name, **values)
        elif not text.startswith("     "):
            inside = False
