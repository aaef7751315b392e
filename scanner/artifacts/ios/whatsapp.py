"""WhatsApp and WhatsApp Business: messages, chats, contacts and calls."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.grouped import grouped, joined, several
from scanner.record import CocoaTime, Handle, Hash, Path, Phone, Record, Stage, Text, Url

GROUPS = "/private/var/mobile/Containers/Shared/AppGroup/"
SHARED = (f"{GROUPS}group.net.whatsapp.WhatsApp.shared/", f"{GROUPS}group.net.whatsapp.WhatsAppSMB.shared/")
PRIVATE = "/private/var/mobile/Containers/Data/Application/*/Documents/"
"""Where WhatsApp kept its stores before it had a shared container."""
SHA256_BASE64 = 44
SEPARATOR = "\x1f"
MESSAGE = """
    SELECT m.Z_PK AS _ZWAMESSAGE, nullif(m.ZMESSAGEDATE, 0) AS time, nullif(m.ZSENTDATE, 0) AS sent, m.ZTEXT AS text,
           CASE WHEN m.ZISFROMME OR m.ZMESSAGETYPE = 6 THEN NULL ELSE coalesce(g.ZMEMBERJID, m.ZFROMJID) END AS sender,
           coalesce(g.ZCONTACTNAME, m.ZPUSHNAME) AS sender_name,
           m.ZISFROMME AS from_me, coalesce(s.ZCONTACTJID, m.ZFROMJID, m.ZTOJID) AS chat, s.ZPARTNERNAME AS chat_name,
           m.ZMESSAGETYPE AS type,
           CASE m.ZMESSAGETYPE WHEN 0 THEN 'text' WHEN 1 THEN 'image' WHEN 2 THEN 'video' WHEN 3 THEN 'audio'
                WHEN 4 THEN 'contact' WHEN 5 THEN 'location' WHEN 6 THEN 'group event' WHEN 7 THEN 'link'
                WHEN 8 THEN 'document' WHEN 11 THEN 'gif' WHEN 14 THEN 'deleted' WHEN 15 THEN 'sticker' END AS kind,
           CASE m.ZMESSAGETYPE WHEN 6 THEN m.ZGROUPEVENTTYPE END AS group_event,
           CASE m.ZMESSAGETYPE WHEN 6 THEN
                coalesce(g.ZMEMBERJID, CASE WHEN m.ZTEXT LIKE '%_@_%' THEN m.ZTEXT END) END AS member,
           i.ZMEDIALOCALPATH AS path, i.ZVCARDNAME AS hash, i.ZFILESIZE AS size, m.ZSTANZAID AS guid,
           concat_ws(char(31), i.ZMEDIAURL, i.ZTITLE, d.ZCONTENT1, d.ZCONTENT2, d.ZMATCHEDTEXT, d.ZTITLE,
                     d.ZSUMMARY) AS beside
    FROM ZWAMESSAGE m
"""
MESSAGES = joined(
    MESSAGE,
    "LEFT JOIN ZWAMEDIAITEM i ON i.ZMESSAGE = m.Z_PK",
    "LEFT JOIN ZWAMESSAGEDATAITEM d ON d.ZMESSAGE = m.Z_PK",
    "LEFT JOIN ZWACHATSESSION s ON s.Z_PK = m.ZCHATSESSION",
    "LEFT JOIN ZWAGROUPMEMBER g ON g.Z_PK = m.ZGROUPMEMBER",
)


class WhatsAppMessage(Record):
    """A message in WhatsApp, received or sent, or something that happened to a group."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: CocoaTime | None = None
    sent: CocoaTime | None = None
    text: Text | None = None
    sender: Handle | None = None
    """Who wrote it, if not the owner: `<number>@s.whatsapp.net`, or `…@lid`, which `ios.whatsapp.lids` resolves."""
    sender_name: Text | None = None
    from_me: bool | None = None
    chat: Handle | None = None
    """The conversation: the other person's address, or a group's (`…@g.us`)."""
    chat_name: Text | None = None
    type: int | None = None
    kind: str | None = None
    """The type as a word, where it is known."""
    group_event: int | None = None
    """WhatsApp's code of what happened to a group: somebody joined, was added, left, renamed it."""
    member: Handle | None = None
    """Whom a group event is about."""
    links: tuple[Url, ...] = ()
    """Links that the text does not show: of media, previews and buttons."""
    preview: tuple[Text, ...] = ()
    """Titles and texts of media, previews and buttons."""
    path: Path | None = None
    """The medium's file, below the folder `Message` beside the store."""
    hash: Hash | None = None
    """The medium's SHA-256."""
    size: int | None = None
    guid: str | None = None


