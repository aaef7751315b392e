"""Telegram and apps made of it: messages, people and chats, contacts."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.evidence.grouped import joined
from scanner.formats import tl_strings
from scanner.record import Handle, Phone, Place, Record, Stage, Text, Time

NUMBER = range(7, 16)
"""Digits of a telephone number."""
NAMES = ";;;"
"""What separates names from the user name in `users.name`."""
MESSAGES = tuple(
    query
    for table in ("messages_v2", "messages")
    for query in joined(
        f"""
        SELECT m.mid AS _{table}, m.date AS time, m.uid AS chat, m.out AS from_me, m.data AS blob, m.mid AS number,
               coalesce(u.name, c.name) AS chat_name
        FROM {table} m
        """,  # noqa: S608 - all of it is ours
        "LEFT JOIN users u ON u.uid = m.uid",
        "LEFT JOIN chats c ON c.uid = -m.uid",
    )
)
PEERS = (
    ("user", "SELECT uid AS _users, uid AS number, name, status AS seen, data AS blob FROM users"),
    ("chat", "SELECT uid AS _chats, uid AS number, name, data AS blob FROM chats"),
    ("secret chat", "SELECT uid AS _enc_chats, uid AS number, name, data AS blob FROM enc_chats"),
)
CONTACTS = (
    *joined(
        """
        SELECT p.rowid AS _user_phones_v7, p.phone, p.deleted, c.fname AS first, c.sname AS last, c.uid AS number,
               c.imported
        FROM user_phones_v7 p
        """,
        "LEFT JOIN user_contacts_v7 c ON c.key = p.key",
    ),
    "SELECT p.rowid AS _user_phones_v6, p.phone, p.deleted FROM user_phones_v6 p",
)


class TelegramMessage(Record):
    """A message in Telegram, by the texts that stand in it."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: Time | None = None
    chat: int | None = None
    """The other person's or, negative, the group's or channel's number."""
    chat_name: Text | None = None
    from_me: bool | None = None
    texts: tuple[Text, ...] = ()
    """Its text, links, names of files and buttons, in their order; what each is depends on Telegram's version."""
    number: int | None = None


class TelegramPeer(Record):
    """Somebody, a group or a channel that Telegram has met: a contact, a member of a group, who wrote or called."""

    stage: ClassVar[Stage] = Stage.CONTACT
    kind: str
    """user, chat (group or channel), secret chat; owner is the phone's own account."""
    number: int | None = None
    name: Text | None = None
    username: Handle | None = None
    phone: Phone | None = None
    texts: tuple[Text, ...] = ()
    seen: Time | None = None
    """When the person was last seen, if Telegram knew."""


class TelegramContact(Record):
    """A number of the phone's address book that Telegram copied; it may outlive the address book's."""

    stage: ClassVar[Stage] = Stage.CONTACT
    phone: Phone
    first: Text | None = None
    last: Text | None = None
    number: int | None = None
    """The contact's number in the address book."""
    imported: int | None = None
    deleted: bool | None = None


@artifact("/data/**/files/cache4.db", "/data/**/files/account*/cache4.db")
def messages(file: File) -> Iterator[TelegramMessage | TelegramPeer | TelegramContact]:
    """Telegram's messages, people, groups and contacts, of each account.

    Messages are objects whose layout changes with every version: all texts in them are taken, none is lost for an
    unknown layout.

    References:
        Telegram for Android, "MessagesStorage.java": https://github.com/DrKLO/Telegram
        Telegram, "Binary Data Serialization": https://core.telegram.org/mtproto/serialize
    """
    for table, row in file.raw(TelegramMessage, MESSAGES):
        place, blob = placed(table, row), row.pop("blob")
        row["chat_name"] = plain_name(row["chat_name"])
        texts = of(blob)
        yield from file.record(TelegramMessage, place, **row, texts=texts)
    for kind, query in PEERS:
        with suppress(UnsupportedError):
            yield from peers(file, kind, query)
    with suppress(UnsupportedError):
        yield from file.rows(TelegramContact, *CONTACTS)


@artifact("/data/**/shared_prefs/userconfing.xml", *(f"/data/**/shared_prefs/userconfig{one}.xml" for one in (1, 2, 3)))
def accounts(file: File) -> Iterator[TelegramPeer]:
    """The owner's own account in Telegram, by its settings.

    References:
        Telegram for Android, "UserConfig.java": https://github.com/DrKLO/Telegram
    """
    for number, one in enumerate(file.xml()):
        if one.get("name") == "user" and one.text:
            place = Place(key=str(number))
            try:
                texts = tl_strings.texts(b64decode(one.text.strip(), validate=False))
            except Error as error:
                file.problem(f"the account is no base64: {error}", place.key)
                continue
            yield from file.record(TelegramPeer, place, kind="owner", texts=texts, phone=number_in(texts))


def number_in(texts: tuple[str, ...]) -> str | None:
    """The telephone number among some texts."""
    return next((text for text in texts if text.isdecimal() and len(text) in NUMBER), None)


def peers(file: File, kind: str, query: str) -> Iterator[TelegramPeer]:
    """The people or chats of one table."""
    for table, row in file.raw(TelegramPeer, (query,)):
        place, blob, name = placed(table, row), row.pop("blob"), row.pop("name")
        texts = of(blob)
        seen = row.pop("seen", None)
        yield from file.record(
            TelegramPeer, place, **row, kind=kind, name=plain_name(name), username=user_name(name), texts=texts,
            phone=number_in(texts),
            seen=seen if isinstance(seen, int) and seen > 0 else None,
        )  # fmt: skip


def of(blob: object) -> tuple[str, ...]:
    """The texts of a stored object."""
    return tl_strings.texts(blob) if isinstance(blob, bytes) else (blob,) if isinstance(blob, str) else ()


def plain_name(name: object) -> object:
    """A name without the user name behind it."""
    return name.partition(NAMES)[0].strip() if isinstance(name, str) else name


def user_name(name: object) -> str | None:
    """The user name behind a name."""
    return name.rpartition(NAMES)[2].strip() or None if isinstance(name, str) and NAMES in name else None
