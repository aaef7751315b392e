"""Accounts that are signed in on the phone."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, CocoaTime, Handle, Record, Stage, Text

ACCOUNT = """
SELECT a.Z_PK AS _ZACCOUNT, a.ZDATE AS time, a.ZUSERNAME AS username, a.ZACCOUNTDESCRIPTION AS description,
       a.ZIDENTIFIER AS identifier, a.ZOWNINGBUNDLEID AS bundle, a.ZACTIVE AS active,
       a.ZAUTHENTICATED AS authenticated, a.ZVISIBLE AS visible, a.ZPARENTACCOUNT AS parent_id
"""
TYPE = "t.ZIDENTIFIER AS type, t.ZACCOUNTTYPEDESCRIPTION AS type_name"


class Account(Record):
    """An account: iCloud, mail, calendar, a social network, or one that a profile added."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    time: CocoaTime | None = None
    """When it was added."""
    username: Handle | None = None
    description: Text | None = None
    type: str | None = None
    """Apple's name of the kind: `com.apple.account.IMAP`."""
    type_name: str | None = None
    identifier: str | None = None
    bundle: AppId | None = None
    active: bool | None = None
    authenticated: bool | None = None
    visible: bool | None = None
    parent_id: int | None = None
    parent: Handle | None = None


@artifact("/private/var/mobile/Library/Accounts/**/Accounts3.sqlite")
def accounts(file: File) -> Iterator[Account]:
    """Accounts of the phone, with their kind and the account that they belong to.

    References:
        Apple, "Accounts" (ACAccount, ACAccountType): https://developer.apple.com/documentation/accounts
    """
    yield from file.rows(
        Account,
        f"""
        {ACCOUNT}, {TYPE}, u.ZUSERNAME AS parent
        FROM ZACCOUNT a LEFT JOIN ZACCOUNTTYPE t ON t.Z_PK = a.ZACCOUNTTYPE
        LEFT JOIN ZACCOUNT u ON u.Z_PK = a.ZPARENTACCOUNT
        """,
        f"{ACCOUNT}, {TYPE} FROM ZACCOUNT a LEFT JOIN ZACCOUNTTYPE t ON t.Z_PK = a.ZACCOUNTTYPE",
        f"{ACCOUNT} FROM ZACCOUNT a",
    )
