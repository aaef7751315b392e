"""Messages: `sms.db`, its write-ahead log and its attachments.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
    Christopher Sardegna, "Reverse Engineering iMessage": https://chrissardegna.com/blog/
"""

import plistlib
from collections.abc import Iterator
from random import Random

from scanner.synthetic.archive import Keyed, archive, url
from scanner.synthetic.indicators import CONTROL, DELIVERY, EMAIL, PHONE, RICH, URL, Planted
from scanner.synthetic.life import MAILS, NUMBERS, sentence, times, uuid
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, Value, columns, write_ahead
from scanner.synthetic.typedstream import attributed_body

PATH = "/private/var/mobile/Library/SMS/sms.db"
ATTACHMENTS = "/private/var/mobile/Library/SMS/Attachments"
HANDLES = (*NUMBERS, *MAILS)
NOTICE = (
    "ALERT: Apple detected a targeted mercenary spyware attack against your iPhone. "
    "Apple sent you this notice as a demonstration; read support.apple.com for what to do."
)
NUMBERED = (
    "replace version type error date_read date_delivered is_delivered is_finished is_emote is_empty is_delayed "
    "is_auto_reply is_prepared is_read is_system_message is_sent has_dd_results is_service_message is_forward "
    "was_downgraded is_archive cache_has_attachments was_data_detected was_deduplicated is_audio_message is_played "
    "date_played item_type other_handle group_action_type share_status share_direction is_expirable expire_state "
    "message_action_type message_source associated_message_type is_corrupt sort_id is_spam has_unseen_mention "
    "part_count date_retracted date_edited was_detonated is_stewie is_kt_verified"
)
SCHEMA = f"""
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT,
  service TEXT NOT NULL, uncanonicalized_id TEXT, person_centric_id TEXT, UNIQUE (id, service));
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER, state INTEGER,
  account_id TEXT, properties BLOB, chat_identifier TEXT, service_name TEXT, room_name TEXT, display_name TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
  handle_id INTEGER DEFAULT 0, subject TEXT, country TEXT, attributedBody BLOB, service TEXT, account TEXT,
  account_guid TEXT, date INTEGER, is_from_me INTEGER DEFAULT 0, {columns(NUMBERED, "INTEGER DEFAULT 0")},
  cache_roomnames TEXT, group_title TEXT, associated_message_guid TEXT, balloon_bundle_id TEXT, payload_data BLOB,
  expressive_send_style_id TEXT, message_summary_info BLOB, destination_caller_id TEXT, reply_to_guid TEXT,
  thread_originator_guid TEXT, thread_originator_part TEXT);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER DEFAULT 0,
  PRIMARY KEY (chat_id, message_id));
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL,
  created_date INTEGER DEFAULT 0,
  start_date INTEGER DEFAULT 0, filename TEXT, uti TEXT, mime_type TEXT, transfer_state INTEGER DEFAULT 0,
  is_outgoing INTEGER DEFAULT 0, user_info BLOB, transfer_name TEXT, total_bytes INTEGER DEFAULT 0,
  is_sticker INTEGER DEFAULT 0, hide_attachment INTEGER DEFAULT 0);
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER, UNIQUE (message_id, attachment_id));
CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, guid TEXT NOT NULL);
"""


def nanoseconds(unix: float) -> int:
    """Messages' clock: nanoseconds since 2001, of seconds since 1970."""
    return int((unix - COCOA) * 1e6) * 1000


