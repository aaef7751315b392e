"""What Firefox's places store keeps, on any system: visits and pages."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.evidence import File
from scanner.record import MicroTime, MilliTime, Record, Stage, Url

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
    """A page visited in Firefox (places.db, places.sqlite), and the visit that led there."""

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


def places(file: File) -> Iterator[PlacesVisit | FirefoxPlace]:
    """The history of a places store, whose times are milliseconds, then pages without a visit."""
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
