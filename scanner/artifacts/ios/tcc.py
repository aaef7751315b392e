"""TCC: which program was allowed what."""

from collections.abc import Iterator
from contextlib import suppress

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.record import Client, Record, Time

DECISIONS = ("denied", "unknown", "allowed", "limited")
REASONS = (
    "", "error", "asked by the system", "set by the owner", "set by the system", "service policy", "device management",
    "override policy", "missing usage text", "prompt timed out", "unknown before asking", "entitlement", "type of app",
)  # fmt: skip


class Permission(Record):
    """What a program was allowed or denied: `service` is Apple's name of it (`kTCCServiceMicrophone`)."""

    time: Time | None = None
    client: Client
    service: str
    allowed: int | None = None
    """Since iOS 14: 0 denied, 1 unknown, 2 allowed, 3 limited; before: 0 denied, 1 allowed."""
    decision: str | None = None
    """`allowed` as a word: denied, unknown, allowed, limited."""
    reason: int | None = None
    reason_name: str | None = None
    prompted: int | None = None
    client_type: int | None = None
    """0: the client is a bundle id; 1: an executable's path."""
    target: Client | None = None
    """Which program the permission is about, where the service is about one."""
    expired: Time | None = None
    schema: int | None = None
    """14: with reasons (since iOS 14); 9: with the number of prompts."""


def words(column: str, names: tuple[str, ...]) -> str:
    """SQL that names the codes of a column."""
    cases = " ".join(f"WHEN {code} THEN '{name}'" for code, name in enumerate(names) if name)
    return f"CASE {column} {cases} END"


CLIENT = """
rowid AS _access, last_modified AS time, client, service, client_type,
nullif(indirect_object_identifier, 'UNUSED') AS target
"""
SINCE_14 = f"""
SELECT {CLIENT}, auth_value AS allowed, {words("auth_value", DECISIONS)} AS decision,
       auth_reason AS reason, {words("auth_reason", REASONS)} AS reason_name, 14 AS schema
FROM access WHERE auth_value IS auth_value
"""  # noqa: S608 - all of it is ours
"""The condition holds for every row: it only asks for the column."""
BEFORE_14 = f"""
SELECT {CLIENT}, allowed, {words("allowed", ("denied", "allowed"))} AS decision, prompt_count AS prompted, 9 AS schema
FROM access
"""  # noqa: S608
EXPIRED = "SELECT rowid AS _expired, last_modified AS time, client, service, expired_at AS expired FROM expired"


@artifact("/private/var/mobile/Library/TCC/TCC.db")
def access(file: File) -> Iterator[Permission]:
    """Permissions that programs have: microphone, camera, contacts, photos and others; also those that expired.

    Three schemas: `allowed` and `prompt_count` without a time (to iOS 8), the same with `last_modified`, and
    `auth_value` with `auth_reason` (since iOS 14).

    References:
        "A deep dive into macOS TCC.db" (values of auth_value and auth_reason):
        https://www.rainforestqa.com/blog/macos-tcc-db-deep-dive
    """
    yield from file.rows(Permission, SINCE_14, BEFORE_14)
    with suppress(UnsupportedError):
        yield from file.rows(Permission, EXPIRED)
