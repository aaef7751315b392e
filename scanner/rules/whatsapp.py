"""Calls in WhatsApp that nobody was meant to answer."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from scanner.artifacts.ios.datausage import NetworkUse
from scanner.artifacts.ios.whatsapp import LidPair, WhatsAppCall, WhatsAppChat, WhatsAppContact
from scanner.data import lines
from scanner.feeds.normalise import phone
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.processes import BASELINE

CLUSTER, WITHIN = 3, timedelta(minutes=10)
Call = Located[WhatsAppCall]


def strangers(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
) -> dict[str, list[Call]]:
    """Incoming calls by caller, in order, of callers that are in no chat and no address book."""
    known = {account(name) for one in chats for name in (one.record.chat, one.record.identifier) if name}
    for contact in contacts:
        known |= {account(name) for name in (contact.record.phone, contact.record.jid, contact.record.lid) if name}
    for pair in pairs:
        lid, number = account(pair.record.lid or ""), account(pair.record.phone or "")
        known |= {lid, number} if known & {lid, number} else set()
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        record = call.record
        if record.incoming and record.time and record.handle and account(record.handle) not in known:
            found[account(record.handle)].append(call)
    return {caller: sorted(made, key=lambda one: one.record.time or 0) for caller, made in found.items()}  # type: ignore[arg-type,return-value]


def account(name: str) -> str:
    """A caller without regard to how the number is written."""
    return phone(name) or name.lower()


def missed(call: Call) -> bool:
    """Whether nobody answered."""
    return bool(call.record.missed) or (call.record.result in {"missed", "rejected"}) or not call.record.duration


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
        unanswered = [call for call in made if missed(call)]
        for first, last in zip(unanswered, unanswered[CLUSTER - 1 :], strict=False):
            if last.record.time and first.record.time and last.record.time - first.record.time <= WITHIN:
                near = [
                    one
                    for one in unanswered
                    if one.record.time and first.record.time <= one.record.time <= first.record.time + WITHIN
                ]
                yield Hit(
                    first, f"{len(near)} missed calls within ten minutes from {caller}, who is in no chat", len(near)
                )
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
            yield Hit(made[0], f"{len(made)} calls from {caller}, who is in no chat, none answered", len(made))


@correlation("IOS021", Severity.HIGH, Stage.EXECUTION)
def new_process_after_call(
    calls: Records[WhatsAppCall],
    chats: Records[WhatsAppChat],
    contacts: Records[WhatsAppContact],
    pairs: Records[LidPair],
    uses: Records[NetworkUse],
) -> Iterator[Hit]:
    """A process that is not the system's first used the network minutes after a missed call from a stranger.

    Why: this is how an exploit that comes in a call looks from outside: the call, then a new process that reports.
    Benign causes: a process of a version that the list of genuine names does not cover, started by chance.
    Base rate: rare.
    Next: do not restart the phone; ask a helpline to examine it; look for crashes at that time.
    References: https://citizenlab.ca/2019/10/nso-q-cyber-technologies-100-new-abuse-cases/
    """
    genuine = lines(BASELINE)
    fresh = [
        one for one in uses
        if one.record.process and not one.record.bundle and one.record.first_seen and one.record.process not in genuine
    ]  # fmt: skip
    for caller, made in strangers(calls, chats, contacts, pairs).items():
        for call in filter(missed, made):
            for use in fresh:
                waited = (
                    use.record.first_seen - call.record.time if use.record.first_seen and call.record.time else None
                )
                if waited is not None and timedelta(0) <= waited <= WITHIN:
                    yield Hit(
                        use, f"{use.record.process} first used the network {waited} after a missed call from {caller}"
                    )
