"""WhatsApp and WhatsApp Business on Android: messages, with what happened to groups."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.whatsapp_tables import MSGSTORE, Join, jid, joined, milli, number
from scanner.artifacts.whatsapp import WhatsAppMessage, beside, clocked, sha256
from scanner.evidence import File
from scanner.evidence.grouped import grouped, several

EVENTS = """
    WHEN 1 THEN 'renamed' WHEN 4 THEN 'added' WHEN 5 THEN 'left' WHEN 6 THEN 'picture changed'
    WHEN 7 THEN 'owner removed' WHEN 10 THEN 'number changed' WHEN 11 THEN 'created' WHEN 12 THEN 'added'
    WHEN 13 THEN 'left' WHEN 14 THEN 'removed' WHEN 15 THEN 'made administrator' WHEN 16 THEN 'administrator no more'
    WHEN 18 THEN 'security code changed' WHEN 20 THEN 'joined by link' WHEN 27 THEN 'description changed'
    WHEN 28 THEN 'number changed' WHEN 56 THEN 'disappearing messages' WHEN 57 THEN 'linked devices changed'
    WHEN 58 THEN 'blocked' WHEN 67 THEN 'encrypted' WHEN 79 THEN 'joined from community' END
"""
KINDS = """
    WHEN 0 THEN 'text' WHEN 1 THEN 'image' WHEN 2 THEN 'audio' WHEN 3 THEN 'video' WHEN 4 THEN 'contact'
    WHEN 5 THEN 'location' WHEN 8 THEN 'call' WHEN 9 THEN 'document' WHEN 10 THEN 'missed call' WHEN 13 THEN 'gif'
    WHEN 14 THEN 'contact' WHEN 15 THEN 'deleted' WHEN 16 THEN 'location' WHEN 20 THEN 'sticker'
    WHEN 24 THEN 'group invitation' WHEN 42 THEN 'image' WHEN 43 THEN 'video' WHEN 64 THEN 'deleted'
    WHEN 66 THEN 'poll' WHEN 82 THEN 'audio' WHEN 90 THEN 'call' WHEN 99 THEN 'album' END
"""
"""Also of what can be viewed once: 42, 43 and 82."""
NOTICE, OLD_NOTICE = 7, 6
"""`message_type` in the new schema, `status` in the old one."""
NEW = f"""
    SELECT m._id AS _message, CASE WHEN m.timestamp > 0 THEN m.timestamp END AS time,
           CASE WHEN m.received_timestamp > 0 THEN m.received_timestamp END AS received, m.text_data AS text,
           CASE WHEN NOT m.from_me OR m.message_type = {NOTICE} THEN coalesce({jid("sj")},
                CASE WHEN m.message_type <> {NOTICE} AND {jid("cj")} NOT LIKE '%@g.us' THEN {jid("cj")} END)
           END AS sender,
           CASE WHEN NOT m.from_me THEN coalesce({number("sp")}, {number("cp")}) END AS sender_phone,
           m.from_me AS from_me, {jid("cj")} AS chat, c.subject AS chat_name, m.message_type AS type,
           CASE WHEN m.message_type = {NOTICE} THEN
                CASE WHEN {jid("cj")} LIKE '%@g.us' THEN 'group event' ELSE 'notice' END
                ELSE CASE m.message_type {KINDS} END AS kind,
           s.action_type AS group_event, CASE s.action_type {EVENTS} AS event, {jid("pj")} AS member,
           sg.is_me_joined AS owner_joined,
           mm.file_path AS path, mm.media_name AS file_name, mm.mime_type AS mime, mm.file_hash AS hash,
           coalesce(mm.file_size, mm.file_length) AS size, m.key_id AS guid,
           concat_ws(char(31), mm.message_url, mm.media_caption, t.url, t.page_title, t.description, q.text_data,
                     l.url, l.place_name, a.source_url, a.media_url, a.thumbnail_url, a.title, a.body,
                     i.group_name, 'https://chat.whatsapp.com/' || i.invite_code, p.url, p.signed_url, p.title,
                     p.description, b.content_text_data, b.footer_text_data, bb.text_data, bb.extra_data,
                     u.element_content, v.vcard) AS beside
    FROM message m
