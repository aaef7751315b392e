"""Whom the owner of an Android phone knows in WhatsApp: conversations, contacts, and the numbers behind LIDs."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.whatsapp_tables import BACKUPS, MSGSTORE, Join, has, jid, joined, milli, number
from scanner.artifacts.whatsapp import LidPair, WhatsAppChat, WhatsAppContact, clocked, rows
from scanner.evidence import File
from scanner.evidence.grouped import grouped, several

CONTACTS = ("/data/**/com.*whatsapp*/databases/wa.db", f"{BACKUPS}Backups/wa.db", f"{BACKUPS}Databases/wa.db")
TYPE = "WHEN {0} LIKE '%@g.us' THEN 1 WHEN {0} = 'status@broadcast' THEN 3 WHEN {0} LIKE '%@broadcast' THEN 2 "
NOTICES = "(7, 8, 10, 90)"
"""Types of messages that are no messages: events, calls and missed calls."""
NEW = f"""
    SELECT c._id AS _chat, CASE WHEN c.sort_timestamp > 0 THEN c.sort_timestamp END AS time, {jid("j")} AS chat,
           c.subject AS name, {jid("p")} AS identifier, CASE {TYPE.format(jid("j"))} ELSE 0 END AS type,
           CASE WHEN k.chat_row_id IS NULL THEN 0 ELSE k.messages END AS messages,
           k.chat_row_id IS NOT NULL AS talked,
           c.archived AS archived, c.hidden AS hidden,
           CASE WHEN c.created_timestamp > 0 THEN c.created_timestamp END AS created, {jid("mj")} AS member
    FROM chat c
"""  # noqa: S608 - of constants
NEW_JOINS: tuple[Join, ...] = (
    ("jid", "jid j ON j._id = c.jid_row_id"),
    ("jid jid_map", "jid_map m ON m.lid_row_id = c.jid_row_id"),
    ("jid jid_map", "jid p ON p._id = m.jid_row_id"),
    (
        "message",
        f"(SELECT chat_row_id, count(*) AS messages FROM message WHERE message_type NOT IN {NOTICES}"  # noqa: S608
        " GROUP BY chat_row_id) k ON k.chat_row_id = c._id",
    ),
    ("jid group_participant_user", "group_participant_user u ON u.group_jid_row_id = c.jid_row_id"),
    ("jid group_participant_user", "jid mj ON mj._id = u.user_jid_row_id"),
)
OLD = f"""
    SELECT h._id AS _chat_list, CASE WHEN h.sort_timestamp > 0 THEN h.sort_timestamp END AS time,
           h.key_remote_jid AS chat, h.subject AS name, CASE {TYPE.format("h.key_remote_jid")} ELSE 0 END AS type,
           CASE WHEN k.key_remote_jid IS NULL THEN 0 ELSE k.messages END AS messages,
           k.key_remote_jid IS NOT NULL AS talked, h.archived AS archived,
           CASE WHEN h.creation > 0 THEN h.creation END AS created, g.jid AS member
    FROM chat_list h
"""  # noqa: S608 - of constants
OLD_JOINS: tuple[Join, ...] = (
    (
        "messages",
        f"(SELECT key_remote_jid, count(*) AS messages FROM messages WHERE status IS NOT 6 AND"  # noqa: S608
        f" CAST(media_wa_type AS INTEGER) NOT IN {NOTICES} GROUP BY key_remote_jid) k"
        " ON k.key_remote_jid = h.key_remote_jid",
    ),
    ("group_participants", "group_participants g ON g.gjid = h.key_remote_jid"),
)


@artifact(*MSGSTORE)
def chats(file: File) -> Iterator[WhatsAppChat]:
    """Conversations in WhatsApp on Android, with the members of groups, and whether there is a message in them at all.

    References:
        Group-IB, "WhatsApp in the palm of your hand: where and how can you discover forensic artefacts?":
        https://www.group-ib.com/blog/whatsapp-forensic-artifacts/
    """
    if file.has_table("chat") or not file.has_table("chat_list"):
        yield from made(file, joined(file, NEW, *NEW_JOINS), counted=file.has_table("message"))
    else:
        yield from made(file, joined(file, OLD, *OLD_JOINS), counted=file.has_table("messages"))


def made(file: File, query: str, *, counted: bool) -> Iterator[WhatsAppChat]:
    """The conversations that a query gives; nothing is said of messages where there is no table to count in."""
    for place, group in grouped(file, WhatsAppChat, query):
        row = clocked(group[0], ("time", "created"), milli)
        if not counted:
            row["messages"] = row["talked"] = None
        found = several([one.pop("member") for one in group])
        yield from file.record(WhatsAppChat, place, **row, members=found)


@artifact(*CONTACTS)
def contacts(file: File) -> Iterator[WhatsAppContact]:
    """Everybody whom WhatsApp on Android has seen; `saved` says who of them is in the phone's address book.

    References:
        C. Anglano, "Forensic analysis of WhatsApp Messenger on Android smartphones" (2014):
        https://arxiv.org/abs/1507.07739
    """
    select = """
        SELECT c._id AS _wa_contacts, c.jid AS jid, coalesce(c.display_name, c.wa_name) AS name,
               c.number AS phone, v.verified_name AS business, c.raw_contact_id > 0 OR c.display_name <> '' AS saved,
               c.status AS about, CASE WHEN c.status_timestamp > 0 THEN c.status_timestamp END AS about_time,
               CASE WHEN c.jid LIKE '%@lid' THEN c.jid END AS lid, c.nickname AS notes
        FROM wa_contacts c
    """
    names: Join = ("wa_vnames", "wa_vnames v ON v.jid = c.jid")
    for place, (row, *_) in grouped(file, WhatsAppContact, joined(file, select, names)):
        row["saved"] = bool(row["saved"])
        yield from file.record(WhatsAppContact, place, **clocked(row, ("about_time",), milli))


@artifact(*MSGSTORE)
def lids(file: File) -> Iterator[LidPair]:
    """Telephone numbers behind LIDs, which WhatsApp on Android keeps since 2024.

    References:
        WhatsApp, "About phone number privacy": https://faq.whatsapp.com/1046791737425017
    """
    if has(file, "jid_map"):
        select = f"SELECT m.lid_row_id AS _jid_map, {jid('l')} AS lid, {number('p')} AS phone FROM jid_map m"  # noqa: S608
        pairs: tuple[Join, ...] = (("jid", "jid l ON l._id = m.lid_row_id"), ("jid", "jid p ON p._id = m.jid_row_id"))
        yield from rows(file, LidPair, (), milli, joined(file, select, *pairs))
