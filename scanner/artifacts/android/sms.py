"""Text messages: SMS, MMS and RCS in the stores of the phone and of Google's app."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.evidence.grouped import joined
from scanner.formats.android_text import whole
from scanner.record import AppId, Handle, Path, Record, Stage, Text, Time, Url

FROM = 137
"""Types of addresses in an MMS, as WAP-209 numbers its header fields."""
SELF = "insert-address-token"
"""What stands for the owner's own number in an MMS."""
BOXES = {1: "received", 2: "sent", 3: "draft", 4: "outbox", 5: "failed", 6: "queued"}
"""Of SMS by `type`, of MMS by `msg_box`."""
M_TYPES = {128: 2, 130: 1, 132: 1}
"""The box of an MMS by its kind: m-send-req is sent, m-notification-ind and m-retrieve-conf are received."""
INBOX = 1
SENT_ALONG = 100
"""In Google's app outgoing messages have statuses below."""
UNIT, FIELD = "\x1f", "\x1e"
SMS = """
    SELECT s._id AS _{table}, s.date AS time, nullif(s.date_sent, 0) AS sent, s.address, s.body, s.subject,
           s.type AS box, s.read, s.thread_id AS thread, s.service_center AS center, s.creator AS app,
           s.error_code AS error, 'SMS' AS service
    FROM {table} s
"""
ADDRESSES = """
    LEFT JOIN (SELECT msg_id, group_concat(type || char(30) || address, char(31)) AS people FROM addr GROUP BY msg_id) a
         ON a.msg_id = m._id
"""
MMS = joined(
    """
    SELECT m._id AS _pdu, m.date AS time, nullif(m.date_sent, 0) AS sent, m.sub AS subject, m.msg_box AS box, m.m_type,
           m.read, m.thread_id AS thread, m.ct_l AS location, m.creator AS app, a.people, p.body, p.files,
           'MMS' AS service
    FROM pdu m
    """,
    ADDRESSES,
    """
    LEFT JOIN (SELECT mid, group_concat(CASE WHEN ct IS NOT 'application/smil' THEN text END, char(10)) AS body,
                      group_concat(CASE WHEN coalesce(ct, '') NOT IN ('application/smil', 'text/plain')
                                        THEN coalesce(_data, cl, name) END, char(31)) AS files FROM part GROUP BY mid) p
         ON p.mid = m._id
    """,
)
RCS = joined(
    """
    SELECT m._id AS _messages, coalesce(nullif(m.received_timestamp, 0), m.sent_timestamp) AS time,
           nullif(m.sent_timestamp, 0) AS sent, m.mms_subject AS subject, m.message_status AS status, m.read,
           m.conversation_id AS thread, x.body, x.files, m.message_protocol AS protocol,
           coalesce(s.normalized_destination, s.send_destination) AS sender, s.sub_id AS sender_sim,
           coalesce(s.full_name, s.profile_display_name) AS name, c.name AS chat_name,
           c.participant_normalized_destination AS partner, y.others
    FROM messages m
    """,
    """
    LEFT JOIN (SELECT message_id, group_concat(text, char(10)) AS body, group_concat(uri, char(31)) AS files
               FROM parts GROUP BY message_id) x ON x.message_id = m._id
    """,
    "LEFT JOIN participants s ON s._id = m.sender_id",
    "LEFT JOIN conversations c ON c._id = m.conversation_id",
    """
    LEFT JOIN (SELECT l.conversation_id, group_concat(coalesce(o.normalized_destination, o.send_destination), char(31))
                      AS others FROM conversation_participants l JOIN participants o ON o._id = l.participant_id
               GROUP BY l.conversation_id) y ON y.conversation_id = m.conversation_id
    """,
)
PARTICIPANTS = """
    SELECT p._id AS _participants, coalesce(p.normalized_destination, p.send_destination) AS address FROM participants p
    WHERE p.sub_id = -2 OR p.sub_id IS NULL
"""
"""Without the owner's own SIM cards, whose numbers are others."""
RAW = """
    SELECT r._id AS _raw, r.date AS time, r.address, r.display_originating_addr AS shown_address,
           r.message_body AS body, CASE WHEN typeof(r.destination_port) <> 'integer' THEN r.destination_port
             WHEN NOT r.destination_port & 65536 THEN r.destination_port & 65535 END AS port,
           r.reference_number AS reference, r.sequence AS part, r.count AS parts,
           CASE typeof(r.pdu) WHEN 'blob' THEN hex(r.pdu) ELSE r.pdu END AS pdu, r.deleted
    FROM raw r
"""
"""Bits above those of the port say that there is none (65536) and which kind of network it came from."""
PROTOCOLS = {0: "SMS", 1: "MMS", 2: "MMS", 3: "RCS"}


