"""Who writes in WhatsApp, and what is known of them: shared by the rules about files, links and groups."""

from collections.abc import Callable
from typing import NamedTuple

from scanner.artifacts.whatsapp import WhatsAppMessage
from scanner.rule import Located, Records
from scanner.rules.whatsapp import People

GROUP = "@g.us"
NOTICES = frozenset({"group event", "notice", "call", "missed call"})
MEDIA = {
    "image": "a picture", "video": "a video", "audio": "a sound", "document": "a document", "gif": "a moving picture",
    "sticker": "a sticker",
}  # fmt: skip


def is_group(message: WhatsAppMessage) -> bool:
    """Whether a message was written to a group."""
    return (message.chat or "").endswith(GROUP)


def medium(message: WhatsAppMessage) -> str | None:
    """What kind of file a message brought, if it brought one."""
    if message.from_me or message.kind in NOTICES:
        return None
    if message.kind in MEDIA:
        return MEDIA[message.kind]
    return "a file" if message.mime or message.path else None


def has_link(message: WhatsAppMessage) -> bool:
    """Whether a message that came has a link in its text or beside it."""
    return not message.from_me and ("://" in (message.text or "") or message.kind == "group invitation")


class Strange(NamedTuple):
    """What strangers wrote, of the messages that a rule wants."""

    messages: list[Located[WhatsAppMessage]]
    wrote: frozenset[str]
    """The chats in which the owner wrote."""


def from_strangers(
    messages: Records[WhatsAppMessage], people: People, wanted: Callable[[WhatsAppMessage], object]
) -> Strange:
    """The wanted messages of those who are in no address book and to whom the owner never wrote, in one pass.

    What backups of the store have too comes once.
    """
    chats: set[str | None] = set()
    found: dict[object, Located[WhatsAppMessage]] = {}
    for one in messages:
        record = one.record
        if record.from_me:
            if record.kind not in NOTICES:
                chats.add(record.chat)
        elif record.sender and wanted(record):
            found.setdefault((record.chat, record.guid) if record.guid else len(found), one)
    wrote = frozenset(people.name(chat) for chat in chats if chat)
    known = wrote | people.saved
    return Strange([one for one in found.values() if people.name(one.record.sender or "") not in known], wrote)