@artifact(*(place + "ChatStorage.sqlite" for place in (*SHARED, PRIVATE)))
def messages(file: File) -> Iterator[WhatsAppMessage]:
    """Messages in WhatsApp with the links and texts of their media, previews and buttons.

    References:
        Group-IB, "WhatsApp in the palm of your hand: where and how can you discover forensic artefacts?":
        https://www.group-ib.com/blog/whatsapp-forensic-artifacts/
        MVT documentation, "Records extracted": https://docs.mvt.re/en/latest/ios/records/
    """
    for place, rows in grouped(file, WhatsAppMessage, *MESSAGES):
        row = rows[0]
        if (more := row.pop("beside")) or len(rows) > 1:
            row["links"], row["preview"] = beside(row["text"], [more, *(one["beside"] for one in rows[1:])])
        if row["hash"] is not None:
            row["hash"] = sha256(row["hash"])
        if (message := file.made(WhatsAppMessage, place, row)) is not None:
            yield message


def beside(text: object, joined_texts: list[object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Links and other texts that stand beside a message's own text, each once."""
    shown = set(text.split()) if isinstance(text, str) else set()
    parts = several(part for one in joined_texts for part in decoded(one).split(SEPARATOR))
    found = [part for part in parts if part not in shown and part != text]
    links = tuple(one for one in found if "://" in one and len(one.split()) == 1)
    return links, tuple(one for one in found if one not in links)


def decoded(value: object) -> str:
    """A text, also of bytes that are no UTF-8."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value or "")


def sha256(name: object) -> str | None:
    """The hash that WhatsApp keeps of a medium, in hexadecimal; None where something else stands in its column."""
    if not isinstance(name, str) or len(name) != SHA256_BASE64:
        return None
    try:
        return b64decode(name, validate=True).hex()
    except (Error, ValueError):
        return None


class WhatsAppChat(Record):
    """A conversation in WhatsApp."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    """When its last message came."""
    chat: Handle | None = None
    """The other person's address, or a group's (`…@g.us`)."""
    name: Text | None = None
    identifier: Handle | None = None
    """The other person's second address: the number behind a `…@lid`."""
    type: int | None = None
    """0 with one person, 1 a group, 2 a broadcast list, 3 status messages."""
    messages: int | None = None
    archived: bool | None = None
    hidden: bool | None = None
    removed: bool | None = None
    created: CocoaTime | None = None
    """When the group was made."""
    creator: Handle | None = None
    owner: Handle | None = None
    members: tuple[Handle, ...] = ()
    """Who is or was in the group."""


@artifact(*(place + "ChatStorage.sqlite" for place in (*SHARED, PRIVATE)))
def chats(file: File) -> Iterator[WhatsAppChat]:
    """Conversations in WhatsApp, with the members of groups; those the owner removed stay in the store as such.

    References:
        Group-IB, "WhatsApp in the palm of your hand: where and how can you discover forensic artefacts?":
        https://www.group-ib.com/blog/whatsapp-forensic-artifacts/
    """
    select = """
        SELECT s.Z_PK AS _ZWACHATSESSION, nullif(s.ZLASTMESSAGEDATE, 0) AS time, s.ZCONTACTJID AS chat,
               s.ZPARTNERNAME AS name,
               s.ZCONTACTIDENTIFIER AS identifier, s.ZSESSIONTYPE AS type, s.ZMESSAGECOUNTER AS messages,
               s.ZARCHIVED AS archived, s.ZHIDDEN AS hidden, s.ZREMOVED AS removed,
               nullif(i.ZCREATIONDATE, 0) AS created,
               i.ZCREATORJID AS creator, i.ZOWNERJID AS owner, g.ZMEMBERJID AS member
        FROM ZWACHATSESSION s
    """
    group = "LEFT JOIN ZWAGROUPINFO i ON i.Z_PK = s.ZGROUPINFO"
    members = "LEFT JOIN ZWAGROUPMEMBER g ON g.ZCHATSESSION = s.Z_PK"
    for place, rows in grouped(file, WhatsAppChat, *joined(select, group, members)):
        row = rows[0]
        found = several([one.pop("member") for one in rows])
        yield from file.record(WhatsAppChat, place, **row, members=found)


class WhatsAppContact(Record):
    """An entry in WhatsApp's own copy of the address book."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    """When it was last brought up to date."""
    name: Text | None = None
    username: Handle | None = None
    business: Text | None = None
    phone: Phone | None = None
    jid: Handle | None = None
    """The address in WhatsApp: `<number>@s.whatsapp.net`; none if the number has no account."""
    lid: Handle | None = None
    """The address that hides the number: `…@lid`."""
    about: Text | None = None
    about_time: CocoaTime | None = None
    notes: Text | None = None


@artifact(*(place + "ContactsV2.sqlite" for place in (*SHARED, PRIVATE)))
def contacts(file: File) -> Iterator[WhatsAppContact]:
    """People that WhatsApp knows from the phone's address book, and under which addresses they use it.

    References:
        MVT documentation, "Records extracted": https://docs.mvt.re/en/latest/ios/records/
    """
    yield from file.rows(
        WhatsAppContact,
        """
        SELECT Z_PK AS _ZWAADDRESSBOOKCONTACT, nullif(ZLASTUPDATED, 0) AS time, ZFULLNAME AS name,
               ZUSERNAME AS username, ZBUSINESSNAME AS business, ZPHONENUMBER AS phone, ZWHATSAPPID AS jid, ZLID AS lid,
               ZABOUTTEXT AS about, nullif(ZABOUTTIMESTAMP, 0) AS about_time, ZNOTES AS notes
        FROM ZWAADDRESSBOOKCONTACT
        """,
    )


class LidPair(Record):
    """Which telephone number hides behind a LID, WhatsApp's address without a number."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    lid: Handle | None = None
    phone: Phone | None = None


@artifact(*(place + name for place in SHARED for name in ("LID.sqlite", "ChatStorage.sqlite")))
def lids(file: File) -> Iterator[LidPair]:
    """Telephone numbers behind LIDs; older versions of WhatsApp keep the table in `ChatStorage.sqlite`, if at all.

    References:
        MVT documentation, "Records extracted": https://docs.mvt.re/en/latest/ios/records/
    """
    try:
        yield from file.rows(
            LidPair,
            """
            SELECT Z_PK AS _ZWAPHONENUMBERLIDPAIR, nullif(ZTIMESTAMP, 0) AS time, ZLID AS lid, ZPHONENUMBER AS phone
            FROM ZWAPHONENUMBERLIDPAIR
            """,
            "SELECT Z_PK AS _ZWAZACCOUNT, ZIDENTIFIER AS lid, ZPHONENUMBER AS phone FROM ZWAZACCOUNT",
        )
    except UnsupportedError:
        if not file.path.endswith("ChatStorage.sqlite"):
            raise


class WhatsAppCall(Record):
    """A call in WhatsApp."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    handle: Handle | None = None
    """The other side, of a group call the first of them: `<number>@s.whatsapp.net` or `…@lid`."""
    participants: tuple[Handle, ...] = ()
    """Everybody else in a call of several."""
    incoming: bool | None = None
    missed: bool | None = None
    video: bool | None = None
    outcome: int | None = None
    result: str | None = None
    """The outcome as a word, where it is known: `ended`, `missed` or `rejected`."""
    duration: float | None = None
    """Seconds."""
    group_jid: Handle | None = None
    """The group that was called (`…@g.us`)."""
    creator: Handle | None = None
    """Who began a group call."""
    received: int | None = None
    """Bytes."""
    sent: int | None = None
    """Bytes."""
    guid: str | None = None


@artifact(*(place + "CallHistory.sqlite" for place in (*SHARED, PRIVATE)))
def calls(file: File) -> Iterator[WhatsAppCall]:
    """Calls in WhatsApp. Whether they came in or were missed stands in an entry that may sum up several calls in a row.

    References:
        iLEAPP, the list of its artifacts: https://github.com/abrignoni/iLEAPP
    """
    select = """
        SELECT e.Z_PK AS _ZWACDCALLEVENT, nullif(e.ZDATE, 0) AS time, a.ZINCOMING AS incoming, a.ZMISSED AS missed,
               a.ZVIDEO AS video, e.ZOUTCOME AS outcome,
               CASE e.ZOUTCOME WHEN 0 THEN 'ended' WHEN 1 THEN 'missed' WHEN 4 THEN 'rejected' END AS result,
               e.ZDURATION AS duration, e.ZGROUPJIDSTRING AS group_jid, e.ZGROUPCALLCREATORUSERJIDSTRING AS creator,
               e.ZBYTESRECEIVED AS received, e.ZBYTESSENT AS sent, e.ZCALLIDSTRING AS guid, p.ZJIDSTRING AS participant
        FROM ZWACDCALLEVENT e
    """
    total = "LEFT JOIN ZWAAGGREGATECALLEVENT a ON a.Z_PK = e.Z1CALLEVENTS"
    participants = "LEFT JOIN ZWACDCALLEVENTPARTICIPANT p ON p.Z1PARTICIPANTS = e.Z_PK"
    for place, rows in grouped(file, WhatsAppCall, *joined(select, total, participants)):
        first, *others = several([row.pop("participant") for row in rows]) or (None,)
        handle = first or rows[0]["creator"]
        if rows[0]["creator"] == handle:
            rows[0]["creator"] = None
        yield from file.record(WhatsAppCall, place, **rows[0], handle=handle, participants=tuple(others))