class TextMessage(Record):
    """A text message, received or sent: SMS, MMS or RCS."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: Time | None = None
    """When it was received, or sent from here."""
    sent: Time | None = None
    """When the sender's network says that it was sent."""
    address: Handle | None = None
    """The other side: who sent it or, if it is from the owner, whom it was sent to; a number, or a name in letters."""
    others: tuple[Handle, ...] = ()
    """Everybody else in it."""
    from_me: bool | None = None
    direction: str | None = None
    """received, sent, draft, outbox, failed, queued."""
    body: Text | None = None
    subject: Text | None = None
    service: str | None = None
    """SMS, MMS or RCS."""
    name: Text | None = None
    """What the phone calls the sender."""
    chat_name: Text | None = None
    files: tuple[Path, ...] = ()
    """Files that came with it."""
    location: Url | None = None
    """Where an MMS was to be fetched."""
    app: AppId | None = None
    """The app that wrote the row."""
    center: Handle | None = None
    """The service centre that passed an SMS on."""
    account: str | None = None
    """The owner's own number, where the source has it."""
    box: int | None = None
    read: bool | None = None
    error: int | None = None
    thread: int | None = None
    spam: bool | None = None


class RawMessage(Record):
    """A part of an SMS that was not put together or not handed on: of several parts, or for a port (binary SMS)."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: Time | None = None
    address: Handle | None = None
    shown_address: Handle | None = None
    """The sender's number as it is displayed."""
    body: Text | None = None
    port: int | None = None
    """The port that it is for; 2948 is WAP push."""
    reference: int | None = None
    part: int | None = None
    parts: int | None = None
    pdu: str | None = None
    """The part as it was received, in hexadecimal."""
    deleted: bool | None = None


class MessagingAddress(Record):
    """A number or name that messages were exchanged with; it may outlive them."""

    stage: ClassVar[Stage] = Stage.CONTACT
    address: Handle


@artifact("/data/**/com.android.providers.telephony/databases/mmssms.db")
def messages(file: File) -> Iterator[TextMessage | RawMessage | MessagingAddress]:
    """SMS and MMS of the phone, parts that were not put together, and the numbers that they were exchanged with.

    Times of SMS are milliseconds, those of MMS seconds. Samsung keeps what it took for spam in a table of its own.

    References:
        Android Open Source Project, "MmsSmsDatabaseHelper.java":
        https://android.googlesource.com/platform/packages/providers/TelephonyProvider/+/main/src/com/android/providers/telephony/MmsSmsDatabaseHelper.java
        Android Developers, "Telephony.TextBasedSmsColumns":
        https://developer.android.com/reference/android/provider/Telephony.TextBasedSmsColumns
        OMA, "Multimedia Messaging Service Encapsulation Protocol" (types of messages and addresses):
        https://www.openmobilealliance.org/release/MMS/V1_3-20110913-A/OMA-TS-MMS_ENC-V1_3-20110913-A.pdf
    """
    yield from sms(file, "sms")
    if file.has_table("spam_sms"):
        yield from sms(file, "spam_sms")
    if file.has_table("pdu"):
        yield from mms(file)
    with suppress(UnsupportedError):
        yield from file.rows(RawMessage, RAW)
    with suppress(UnsupportedError):
        yield from file.rows(MessagingAddress, "SELECT _id AS _canonical_addresses, address FROM canonical_addresses")


