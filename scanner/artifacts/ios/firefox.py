"""Firefox: history and the icons of visited pages."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.artifacts.mozilla import FirefoxPlace, FirefoxVisit, PlacesVisit, how, places
from scanner.evidence import File
from scanner.record import Record, Stage, Time, Url


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
