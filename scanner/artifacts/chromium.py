"""What Chromium browsers keep, on any system: visits, icons of pages, downloads, hosts that set cookies."""

from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar

from scanner.evidence import File, UnsupportedError
from scanner.evidence.grouped import grouped, joined, several
from scanner.record import AppId, Domain, Path, Record, Stage, Url, WebkitTime

VISITS = """
    SELECT v.id AS _visits, v.visit_time AS time, u.url, u.title, u.visit_count AS visits, u.typed_count AS typed,
           fu.url AS source, f.visit_time AS source_time, v.transition & 3221225472 <> 0 AS redirected, v.transition,
           CASE v.transition & 255 WHEN 0 THEN 'link' WHEN 1 THEN 'typed' WHEN 2 THEN 'bookmark' WHEN 3 THEN 'subframe'
             WHEN 4 THEN 'manual subframe' WHEN 5 THEN 'generated' WHEN 6 THEN 'start page' WHEN 7 THEN 'form'
             WHEN 8 THEN 'reload' WHEN 9 THEN 'keyword' WHEN 10 THEN 'keyword generated' END AS how
    FROM visits v LEFT JOIN urls u ON u.id = v.url
    LEFT JOIN visits f ON f.id = v.from_visit AND v.from_visit <> 0 LEFT JOIN urls fu ON fu.id = f.url
"""
"""Chromium's visits; 3221225472 is 0xC0000000: redirected by the page or by the server."""

UNVISITED = """
    SELECT u.id AS _urls, u.last_visit_time AS time, u.url, u.title, u.visit_count AS visits, u.typed_count AS typed
    FROM urls u WHERE u.id NOT IN (SELECT url FROM visits WHERE url IS NOT NULL)
"""
"""Chromium's pages whose visits are gone."""

ICONS = (
    """
    SELECT m.id AS _icon_mapping, m.page_url AS page, i.url AS icon, b.updated AS time
    FROM icon_mapping m LEFT JOIN favicons i ON i.id = m.icon_id
    LEFT JOIN (SELECT icon_id, MAX(last_updated) AS updated FROM favicon_bitmaps GROUP BY icon_id) b
      ON b.icon_id = m.icon_id
    """,
    """
    SELECT m.id AS _icon_mapping, m.page_url AS page, i.url AS icon
    FROM icon_mapping m LEFT JOIN favicons i ON i.id = m.icon_id
    """,
)
"""Chromium's pages with their icons."""

LONE_ICONS = """
    SELECT i.id AS _favicons, i.url AS icon FROM favicons i
    WHERE i.id NOT IN (SELECT icon_id FROM icon_mapping WHERE icon_id IS NOT NULL)
"""
"""Chromium's icons whose pages are gone."""

DOWNLOADS = joined(
    """
    SELECT d.id AS _downloads, d.start_time AS time, nullif(d.end_time, 0) AS ended, d.target_path AS path, d.tab_url,
           d.tab_referrer_url, d.referrer, d.site_url, nullif(d.by_ext_id, '') AS extension,
           nullif(d.mime_type, '') AS mime,
           d.total_bytes AS size, d.received_bytes AS received, d.state, d.danger_type AS danger, d.opened,
           c.url AS chained
    FROM downloads d
    """,
    "LEFT JOIN downloads_url_chains c ON c.id = d.id",
)
"""Chromium's downloads, each once for every address that it was redirected through."""

COOKIES = """
    SELECT c.rowid AS _cookies, c.creation_utc AS time, c.host_key AS host, nullif(c.last_access_utc, 0) AS used,
           nullif(c.expires_utc, 0) AS expires, c.name
    FROM cookies c
"""
"""Chromium's cookies without their values."""


class ChromeVisit(Record):
    """A page visited in a Chromium browser, and the visit that led there."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: WebkitTime | None = None
    url: Url
    title: str | None = None
    source: Url | None = None
    """The page that led here."""
    source_time: WebkitTime | None = None
    redirected: bool | None = None
    """Whether `source` led here by a redirect, not by a click."""
    transition: int | None = None
    """Chromium's PageTransition: type in the lowest byte, qualifiers above."""
    how: str | None = None
    """The transition's type in a word."""
    visits: int | None = None
    typed: int | None = None


class ChromeFavicon(Record):
    """The icon of a page visited in a Chromium browser; `time` is when it was last loaded."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: WebkitTime | None = None
    page: Url | None = None
    icon: Url | None = None


class ChromeDownload(Record):
    """A file downloaded in a Chromium browser."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: WebkitTime | None = None
    ended: WebkitTime | None = None
    urls: tuple[Url, ...] = ()
    """Where it came from, and the addresses that redirected there."""
    path: Path | None = None
    pages: tuple[Url, ...] = ()
    """The page that it was downloaded from, and those that led there."""
    mime: str | None = None
    size: int | None = None
    received: int | None = None
    state: int | None = None
    """0 going on, 1 complete, 2 cancelled, 4 interrupted."""
    danger: int | None = None
    """Chromium's judgement: 0 none, 1 a dangerous type, 2 a dangerous address, 3 dangerous content."""
    opened: bool | None = None
    extension: AppId | None = None
    """The browser's extension that started it."""


class ChromeCookie(Record):
    """A cookie in a Chromium browser or web view: that its host was met; the value is not read."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: WebkitTime | None = None
    """When it was set."""
    host: Domain
    name: str | None = None
    used: WebkitTime | None = None
    expires: WebkitTime | None = None


def visits(file: File) -> Iterator[ChromeVisit]:
    """The visits of a `History`, then pages whose visits are gone, with the time of the last one."""
    yield from file.rows(ChromeVisit, VISITS)
    yield from file.rows(ChromeVisit, UNVISITED)


def icons(file: File) -> Iterator[ChromeFavicon]:
    """The icons of a `Favicons`, then those whose pages are gone."""
    yield from file.rows(ChromeFavicon, *ICONS)
    yield from file.rows(ChromeFavicon, LONE_ICONS)


def downloads(file: File) -> Iterator[ChromeDownload]:
    """The downloads of a `History`."""
    with suppress(UnsupportedError):  # the very first versions have no such table
        for place, rows in grouped(file, ChromeDownload, *DOWNLOADS):
            row = rows[0]
            urls = several(one.pop("chained") for one in rows)
            pages = several(row.pop(name) for name in ("tab_url", "tab_referrer_url", "referrer", "site_url"))
            yield from file.record(ChromeDownload, place, **row, urls=urls, pages=pages)


def cookies(file: File) -> Iterator[ChromeCookie]:
    """The cookies of a `Cookies`."""
    yield from file.rows(ChromeCookie, COOKIES)
