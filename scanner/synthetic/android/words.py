"""What was said and visited: text messages, calls, WhatsApp, Chrome, intrusion logs."""

import json
import zlib

from scanner.synthetic.android import indicators
from scanner.synthetic.android.activity import CALL
from scanner.synthetic.android.phone import AndroidPhone, lines
from scanner.synthetic.phone import ATTACK, DAY, NOW, Spot
from scanner.synthetic.sqlite import Store

WEBKIT = 11_644_473_600
MMSSMS = "/data/data/com.android.providers.telephony/databases/mmssms.db"
CALLS = "/data/data/com.android.providers.contacts/databases/calllog.db"
KEPT = "/data/user_de/0/com.android.providers.telephony/files/000000_sms_backup"
MSGSTORE, CONTACTS = (f"/data/data/com.whatsapp/databases/{name}.db" for name in ("msgstore", "wa"))
HISTORY = "/data/data/com.android.chrome/app_chrome/Default/History"
INTRUSION = "intrusion:/2024-06-11.txt"
FRIEND = "+15550100101"
LINK = f"https://{indicators.DELIVERY}/p/8f3kq2"
Row = tuple[int, str, int, str]
"""Seconds since 1970, number, 1 for received and 2 for sent, text."""


def add(phone: AndroidPhone, planted: bool) -> None:
    """All of it."""
    said: list[Row] = [
        (NOW - 3 * DAY, FRIEND, 1, "See you at seven"),
        (NOW - 3 * DAY + 60, FRIEND, 2, "Fine, by the bridge"),
    ]
    if planted:
        said.append((ATTACK, "PARCEL", 1, f"Your parcel waits: {LINK}"))
    phone.add(MMSSMS, messages(said))
    phone.add(KEPT, kept(said))
    phone.add(CALLS, calls())
    phone.add(MSGSTORE, whatsapp(planted=planted))
    phone.add(CONTACTS, contacts())
    phone.add(HISTORY, chrome(planted=planted))
    phone.add(INTRUSION, intrusion(planted=planted))
    if not planted:
        return
    phone.indicator(Spot("android.sms.messages", MMSSMS), "domain", indicators.DELIVERY, "a text message with its link")
    phone.indicator(
        Spot("android.sms_backup.messages", KEPT), "domain", indicators.DELIVERY, "a text message with its link"
    )
    phone.indicator(Spot("android.chrome.history", HISTORY), "domain", indicators.DELIVERY, "the link was opened")
    phone.indicator(Spot("android.whatsapp.messages", MSGSTORE), "domain", indicators.RICH, "a message with its link")
    phone.indicator(Spot("android.whatsapp_calls.calls", MSGSTORE), "phone", indicators.PHONE, "the operator rang")
    phone.indicator(
        Spot("android.intrusion_logs.events", INTRUSION), "domain", indicators.CONTROL, "its server was looked up"
    )
    phone.indicator(
        Spot("android.intrusion_logs.events", INTRUSION), "ip", indicators.ADDRESS, "its server was reached"
    )


def messages(said: list[Row]) -> bytes:
    """`mmssms.db`."""
    store = Store(
        "CREATE TABLE sms (_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, person INTEGER, date INTEGER, "
        "date_sent INTEGER DEFAULT 0, protocol INTEGER, read INTEGER DEFAULT 0, status INTEGER DEFAULT -1, "
        "type INTEGER, "
        "subject TEXT, body TEXT, service_center TEXT, locked INTEGER DEFAULT 0, sub_id INTEGER DEFAULT -1, "
        "error_code INTEGER DEFAULT -1, creator TEXT, seen INTEGER DEFAULT 0);"
    )
    for when, number, kind, text in said:
        store.insert(
            "sms", address=number, date=when * 1000, date_sent=when * 1000 * (kind == 1), read=1, type=kind, body=text
        )
    return store.image()


def kept(said: list[Row]) -> bytes:
    """The same messages as the phone's own backup keeps them."""
    rows = [
        {
            "address": number,
            "body": text,
            "date": str(when * 1000),
            "date_sent": str(when * 1000 * (kind == 1)),
            "status": "-1",
            "type": str(kind),
            "recipients": [number],
            "read": "1",
        }
        for when, number, kind, text in said
    ]
    return zlib.compress(json.dumps(rows).encode())


def calls() -> bytes:
    """`calllog.db`."""
    store = Store(
        "CREATE TABLE calls (_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, "
        "presentation INTEGER NOT NULL DEFAULT 1, "
        "date INTEGER, duration INTEGER, type INTEGER, new INTEGER, name TEXT, countryiso TEXT, is_read INTEGER, "
        "geocoded_location TEXT, normalized_number TEXT);"
    )
    store.insert(
        "calls",
        number=FRIEND,
        date=(NOW - 5 * DAY) * 1000,
        duration=130,
        type=1,
        name="Jonas Reed",
        normalized_number=FRIEND,
    )
    return store.image()


