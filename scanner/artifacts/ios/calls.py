"""Calls of Phone and FaceTime, and of other apps that use the system's call history."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.evidence.grouped import grouped, several
from scanner.record import COCOA_EPOCH, AppId, CocoaTime, Handle, Record, Stage, Text

OLD = "/private/var/wireless/Library/CallHistory/call_history.db"
CALL = """
    SELECT c.Z_PK AS _ZCALLRECORD, nullif(c.ZDATE, 0) AS time, nullif(c.ZADDRESS, '') AS handle,
           c.ZORIGINATED AS from_me, c.ZANSWERED AS answered,
           CASE WHEN c.ZORIGINATED THEN iif(c.ZDURATION > 0, 'placed', 'not connected')
                WHEN c.ZANSWERED THEN 'answered' WHEN NOT c.ZANSWERED THEN 'missed' END AS result,
           c.ZDURATION AS duration, c.ZSERVICE_PROVIDER AS service, c.ZCALLTYPE AS type, c.ZDISCONNECTED_CAUSE AS cause,
           c.ZREAD AS read, c.ZNAME AS name, c.ZLOCATION AS location, c.ZISO_COUNTRY_CODE AS country,
           c.ZUNIQUE_ID AS guid, h.ZVALUE AS participant
    FROM ZCALLRECORD c
"""
ENTITIES = ((2, 4), (2, 3), (2, 5), (3, 5), (3, 4), (1, 2), (1, 3))
"""Core Data puts its numbers of the entities for calls and handles into the names of the table between them."""


class Call(Record):
    """A call, incoming or outgoing."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    handle: Handle | None = None
    """The other side: a number, or an e-mail address in FaceTime."""
    participants: tuple[Handle, ...] = ()
    """Everybody else in a call of several."""
    from_me: bool | None = None
    answered: bool | None = None
    """Of incoming calls; of outgoing ones it says nothing."""
    result: str | None = None
    """`answered` or `missed`, if outgoing `placed` or `not connected`."""
    duration: float | None = None
    """Seconds."""
    service: AppId | None = None
    """The app: `com.apple.Telephony`, `com.apple.FaceTime` or another."""
    type: int | None = None
    """1 telephone, 8 FaceTime video, 16 FaceTime audio, 0 another app; before iOS 8 a set of flags, odd if outgoing."""
    cause: int | None = None
    """Why it ended, as a code of the system's."""
    read: bool | None = None
    name: Text | None = None
    location: str | None = None
    country: str | None = None
    """Its code: two letters, before iOS 8 the digits of the mobile network's country."""
    guid: str | None = None


@artifact(
    "/private/var/mobile/Library/CallHistoryDB/CallHistory.storedata",
    "/private/var/mobile/Library/CallHistoryDB/CallHistoryTemp.storedata",
    OLD,
)
def history(file: File) -> Iterator[Call]:
    """Calls that the phone remembers, of Phone, FaceTime and other apps; `CallHistoryTemp` while it is locked.

    Until iOS 7 the store was `call_history.db`. An unencrypted backup holds no call history.

    References:
        The iPhone Wiki, "Call History Database": https://www.theiphonewiki.com/wiki/Call_History_Database
        Metadata Perspective, "Hello, who is on the line?":
        https://metadataperspective.com/2025/02/05/hello-who-is-on-the-line
    """
    if file.path == OLD:
        yield from old(file)
        return
    for place, rows in grouped(file, Call, *queries()):
        row = rows[0]
        found = several([one.pop("participant") for one in rows])
        if row["handle"] is None and found:
            row["handle"] = found[0]
        others = tuple(one for one in found if one != row["handle"])
        yield from file.record(Call, place, **row, participants=others)


def queries() -> Iterator[str]:
    """The query for each numbering of the entities, then that without participants."""
    for calls, handles in ENTITIES:
        between = f"Z_{calls}REMOTEPARTICIPANTHANDLES"
        yield (
            CALL
            + f"""
            LEFT JOIN {between} b ON b.Z_{calls}REMOTEPARTICIPANTCALLS = c.Z_PK
            LEFT JOIN ZHANDLE h ON h.Z_PK = b.Z_{handles}REMOTEPARTICIPANTHANDLES
            """
        )
    yield CALL


def old(file: File) -> Iterator[Call]:
    """Calls of a store of iOS 7 and before, whose clock counts from 1970."""
    select = """
        SELECT ROWID AS _call, date AS time, nullif(address, '') AS handle, flags & 1 AS from_me, duration,
               flags AS type, read, country_code AS country, name,
               CASE WHEN flags & 1 THEN iif(duration > 0, 'placed', 'not connected')
                    ELSE iif(duration > 0, 'answered', 'missed') END AS result
        FROM call WHERE date IS date
    """
    for table, row in file.raw(Call, (select,)):
        place = placed(table, row)
        row["time"] = since_2001(row["time"])
        yield from file.record(Call, place, **row)


def since_2001(value: Any) -> Any:
    """A time as `Call` wants it, of one that counts from 1970; what is no number is left for the type check."""
    return value - COCOA_EPOCH if isinstance(value, int | float) else value
