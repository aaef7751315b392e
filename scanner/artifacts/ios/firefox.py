"""Firefox: history and the icons of visited pages."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import MicroTime, MilliTime, Record, Stage, Time, Url

KINDS = (
    "link", "typed", "bookmark", "embedded", "permanent redirect", "temporary redirect", "download", "framed link",
    "reload",
)  # fmt: skip
"""Mozilla's kinds of visits, from 1."""


def how(column: str) -> str:
    """A column with the word of a visit's kind."""
    return f"CASE v.{column} " + " ".join(f"WHEN {n} THEN '{word}'" for n, word in enumerate(KINDS, 1)) + " END AS how"


class FirefoxVisit(Record):
    """A page visited in Firefox (browser.db)."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: MicroTime | None = None
    url: Url
    title: str | None = None
    kind: int | None = None
    how: str | None = None
    """The kind in a word."""
    local: bool | None = None
    """Whether it was visited on this device, not on another of the account."""


class PlacesVisit(Record):
    """A page visited in Firefox (places.db), and the visit that led there."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: MilliTime | None = None
    url: Url
    title: str | None = None
    source: Url | None = None
    """The page that led here."""
    source_time: MilliTime | None = None
    kind: int | None = None
    how: str | None = None
    """The kind in a word."""
    local: bool | None = None
    """Whether it was visited on this device, not on another of the account."""


class FirefoxPlace(Record):
    """A page that Firefox knows without a visit: a bookmark, or a page whose visits are gone."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    url: Url
    title: str | None = None


class FirefoxFavicon(Record):
    """The icon of a page visited in Firefox; `time` is when it was loaded."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: Time | None = None
    icon: Url
    page: Url | None = None


@artifact(
    "/private/var/mobile/**/profile.profile/browser.db",
    "/private/var/mobile/**/profile.profile/places.db",
)
def history(file: File) -> Iterator[FirefoxVisit | PlacesVisit | FirefoxPlace]:
    """Firefox's browsing history: in browser.db (microseconds), since 2022 in places.db (milliseconds).

    References:
        Mozilla, application-services, "create_shared_schema.sql" of places:
        https://github.com/mozilla/application-services/tree/main/components/places/sql
        Mozilla, firefox-ios, "BrowserSchema.swift": https://github.com/mozilla-mobile/firefox-ios
    """
    if file.path.endswith("/places.db"):
        yield from places(file)
        return
    yield from file.rows(
        FirefoxVisit,
        f"""
        SELECT v.id AS _visits, v.date AS time, h.url, h.title, v.type AS kind, v.is_local AS local, {how("type")}
        FROM visits v LEFT JOIN history h ON h.id = v.siteID
        """,  # noqa: S608 - all of it is ours
    )
    yield from file.rows(
        FirefoxPlace,
        """
        SELECT h.id AS _history, h.url, h.title FROM history h
        WHERE h.url IS NOT NULL AND h.id NOT IN (SELECT siteID FROM visits WHERE siteID IS NOT NULL)
        """,
    )


def places(file: File) -> Iterator[PlacesVisit | FirefoxPlace]:
    """The history in places.db."""
    yield from file.rows(
        PlacesVisit,
        f"""
        SELECT v.id AS _moz_historyvisits, v.visit_date AS time, p.url, p.title, v.visit_type AS kind,
               v.is_local AS local, fp.url AS source, f.visit_date AS source_time, {how("visit_type")}
        FROM moz_historyvisits v LEFT JOIN moz_places p ON p.id = v.place_id
        LEFT JOIN moz_historyvisits f ON f.id = v.from_visit LEFT JOIN moz_places fp ON fp.id = f.place_id
        """,  # noqa: S608 - all of it is ours
    )
    yield from file.rows(
        FirefoxPlace,
        """
        SELECT p.id AS _moz_places, p.url, p.title FROM moz_places p
        WHERE p.id NOT IN (SELECT place_id FROM moz_historyvisits WHERE place_id IS NOT NULL)
        """,
    )


@artifact("/private/var/mobile/**/profile.profile/browser.db")
def favicons(file: File) -> Iterator[FirefoxFavicon]:
    """Icons of pages visited in Firefox (before 2023).

    References:
        Mozilla, firefox-ios, "BrowserSchema.swift": https://github.com/mozilla-mobile/firefox-ios
    """
    icon = "SELECT f.id AS _favicons, f.url AS icon, p.page, f.date AS time FROM favicons f LEFT JOIN"
    sites = "SELECT s.faviconID AS icon, h.url AS page FROM favicon_sites s JOIN history h ON h.id = s.siteID"
    urls = "SELECT u.faviconID AS icon, u.site_url AS page FROM favicon_site_urls u"
    yield from file.rows(
        FirefoxFavicon,
        f"{icon} ({sites} UNION {urls}) p ON p.icon = f.id",
        f"{icon} ({sites}) p ON p.icon = f.id",
        f"{icon} ({urls}) p ON p.icon = f.id",
    )
