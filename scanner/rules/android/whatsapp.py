"""WhatsApp on Android: crashes after calls and files of strangers, files that are not what they seem, deleted calls."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from scanner.artifacts.android.tombstones import Crash
from scanner.artifacts.android.whatsapp_media import OddMedia
from scanner.artifacts.whatsapp import LidPair, WhatsAppCall, WhatsAppChat, WhatsAppContact, WhatsAppMessage
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.moments import utc
from scanner.rules.whatsapp import WITHIN, People, at, missed, strangers
from scanner.rules.whatsapp_senders import from_strangers, is_group, medium

CALL_LOG = "call_log"
MAX_GAP = 1000
"""Entries of one gap that are looked for in the copies of a log."""
SYSTEM = frozenset({"zygote", "zygote64", "system_server", "com.samsung.ipservice"})
"""What exploits that came in messengers have crashed beside the messenger itself."""
MESSENGER = "whatsapp"
UNSURE = "unknown"
"""What the clock of a time says whose zone is not known."""
PICTURES_OF_CAMERAS, CODE = frozenset({"dng", "tiff"}), frozenset({"elf", "dex"})
BY_HAND = ("/Sent/", " Documents/")
"""Folders of what the owner sent, and of files that somebody sent as they are."""
WHAT = {
    "dng": "a digital negative (DNG)", "tiff": "a TIFF picture", "elf": "a program (ELF)", "dex": "Android code (DEX)",
    "zip": "a ZIP archive", "executable": "a Windows program", "script": "a script", "pdf": "a PDF document",
}  # fmt: skip


class Cause(NamedTuple):
    """Something that came from a stranger, and when."""

    time: datetime
    what: str
    personal: bool
    """Not in a group: there strangers send every day."""


@correlation("AND023", Severity.HIGH, Stage.EXECUTION)
def crash_after_stranger(  # noqa: PLR0917 - one for each kind of record
    crashes: Records[Crash],
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
    messages: Records[WhatsAppMessage],
) -> Iterator[Hit]:
    """WhatsApp or the system crashed within ten minutes after a call or a file from a stranger.

    Why: an exploit that comes in a call or a picture crashes what it attacks when it fails, and often when it succeeds.
    Benign causes: coincidence on a phone whose applications crash often; strangers' files in large groups come all the
        time and weigh less. Where the zone of the phone's clock is not known, so do all of them.
    Base rate: rare.
    Next: leave the phone on, do not restart it; keep the tombstone and the message or call that came before; ask a
        helpline to examine them.
    References: https://citizenlab.ca/2019/10/nso-q-cyber-technologies-100-new-abuse-cases/
        https://unit42.paloaltonetworks.com/landfall-is-new-commercial-grade-android-spyware/
    """
    found = sorted(relevant(sorted(crashes, key=unsure)), key=at)
    if not found:
        return
    causes = [
        Cause(call.time, f"an unanswered call from {caller}, who is in no chat", personal=True)
        for caller, made in strangers(calls, chats, contacts, pairs).items()
        for call in filter(missed, made)
    ]
    times = [time for time, _ in found]
    causes += files(messages, People(chats, contacts, pairs), times)
    causes.sort(key=at)
    for time, crash in found:
        before = [one for one in causes[: bisect_right(causes, time, key=at)] if time - one.time <= WITHIN]
        if before:
            yield from crashed(crash, time, max(before, key=lambda one: (one.personal, one.time)))


def crashed(crash: Located[Crash], time: datetime, cause: Cause) -> Iterator[Hit]:
    """What is said of a crash after something that came from a stranger."""
    vague = unsure(crash)
    seconds = (time - cause.time).total_seconds()
    message = f"{crash.record.process} crashed {seconds:.0f} seconds after {cause.what}"
    severity = None if cause.personal and not vague else Severity.MEDIUM
    yield Hit(crash, message + ", if the phone's clock was in UTC" * vague, severity=severity)


def unsure(crash: Located[Crash]) -> bool:
    """Whether the zone of a crash's time is not known."""
    return UNSURE in (crash.record.clock or "")


