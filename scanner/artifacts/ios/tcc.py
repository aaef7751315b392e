"""TCC: which program was allowed what."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Client, Record, Time


class Permission(Record):
    """What a program was allowed or denied: `service` is Apple's name of it (`kTCCServiceMicrophone`)."""

    time: Time | None = None
    client: Client
    service: str
    allowed: int | None = None
    """Since iOS 14: 0 denied, 1 unknown, 2 allowed, 3 limited; before: 0 denied, 1 allowed."""
    reason: int | None = None
    prompted: int | None = None
    schema: int | None = None


@artifact("/private/var/mobile/Library/TCC/TCC.db")
def access(file: File) -> Iterator[Permission]:
    """Permissions that programs have: microphone, camera, contacts, photos and others."""
    yield from file.rows(
        Permission,
        """
        SELECT rowid AS _access, last_modified AS time, client, service, auth_value AS allowed, auth_reason AS reason,
               14 AS schema
        FROM access WHERE auth_value IS NOT NULL
        """,
        """
        SELECT rowid AS _access, last_modified AS time, client, service, allowed, prompt_count AS prompted, 9 AS schema
        FROM access
        """,
    )
