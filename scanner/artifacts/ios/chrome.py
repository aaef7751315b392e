"""Chrome and other Chromium browsers: history and the icons of visited pages."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Record, Stage, Url, WebkitTime

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


@artifact(
    "/private/var/mobile/**/Library/Application Support/Google/Chrome/*/History",
    "/private/var/mobile/**/Library/Application Support/**/Default/History",
)
def history(file: File) -> Iterator[ChromeVisit]:
    """Browsing history of Chrome and of other browsers that keep it as Chromium does.

    Pages whose visits are gone are kept with the time of the last one.

    References:
        Chromium, "visit_database.cc" and "url_database.cc":
        https://chromium.googlesource.com/chromium/src/+/main/components/history/core/browser/
        Chromium, "page_transition_types.h":
        https://chromium.googlesource.com/chromium/src/+/main/ui/base/page_transition_types.h
    """
    yield from file.rows(ChromeVisit, VISITS)
    yield from file.rows(ChromeVisit, UNVISITED)


@artifact(
    "/private/var/mobile/**/Library/Application Support/Google/Chrome/*/Favicons",
    "/private/var/mobile/**/Library/Application Support/**/Default/Favicons",
)
def favicons(file: File) -> Iterator[ChromeFavicon]:
    """Icons of pages visited in Chrome and other Chromium browsers; they often outlive the history.

    References:
        Chromium, "favicon_database.cc":
        https://chromium.googlesource.com/chromium/src/+/main/components/favicon/core/favicon_database.cc
    """
    yield from file.rows(ChromeFavicon, *ICONS)
    yield from file.rows(ChromeFavicon, LONE_ICONS)