def relevant(crashes: list[Located[Crash]]) -> Iterator[tuple[datetime, Located[Crash]]]:
    """Crashes of messengers and of what runs everything, once each."""
    seen: set[tuple[object, ...]] = set()
    for crash in crashes:
        record = crash.record
        name = (record.process or "").rpartition("/")[2]
        if record.time and (MESSENGER in name or name in SYSTEM) and record.identity not in seen:
            seen.add(record.identity)
            yield record.time, crash


def files(messages: Records[WhatsAppMessage], people: People, times: list[datetime]) -> Iterator[Cause]:
    """Files that strangers sent within ten minutes before one of the sorted times."""

    def before_one(message: WhatsAppMessage) -> bool:
        moment = message.received or message.time
        if not moment or not medium(message):
            return False
        place = bisect_left(times, moment)
        return place < len(times) and times[place] - moment <= WITHIN

    for located in from_strangers(messages, people, before_one).messages:
        record, group = located.record, is_group(located.record)
        what = f"{medium(record)} from {people.name(record.sender or '')}{' in a group' if group else ''}"
        if moment := record.received or record.time:
            yield Cause(moment, f"{what}, to whom the owner never wrote", not group)


@correlation("AND025", Severity.HIGH, Stage.DELIVERY)
def odd_media(media: Records[OddMedia]) -> Iterator[Hit]:
    """A file received in WhatsApp is not what its name says, or carries an archive or a program on its end.

    Why: exploits of picture decoders came as digital negatives named .jpg, with their libraries in an archive behind.
    Benign causes: files that were sent as documents under a wrong name. Photographs with a video or a maker's own data
        behind the picture are not reported.
    Base rate: rare.
    Next: do not open it; keep the file; ask a helpline to examine it.
    References: https://unit42.paloaltonetworks.com/landfall-is-new-commercial-grade-android-spyware/
        https://nvd.nist.gov/vuln/detail/CVE-2025-21042
    """
    for one in {located.record.path: located for located in media}.values():
        record = one.record
        parts = [f"is {WHAT.get(record.content, record.content)}"] if record.content else []
        if record.appended:
            holds = f" with {', '.join(record.programs[:3])}" if record.programs else ""
            parts.append(f"carries {WHAT.get(record.appended, record.appended)}{holds} at its end")
        yield Hit(one, f"{record.file_name} {' and '.join(parts)}", severity=weight(record))


def weight(record: OddMedia) -> Severity:
    """How much a file matters: code and disguised pictures of cameras most; what was sent as a document less."""
    if record.programs or record.appended == "elf" or record.content in CODE:
        return Severity.HIGH
    if record.content in PICTURES_OF_CAMERAS:
        return Severity.MEDIUM if any(part in (record.path or "") for part in BY_HAND) else Severity.HIGH
    return Severity.LOW if record.content == "pdf" and not record.appended else Severity.MEDIUM


