"""Safari: history of every profile."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import CocoaTime, Record, Stage, Url


class SafariVisit(Record):
    """A page visited in Safari, and where it redirected to."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: CocoaTime | None = None
    url: Url
    title: str | None = None
    redirect: Url | None = None
    redirect_time: CocoaTime | None = None
    visits: int | None = None


@artifact("/private/var/mobile/**/Library/Safari/**/History.db")
def history(file: File) -> Iterator[SafariVisit]:
    """Safari's browsing history, of every profile (since iOS 17)."""
    yield from file.rows(
        SafariVisit,
        """
        SELECT v.id AS _history_visits, v.visit_time AS time, i.url, v.title, i.visit_count AS visits,
               ri.url AS redirect, r.visit_time AS redirect_time
        FROM history_visits v JOIN history_items i ON i.id = v.history_item
        LEFT JOIN history_visits r ON r.id = v.redirect_destination
        LEFT JOIN history_items ri ON ri.id = r.history_item
        """,
    )
