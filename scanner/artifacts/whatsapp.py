"""What WhatsApp keeps on iOS and on Android: the records that the stores of both give."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar

from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.evidence.grouped import several
from scanner.record import AwareTime, FileName, Handle, Hash, Path, Phone, Record, Stage, Text, Url

R = TypeVar("R", bound=Record)
SHA256_BASE64 = 44
SEPARATOR = "\x1f"
LINK = re.compile(r"[A-Za-z][\w+.-]*://\S+")
ToUnix = Callable[[float], float]
"""Seconds since 1970 of a time as a store writes it."""


class WhatsAppMessage(Record):
    """A message in WhatsApp, received or sent, or something that happened to a group."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: AwareTime | None = None
    sent: AwareTime | None = None
    received: AwareTime | None = None
    """When it reached this phone, by its own clock."""
    text: Text | None = None
    sender: Handle | None = None
    """Who wrote it or caused the event, if not the owner: `<number>@s.whatsapp.net`, or `…@lid`, which `LidPair`
    resolves."""
    sender_name: Text | None = None
    sender_phone: Phone | None = None
    """The number behind a sender's `…@lid`, where the same store has it."""
    from_me: bool | None = None
    chat: Handle | None = None
    """The conversation: the other person's address, or a group's (`…@g.us`)."""
    chat_name: Text | None = None
    type: int | None = None
    """WhatsApp's code, which differs between iOS and Android."""
    kind: str | None = None
    """The type as a word, where it is known."""
    group_event: int | None = None
    """WhatsApp's code of what happened to a group: somebody joined, was added, left, renamed it."""
    event: str | None = None
    """The event as words, where they are known."""
    member: Handle | None = None
    """Whom a group event is about."""
    others: tuple[Handle, ...] = ()
    """Who else it is about."""
    owner_joined: bool | None = None
    """Whether it is the phone's owner who was added or joined."""
    links: tuple[Url, ...] = ()
    """Links that the text does not show: of media, previews and buttons."""
    preview: tuple[Text, ...] = ()
    """Titles and texts of media, previews and buttons."""
    path: Path | None = None
    """The medium's file: on iOS below the folder `Message` beside the store, on Android below WhatsApp's own folder."""
    file_name: FileName | None = None
    """The medium's name, as its sender chose it."""
    mime: str | None = None
    hash: Hash | None = None
    """The medium's SHA-256."""
    size: int | None = None
    guid: str | None = None


class WhatsAppChat(Record):
    """A conversation in WhatsApp."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: AwareTime | None = None
    """When its last message came."""
    chat: Handle | None = None
    """The other person's address, or a group's (`…@g.us`)."""
    name: Text | None = None
    identifier: Handle | None = None
    """The other person's second address: the number behind a `…@lid`."""
    type: int | None = None
    """0 with one person, 1 a group, 2 a broadcast list, 3 status messages."""
    messages: int | None = None
    talked: bool | None = None
    """Whether it holds more than notices of calls and events: on Android an unanswered call alone makes a chat."""
    archived: bool | None = None
    hidden: bool | None = None
    removed: bool | None = None
    created: AwareTime | None = None
    """When the group was made."""
    creator: Handle | None = None
    owner: Handle | None = None
    members: tuple[Handle, ...] = ()
    """Who is or was in the group."""


class WhatsAppContact(Record):
    """An entry in WhatsApp's own copy of the address book."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: AwareTime | None = None
    """When it was last brought up to date."""
    name: Text | None = None
    username: Handle | None = None
    business: Text | None = None
    phone: Phone | None = None
    jid: Handle | None = None
    """The address in WhatsApp: `<number>@s.whatsapp.net`; none if the number has no account."""
    lid: Handle | None = None
    """The address that hides the number: `…@lid`."""
    saved: bool | None = None
    """Whether the entry is of the phone's address book; Android has entries of strangers too."""
    about: Text | None = None
    about_time: AwareTime | None = None
    notes: Text | None = None


class LidPair(Record):
    """Which telephone number hides behind a LID, WhatsApp's address without a number."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: AwareTime | None = None
    lid: Handle | None = None
    phone: Phone | None = None


class WhatsAppCall(Record):
    """A call in WhatsApp."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: AwareTime | None = None
    handle: Handle | None = None
    """The other side, of a group call the first of them: `<number>@s.whatsapp.net` or `…@lid`."""
    phone: Phone | None = None
    """The number behind the other side's `…@lid`, where the same store has it."""
    participants: tuple[Handle, ...] = ()
    """Everybody else in a call of several."""
    incoming: bool | None = None
    missed: bool | None = None
    video: bool | None = None
    outcome: int | None = None
    """WhatsApp's code, which differs between iOS and Android."""
    result: str | None = None
    """The outcome as a word, where it is known: `ended`, `missed`, `rejected`, `answered elsewhere`…"""
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
    transferred: int | None = None
    """Bytes in both directions."""
    attempt: int | None = None
    """WhatsApp's number of the attempt to call."""
    silenced: int | None = None
    """Why the phone did not ring, as WhatsApp's code."""
    unlogged: bool | None = None
    """Whether only the notice in its chat tells of it, though there is a call log: the entry was deleted."""
    guid: str | None = None


def clocked(row: dict[str, Any], names: tuple[str, ...], to_unix: ToUnix) -> dict[str, Any]:
    """A raw row whose times are seconds since 1970; whatever is no number stays, to be complained of."""
    for name in names:
        if (value := row.get(name)) and (type(value) is int or type(value) is float):
            row[name] = to_unix(value)
    return row


def rows(file: File, into: type[R], names: tuple[str, ...], to_unix: ToUnix, *queries: str) -> Iterator[R]:
    """The same as `File.rows` for records whose times the stores of two systems write by two clocks."""
    for table, row in file.raw(into, queries):
        if (record := file.made(into, placed(table, row), clocked(row, names, to_unix))) is not None:
            yield record


def beside(text: object, joined_texts: list[object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Links and other texts that stand beside a message's own text, each once."""
    shown = set(text.split()) if isinstance(text, str) else set()
    parts = several(part for one in joined_texts for part in decoded(one).split(SEPARATOR))
    found = [part for part in parts if part not in shown and part != text]
    links = tuple(one for one in found if LINK.fullmatch(one))
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
