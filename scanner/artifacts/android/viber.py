"""Viber: messages, calls, contacts."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.evidence.grouped import joined
from scanner.record import Handle, MilliTime, Path, Phone, Record, Stage, Text

OUTGOING = 2
RESULTS = ("incoming", "outgoing", "missed")
CALLS = f"""
    SELECT _id AS _calls, date AS time, number, canonized_number AS normalized, duration, type, type = {OUTGOING}
           AS from_me, viber_call AS over_viber, end_reason,
           CASE type {" ".join(f"WHEN {code} THEN '{word}'" for code, word in enumerate(RESULTS, 1))} END AS result
    FROM calls
"""  # noqa: S608 - all of it is ours
CONTACTS = (
    joined(
        """
        SELECT d._id AS _phonebookdata, d.data1 AS phone, d.data2 AS normalized, c.display_name AS name, c.deleted,
               nullif(c.joined_date, 0) AS time, 'address book' AS source
        FROM phonebookdata d
        """,
        "LEFT JOIN phonebookcontact c ON c._id = d.contact_id",
    ),
    (
        """
        SELECT _id AS _vibernumbers, canonized_number AS phone, viber_name AS name, member_id AS member,
               'Viber user' AS source FROM vibernumbers
        """,
    ),
    (
        """
        SELECT _id AS _blockednumbers, canonized_number AS phone, nullif(blocked_date, 0) AS time, 'blocked' AS source
        FROM blockednumbers
        """,
    ),
)
MESSAGES = joined(
    """
    SELECT m._id AS _messages, coalesce(m.msg_date, m.date) AS time, m.body, m.msg_info AS info, m.description,
           coalesce(m.send_type, m.type) AS sent, i.number AS sender, i.member_id AS sender_id,
           coalesce(i.contact_name, i.display_name, i.viber_name) AS sender_name, m.address, m.extra_mime AS mime,
           m.extra_uri AS file, m.destination_uri AS target, m.conversation_id AS chat, c.name AS chat_name,
           m.unread, m.deleted
    FROM messages m
    """,
    "LEFT JOIN participants p ON p._id = m.participant_id",
    "LEFT JOIN participants_info i ON i._id = p.participant_info_id",
    "LEFT JOIN conversations c ON c._id = m.conversation_id",
)


class ViberCall(Record):
    """A call that Viber knows of, its own or over the telephone network."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: MilliTime | None = None
    number: Handle | None = None
    normalized: Handle | None = None
    from_me: bool | None = None
    type: int | None = None
    result: str | None = None
    """incoming (answered), outgoing, missed."""
    duration: float | None = None
    over_viber: bool | None = None
    end_reason: int | None = None


class ViberContact(Record):
    """A number that Viber knows: from the address book, of a user, or blocked."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: MilliTime | None = None
    """When the person joined Viber, or was blocked."""
    phone: Phone | None = None
    normalized: Phone | None = None
    name: Text | None = None
    source: str | None = None
    member: str | None = None
    """Viber's own number of the person."""
    deleted: bool | None = None


class ViberMessage(Record):
    """A message in Viber, received or sent."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: MilliTime | None = None
    sender: Handle | None = None
    """Who wrote it, or whom it was sent to where the store is old; empty where it is from the owner."""
    sender_name: Text | None = None
    sender_id: str | None = None
    from_me: bool | None = None
    body: Text | None = None
    info: Text | None = None
    """What came with it, as JSON: previews of links, buttons."""
    description: Text | None = None
    file: Path | None = None
    target: Path | None = None
    mime: int | None = None
    """Viber's kind: 0 text, 1 image, 3 video, 1006 link."""
    chat: int | None = None
    chat_name: Text | None = None
    unread: bool | None = None
    deleted: bool | None = None


@artifact("/data/**/com.viber.voip/databases/viber_data")
def people(file: File) -> Iterator[ViberCall | ViberContact]:
    """Calls and contacts of Viber; it copies the address book and keeps what is deleted there.

    References:
        "Learning Android Forensics" (Viber's tables): https://github.com/PacktPublishing/Learning-Android-Forensics
    """
    yield from file.rows(ViberCall, CALLS)
    for queries in CONTACTS:
        with suppress(UnsupportedError):
            yield from file.rows(ViberContact, *queries)


@artifact("/data/**/com.viber.voip/databases/viber_messages")
def messages(file: File) -> Iterator[ViberMessage]:
    """Messages of Viber.

    References:
        "Learning Android Forensics" (Viber's tables): https://github.com/PacktPublishing/Learning-Android-Forensics
    """
    for table, row in file.raw(ViberMessage, MESSAGES):
        place = placed(table, row)
        yield from file.record(ViberMessage, place, **sided(row))


def sided(row: dict[str, Any]) -> dict[str, Any]:
    """A row with who wrote it; old stores name only the other side."""
    sent, address = row.pop("sent"), row.pop("address")
    mine = bool(sent) if isinstance(sent, int) else None
    return row | {"from_me": mine, "sender": row["sender"] or address}
