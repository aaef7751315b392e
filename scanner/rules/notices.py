"""Apple's own warnings to people who are targets of mercenary spyware."""

from functools import cache

from scanner.artifacts.ios.idstatuscache import IdentityLookup
from scanner.artifacts.ios.interactions import Interaction, InteractionContact
from scanner.artifacts.ios.sms import Message
from scanner.data import document
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

NOTICES = "apple_notifications.yaml"
FOLDED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\xa0": " "})


@cache
def wordings() -> tuple[tuple[str, bool, str], ...]:
    """Known wordings, folded, whether only the beginning counts, and their language."""
    texts = document(NOTICES)["texts"]
    return tuple({(folded(one["text"]), one["position"] == "start", one["language"]): None for one in texts})


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
    text = folded(message.text)
    for wording, at_start, language in wordings():
        if text.startswith(wording) if at_start else wording in text:
            return f"the message has the words of Apple's threat notification ({language})"
    return None


@rule("IOS003", Severity.HIGH, Stage.DELIVERY)
def apple_threat_sender(one: Message | Interaction | InteractionContact | IdentityLookup) -> str | None:
    """A message or mail from the address that Apple sends its threat notifications from.

    Why: Apple warns people whom it believes to be targets of mercenary spyware, also by e-mail.
    Benign causes: senders of e-mails can be forged; mail about a notice may quote the address.
    Base rate: none on almost all phones.
    Next: sign in at account.apple.com: a genuine notice stands on top of that page too. Then ask a helpline for help.
    References: https://support.apple.com/102174
        https://www.cert.ssi.gouv.fr/cti/CERTFR-2025-CTI-010/
    """
    handle = one.sender if isinstance(one, Interaction) else one.handle
    address = (handle or "").lower().removeprefix("mailto:")
    return f"{address} is an address of Apple's threat notifications" if address in senders() else None
