"""Text messages that look like bait."""

import re

from scanner.artifacts.android.sms import TextMessage
from scanner.feeds.normalise import host_of, ip
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']{4,2000}|(?<![\w.-])[a-z0-9-]+(?:\.[a-z0-9-]+){1,5}/[^\s<>\"']{1,2000}",
    re.IGNORECASE,
)
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}(?=[/?#&.]|\Z)")
MAX_TEXT = 10_000
MAX_LINKS = 20
MIXED = 2
"""Letters of each case and digits that a random token has at least; a name in words has no digits inside."""
CODE = re.compile(r"\b(?:otp|code|pin|tan|verification|verify)\b", re.IGNORECASE)
BIG = frozenset(
    {
        "amazon", "apple", "bbc", "booking", "dropbox", "facebook", "fb", "forms", "github", "goo", "google", "icloud",
        "instagram", "linkedin", "live", "maps", "microsoft", "netflix", "office", "onedrive", "outlook", "paypal",
        "reddit", "signal", "spotify", "t", "telegram", "tiktok", "twitter", "uber", "wa", "whatsapp", "wikipedia", "x",
        "yahoo", "youtu", "youtube", "zoom",
    }
)  # fmt: skip
"""The second labels of sites whose links are long as well."""


def token_in(link: str) -> str | None:
    """The random token in a link's path, as one-time links have it."""
    path = link.partition("://")[2] or link
    return next((found[0] for found in TOKEN.finditer(path.partition("/")[2]) if random(found[0])), None)


def random(token: str) -> bool:
    """Whether a token is neither words nor a number: mixed cases and digits, or hexadecimal."""
    lower, upper = sum(map(str.islower, token)), sum(map(str.isupper, token))
    digits = sum(map(str.isdecimal, token))
    changes = len(re.findall(r"[0-9](?=[A-Za-z])|[A-Za-z](?=[0-9])", token))
    return digits >= MIXED and changes > MIXED and (min(lower, upper) >= MIXED or changes > 2 * MIXED)


@rule("AND038", Severity.LOW, Stage.DELIVERY, once="address")
def one_time_link(message: TextMessage) -> str | None:
    """A text message from a sender with a name, with a link that looks made for one recipient.

    Why: spyware was sent as links with a long random part, each for one person and once, on domains that nobody knows,
        from senders whose name can be chosen freely.
    Benign causes: shops, parcels, appointments and advertising, which also send a link of its own to each recipient;
        links of well-known sites and messages with a code for logging in are left out.
    Base rate: common; by itself it says little, the content and the host tell.
    Next: ask whether the message was expected and opened; look up the age and the owner of the host; look for visits to
        it and for crashes in the minutes after it.
    References: https://citizenlab.ca/2016/08/million-dollar-dissident-iphone-zero-day-nso-group-uae/
        https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """
    body, sender = (message.body or "")[:MAX_TEXT], message.address or ""
    if message.from_me or "@" in sender or not any(map(str.isalpha, sender)) or CODE.search(body):
        return None
    for found in list(LINK.finditer(body))[:MAX_LINKS]:
        host = host_of(found[0])
        labels = host.split(".")
        if not host or ip(host) or (len(labels) > 1 and BIG.intersection(labels[-3:-1])):
            continue
        if token := token_in(found[0].rstrip(".,;:!?)]}>'\"")):
            return f"{sender} sent a link to {host} with the random part {token[:8]}…"
    return None
