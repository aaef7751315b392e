"""Firefox and browsers made of it: history."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.mozilla import FirefoxPlace, FirefoxVisit, PlacesVisit, how, places
from scanner.evidence import File

FENNEC = (
    f"""
    SELECT v._id AS _visits, v.date AS time, h.url, h.title, v.visit_type AS kind, v.is_local AS local,
           {how("visit_type")}
    FROM visits v LEFT JOIN history h ON h.guid = v.history_guid
    """,  # noqa: S608 - all of it is ours
    "SELECT h._id AS _history, h.date * 1000 AS time, h.url, h.title FROM history h",
)
"""Visits with microseconds; before 2016 only pages with the milliseconds of their last visit."""


@artifact("/data/**/files/places.sqlite")
def history(file: File) -> Iterator[PlacesVisit | FirefoxPlace]:
    """History of Firefox since 2020 (Fenix), Focus and other browsers of the same engine.

    References:
        Mozilla, application-services, "create_shared_schema.sql" of places:
        https://github.com/mozilla/application-services/tree/main/components/places/sql
    """
    yield from places(file)


@artifact("/data/**/files/mozilla/*/browser.db")
def old_history(file: File) -> Iterator[FirefoxVisit | FirefoxPlace]:
    """History of Firefox before 2020 (Fennec) and of Tor Browser of that time.

    References:
        Mozilla, "BrowserDatabaseHelper.java" of Firefox for Android:
        https://searchfox.org/mozilla-esr68/source/mobile/android/base/java/org/mozilla/gecko/db/BrowserDatabaseHelper.java
    """
    yield from file.rows(FirefoxVisit, *FENNEC)
    yield from file.rows(
        FirefoxPlace,
        """
        SELECT h._id AS _history, h.url, h.title FROM history h
        WHERE h.url IS NOT NULL AND h.guid NOT IN (SELECT history_guid FROM visits WHERE history_guid IS NOT NULL)
        """,
        "SELECT b._id AS _bookmarks, b.url, b.title FROM bookmarks b WHERE b.url IS NOT NULL",
    )
