"""Apple's own warnings to people who are targets of mercenary spyware."""

from functools import cache

from scanner.artifacts.ios.idstatuscache import IdentityLookup
from scanner.artifacts.ios.interactions import Interaction, InteractionContact
from scanner.artifacts.ios.sms import Message
from scanner.data import document
from scanner.feeds.normalise import email
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

NOTICES = "apple_notifications.yaml"
FOLDED = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "\xa0": " ",
        "‐": "-",
        "‑": "-",
        "\u200b": None,
        "\ufeff": None,
        "\ufffc": None,
    }
)
"""Also hyphens, invisible characters, and the one that stands for an attachment."""


@cache
def wordings() -> tuple[tuple[str, bool, str], ...]:
    """Known wordings, folded, whether only the beginning counts, and their language."""
    texts = document(NOTICES)["texts"]
    return tuple({(folded(one["text"]), one["position"] == "start", one["language"]): None for one in texts})


@cache
def telling() -> frozenset[str]:
    """The longest plain word of each wording: most messages hold none of them and need no closer look."""
    return frozenset(max(filter(str.isalpha, wording.split()), key=len) for wording, _, _ in wordings())


@cache
def senders() -> frozenset[str]:
    """The addresses that Apple sends its notices from."""
    return frozenset(one["address"] for one in document(NOTICES)["senders"])


def folded(text: str) -> str:
    """Without regard to case, spaces and the form of quotation marks."""
    return " ".join(text.translate(FOLDED).casefold().split())


@rule("IOS002", Severity.HIGH, Stage.DELIVERY)
def apple_threat_notification(message: Message) -> str | None:
    """A message with the words of Apple's threat notification.

    Why: Apple warns people whom it believes to be targets of mercenary spyware; it has high confidence when it does.
    Benign causes: fraudsters copy the text; somebody sent on a notice of their own.
    Base rate: none on almost all phones.
    Next: sign in at account.apple.com: a genuine notice stands on top of that page too. Take no link of the message.
        Then ask a helpline for help.
    References: https://support.apple.com/102174
    """
    if message.from_me or not message.text:
        return None
    lowered = message.text.lower()
    if not any(word in lowered for word in telling()):
        return None
    text = folded(message.text)
    for wording, at_start, language in wordings():
        if text.startswith(wording) if at_start else wording in text:
            return f"the message has the words of Apple's threat notification ({language})"
    return None


@rule("IOS003", Severity.HIGH, Stage.DELIVERY)
def apple_threat_sender(one: Message | Interaction | InteractionContact | IdentityLookup) -> str | None:
    """A trace of the address that Apple sends its threat notifications from.

    Why: Apple warns people whom it believes to be targets of mercenary spyware, also by e-mail.
    Benign causes: senders of e-mails can be forged; the owner may have entered or looked up the address.
    Base rate: none on almost all phones.
    Next: sign in at account.apple.com: a genuine notice stands on top of that page too. Then ask a helpline for help.
    References: https://support.apple.com/102174
        https://www.cert.ssi.gouv.fr/cti/CERTFR-2025-CTI-010/
    """
    handle = one.sender if isinstance(one, Interaction) else one.handle
    if not handle or "@" not in handle or to_it(one):
        return None
    address = email(handle)
    return f"{address} is an address of Apple's threat notifications" if address in senders() else None


def to_it(one: Message | Interaction | InteractionContact | IdentityLookup) -> bool:
    """Whether the owner wrote to the address, and nothing shows that anything came from it."""
    if isinstance(one, InteractionContact):
        came = one.incoming_sender_count or one.first_incoming_sender or one.last_incoming_sender
        went = one.outgoing_recipient_count or one.first_outgoing_recipient or one.last_outgoing_recipient
        return bool(went) and not came
    return isinstance(one, Message) and bool(one.from_me)
