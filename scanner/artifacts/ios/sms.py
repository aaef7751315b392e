"""Messages: SMS, MMS, RCS and iMessage, and what came attached to them."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, ClassVar, TypeVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.evidence.tables import Complain
from scanner.formats import message_body, typedstream
from scanner.record import AppId, CocoaTime, FileName, Handle, Path, Record, Stage, Text, Url

T = TypeVar("T")

STORE = "/private/var/mobile/Library/SMS/sms.db"
BLOBS = ("attributedBody", "payload_data", "message_summary_info", "part_text")
NONE = (None,) * len(BLOBS)
MESSAGE = """
    SELECT m.ROWID AS _message, nullif(m.date, 0) AS time, m.text, m.is_from_me AS from_me, m.service, m.subject,
           m.guid,
           coalesce(h.id, CASE c.style WHEN 45 THEN c.chat_identifier END) AS handle,
           nullif(m.date_read, 0) AS read, nullif(m.date_delivered, 0) AS delivered, nullif(m.date_edited, 0) AS edited,
           nullif(m.date_retracted, 0) AS unsent,
           nullif(r.delete_date, 0) AS deleted, m.account, m.destination_caller_id AS destination,
           c.chat_identifier AS chat, coalesce(nullif(c.display_name, ''), m.group_title) AS chat_name,
           m.balloon_bundle_id AS app, m.is_spam AS spam,
           CASE WHEN m.text IS NULL OR m.text = '' OR instr(m.attributedBody, CAST('__kIMLink' AS BLOB))
                THEN m.attributedBody END AS body,
           m.payload_data AS payload,
           CASE WHEN m.date_edited OR m.date_retracted OR instr(m.message_summary_info, x'526563')
                THEN m.message_summary_info END AS summary,
           q.part_text AS part
    FROM message m
"""
HANDLES = " LEFT JOIN handle h ON h.ROWID = m.handle_id"
JOINED = """
    LEFT JOIN (SELECT message_id, min(chat_id) AS chat_id FROM chat_message_join GROUP BY message_id) j
         ON j.message_id = m.ROWID
"""
RECOVERABLE = """
    LEFT JOIN (SELECT message_id, min(chat_id) AS chat_id, max(delete_date) AS delete_date
               FROM chat_recoverable_message_join GROUP BY message_id) r ON r.message_id = m.ROWID
    LEFT JOIN chat c ON c.ROWID = coalesce(j.chat_id, r.chat_id)
"""
PARTS = """
    LEFT JOIN (SELECT message_id, part_text, min(part_index) FROM recoverable_message_part GROUP BY message_id) q
         ON q.message_id = m.ROWID
"""
CHATS = " LEFT JOIN chat c ON c.ROWID = j.chat_id"


class Message(Record):
    """A message, received or sent."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: CocoaTime | None = None
    text: Text | None = None
    handle: Handle | None = None
    """The other side: who sent it or, if it is from the owner, whom it was sent to."""
    from_me: bool | None = None
    service: str | None = None
    subject: Text | None = None
    links: tuple[Url, ...] = ()
    """Links that the text does not show: targets of its words, link previews, what other apps sent."""
    edits: tuple[Text, ...] = ()
    """Texts that it had before it was edited or unsent, and a part of it that was deleted."""
    app: AppId | None = None
    """The app whose content it is, if it is no plain text."""
    chat: str | None = None
    """Messages' own name of the conversation."""
    chat_name: Text | None = None
    guid: str | None = None
    account: str | None = None
    destination: str | None = None
    """The owner's number or address that it came to."""
    read: CocoaTime | None = None
    delivered: CocoaTime | None = None
    edited: CocoaTime | None = None
    unsent: CocoaTime | None = None
    deleted: CocoaTime | None = None
    """When the owner put it under Recently Deleted (since iOS 16)."""
    spam: bool | None = None


@artifact(STORE)
def messages(file: File) -> Iterator[Message]:
    """Messages of every service, with links that only their blobs hold, and texts that were edited or unsent.

    Messages without a sender or a conversation are kept. Since iOS 16 a message's text often stands in
    `attributedBody` alone. Stores since iOS 6 are read.

    References:
        The Apple Wiki, "Messages": https://theapplewiki.com/wiki/Messages
        Christopher Sardegna, "Reverse Engineering iMessage": https://chrissardegna.com/blog/
        imessage-database, documentation: https://docs.rs/imessage-database
    """
    queries = (
        MESSAGE + HANDLES + JOINED + RECOVERABLE + PARTS,
        MESSAGE + HANDLES + JOINED + RECOVERABLE,
        MESSAGE + HANDLES + JOINED + CHATS,
        MESSAGE + HANDLES,
        MESSAGE + " WHERE m.handle_id IS m.handle_id",
    )
    for table, row in file.raw(Message, queries):
        place = placed(table, row)
        blobs = row.pop("body"), row.pop("payload"), row.pop("summary"), row.pop("part")
        if blobs != NONE:
            contents(row, blobs, partial(file.problem, row=place.row))
        if row["app"] is not None:
            row["app"] = bundle(row["app"])
        if (message := file.made(Message, place, row)) is not None:
            yield message


