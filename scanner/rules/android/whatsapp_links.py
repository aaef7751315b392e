"""WhatsApp on Android: devices linked to the account, and groups that strangers add the owner to."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from scanner.artifacts.android.whatsapp_devices import LinkedDevice
from scanner.artifacts.whatsapp import LidPair, WhatsAppChat, WhatsAppContact, WhatsAppMessage
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.moments import utc
from scanner.rules.whatsapp import WITHIN, People
from scanner.rules.whatsapp_senders import from_strangers, has_link, is_group, medium

AFTER_ADD = timedelta(hours=24)
ADDED = frozenset({"added", "joined from community"})
DOCUMENTS = frozenset({"document"})


@correlation("AND051", Severity.LOW, Stage.PRESENCE)
def linked_device(
    devices: Records[LinkedDevice],
    messages: Records[WhatsAppMessage],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> Iterator[Hit]:
    """Another device is, or was, linked to the WhatsApp account, and can read its messages.

    Why: whoever links a device of their own reads and writes as the owner, without any spyware; links and codes that
        pretend to be invitations have been used for that.
    Benign causes: the owner's own computer or tablet: very many people link one.
    Base rate: very common; it weighs more where a stranger sent a link within the ten minutes before.
    Next: go through the list with the owner (WhatsApp, Settings, Linked devices), take a picture of it, and log out
        what they do not know.
    References: https://faq.whatsapp.com/378279804439436
        https://cloud.google.com/blog/topics/threat-intelligence/russia-targeting-signal-messenger
    """
    found = {one.record.device or str(one.record.place): one for one in devices}
    if not found:
        return
    people, moments = People(chats, contacts, pairs), [one.record.time for one in found.values()]
    sent = from_strangers(
        messages, people, lambda one: has_link(one) and any(came_before(one.time, moment) for moment in moments)
    )
    for device in found.values():
        record = device.record
        what = (record.kind or "a device") + (f" ({record.os})" if record.os else "")
        since = f" since {utc(record.time)}" if record.time else ""
        place = f", near {record.place_name}" if record.place_name else ""
        links = (one.record for one in sent.messages if came_before(one.record.time, record.time))
        lured = next((people.name(one.sender or "") for one in links), None)
        said = f", within ten minutes of a link from {lured}, to whom the owner never wrote" if lured else ""
        message = f"{what} {'was' if record.logged_out else 'is'} linked to the account{since}{place}{said}"
        yield Hit(device, message, severity=Severity.MEDIUM if lured else None)


def came_before(time: datetime | None, moment: datetime | None) -> bool:
    """Whether something came within the ten minutes before a moment."""
    return time is not None and moment is not None and timedelta(0) <= moment - time <= WITHIN


@correlation("AND052", Severity.MEDIUM, Stage.DELIVERY)
def file_after_group_add(
    messages: Records[WhatsAppMessage],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> Iterator[Hit]:
    """A stranger added the owner to a group, and within a day a file came there from somebody unknown.

    Why: one spyware was delivered in a PDF document, sent to a group that the target had just been added to.
    Benign causes: groups of schools, neighbours, sellers; advertisers and fraudsters add strangers to groups too.
    Base rate: common for pictures, which weigh less; rare for documents in a group where the owner never wrote.
    Next: keep the file and the group; ask whether the owner knows who added them.
    References: https://citizenlab.ca/2025/03/a-first-look-at-paragons-proliferating-spyware-operations/
    """
    people = People(chats, contacts, pairs)
    invited = from_strangers(messages, people, lambda one: one.owner_joined and one.event in ADDED and is_group(one))
    adds = {one.record.chat: one for one in invited.messages if people.name(one.record.chat or "") not in invited.wrote}
    if not adds:
        return

    def soon_after(one: WhatsAppMessage) -> bool:
        return one.chat in adds and bool(medium(one)) and soon(adds[one.chat].record.time, one.time)

    found: dict[str | None, list[Located[WhatsAppMessage]]] = defaultdict(list)
    for one in from_strangers(messages, people, soon_after).messages:
        found[one.record.chat].append(one)
    for chat, files in found.items():
        yield told(adds[chat], files, people)


def soon(added: datetime | None, sent: datetime | None) -> bool:
    """Whether a file came within a day after the owner was added."""
    return added is not None and sent is not None and timedelta(0) <= sent - added <= AFTER_ADD


def told(add: Located[WhatsAppMessage], files: list[Located[WhatsAppMessage]], people: People) -> Hit:
    """What is said of a group that a stranger added the owner to."""
    documents = [one for one in files if one.record.kind in DOCUMENTS]
    first = (documents or files)[0]
    adder, group = people.name(add.record.sender or ""), add.record.chat_name or add.record.chat
    minutes = (first.record.time - add.record.time).total_seconds() / 60 if first.record.time and add.record.time else 0
    name = first.record.file_name or (first.record.path or "").rpartition("/")[2]
    what = f"{medium(first.record)}{f' ({name})' if name else ''}"
    message = f"{adder}, to whom the owner never wrote, added them to the group {group!r}"
    weighty = bool(documents and people.saved)
    return Hit(
        first, f"{message}; {minutes:.0f} minutes later {what} came", len(files), None if weighty else Severity.LOW
    )