SCHEMA = """
CREATE TABLE jid (_id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, server TEXT NOT NULL, agent INTEGER,
  device INTEGER, type INTEGER, raw_string TEXT);
CREATE TABLE chat (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid_row_id INTEGER UNIQUE, hidden INTEGER, subject TEXT,
  created_timestamp INTEGER, archived INTEGER, sort_timestamp INTEGER);
CREATE TABLE message (_id INTEGER PRIMARY KEY AUTOINCREMENT, chat_row_id INTEGER NOT NULL, from_me INTEGER NOT NULL,
  key_id TEXT NOT NULL, sender_jid_row_id INTEGER, status INTEGER, broadcast INTEGER, timestamp INTEGER,
  received_timestamp INTEGER, receipt_server_timestamp INTEGER, message_type INTEGER, text_data TEXT,
  sort_id INTEGER NOT NULL DEFAULT 0);
CREATE TABLE call_log (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid_row_id INTEGER, from_me INTEGER, call_id TEXT,
  transaction_id INTEGER, timestamp INTEGER, video_call INTEGER, duration INTEGER, call_result INTEGER,
  bytes_transferred INTEGER, group_jid_row_id INTEGER NOT NULL DEFAULT 0, is_joinable_group_call INTEGER,
  call_creator_device_jid_row_id INTEGER NOT NULL DEFAULT 0, call_random_id TEXT);
"""


def whatsapp(*, planted: bool) -> bytes:
    """`msgstore.db`."""
    store = Store(SCHEMA)
    people = [FRIEND] + ([indicators.PHONE] if planted else [])
    for number in people:
        digits = number.lstrip("+")
        store.insert("jid", user=digits, server="s.whatsapp.net", raw_string=f"{digits}@s.whatsapp.net")
    store.insert("chat", jid_row_id=1, created_timestamp=(NOW - 100 * DAY) * 1000, sort_timestamp=NOW * 1000)
    said = [(NOW - 2 * DAY, 0, "Lunch tomorrow?"), (NOW - 2 * DAY + 30, 1, "Yes")]
    if planted:
        said.append((ATTACK + 300, 0, f"Have you seen https://{indicators.RICH}/news?"))
        for at in range(3):
            store.insert(
                "call_log",
                jid_row_id=2,
                from_me=0,
                call_id=f"call:{at}",
                transaction_id=at,
                timestamp=(CALL - 60 * at) * 1000,
                video_call=0,
                duration=0,
                call_result=2,
            )
    for at, (when, mine, text) in enumerate(said, 1):
        store.insert(
            "message",
            chat_row_id=1,
            from_me=mine,
            key_id=f"K{at}",
            timestamp=when * 1000,
            message_type=0,
            text_data=text,
            sort_id=at,
        )
    return store.image()


def contacts() -> bytes:
    """`wa.db`."""
    store = Store(
        "CREATE TABLE wa_contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid TEXT NOT NULL, is_whatsapp_user BOOLEAN, "
        "status TEXT, status_timestamp INTEGER, number TEXT, raw_contact_id INTEGER, "
        "display_name TEXT, phone_type INTEGER, "
        "given_name TEXT, family_name TEXT, wa_name TEXT);"
    )
    digits = FRIEND.lstrip("+")
    store.insert(
        "wa_contacts", jid=f"{digits}@s.whatsapp.net", is_whatsapp_user=1, number=FRIEND, display_name="Jonas Reed"
    )
    return store.image()


def chrome(*, planted: bool) -> bytes:
    """Chrome's history."""
    store = Store(
        "CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR, "
        "visit_count INTEGER, "
        "typed_count INTEGER, last_visit_time INTEGER NOT NULL, hidden INTEGER);"
        "CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, "
        "from_visit INTEGER, transition INTEGER, segment_id INTEGER, visit_duration INTEGER);"
    )
    pages = [(NOW - DAY, "https://timetable.example/", "Timetable")] + ([(ATTACK + 30, LINK, "")] if planted else [])
    for when, url, title in pages:
        moment = (when + WEBKIT) * 1_000_000
        number = store.insert(
            "urls", url=url, title=title, visit_count=1, typed_count=0, last_visit_time=moment, hidden=0
        )
        store.insert(
            "visits", url=number, visit_time=moment, from_visit=0, transition=0, segment_id=0, visit_duration=0
        )
    return store.image()


def intrusion(*, planted: bool) -> str:
    """A day's intrusion log."""
    rows: list[dict[str, object]] = [
        {"security_event": {"event_id": 210_000 + 13, "event_time": (ATTACK - 7200) * 10**9, "logging_started": {}}},
        {
            "dns_event": {
                "event_time": (ATTACK - 7100) * 1000,
                "hostname": "timetable.example",
                "ip_addresses": ["/192.0.2.10"],
                "package_name": "com.android.chrome",
            }
        },
    ]
    if planted:
        server = {"event_time": (ATTACK + 720) * 1000, "package_name": indicators.APP}
        rows.append(
            {"dns_event": {**server, "hostname": indicators.CONTROL, "ip_addresses": [f"/{indicators.ADDRESS}"]}}
        )
        rows.append({"connect_event": {**server, "ip_address": f"/{indicators.ADDRESS}", "port": 443}})
    return lines(*map(json.dumps, rows))
