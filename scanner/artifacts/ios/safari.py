"""Safari: history, bookmarks and downloads, of every profile."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.record import AwareTime, CocoaTime, FileName, Path, Record, Stage, Url


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

    References:
        MVT, "Records extracted by mvt-ios": https://docs.mvt.re/en/latest/ios/records/
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

    "All history" begins and ends in the distant past and future; those bounds are left out. Early versions kept none.

    References:
        MVT, "Records extracted by mvt-ios": https://docs.mvt.re/en/latest/ios/records/
    """
    yield from file.rows(
        DeletedHistory,
        """
        SELECT t.id AS _history_tombstones, t.url, CASE WHEN t.start_time > -978307200 THEN t.start_time END AS since,
               CASE WHEN t.end_time < 64000000000 OR typeof(t.end_time) = 'text' THEN t.end_time END AS time
        FROM history_tombstones t
        """,
        "SELECT i.id AS _history_items FROM history_items i WHERE 0",
    )


@artifact("/private/var/mobile/**/Library/Safari/**/Bookmarks.db")
def bookmarks(file: File) -> Iterator[Bookmark]:
    """Safari's bookmarks and reading list.

    References:
        MVT, "Records extracted by mvt-ios": https://docs.mvt.re/en/latest/ios/records/
    """
    for table, row in file.raw(
        Bookmark,
        (
            """
            SELECT b.id AS _bookmarks, b.url, b.title, p.title AS folder, b.last_modified AS modified, b.deleted,
                   b.extra_attributes AS extra
            FROM bookmarks b LEFT JOIN bookmarks p ON p.id = b.parent WHERE b.url IS NOT NULL AND b.url <> ''
            """,
        ),
    ):
        place = placed(table, row)
        extra = file.stored_plist(row.pop("extra"), place)
        parts = (extra.get("com.apple.ReadingList"), extra.get("com.apple.Bookmark"))
        added = next((part["DateAdded"] for part in parts if isinstance(part, dict) and "DateAdded" in part), None)
        yield from file.record(Bookmark, place, time=added, **row)


@artifact("/private/var/mobile/**/Library/Safari/**/Downloads.plist")
def downloads(file: File) -> Iterator[Download]:
    """Safari's list of downloads (since iOS 13).

    References:
        MVT, "Records extracted by mvt-ios": https://docs.mvt.re/en/latest/ios/records/
    """
    for place, entry in file.members(file.plist(), "DownloadHistory"):
        path = entry.get("DownloadEntryPath")
        yield from file.record(
            Download,
            place,
            time=entry.get("DownloadEntryDateAddedKey"),
            url=entry.get("DownloadEntryURL"),
            path=path,
            name=path.rpartition("/")[2] if isinstance(path, str) else None,
            finished=entry.get("DownloadEntryDateFinishedKey"),
            bytes_total=entry.get("DownloadEntryProgressTotalToLoad"),
            bytes_received=entry.get("DownloadEntryProgressBytesSoFar"),
        )