def add(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Puts `sms.db` with its `-wal` on the phone: conversations, attachments, and the messages of the attack."""
    random = phone.random("messages")
    store = Store(SCHEMA)
    for name in HANDLES:
        meet(store, name)
    later = amount.messages // 10
    talk(store, random, amount.messages - later, (NOW - 700 * DAY, ATTACK - 60))
    say(store, f"Is this real? {NOTICE[:60]}… or spam?", 2, ATTACK - 3000)
    if planted:
        Delivery(phone, store).all()
    talk(store, random, later, (ATTACK + 7200, NOW - 3600))
    attach(phone, store, random)
    before = store.image()
    text = "Last one before the backup"
    if planted:
        text = f"You missed a parcel: https://{DELIVERY}/last"
    row = say(store, text, 1, NOW - 600)
    if planted:
        what = "A link in a message that only the write-ahead log holds."
        phone.indicator(spot(row), "domain", DELIVERY, text, what)
    main, log = write_ahead(before, store.image())
    phone.add(PATH, main, modified=NOW - 900)
    phone.add(PATH + "-wal", log, modified=NOW - 600)


def meet(store: Store, name: str) -> int:
    """A handle and the chat with it; both have the same row id."""
    row = store.insert("handle", id=name, country="us", service="iMessage", uncanonicalized_id=name)
    guid = f"iMessage;-;{name}"
    store.insert("chat", ROWID=row, guid=guid, style=45, state=3, chat_identifier=name, service_name="iMessage")
    store.insert("chat_handle_join", chat_id=row, handle_id=row)
    return row


def talk(store: Store, random: Random, count: int, span: tuple[float, float]) -> None:
    """`count` harmless messages: some with text, some with both forms, a tenth with the attributed body alone."""
    first = last_row(store) + 1
    names = "ROWID, guid, text, attributedBody, handle_id, service, date, is_from_me, is_read, is_finished"
    rows = list(harmless(random, first, times(random, count, *span)))
    store.insert_many("message", names, rows)
    store.insert_many("chat_message_join", "chat_id, message_id, message_date", ((r[4], r[0], r[6]) for r in rows))


def harmless(random: Random, first: int, moments: list[float]) -> Iterator[tuple[Value, ...]]:
    """Rows of the table `message`."""
    for row, moment in enumerate(moments, first):
        text: str | None = sentence(random)
        form = random.random()
        body = attributed_body(text or "") if form < 0.2 else None
        text = None if form < 0.1 else text
        handle = random.randrange(len(HANDLES)) + 1
        sent = int(random.random() < 0.5)
        yield row, uuid(random), text, body, handle, "iMessage", nanoseconds(moment), sent, 1, 1


def last_row(store: Store) -> int:
    """The highest row id of the messages."""
    found: int | None = store.connection.execute("SELECT max(ROWID) FROM message").fetchone()[0]
    return found or 0


def say(store: Store, text: str | None, handle: int, moment: float, **more: Value) -> int:
    """One received message; its row id."""
    row = last_row(store) + 1
    guid = f"5EED0000-0000-4000-8000-{row:012X}"
    date = nanoseconds(moment)
    store.insert(
        "message", ROWID=row, guid=guid, text=text, handle_id=handle, service="iMessage", date=date, is_finished=1,
        **more
    )  # fmt: skip
    if handle:
        store.insert("chat_message_join", chat_id=handle, message_id=row, message_date=date)
    return row


def attach(phone: Phone, store: Store, random: Random) -> None:
    """Four photos that were received, with their files."""
    for number in range(1, 5):
        guid = uuid(random)
        content = b"\xff\xd8\xff\xe0" + random.randbytes(2000)
        path = f"{ATTACHMENTS}/{number:02x}/{number:02d}/{guid}/IMG_{number:04d}.jpeg"
        phone.add(path, content, modified=NOW - number * DAY)
        name = path.replace("/private/var/mobile", "~")
        row = store.insert(
            "attachment", guid=guid, filename=name, uti="public.jpeg", mime_type="image/jpeg", transfer_state=5,
            transfer_name=f"IMG_{number:04d}.jpeg", total_bytes=len(content),
            created_date=int(NOW - number * DAY - COCOA),
        )  # fmt: skip
        store.insert("message_attachment_join", message_id=number, attachment_id=row)


def spot(row: int) -> Spot:
    """A row of the table `message`."""
    return Spot("ios.sms.messages", PATH, f"message:{row}")


def rich_link(address: str, title: str) -> bytes:
    """The `payload_data` of a link with a preview.

    References:
        Public headers of Apple's LinkPresentation framework, class LPLinkMetadata.
    """
    metadata = {"originalURL": url(address), "URL": url(address), "title": title, "version": 1}
    link = Keyed("RichLink", {"richLinkMetadata": Keyed("LPLinkMetadata", metadata), "richLinkIsPlaceholder": False})
    return archive(link)


def edited(*versions: tuple[float, str]) -> bytes:
    """The `message_summary_info` of an edited message: every version's time (seconds since 1970) and text."""
    history = [{"d": moment - COCOA, "t": attributed_body(text)} for moment, text in versions]
    length = len(versions[0][1])
    body = {"amc": 1, "ust": True, "ec": {"0": history}, "ep": [0], "otr": {"0": {"lo": 0, "le": length}}}
    return plistlib.dumps(body, fmt=plistlib.FMT_BINARY)


class Delivery:
    """The messages that carry the attack, one after the other, a minute apart."""

    def __init__(self, phone: Phone, store: Store) -> None:
        """Sends to `store`; the truth of `phone` learns of it."""
        self.phone, self.store, self.moment = phone, store, float(ATTACK - 30)
        self.stranger = meet(store, "+15550100166")

    def all(self) -> None:
        """Plants every message."""
        self.links()
        self.hidden_links()
        self.senders()
        self.notice()
        self.attachment()

    def send(self, text: str | None, handle: int, **more: Value) -> int:
        """One message a minute after the last."""
        self.moment += 1
        return say(self.store, text, handle, self.moment, **more)

    def note(self, row: int, value: str, what: str, observed: str, kind: str = "domain") -> None:
        """Enters an indicator in the truth."""
        self.phone.indicator(spot(row), kind, value, observed, what)

    def links(self) -> None:
        """Links in the text: plain, in disguise, bare, and a page of a harmless site."""
        plain = f"Your parcel waits: https://{DELIVERY}/t/8841"
        self.note(self.send(plain, self.stranger), DELIVERY, "A link in a message's text.", plain)
        disguised = f"(https://mara@www.{CONTROL.upper()}.:8443/a?b=c)."
        self.note(self.send(disguised, self.stranger), CONTROL, "A link with user, port, capitals and dots.", disguised)
        bare = f"Track it on {DELIVERY}, please"
        self.note(self.send(bare, self.stranger), DELIVERY, "A bare domain in a message's text.", bare)
        page = f"Look: {URL}."
        self.note(self.send(page, self.stranger), URL, "One bad page of a harmless site.", page, kind="url")

    def hidden_links(self) -> None:
        """Links outside the text: attributed body, rich link, edited away; and a message without a handle."""
        address = f"https://{DELIVERY}/body"
        row = self.send(None, self.stranger, attributedBody=attributed_body("Your parcel", link=address))
        self.note(row, DELIVERY, "A link that only the attributed body holds.", address)
        address = f"https://a.b.{RICH}/photos"
        bundle = "com.apple.messages.URLBalloonProvider"
        payload = rich_link(address, "Photos")
        row = self.send("Photos from Sunday", self.stranger, balloon_bundle_id=bundle, payload_data=payload)
        self.note(row, RICH, "A link that only the preview holds.", address)
        address = f"https://{RICH}/before-edit"
        history = edited((self.moment, f"see {address}"), (self.moment + 60, "never mind"))
        row = self.send(
            "never mind", self.stranger, message_summary_info=history, date_edited=nanoseconds(self.moment + 60)
        )
        self.note(row, RICH, "A link that was edited away.", address)
        text = f"https://{RICH}/nobody"
        self.note(self.send(text, 0), RICH, "A link in a message without a handle.", text)

    def senders(self) -> None:
        """Messages from an e-mail address and a phone number of the family."""
        row = self.send("Please confirm the delivery", meet(self.store, EMAIL))
        self.note(row, EMAIL, "A message from an e-mail address of the family.", EMAIL, kind="email")
        row = self.send("Please confirm the address", meet(self.store, PHONE))
        self.note(row, PHONE, "A message from a phone number of the family.", PHONE, kind="phone")

    def notice(self) -> None:
        """Apple's threat notification."""
        row = self.send(NOTICE, meet(self.store, "threat-notifications@apple.com"))
        what = "Apple's notice that the owner is a target of mercenary spyware."
        self.phone.heuristic(spot(row), "IOS002", NOTICE, what, "high")

    def attachment(self) -> None:
        """An attachment below /var/tmp whose name ends in -1."""
        name = "/var/tmp/ATTACH-5EED-1"  # noqa: S108
        message = self.send("\ufffc", self.stranger, cache_has_attachments=1)
        row = self.store.insert("attachment", guid="5EED-AT", filename=name, created_date=int(self.moment - COCOA))
        self.store.insert("message_attachment_join", message_id=message, attachment_id=row)
        what = "A received attachment in a temporary folder."
        at = Spot("ios.sms.attachments", PATH, f"attachment:{row}")
        self.phone.heuristic(at, "IOS004", name, what)
