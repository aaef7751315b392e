"""CoreDuet's interactions: with whom the phone had to do, by which app, when and about what."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.record import AppId, CocoaTime, Handle, Record, Stage, Text, Url

PATH = "/private/var/mobile/Library/CoreDuet/People/interactionC.db"
SEPARATOR = "\x1f"
SEVERAL = ("recipients", "recipient_names", "attachment_texts", "attachment_urls", "attachment_types")
ENTITIES = ((1, 2, 3), (1, 3, 4), (0, 1, 2))
"""Numbers that Core Data gave to attachments (0: there are none), contacts and interactions: they name the joins."""


class Interaction(Record):
    """A message, mail, call or share between the phone and others."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    end: CocoaTime | None = None
    created: CocoaTime | None = None
    bundle: AppId | None = None
    target_bundle: AppId | None = None
    direction: int | None = None
    direction_name: str | None = None
    """`incoming` or `outgoing`."""
    mechanism: int | None = None
    account: Handle | None = None
    sender: Handle | None = None
    sender_name: Text | None = None
    recipients: tuple[Handle, ...] = ()
    recipient_names: tuple[Text, ...] = ()
    recipient_count: int | None = None
    group: Text | None = None
    content_url: Url | None = None
    domain_identifier: Text | None = None
    """What the app calls the conversation; often the addresses of those in it."""
    intent: Text | None = None
    attachment_texts: tuple[Text, ...] = ()
    attachment_urls: tuple[Url, ...] = ()
    attachment_types: tuple[str, ...] = ()
    response: bool | None = None
    uuid: str | None = None


class InteractionContact(Record):
    """Somebody of the interactions, with the first and last times in each role."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    """When the phone first noted the contact."""
    handle: Handle | None = None
    name: Text | None = None
    custom_identifier: Text | None = None
    person: Text | None = None
    first_incoming_sender: CocoaTime | None = None
    last_incoming_sender: CocoaTime | None = None
    first_incoming_recipient: CocoaTime | None = None
    last_incoming_recipient: CocoaTime | None = None
    first_outgoing_recipient: CocoaTime | None = None
    last_outgoing_recipient: CocoaTime | None = None
    incoming_sender_count: int | None = None
    incoming_recipient_count: int | None = None
    outgoing_recipient_count: int | None = None


INTERACTION = """
SELECT i.Z_PK AS _ZINTERACTIONS, i.ZSTARTDATE AS time, i.ZENDDATE AS end, i.ZCREATIONDATE AS created,
       i.ZBUNDLEID AS bundle, i.ZTARGETBUNDLEID AS target_bundle, i.ZDIRECTION AS direction,
       CASE i.ZDIRECTION WHEN 0 THEN 'incoming' WHEN 1 THEN 'outgoing' END AS direction_name,
       i.ZMECHANISM AS mechanism, i.ZACCOUNT AS account, i.ZRECIPIENTCOUNT AS recipient_count, i.ZGROUPNAME AS grouped,
       i.ZCONTENTURL AS content_url, i.ZDOMAINIDENTIFIER AS domain_identifier, i.ZDERIVEDINTENTIDENTIFIER AS intent,
       i.ZISRESPONSE AS response, i.ZUUID AS uuid