def sms(file: File, table: str) -> Iterator[TextMessage]:
    """The SMS in a table."""
    for name, row in file.raw(TextMessage, (SMS.format(table=table),)):
        place = placed(name, row)
        yield from file.record(TextMessage, place, **row, **direction(row["box"]), spam=table != "sms" or None)


def mms(file: File) -> Iterator[TextMessage]:
    """The MMS."""
    for name, row in file.raw(TextMessage, MMS):
        place = placed(name, row)
        kind, people, files = row.pop("m_type"), row.pop("people"), row.pop("files")
        pairs = [one.partition(FIELD) for one in people.split(UNIT)] if isinstance(people, str) else []
        addressed = [(whole(code), value) for code, _, value in pairs]
        yield from file.record(
            TextMessage, place, **row, **direction(box(row["box"], kind)), **sides(box(row["box"], kind), addressed),
            files=tuple(files.split(UNIT)) if isinstance(files, str) and files else (),
        )  # fmt: skip


def box(stored: object, kind: object) -> object:
    """The box of an MMS: as stored, else by its kind."""
    if isinstance(stored, int) and stored in BOXES:
        return stored
    return M_TYPES.get(kind) if isinstance(kind, int) else None


def direction(code: object) -> dict[str, Any]:
    """Who wrote a message, of the box that it lies in."""
    word = BOXES.get(code) if isinstance(code, int) else None
    return {"direction": word, "from_me": None if word is None else code != INBOX}


def sides(code: object, addressed: list[tuple[int | None, str]]) -> dict[str, Any]:
    """The other side of an MMS and everybody else in it."""
    named = [(kind, value) for kind, value in addressed if value and value != SELF]
    senders = [value for kind, value in named if kind == FROM]
    receivers = [value for kind, value in named if kind != FROM]
    ordered = list(dict.fromkeys(senders + receivers if code == INBOX else receivers + senders))
    return {"address": ordered[0] if ordered else None, "others": tuple(ordered[1:])}


@artifact("/data/**/com.google.android.apps.messaging/databases/bugle_db")
def google_messages(file: File) -> Iterator[TextMessage | MessagingAddress]:
    """Messages of Google's app and who took part in them; beside RCS it holds copies of the phone's SMS and MMS.

    References:
        Android Open Source Project, "DatabaseHelper.java" and "BugleDatabaseOperations.java" of Messaging:
        https://android.googlesource.com/platform/packages/apps/Messaging/+/main/src/com/android/messaging/datamodel/DatabaseHelper.java
    """
    for table, row in file.raw(TextMessage, RCS):
        place = placed(table, row)
        yield from file.record(TextMessage, place, **bugle(row))
    with suppress(UnsupportedError):
        yield from file.rows(MessagingAddress, PARTICIPANTS)


def bugle(row: dict[str, Any]) -> dict[str, Any]:
    """The values of a row of Google's app."""
    status, protocol = row.pop("status"), row.pop("protocol")
    sender, partner, others = row.pop("sender"), row.pop("partner"), row.pop("others")
    row.pop("sender_sim")
    files = row.pop("files")
    mine = status < SENT_ALONG if isinstance(status, int) else None
    met = [one for one in (others.split(UNIT) if isinstance(others, str) else []) if one]
    ordered = list(dict.fromkeys([one for one in ((partner,) if mine else (sender, partner)) if one] + met))
    return row | {
        "address": ordered[0] if ordered else None,
        "others": tuple(ordered[1:]),
        "from_me": mine,
        "direction": None if mine is None else "sent" if mine else "received",
        "service": PROTOCOLS.get(protocol) if isinstance(protocol, int) else None,
        "files": tuple(files.split(UNIT)) if isinstance(files, str) and files else (),
        "name": None if mine else row["name"],
    }
