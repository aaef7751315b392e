"""Text of evidence, feeds and rules made safe for a page: nothing invisible, nothing that turns the line around.

References:
    Unicode bidirectional controls and their abuse: https://www.unicode.org/reports/tr36/
    HTML, the `bdi` element: https://html.spec.whatwg.org/multipage/text-level-semantics.html#the-bdi-element
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control, direction, invisible and half characters."""
MARKS = "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u20d0-\u20ff\ufe20-\ufe2f]"
STACKED = re.compile(f"({MARKS}{{8}}){MARKS}+")
"""Marks on marks, which would grow over the lines above and below."""
MOST = 4000
LINK = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?(?:[/?#][A-Za-z0-9._~/?#=&%+,;:@!$'()*-]*)?")
MAX_LINK = 1000
KEPT = 8192
"""Times whose text is kept: many stand in several places of the page."""
TIME = '<time datetime="{}"><bdi>{}</bdi></time>'


def visible(text: str, limit: int = MOST) -> str:
    """One line of text that can be seen; what cannot becomes an escape, the rest is cut at `limit`."""
    shown = text if len(text) <= limit else text[:limit] + "…"
    if shown.isascii() and shown.isprintable():
        return shown
    return UNSEEN.sub(escaped, STACKED.sub(r"\1…", shown))


def escaped(found: re.Match[str]) -> str:
    r"""A character as its escape: `\x1b`, `\u202e`."""
    return found[0].encode("unicode_escape").decode("ascii")


def fill(pattern: str, *parts: Markup, **named: Markup) -> Markup:
    """Markup of ours with other markup in its places; types see to it that nothing else gets in.

    `Markup.format` escapes what it is given, at ten times the cost.
    """
    return Markup(pattern.format(*parts, **named))  # noqa: S704 - see above


def joined(parts: Iterable[Markup], between: str = "") -> Markup:
    """Markup, one after the other, with markup of ours between."""
    return Markup(between.join(parts))  # noqa: S704 - see above


def value(text: object, limit: int = MOST) -> Markup:
    """Text of the evidence on its own, so that its direction does not touch what stands around it."""
    return fill("<bdi>{}</bdi>", escape(visible(str(text), limit)))


def finalize(given: Any) -> Any:
    """What the templates do with everything that they print and that is not markup of ours."""
    if given is None:
        return ""
    return given if isinstance(given, Markup) else visible(str(given))


def link(address: str) -> Markup:
    """An address that can be followed, if it is one; it is shown whole either way."""
    if len(address) > MAX_LINK or not LINK.fullmatch(address):
        return value(address)
    return fill('<a href="{0}" rel="noreferrer noopener"><bdi>{0}</bdi></a>', escape(address))


@lru_cache(KEPT)
def moment(time: datetime | None) -> str:
    """A time as `2024-06-11 03:15:20`, in UTC; nothing for none."""
    return f"{zoned(time):%Y-%m-%d %H:%M:%S}" if time else ""


def machine(time: datetime) -> str:
    """A time as RFC 3339."""
    return zoned(time).isoformat().replace("+00:00", "Z")


def zoned(time: datetime) -> datetime:
    """A time in UTC, which it is in already if it bears no zone."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


@lru_cache(KEPT)
def stamp(time: datetime | None) -> Markup:
    """A time as an element."""
    if time is None:
        return Markup("")
    return fill(TIME, escape(machine(time)), escape(moment(time)))


def until(first: datetime, last: datetime) -> Markup:
    """The end of a time that began at `first`, as an element: without the day if that is the same."""
    shown = moment(last)
    if zoned(first).date() == zoned(last).date():
        shown = shown.partition(" ")[2]
    return fill(TIME, escape(machine(last)), escape(shown))


def english(text: str, limit: int = MOST) -> Markup:
    """Text of rules, problems and notes, which are English in every language of the page."""
    return fill('<span lang="en" dir="ltr">{}</span>', escape(visible(text, limit)))


def sentence(text: str) -> str:
    """Text that begins with a capital letter."""
    return text[:1].upper() + text[1:]
