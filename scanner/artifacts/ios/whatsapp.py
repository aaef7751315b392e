"""WhatsApp and WhatsApp Business: messages, chats, contacts and calls."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.whatsapp import (
    LidPair,
    WhatsAppCall,
    WhatsAppChat,
    WhatsAppContact,
    WhatsAppMessage,
    beside,
    clocked,
    rows,
    sha256,
)
from scanner.evidence import File, UnsupportedError
from scanner.evidence.grouped import grouped, joined, several
from scanner.record import cocoa

GROUPS = "/private/var/mobile/Containers/Shared/AppGroup/"
SHARED = (f"{GROUPS}group.net.whatsapp.WhatsApp.shared/", f"{GROUPS}group.net.whatsapp.WhatsAppSMB.shared/")
PRIVATE = "/private/var/mobile/Containers/Data/Application/*/Documents/"
"""Where WhatsApp kept its stores before it had a shared container."""
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


@artifact(*(place + "ChatStorage.sqlite" for place in (*SHARED, PRIVATE)))
def messages(file: File) -> Iterator[WhatsAppMessage]:
    """Messages in WhatsApp with the links and texts of their media, previews and buttons.

    References:
        Group-IB, "WhatsApp in the palm of your hand: where and how can you discover forensic artefacts?":
        https://www.group-ib.com/blog/whatsapp-forensic-artifacts/
        MVT documentation, "Records extracted": https://docs.mvt.re/en/latest/ios/records/
    """
    for place, group in grouped(file, WhatsAppMessage, *MESSAGES):
        row = clocked(group[0], ("time", "sent"), cocoa)
        if (more := row.pop("beside")) or len(group) > 1:
            row["links"], row["preview"] = beside(row["text"], [more, *(one["beside"] for one in group[1:])])
        if row["hash"] is not None:
            row["hash"] = sha256(row["hash"])
        if (message := file.made(WhatsAppMessage, place, row)) is not None:
            yield message


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
    for place, several_rows in grouped(file, WhatsAppChat, *joined(select, group, members)):
        row = clocked(several_rows[0], ("time", "created"), cocoa)
        found = several([one.pop("member") for one in several_rows])
        yield from file.record(WhatsAppChat, place, **row, members=found)


@artifact(*(place + "ContactsV2.sqlite" for place in (*SHARED, PRIVATE)))
def contacts(file: File) -> Iterator[WhatsAppContact]:
    """People that WhatsApp knows from the phone's address book, and under which addresses they use it.

    References:
        MVT documentation, "Records extracted": https://docs.mvt.re/en/latest/ios/records/
    """
    yield from rows(
        file,
        WhatsAppContact,
        ("time", "about_time"),
        cocoa,
        """
        SELECT Z_PK AS _ZWAADDRESSBOOKCONTACT, nullif(ZLASTUPDATED, 0) AS time, ZFULLNAME AS name,
               ZUSERNAME AS username, ZBUSINESSNAME AS business, ZPHONENUMBER AS phone, ZWHATSAPPID AS jid, ZLID AS lid,
               ZABOUTTEXT AS about, nullif(ZABOUTTIMESTAMP, 0) AS about_time, ZNOTES AS notes
        FROM ZWAADDRESSBOOKCONTACT
        """,
    )


@artifact(*(place + name for place in SHARED for name in ("LID.sqlite", "ChatStorage.sqlite")))
def lids(file: File) -> Iterator[LidPair]:
    """Telephone numbers behind LIDs; older versions of WhatsApp keep the table in `ChatStorage.sqlite`, if at all.

    References:
        MVT documentation, "Records extracted": https://docs.mvt.re/en/latest/ios/records/
    """
    try:
        yield from rows(
            file,
            LidPair,
            ("time",),
            cocoa,
            """
            SELECT Z_PK AS _ZWAPHONENUMBERLIDPAIR, nullif(ZTIMESTAMP, 0) AS time, ZLID AS lid, ZPHONENUMBER AS phone
            FROM ZWAPHONENUMBERLIDPAIR
            """,
            "SELECT Z_PK AS _ZWAZACCOUNT, ZIDENTIFIER AS lid, ZPHONENUMBER AS phone FROM ZWAZACCOUNT",
        )
    except UnsupportedError:
        if not file.path.endswith("ChatStorage.sqlite"):
            raise


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
    for place, group in grouped(file, WhatsAppCall, *joined(select, total, participants)):
        first, *others = several([row.pop("participant") for row in group]) or (None,)
        row = clocked(group[0], ("time",), cocoa)
        handle = first or row["creator"]
        if row["creator"] == handle:
            row["creator"] = None
        yield from file.record(WhatsAppCall, place, **row, handle=handle, participants=tuple(others))
