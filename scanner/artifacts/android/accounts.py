"""Accounts on the phone, and when some were added or removed."""

import re
from collections.abc import Iterator
from contextlib import suppress

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.record import Dated, Handle, MilliTime, Place, Record, Stage

USER = re.compile(r"User UserInfo\{(\d{1,9}):")
ACCOUNT = re.compile(r"Account \{name=(.*), type=([^,}]*)\}")
EVENT = re.compile(r"(-?\d{1,18}),(\w+),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(-?\d{1,10}),(\w*),")
COUNT = re.compile(r"Accounts: (\d{1,6})$")


class DeviceAccount(Record):
    """An account that the phone is signed in to; bug reports of newer phones hide its name."""

    stage = Stage.CONTACT
    time: MilliTime | None = None
    """When its password was last entered."""
    name: Handle
    type: str
    """`com.google`, `com.whatsapp`…: which app it is of."""
    user: int | None = None


class AccountEvent(Dated):
    """Something that was done with accounts: added, removed, a password set."""

    action: str
    uid: int | None = None
    """The user id of the app that did it."""
    account: int | None = None
    user: int | None = None


@artifact("dumpsys:/account")
def dump(file: File) -> Iterator[DeviceAccount | AccountEvent]:
    """Accounts of each user, and the log of what was done with them (since Android 6).

    References:
        AOSP, com.android.server.accounts.AccountManagerService.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    user, stated, seen, known = None, 0, 0, False
    for line, text in file.lines():
        stripped = text.strip()
        if found := USER.match(stripped):
            user, known = found[1], True
        elif found := COUNT.match(stripped):
            stated, seen = int(found[1]), 0
        elif found := ACCOUNT.match(stripped):
            seen += 1
            yield from file.record(DeviceAccount, Place(line=line), name=found[1], type=found[2], user=user)
        elif found := EVENT.match(stripped):
            values = {"action": found[2], "uid": found[4], "account": found[1], "user": user}
            yield from file.record(AccountEvent, Place(line=line), **values, **file.dated(found[3], line))
        elif stripped.startswith(("AccountId,", "Active Sessions")) and seen != stated:
            file.problem(f"{stated} accounts are stated, {seen} could be read", line)
            stated = seen
    if not known:
        file.problem("it names no user")


STORED = """
SELECT a._id AS _accounts, a.name, a.type, a.last_password_entry_time_millis_epoch AS time, {user} AS user
FROM accounts a
"""
EVENTS = """
SELECT d.rowid AS _debug_table, d.time AS written, d.action_type AS action, d.caller_uid AS uid, d._id AS account
FROM debug_table d
"""


@artifact("/data/system_ce/*/accounts_ce.db", "/data/system_de/*/accounts_de.db", "/data/system/users/*/accounts.db")
def stored(file: File) -> Iterator[DeviceAccount | AccountEvent]:
    """Accounts of a user and the log of what was done with them, as the phone keeps them; no password, no token.

    One database to Android 6, since 7 one for before (`_de`, with the log) and one for after the first unlocking.

    References:
        AOSP, com.android.server.accounts.AccountsDb:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    user = user_of(file.path)
    with suppress(UnsupportedError):
        yield from file.rows(DeviceAccount, STORED.format(user=user))
    with suppress(UnsupportedError):
        for table, row in file.raw(AccountEvent, (EVENTS,)):
            place, when = placed(table, row), file.dated(str(row.pop("written", "")))
            yield from file.record(AccountEvent, place, user=user, **when, **row)