"""  # noqa: S608 - of constants
NEW_JOINS: tuple[Join, ...] = (
    ("chat", "chat c ON c._id = m.chat_row_id"),
    ("chat jid", "jid cj ON cj._id = c.jid_row_id"),
    ("jid", "jid sj ON sj._id = m.sender_jid_row_id"),
    ("jid jid_map", "jid_map sm ON sm.lid_row_id = m.sender_jid_row_id"),
    ("jid jid_map", "jid sp ON sp._id = sm.jid_row_id"),
    ("chat jid jid_map", "jid_map cm ON cm.lid_row_id = c.jid_row_id"),
    ("chat jid jid_map", "jid cp ON cp._id = cm.jid_row_id"),
    ("message_system", "message_system s ON s.message_row_id = m._id"),
    ("message_system_group", "message_system_group sg ON sg.message_row_id = m._id"),
    ("message_system_chat_participant jid", "message_system_chat_participant sc ON sc.message_row_id = m._id"),
    ("message_system_chat_participant jid", "jid pj ON pj._id = sc.user_jid_row_id"),
    ("message_media", "message_media mm ON mm.message_row_id = m._id"),
    ("message_text", "message_text t ON t.message_row_id = m._id"),
    ("message_quoted", "message_quoted q ON q.message_row_id = m._id"),
    ("message_location", "message_location l ON l.message_row_id = m._id"),
    ("message_external_ad_content", "message_external_ad_content a ON a.message_row_id = m._id"),
    ("message_group_invite", "message_group_invite i ON i.message_row_id = m._id"),
    ("message_product", "message_product p ON p.message_row_id = m._id"),
    ("message_template", "message_template b ON b.message_row_id = m._id"),
    ("message_template_button", "message_template_button bb ON bb.message_row_id = m._id"),
    ("message_ui_elements", "message_ui_elements u ON u.message_row_id = m._id"),
    ("message_vcard", "message_vcard v ON v.message_row_id = m._id"),
)
OLD = f"""
    SELECT m._id AS _messages, CASE WHEN m.timestamp > 0 THEN m.timestamp END AS time,
           CASE WHEN m.received_timestamp > 0 THEN m.received_timestamp END AS received, m.data AS text,
           CASE WHEN NOT m.key_from_me OR m.status = {OLD_NOTICE} THEN coalesce(nullif(m.remote_resource, ''),
                CASE WHEN m.status IS NOT {OLD_NOTICE} AND m.key_remote_jid NOT LIKE '%@g.us' THEN m.key_remote_jid END)
           END AS sender,
           m.key_from_me AS from_me, m.key_remote_jid AS chat, h.subject AS chat_name, m.media_wa_type AS type,
           CASE WHEN m.status = {OLD_NOTICE} THEN
                CASE WHEN m.key_remote_jid LIKE '%@g.us' THEN 'group event' ELSE 'notice' END
                ELSE CASE CAST(m.media_wa_type AS INTEGER) {KINDS} END AS kind,
           CASE WHEN m.status = {OLD_NOTICE} THEN m.media_size END AS group_event,
           CASE WHEN m.status = {OLD_NOTICE} THEN CASE m.media_size {EVENTS} END AS event,
           mm.file_path AS path, m.media_name AS file_name, m.media_mime_type AS mime, m.media_hash AS hash,
           CASE WHEN m.status IS NOT {OLD_NOTICE} THEN nullif(m.media_size, 0) END AS size, m.key_id AS guid,
           concat_ws(char(31), m.media_url, m.media_caption, t.url, t.page_title, t.description, q.data,
                     q.media_url, q.media_caption, v.vcard) AS beside, NULL AS member
    FROM messages m
"""  # noqa: S608 - of constants
OLD_JOINS: tuple[Join, ...] = (
    ("chat_list", "chat_list h ON h.key_remote_jid = m.key_remote_jid"),
    ("message_media", "message_media mm ON mm.message_row_id = m._id"),
    ("message_text", "message_text t ON t.message_row_id = m._id"),
    ("messages_quotes", "messages_quotes q ON q._id = m.quoted_row_id"),
    ("messages_vcards", "messages_vcards v ON v.message_row_id = m._id"),
)
PLACEHOLDER = "WHERE m.key_id IS NOT '-1'"
"""WhatsApp begins both tables with a row that is no message."""
MIGRATED = "AND NOT EXISTS (SELECT 1 FROM message n WHERE n._id = m._id AND n.key_id = m.key_id)"


@artifact(*MSGSTORE)
def messages(file: File) -> Iterator[WhatsAppMessage]:
    """Messages in WhatsApp on Android, and what happened to groups, with links and texts beside the message's own.

    Since 2022 messages stand in the table `message`, before in `messages`; in between a store has both, with rows in
    the old one that the new one lacks: then those of both are read.

    References:
        C. Anglano, "Forensic analysis of WhatsApp Messenger on Android smartphones" (2014):
        https://arxiv.org/abs/1507.07739
        Group-IB, "WhatsApp in the palm of your hand: where and how can you discover forensic artefacts?":
        https://www.group-ib.com/blog/whatsapp-forensic-artifacts/
    """
    old, new = file.has_table("messages"), file.has_table("message")
    if new or not old:
        yield from made(file, joined(file, NEW, *NEW_JOINS, where=PLACEHOLDER))
    if old:
        yield from made(file, joined(file, OLD, *OLD_JOINS, where=f"{PLACEHOLDER} {MIGRATED if new else ''}"))


def made(file: File, query: str) -> Iterator[WhatsAppMessage]:
    """The messages of one of the tables."""
    for place, rows in grouped(file, WhatsAppMessage, query):
        row = clocked(rows[0], ("time", "received"), milli)
        if (more := row.pop("beside")) or len(rows) > 1:
            row["links"], row["preview"] = beside(row["text"], [more, *(one["beside"] for one in rows[1:])])
        if len(rows) > 1:
            row["others"] = several(one["member"] for one in rows if one["member"] != row["member"])
        if row["hash"] is not None:
            row["hash"] = sha256(row["hash"])
        if (message := file.made(WhatsAppMessage, place, row)) is not None:
            yield message
