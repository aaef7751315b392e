"""What the rules about WhatsApp on Android weigh, and that copies of a store make nothing count twice."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from scanner.artifacts.android.tombstones import Crash
from scanner.artifacts.android.whatsapp_devices import LinkedDevice
from scanner.artifacts.android.whatsapp_media import OddMedia
from scanner.artifacts.whatsapp import LidPair, WhatsAppCall, WhatsAppChat, WhatsAppContact, WhatsAppMessage
from scanner.finding import Severity
from scanner.record import Place, Record
from scanner.rule import REGISTRY, Hit, Located, Records, load
from scanner.rules.android.whatsapp import calls_gone, crash_after_stranger, odd_media, unlogged_call
from scanner.rules.android.whatsapp_links import file_after_group_add, linked_device
from scanner.rules.whatsapp import burst_of_missed_calls, never_answered_stranger

R = TypeVar("R", bound=Record)
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
LIVE, COPY = "/data/data/com.whatsapp/databases/msgstore.db", "/storage/emulated/0/WhatsApp/Databases/msgstore.db"
STRANGER = "15550100188@s.whatsapp.net"


def some(*records: R, paths: tuple[str, ...] = (LIVE,)) -> Records[R]:
    """Records, the same in several stores."""
    return Records(lambda: (Located(one, "example", path, None) for path in paths for one in records))


def none() -> Records[R]:
    """No records of a kind."""
    return Records(lambda: iter(()))


def severity(rule_id: str, hit: Hit) -> Severity:
    """What a hit weighs."""
    load()
    return REGISTRY[rule_id].severity if hit.severity is None else hit.severity


def missed(row: int, minute: int, handle: str = STRANGER) -> WhatsAppCall:
    """A missed call."""
    place, time = Place(table="call_log", row=row), NOON + timedelta(minutes=minute)
    return WhatsAppCall(place=place, handle=handle, incoming=True, missed=True, duration=0.0, time=time)


def crashes(clock: str = "zone as written", *calls: WhatsAppCall, chat: str | None = None) -> list[Severity]:
    """What a crash weighs after some calls, or after a file."""
    crash = Crash(process="com.whatsapp", time=NOON + timedelta(minutes=2), clock=clock)
    sent = some(WhatsAppMessage(sender=STRANGER, from_me=False, kind="image", time=NOON, chat=chat)) if chat else none()
    hits = crash_after_stranger(some(crash), some(*calls, paths=(LIVE, COPY)), none(), none(), none(), sent)
    return [severity("AND023", hit) for hit in hits]


def test_a_crash_weighs_by_what_came_before() -> None:
    assert crashes("zone as written", missed(1, 0)) == [Severity.HIGH]
    assert crashes("zone unknown, taken as UTC", missed(1, 0)) == [Severity.MEDIUM]
    assert crashes(chat=STRANGER) == [Severity.HIGH]
    assert crashes(chat="1@g.us") == [Severity.MEDIUM]
    assert crashes("zone as written", missed(1, 1), chat="1@g.us") == [Severity.HIGH], "the personal cause counts"


def test_the_better_dated_of_two_records_of_a_crash_counts() -> None:
    twins = [
        Crash(process="com.whatsapp", pid=7, time=NOON + timedelta(minutes=1), clock=clock)
        for clock in ("zone unknown, taken as UTC", "when the file was written")
    ]
    (hit,) = crash_after_stranger(some(*twins), some(missed(1, 0)), none(), none(), none(), none())
    assert severity("AND023", hit) == Severity.HIGH


def test_a_minidump_and_a_tombstone_of_one_crash_are_told_once() -> None:
    twins = [
        Crash(
            process="com.whatsapp",
            pid=7,
            tid=8,
            signal=11,
            time=NOON + timedelta(minutes=1, microseconds=at),
            clock=clock,
        )
        for at, clock in ((0, "UTC, as the dump says"), (123, "zone as written"))
    ]
    assert len(list(crash_after_stranger(some(*twins), some(missed(1, 0)), none(), none(), none(), none()))) == 1


def test_odd_files_weigh_by_what_they_are() -> None:
    def weigh(**values: object) -> list[Severity]:
        one = OddMedia(**({"path": "/storage/emulated/0/WhatsApp/Media/a.jpg", "file_name": "a.jpg"} | values))  # type: ignore[arg-type]
        return [severity("AND025", hit) for hit in odd_media(some(one, one))]

    assert weigh(content="dng") == [Severity.HIGH]
    assert weigh(content="tiff", path="/storage/emulated/0/WhatsApp/Media/WhatsApp Images/Sent/a.jpg") == [
        Severity.MEDIUM
    ]
    documents = "/storage/emulated/0/WhatsApp/Media/WhatsApp Documents/a.jpg"
    assert weigh(content="dng", path=documents) == [Severity.MEDIUM]
    assert weigh(content="dng", path=documents, programs=("b.so",)) == [Severity.HIGH]
    assert weigh(appended="zip", programs=("b.so",)) == weigh(appended="elf") == weigh(content="dex") == [Severity.HIGH]
    assert weigh(appended="zip") == weigh(content="zip") == [Severity.MEDIUM]
    assert weigh(content="pdf") == [Severity.LOW]


def test_copies_of_a_store_do_not_make_a_burst() -> None:
    calls = some(missed(1, 0), paths=(LIVE, COPY, COPY + "2"))
    assert not list(burst_of_missed_calls(calls, none(), none(), none()))
    (hit,) = never_answered_stranger(calls, none(), none(), none())
    assert hit.count == 1


def test_a_gap_is_told_once_and_weighs_more_beside_a_stranger() -> None:
    friend = WhatsAppChat(chat="15550100123@s.whatsapp.net", members=("15550100123@s.whatsapp.net",))
    known = [missed(1, 0, "15550100123@s.whatsapp.net"), missed(4, 9, "15550100123@s.whatsapp.net")]
    (hit,) = calls_gone(some(*known, paths=(LIVE, COPY)), some(friend), none(), none())
    assert (hit.count, severity("AND050", hit)) == (2, Severity.LOW)
    (hit,) = calls_gone(some(*known, missed(6, 20), paths=(LIVE, COPY)), some(friend), none(), none())
    assert (hit.count, severity("AND050", hit)) == (3, Severity.MEDIUM)


def test_a_copy_of_the_log_still_has_what_is_gone() -> None:
    live, copy = [missed(1, 0), missed(3, 2)], [missed(1, 0), missed(2, 1), missed(3, 2)]
    calls = Records(
        lambda: (Located(one, "x", path, None) for path, log in ((LIVE, live), (COPY, copy)) for one in log)
    )
    (hit,) = calls_gone(calls, none(), none(), none())
    assert hit.message.startswith("1 entry of the call log gone")
    assert hit.message.endswith(f"a copy of the log has one from {STRANGER} at 2024-03-01 12:01 UTC")


def test_a_notice_without_an_entry_weighs_by_who_called() -> None:
    first = missed(1, -60, "15550100123@s.whatsapp.net")
    notice = WhatsAppCall(handle=STRANGER, incoming=True, missed=True, unlogged=True, time=NOON)
    calls = some(first, notice, paths=(LIVE, COPY))
    (hit,) = unlogged_call(calls, none(), none(), none())
    assert (hit.count, severity("AND053", hit)) == (1, Severity.MEDIUM)
    (hit,) = unlogged_call(calls, none(), some(WhatsAppContact(jid=STRANGER, saved=True)), none())
    assert severity("AND053", hit) == Severity.LOW


def test_a_linked_device_weighs_more_after_a_lure() -> None:
    device = some(LinkedDevice(device="1", time=NOON))
    lure = WhatsAppMessage(sender=STRANGER, chat=STRANGER, from_me=False, text="https://x.example", time=NOON)
    lid = LidPair(lid="90000000000001@lid", phone="15550100188")
    (hit,) = linked_device(device, some(lure), none(), none(), some(lid))
    assert severity("AND051", hit) == Severity.MEDIUM
    answer = WhatsAppMessage(chat="90000000000001@lid", from_me=True, kind="text", time=NOON - timedelta(days=1))
    (hit,) = linked_device(device, some(lure, answer), none(), none(), some(lid))
    assert severity("AND051", hit) == Severity.LOW


def test_documents_in_a_new_group_weigh_more_than_pictures() -> None:
    def weigh(kind: str, contacts: Records[WhatsAppContact]) -> list[tuple[int, Severity]]:
        add = WhatsAppMessage(
            chat="1@g.us", sender=STRANGER, from_me=False, kind="group event", event="added", owner_joined=True,
            time=NOON, guid="a",
        )  # fmt: skip
        file = WhatsAppMessage(
            chat="1@g.us", sender=STRANGER, from_me=False, kind=kind, time=NOON + timedelta(hours=1), guid="b"
        )
        hits = file_after_group_add(some(add, file, paths=(LIVE, COPY)), none(), contacts, none())
        return [(hit.count, severity("AND052", hit)) for hit in hits]

    book = some(WhatsAppContact(jid="15550100123@s.whatsapp.net", saved=True))
    assert weigh("document", book) == [(1, Severity.MEDIUM)]
    assert weigh("image", book) == [(1, Severity.LOW)]
    assert weigh("document", none()) == [(1, Severity.LOW)], "without an address book everybody looks like a stranger"