@correlation("AND050", Severity.LOW, Stage.NONE)
def calls_gone(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> Iterator[Hit]:
    """Entries in the middle of WhatsApp's call log are gone.

    Why: attackers have deleted the calls that carried their exploit; the numbers of the entries go on counting.
    Benign causes: the owner deleted entries; WhatsApp itself left numbers out.
    Base rate: common. It weighs more where a stranger's missed call stands beside the gap.
    Next: ask whether the owner deletes calls; look for crashes at that time.
    References: https://citizenlab.ca/2019/10/nso-q-cyber-technologies-100-new-abuse-cases/
    """
    unknown = {
        (call.located.path, number(call.located.record))
        for made in strangers(calls, chats, contacts, pairs).values()
        for call in filter(missed, made)
    }
    logs, told = stores(calls), set[tuple[int, int]]()
    for path, log in logs.items():
        pairs_of = [(log[before], log[after]) for before, after in pairwise(sorted(log)) if after - before > 1]
        gaps = [pair for pair in pairs_of if span(pair) not in told]
        told.update(map(span, gaps))
        if gaps:
            beside = [pair for pair in gaps if any((path, number(one.record)) in unknown for one in pair)]
            yield gap(gaps, beside, [other for name, other in logs.items() if name != path])


Pair = tuple[Located[WhatsAppCall], Located[WhatsAppCall]]
Log = dict[int, Located[WhatsAppCall]]
"""The entries of a call log by their numbers."""


def gap(gaps: list[Pair], beside: list[Pair], others: list[Log]) -> Hit:
    """What is said of the gaps in a log: those beside a stranger's missed call first, and what a backup still has."""
    first, last = (beside or gaps)[0]
    gone = [key for pair in gaps for key in range(span(pair)[0] + 1, min(span(pair)[1], span(pair)[0] + MAX_GAP))]
    count = sum(after - before - 1 for before, after in map(span, gaps))
    kept = next((log[key] for key in gone for log in others if key in log), None)
    message = (
        f"{count} {'entry' if count == 1 else 'entries'} of the call log gone between {when(first)} and {when(last)}"
    )
    message += f" and {len(gaps) - 1} more times" * (len(gaps) > 1)
    message += ", beside a missed call from a stranger" * bool(beside)
    if kept:
        message += f"; a copy of the log has one from {kept.record.handle or 'somebody'} at {when(kept)}"
    return Hit(first, message, count, Severity.MEDIUM if beside else None)


def span(pair: Pair) -> tuple[int, int]:
    """The numbers of the entries before and after a gap."""
    return number(pair[0].record), number(pair[1].record)


def stores(calls: Records[WhatsAppCall]) -> dict[str, Log]:
    """The call log of each store by its path; none of a store that was damaged."""
    found: dict[str, Log] = defaultdict(dict)
    damaged = set()
    for one in calls:
        place = one.record.place
        if place and place.table == CALL_LOG and place.row is not None:
            found[one.path][place.row] = one
            if place.recovered:
                damaged.add(one.path)
    return {path: log for path, log in found.items() if path not in damaged}


def number(call: WhatsAppCall) -> int:
    """An entry's number in its log."""
    return call.place.row if call.place and call.place.row is not None else -1


def when(call: Located[WhatsAppCall]) -> str:
    """When an entry's call was."""
    return utc(call.record.time) if call.record.time else "an unknown time"


@correlation("AND053", Severity.LOW, Stage.CONTACT)
def unlogged_call(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> Iterator[Hit]:
    """A missed call left its notice in a chat, but WhatsApp's call log does not have it.

    Why: attackers have deleted the calls that carried their exploit from the log.
    Benign causes: the owner cleared the call log or deleted the entry; notices are older than the log reaches back.
    Base rate: common where the owner deletes calls.
    Next: ask whether the owner deletes calls; look for crashes at that time.
    References: https://citizenlab.ca/2019/10/nso-q-cyber-technologies-100-new-abuse-cases/
    """
    people, logged = People(chats, contacts, pairs), [one.record.time for one in calls if not one.record.unlogged]
    begin = min(filter(None, logged), default=None)
    by_caller: dict[str, dict[datetime, Located[WhatsAppCall]]] = defaultdict(dict)
    for one in calls:
        if one.record.unlogged and begin and one.record.time and one.record.time > begin and one.record.handle:
            by_caller[people.name(one.record.handle)].setdefault(one.record.time, one)
    for caller, found in by_caller.items():
        stranger, made = caller not in people.known, list(found.values())
        message = (
            f"{len(made)} missed calls from {caller}, the log of calls has none of them"
            if len(made) > 1
            else (f"a missed call from {caller} that the log of calls does not have")
        )
        said = ", who is in no chat" if stranger else ""
        yield Hit(made[0], message + said, len(made), Severity.MEDIUM if stranger else None)
