"""Safari: history, open tabs, bookmarks and downloads, of every profile."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.formats import bplist, webkit_session
from scanner.record import CocoaTime, FileName, Path, Place, Record, Stage, Url


class SafariVisit(Record):
    """A page visited in Safari, and where it redirected to."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: CocoaTime | None = None
    url: Url
    title: str | None = None
    redirect: Url | None = None
    redirect_time: CocoaTime | None = None
    visits: int | None = None
    loaded: bool | None = None
    origin: int | None = None
    """0: visited on this device; 1: on another device of the same account."""


class DeletedHistory(Record):
    """History that was deleted: one address, or, without one, everything of a span of time."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: CocoaTime | None = None
    """The span's end: for a whole span, about when it was deleted."""
    since: CocoaTime | None = None
    url: Url | None = None


class Tab(Record):
    """A tab in Safari and the pages that Back and Forward go through; `time` is when it was last viewed."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: CocoaTime | None = None
    url: Url | None = None
    shown: Url | None = None
    """The address as shown in the address bar, or as this device loaded it: it can differ after redirects."""
    title: str | None = None
    entries: tuple[Url, ...] = ()
    private: bool | None = None
    from_link: bool | None = None
    added: CocoaTime | None = None
    closed: CocoaTime | None = None
    device: str | None = None
    """The other device of the same account where a synchronised tab is open; `time` is then its last synchronisation."""


class Bookmark(Record):
    """A bookmark or an article of the reading list; synchronised between the devices of an account."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: CocoaTime | None = None
    """When it was added."""
    url: Url
    title: str | None = None
    folder: str | None = None
    """The folder's title; `com.apple.ReadingList` is the reading list."""
    modified: CocoaTime | None = None
    deleted: bool | None = None


class Download(Record):
    """A file downloaded with Safari."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: AwareTime | None = None
    url: Url | None = None
    path: Path | None = None
    name: FileName | None = None
    finished: AwareTime | None = None
    bytes_total: int | None = None
    bytes_received: int | None = None


@artifact("/private/var/mobile/**/Library/Safari/**/History.db")
def history(file: File) -> Iterator[SafariVisit]:
    """Safari's browsing history, of every profile (since iOS 17).

    Pages whose visits have expired are kept without a time.
    """
    yield from file.rows(
        SafariVisit,
        """
        SELECT v.id AS _history_visits, v.visit_time AS time, i.url, v.title, i.visit_count AS visits,
               ri.url AS redirect, r.visit_time AS redirect_time, v.load_successful AS loaded, v.origin
        FROM history_visits v LEFT JOIN history_items i ON i.id = v.history_item
        LEFT JOIN history_visits r ON r.id = v.redirect_destination
        LEFT JOIN history_items ri ON ri.id = r.history_item
        """,
        """
        SELECT v.id AS _history_visits, v.visit_time AS time, i.url, v.title, i.visit_count AS visits
        FROM history_visits v LEFT JOIN history_items i ON i.id = v.history_item
        """,
    )
    yield from file.rows(
        SafariVisit,
        """
        SELECT i.id AS _history_items, i.url, i.visit_count AS visits FROM history_items i
        WHERE i.id NOT IN (SELECT history_item FROM history_visits WHERE history_item IS NOT NULL)
        """,
    )


@artifact("/private/var/mobile/**/Library/Safari/**/History.db")
def deleted(file: File) -> Iterator[DeletedHistory]:
    """What the owner deleted of Safari's history, kept until the account's other devices have deleted it too.

    "All history" begins and ends in the distant past and future; those bounds are left out.
    """
    yield from file.rows(
        DeletedHistory,
        """
        SELECT t.id AS _history_tombstones, t.url, CASE WHEN t.start_time > -978307200 THEN t.start_time END AS since,
               CASE WHEN t.end_time < 64000000000 OR typeof(t.end_time) = 'text' THEN t.end_time END AS time
        FROM history_tombstones t
        """,
    )