"""
SENDER = "s.ZIDENTIFIER AS sender, s.ZDISPLAYNAME AS sender_name"
FROM = "FROM ZINTERACTIONS i LEFT JOIN ZCONTACTS s ON s.Z_PK = i.ZSENDER"


def joined(column: str) -> str:
    """SQL for all values of a column in one text."""
    return f"group_concat({column}, char({ord(SEPARATOR)}))"


def recipients(contact: int, interaction: int) -> str:
    """SQL for the recipients of every interaction, gathered once for the whole table."""
    return f"""
    LEFT JOIN (SELECT j.Z_{interaction}INTERACTIONRECIPIENT AS id, {joined("c.ZIDENTIFIER")} AS recipients,
                      {joined("c.ZDISPLAYNAME")} AS recipient_names
               FROM Z_{contact}INTERACTIONRECIPIENT j JOIN ZCONTACTS c ON c.Z_PK = j.Z_{contact}RECIPIENTS
               GROUP BY 1) r ON r.id = i.Z_PK
    """  # noqa: S608 - all of it is ours


def attachments(attachment: int, interaction: int) -> str:
    """SQL for the attachments of every interaction, gathered once."""
    return f"""
    LEFT JOIN (SELECT j.Z_{interaction}INTERACTIONS AS id, {joined("t.ZCONTENTTEXT")} AS attachment_texts,
                      {joined("t.ZCONTENTURL")} AS attachment_urls, {joined("t.ZUTI")} AS attachment_types
               FROM Z_{attachment}INTERACTIONS j JOIN ZATTACHMENT t ON t.Z_PK = j.Z_{attachment}ATTACHMENTS
               GROUP BY 1) a ON a.id = i.Z_PK
    """  # noqa: S608 - all of it is ours


def queries() -> Iterator[str]:
    """The schemas from the fullest to the barest: with both joins, with one of them, with neither."""
    to, about = ", r.recipients, r.recipient_names", ", a.attachment_texts, a.attachment_urls, a.attachment_types"
    for attachment, contact, interaction in ENTITIES[:2]:
        joins = recipients(contact, interaction) + attachments(attachment, interaction)
        yield f"{INTERACTION}, {SENDER}{to}{about} {FROM} {joins}"
    for _, contact, interaction in ENTITIES:
        yield f"{INTERACTION}, {SENDER}{to} {FROM} {recipients(contact, interaction)}"
    for attachment, _, interaction in ENTITIES[:2]:
        yield f"{INTERACTION}, {SENDER}{about} {FROM} {attachments(attachment, interaction)}"
    yield f"{INTERACTION}, {SENDER} {FROM}"
    yield f"{INTERACTION} FROM ZINTERACTIONS i"


@artifact(PATH)
def people(file: File) -> Iterator[Interaction]:
    """Interactions with their sender, recipients and attachments.

    The names of the tables between interactions and others hold numbers that differ between versions of iOS.

    References:
        Apple, "INInteraction" (what apps donate): https://developer.apple.com/documentation/intents/ininteraction
        mac4n6, "APOLLO" (where interactionC.db is and what it holds): https://github.com/mac4n6/APOLLO
    """
    for table, row in file.raw(Interaction, tuple(queries())):
        row["group"] = row.pop("grouped", None)
        for name in SEVERAL:
            values = row.pop(name, None)
            if values is not None:
                row[name] = split(values)
        if (record := file.made(Interaction, placed(table, row), row)) is not None:
            yield record


def split(values: str | bytes) -> tuple[str, ...]:
    """The values of a column that was joined, each once."""
    text = values.decode("utf-8", "backslashreplace") if isinstance(values, bytes) else values
    return tuple(dict.fromkeys(one for one in text.split(SEPARATOR) if one))


@artifact(PATH)
def contacts(file: File) -> Iterator[InteractionContact]:
    """Everybody that the phone had to do with; contacts stay here longer than their interactions.

    References:
        mac4n6, "APOLLO" (where interactionC.db is and what it holds): https://github.com/mac4n6/APOLLO
    """
    yield from file.rows(
        InteractionContact,
        """
        SELECT Z_PK AS _ZCONTACTS, ZCREATIONDATE AS time, ZIDENTIFIER AS handle, ZDISPLAYNAME AS name,
               ZCUSTOMIDENTIFIER AS custom_identifier, ZPERSONID AS person,
               ZFIRSTINCOMINGSENDERDATE AS first_incoming_sender, ZLASTINCOMINGSENDERDATE AS last_incoming_sender,
               ZFIRSTINCOMINGRECIPIENTDATE AS first_incoming_recipient,
               ZLASTINCOMINGRECIPIENTDATE AS last_incoming_recipient,
               ZFIRSTOUTGOINGRECIPIENTDATE AS first_outgoing_recipient,
               ZLASTOUTGOINGRECIPIENTDATE AS last_outgoing_recipient,
               ZINCOMINGSENDERCOUNT AS incoming_sender_count, ZINCOMINGRECIPIENTCOUNT AS incoming_recipient_count,
               ZOUTGOINGRECIPIENTCOUNT AS outgoing_recipient_count
        FROM ZCONTACTS
        """,
    )