def contents(row: dict[str, Any], values: tuple[object, ...], complain: Complain) -> None:
    """Add to a row what its blobs say; what cannot be read of them is complained of."""
    body, payload, summary, part = (blob(name, value, complain) for name, value in zip(BLOBS, values, strict=True))
    text, links, earlier = row["text"], list[str](), list[str | None]()
    if body:
        text = row["text"] = text or read("attributedBody", typedstream.attributed_text, body, complain)
        links += read("attributedBody", message_body.body_links, body, complain) or ()
    if payload:
        links += read("payload_data", message_body.payload_links, payload, complain) or ()
    versions = read("message_summary_info", message_body.earlier_bodies, summary, complain) if summary else None
    for version in versions or ():
        earlier.append(read("an earlier version", typedstream.attributed_text, version, complain))
        links += read("an earlier version", message_body.body_links, version, complain) or ()
    if part:
        earlier.append(read("part_text", message_body.part_text, part, complain))
    if not links and not earlier:
        return
    row["edits"] = unseen(earlier, {text})
    shown = "\n".join(part for part in (text, *earlier) if isinstance(part, str))
    row["links"] = unseen(links, set(shown.split()))


def blob(name: str, value: object, complain: Complain) -> bytes | None:
    """A blob; what is none is complained of."""
    if isinstance(value, bytes | None):
        return value
    complain(f"{name}: not bytes but {type(value).__name__}")
    return None


def read(name: str, reader: Callable[[bytes], T], blob: bytes, complain: Complain) -> T | None:
    """What a reader makes of a blob, or None and a complaint."""
    try:
        return reader(blob)
    except ValueError as error:
        complain(f"{name}: {error}")
        return None


def unseen(texts: Iterable[str | None], shown: set[Any]) -> tuple[str, ...]:
    """Texts that are not shown already, each once."""
    return tuple(text for text in dict.fromkeys(texts) if text and text not in shown)


def bundle(balloon: object) -> object:
    """The app's own bundle id: Messages writes `plug-in:team:bundle id` for an app that is not its own."""
    return balloon.rpartition(":")[2] if isinstance(balloon, str) else balloon


class Attachment(Record):
    """A file that came with a message, or was sent with one."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: CocoaTime | None = None
    path: Path | None = None
    """Where Messages keeps it; `~` is `/private/var/mobile`."""
    name: FileName | None = None
    """The name that it was sent under."""
    handle: Handle | None = None
    """The other side: who sent it or, if it is from the owner, whom it was sent to."""
    from_me: bool | None = None
    mime: str | None = None
    uti: str | None = None
    size: int | None = None
    message: int | None = None
    """The row of its message in the table `message`."""
    guid: str | None = None


@artifact(STORE)
def attachments(file: File) -> Iterator[Attachment]:
    """Files that came or went with messages, also those whose message is gone.

    References:
        The Apple Wiki, "Messages": https://theapplewiki.com/wiki/Messages
    """
    select = """
        SELECT a.ROWID AS _attachment, nullif(a.created_date, 0) AS time, a.filename AS path, a.transfer_name AS name,
               h.id AS handle, coalesce(m.is_from_me, a.is_outgoing) AS from_me, a.mime_type AS mime, a.uti,
               a.total_bytes AS size, j.message_id AS message, a.guid
        FROM attachment a
    """
    joined = """
        LEFT JOIN (SELECT attachment_id, min(message_id) AS message_id FROM message_attachment_join
                   GROUP BY attachment_id) j ON j.attachment_id = a.ROWID
    """
    messages = " LEFT JOIN message m ON m.ROWID = j.message_id"
    queries = (select + joined + messages + HANDLES, select + joined + messages, select)
    try:
        yield from file.rows(Attachment, *queries)
    except UnsupportedError:
        if file.has_table("attachment") or file.has_table("message_attachment_join"):
            raise
        # neither the table nor anything that refers to it: a store that never held attachments


class MessageHandle(Record):
    """Somebody that Messages has met; it stays when the conversation is deleted."""

    stage: ClassVar[Stage] = Stage.CONTACT
    handle: Handle
    service: str | None = None
    country: str | None = None


@artifact(STORE)
def handles(file: File) -> Iterator[MessageHandle]:
    """Numbers and addresses that Messages knows, also those whose messages are gone.

    References:
        The Apple Wiki, "Messages": https://theapplewiki.com/wiki/Messages
    """
    yield from file.rows(MessageHandle, "SELECT ROWID AS _handle, id AS handle, service, country FROM handle")
