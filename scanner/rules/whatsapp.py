"""Calls in WhatsApp that nobody was meant to answer."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from scanner.artifacts.ios.datausage import NetworkUse
from scanner.artifacts.whatsapp import LidPair, WhatsAppCall, WhatsAppChat, WhatsAppContact
from scanner.data import lines
from scanner.feeds.normalise import phone
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.ios.processes import BASELINE

CLUSTER, WITHIN = 3, timedelta(minutes=10)
CROWD = 5
"""More new processes than this within `WITHIN` come of an update or of setting up the phone."""
ANSWERED = frozenset({"answered elsewhere", "joined"})
"""Outcomes of calls that did not last on this phone, yet were taken."""
DEVICE = re.compile(r"(?:\.\d+)?:\d+@")
"""The device in an address: `15550100123:7@s.whatsapp.net`."""


class Call(NamedTuple):
    """An incoming call, and when it was."""

    time: datetime
    located: Located[WhatsAppCall]


at = itemgetter(0)
"""What lists of moments are sorted by."""


class People:
    """Whom the owner knows: from the address book, from conversations, from groups; and the numbers behind LIDs."""

    def __init__(
        self, chats: Records[WhatsAppChat], contacts: Records[WhatsAppContact], pairs: Records[LidPair]
    ) -> None:
        """Read them once."""
        couples = ((one.record.lid, one.record.phone) for one in pairs)
        self.numbers = {account(lid): account(number) for lid, number in couples if lid and number}
        self.saved = set(map(self.name, saved(contacts)))
        self.known = self.saved.union(map(self.name, acquaintances(chats)))

    def name(self, handle: str) -> str:
        """Somebody's number, or the account where it hides the number."""
        found = account(handle)
        return self.numbers.get(found, found)


def strangers(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> dict[str, list[Call]]:
    """Incoming calls by caller, in order, of callers that are in no chat, no group and no address book."""
    people = People(chats, contacts, pairs)
    found: dict[str, dict[datetime, Call]] = defaultdict(dict)
    for located in calls:
        record = located.record
        if record.incoming and record.time and record.handle:
            # backups of the store have the same calls once more
            found[people.name(record.handle)].setdefault(record.time, Call(record.time, located))
    return {caller: sorted(made.values(), key=at) for caller, made in found.items() if caller not in people.known}


def acquaintances(chats: Records[WhatsAppChat]) -> Iterator[str]:
    """Every address of who is in a chat or a group; a chat that an unanswered call alone has made is none."""
    for chat in chats:
        yield from filter(None, chat.record.members)
        if chat.record.talked is not False:
            yield from filter(None, (chat.record.chat, chat.record.identifier))


def saved(contacts: Records[WhatsAppContact]) -> Iterator[str]:
    """Every address of who is in the address book."""
    for contact in contacts:
        if contact.record.saved is not False:
            yield from filter(None, (contact.record.phone, contact.record.jid, contact.record.lid))


def account(name: str) -> str:
    """A caller without regard to how the number is written, and from which device of the account the call came."""
    name = DEVICE.sub("@", name.lower())
    return phone(name) or name


def missed(call: Call) -> bool:
    """Whether nobody answered; the mark `missed` may be of another of the calls that an entry sums up."""
    record = call.located.record
    if record.result in ANSWERED:
        return False
    if record.duration is None:
        return bool(record.missed) or record.result in {"missed", "rejected"}
    return record.duration <= 0


@correlation("IOS019", Severity.MEDIUM, Stage.DELIVERY)
def burst_of_missed_calls(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> Iterator[Hit]:
    """Several missed WhatsApp calls within minutes from a number that is in no chat.

    Why: the exploit of 2019 came in calls that did not have to be answered, tried several times.
    Benign causes: somebody with a new number, fraudsters, wrong numbers.
    Base rate: low; single calls of strangers are common.
    Next: look at crashes and new processes in the minutes after; ask whether the owner knows the number.
    References: https://citizenlab.ca/2019/10/nso-q-cyber-technologies-100-new-abuse-cases/
        https://faq.whatsapp.com/2378083052335230
    """
    for caller, made in strangers(calls, chats, contacts, pairs).items():
        unanswered = list(filter(missed, made))
        for first, last in zip(unanswered, unanswered[CLUSTER - 1 :], strict=False):
            if last.time - first.time <= WITHIN:
                count = sum(timedelta(0) <= call.time - first.time <= WITHIN for call in unanswered)
                message = f"{count} missed calls within ten minutes from {caller}, who is in no chat"
                yield Hit(first.located, message, count)
                break


@correlation("IOS020", Severity.LOW, Stage.CONTACT)
def never_answered_stranger(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> Iterator[Hit]:
    """Missed WhatsApp calls, never answered, from a number that is in no chat.

    Why: calls that did not have to be answered have carried exploits.
    Benign causes: wrong numbers, advertising, fraudsters: most phones get such calls.
    Base rate: common; by itself it says little.
    Next: ask whether the owner knows the number.
    References: https://citizenlab.ca/2019/10/nso-q-cyber-technologies-100-new-abuse-cases/
    """
    for caller, made in strangers(calls, chats, contacts, pairs).items():
        if all(map(missed, made)):
            calls_made = "1 call" if len(made) == 1 else f"{len(made)} calls"
            yield Hit(made[0].located, f"{calls_made} from {caller}, who is in no chat, none answered", len(made))


@correlation("IOS021", Severity.MEDIUM, Stage.EXECUTION)
def new_process_after_call(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
    uses: Records[NetworkUse],
) -> Iterator[Hit]:
    """A process that the list of genuine names lacks used the network first minutes after a stranger's missed call.

    Why: this is how an exploit that comes in a call looks from outside: the call, then a new process that reports.
    Benign causes: a process of a version that the list of genuine names does not cover, started by chance. More than
        a few new processes at once are an update and are not reported.
    Base rate: rare.
    Next: do not restart the phone; ask a helpline to examine it; look for crashes at that time.
    References: https://citizenlab.ca/2019/10/nso-q-cyber-technologies-100-new-abuse-cases/
    """
    heard = sorted(
        ((call.time, caller) for caller, made in strangers(calls, chats, contacts, pairs).items()
         for call in filter(missed, made))
    )  # fmt: skip
    fresh = newcomers(uses)
    times = [time for time, _ in fresh]
    for time, use in fresh:
        before = bisect_right(heard, time, key=at) - 1
        if before < 0 or (waited := time - heard[before][0]) > WITHIN or crowded(times, time):
            continue
        seconds = waited.total_seconds()
        caller = heard[before][1]
        yield Hit(
            use, f"{use.record.process} first used the network {seconds:.0f} seconds after a missed call from {caller}"
        )


def newcomers(uses: Records[NetworkUse]) -> list[tuple[datetime, Located[NetworkUse]]]:
    """Processes without an application that the list of genuine names lacks, once each, by first network use."""
    genuine = lines(BASELINE)
    first: dict[str, tuple[datetime, Located[NetworkUse]]] = {}
    for located in uses:
        name, seen = located.record.process, located.record.first_seen
        if not name or not seen or located.record.bundle or name[name.rfind("/") + 1 :] in genuine:
            continue
        if name not in first or seen < first[name][0]:
            first[name] = seen, located
    return sorted(first.values(), key=at)


def crowded(times: list[datetime], moment: datetime) -> bool:
    """Whether so many of the sorted times lie around a moment that the phone was being updated or set up."""
    place = bisect_right(times, moment)
    around = times[max(place - CROWD - 1, 0) : place + CROWD]
    return sum(abs(time - moment) <= WITHIN for time in around) > CROWD
