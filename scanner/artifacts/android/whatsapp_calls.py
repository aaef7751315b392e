"""Calls in WhatsApp on Android: its call log, and the notices of missed calls whose entries the log lacks."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.whatsapp_tables import MSGSTORE, Join, has, jid, joined, milli, number
from scanner.artifacts.whatsapp import WhatsAppCall, clocked
from scanner.evidence import File
from scanner.evidence.grouped import grouped, several

MISSED, REJECTED = 2, 4
RESULT = f"""
    WHEN 0 THEN 'connecting' WHEN {MISSED} THEN CASE WHEN {{0}} THEN 'unanswered' ELSE 'missed' END
    WHEN 3 THEN 'unavailable' WHEN {REJECTED} THEN 'rejected' WHEN 5 THEN 'ended' WHEN 6 THEN 'answered elsewhere'
    WHEN 7 THEN 'busy' WHEN 8 THEN 'joined' END
"""
NEAR = 60_000
"""Milliseconds between a call's entry in the log and its notice in the chat."""
LOG = f"""
    SELECT e._id AS _call_log, CASE WHEN e.timestamp > 0 THEN e.timestamp END AS time, {jid("j")} AS handle,
           {number("p")} AS phone,
           NOT e.from_me AS incoming, NOT e.from_me AND e.call_result IN ({MISSED}, 3) AS missed,
           e.video_call AS video, e.call_result AS outcome,
           CASE e.call_result {RESULT.format("e.from_me")} AS result, e.duration AS duration, {jid("g")} AS group_jid,
           {jid("cr")} AS creator, e.bytes_transferred AS transferred, e.transaction_id AS attempt,
           e.offer_silence_reason AS silenced, e.call_id AS guid, {jid("pj")} AS participant
    FROM call_log e
"""  # noqa: S608 - of constants
LOG_JOINS: tuple[Join, ...] = (
    ("jid", "jid j ON j._id = e.jid_row_id"),
    ("jid jid_map", "jid_map m ON m.lid_row_id = e.jid_row_id"),
    ("jid jid_map", "jid p ON p._id = m.jid_row_id"),
    ("jid", "jid g ON g._id = e.group_jid_row_id"),
    ("jid", "jid cr ON cr._id = e.call_creator_device_jid_row_id"),
    ("jid call_log_participant_v2", "call_log_participant_v2 l ON l.call_log_row_id = e._id"),
    ("jid call_log_participant_v2", "jid pj ON pj._id = l.jid_row_id"),
)
OLD_LOG = f"""
    SELECT e._id AS _call_logs, CASE WHEN e.timestamp > 0 THEN e.timestamp END AS time, m.key_remote_jid AS handle,
           NOT m.key_from_me AS incoming, NOT m.key_from_me AND e.call_result IN ({MISSED}, 3) AS missed,
           e.video_call AS video, e.call_result AS outcome,
           CASE e.call_result {RESULT.format("m.key_from_me")} AS result, e.duration AS duration,
           e.bytes_transferred AS transferred, e.transaction_id AS attempt, m.key_id AS guid,
           l.jid AS participant
    FROM call_logs e
"""  # noqa: S608 - of constants
OLD_LOG_JOINS: tuple[Join, ...] = (
    ("messages", "messages m ON m._id = e.message_row_id"),
    ("call_log_participant", "call_log_participant l ON l.call_logs_row_id = e._id"),
)
MIGRATED = "WHERE NOT EXISTS (SELECT 1 FROM call_log c WHERE c.timestamp = e.timestamp)"
NOTICE = """
    SELECT n._id AS _missed_call_logs, CASE WHEN n.timestamp > 0 THEN n.timestamp END AS time,
           {handle} AS handle, 1 AS incoming, 1 AS missed, n.video_call AS video, 'missed' AS result,
           {group} AS group_jid, {logged} AS unlogged, NULL AS participant, NULL AS creator
    FROM missed_call_logs n
"""


@artifact(*MSGSTORE)
def calls(file: File) -> Iterator[WhatsAppCall]:
    """The call log of WhatsApp on Android; callers that are no contacts are kept.

    References:
        iLEAPP's sibling ALEAPP, the list of its artifacts: https://github.com/abrignoni/ALEAPP
    """
    if new := file.has_table("call_log"):
        yield from made(file, joined(file, LOG, *LOG_JOINS))
    if file.has_table("call_logs") or not new:
        yield from made(file, joined(file, OLD_LOG, *OLD_LOG_JOINS, where=MIGRATED if new else ""))


@artifact(*MSGSTORE)
def missed(file: File) -> Iterator[WhatsAppCall]:
    """Missed calls in WhatsApp on Android that only a notice in a chat tells of: the call log does not have them.

    Some exploits of calls are said to have deleted the entry in the log; so may the owner. Stores before 2018 have no
    call log at all.

    References:
        iLEAPP's sibling ALEAPP, the list of its artifacts: https://github.com/abrignoni/ALEAPP
    """
    if not has(file, "missed_call_logs"):
        return
    new = all(file.has_table(name) for name in ("message", "chat", "jid"))
    handle, group = ("NULL", jid("g")) if file.has_table("jid") else ("NULL", "NULL")
    joins: list[Join] = [("jid", "jid g ON g._id = n.group_jid_row_id")]
    if new:
        handle = f"coalesce({jid('s')}, {jid('j')})"
        joins += [
            ("message", "message x ON x._id = n.message_row_id"), ("chat", "chat c ON c._id = x.chat_row_id"),
            ("jid", "jid j ON j._id = c.jid_row_id"), ("jid", "jid s ON s._id = x.sender_jid_row_id"),
        ]  # fmt: skip
    elif file.has_table("messages"):
        handle = "coalesce(nullif(x.remote_resource, ''), x.key_remote_jid)"
        joins.append(("messages", "messages x ON x._id = n.message_row_id"))
    log = next((name for name in ("call_log", "call_logs") if file.has_table(name)), None)
    near = f"NOT EXISTS (SELECT 1 FROM {log} e WHERE abs(e.timestamp - n.timestamp) <= {NEAR})" if log else ""  # noqa: S608
    select = NOTICE.format(handle=handle, group=group, logged=1 if log else "NULL")
    yield from made(file, joined(file, select, *joins, where=f"WHERE {near}" if near else ""))


def made(file: File, query: str) -> Iterator[WhatsAppCall]:
    """The calls that a query gives, with who else took part."""
    for place, group in grouped(file, WhatsAppCall, query):
        row, others = clocked(group[0], ("time",), milli), several([one.pop("participant") for one in group])
        if str(row["handle"]).endswith("@g.us"):
            row["group_jid"], row["handle"] = row.get("group_jid") or row["handle"], None
        row["handle"] = row["handle"] or next(iter(others), None) or row.get("creator")
        others = tuple(one for one in others if one != row["handle"])
        yield from file.record(WhatsAppCall, place, **row, participants=others)
