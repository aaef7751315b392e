"""Safari: its tabs, open and in tab groups, and the pages that each went through."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.formats import webkit_session
from scanner.record import CocoaTime, Place, Record, Stage, Url


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
    """The account's other device where a synchronised tab is open; `time` then when that device last synchronised."""


GROUPED = """
    SELECT b.id AS _bookmarks, b.url, b.title, b.date_closed AS closed, b.extra_attributes AS extra,
           b.local_attributes AS local
"""
PRIVATE = "b.parent IN (SELECT private_tab_group_id FROM windows) AS private"
IN_GROUPS = "FROM bookmarks b"


@artifact(
    "/private/var/mobile/**/Library/Safari/**/BrowserState.db",
    "/private/var/mobile/**/Library/Safari/**/SafariTabs.db",
    "/private/var/mobile/**/Library/Safari/**/CloudTabs.db",
)
def tabs(file: File) -> Iterator[Tab]:
    """Safari's tabs: open ones, those of tab groups (since iOS 15), those open on the account's other devices.

    References:
        WebKit, "LegacySessionStateCoding.cpp" (the form of a tab's session):
        https://github.com/WebKit/WebKit/blob/main/Source/WebKit/UIProcess/API/mac/LegacySessionStateCoding.cpp
    """
    queries = (
        """
        SELECT COALESCE(t.id, -s.id) AS _tabs, t.last_viewed_time AS time, t.url, t.user_visible_url AS shown, t.title,
               t.private_browsing AS private, t.opened_from_link AS from_link, s.session_data AS session
        FROM tabs t FULL JOIN tab_sessions s ON s.tab_uuid = t.uuid
        """,
        """
        SELECT t.id AS _tabs, t.last_viewed_time AS time, t.url, t.user_visible_url AS shown, t.title,
               t.private_browsing AS private, t.opened_from_link AS from_link FROM tabs t
        """,
        f"{GROUPED}, {PRIVATE}, s.data AS session {IN_GROUPS} LEFT JOIN session_state s ON s.uuid = b.external_uuid",
        f"{GROUPED}, {PRIVATE} {IN_GROUPS}",
        f"{GROUPED} {IN_GROUPS}",
        """
        SELECT c.rowid AS _cloud_tabs, c.url, c.title, d.device_name AS device, d.last_modified AS time
        FROM cloud_tabs c LEFT JOIN cloud_tab_devices d ON d.device_uuid = c.device_uuid
        """,
        "SELECT c.rowid AS _cloud_tabs, c.url, c.title FROM cloud_tabs c",
    )
    for table, row in file.raw(Tab, queries):
        place = placed(table, row)
        if table == "tabs" and place.row and place.row < 0:  # a session whose tab is gone
            place = Place(table="tab_sessions", row=-place.row, recovered=place.recovered)
        extra, local = (file.stored_plist(row.pop(name, None), place) for name in ("extra", "local"))
        pages = session(file, (row.pop("session", None), local.get("SessionState")), place)
        row |= {name: value for name, value in known(extra, local).items() if row.get(name) is None}
        # Folders, tab groups and empty tabs have no address: nothing in them can be told from another.
        if pages or row.get("url") or row.get("shown"):
            yield from file.record(Tab, place, entries=pages, **row)


def known(extra: dict[str, Any], local: dict[str, Any]) -> dict[str, Any]:
    """A tab's fields from the two property lists of its row."""
    bookmark = extra.get("com.apple.Bookmark")
    return {
        "time": local.get("LastVisitTime", extra.get("DateLastViewed")),
        "shown": extra.get("LocalURL"),
        "from_link": local.get("OpenedFromLink"),
        "closed": local.get("DateClosed"),
        "added": bookmark.get("DateAdded") if isinstance(bookmark, dict) else None,
    }


def session(file: File, stored: tuple[object, ...], place: Place) -> list[str]:
    """The pages of a tab's session, wherever it stands."""
    pages: list[str] = []
    for data in stored:
        if not data:
            continue
        try:
            found = webkit_session.loads(data if isinstance(data, bytes) else str(data).encode("utf-8", "replace"))
        except ValueError as error:
            file.problem(str(error), place.row)
            continue
        pages += found.pages
        for message in found.problems:
            file.problem(message, place.row)
    return pages
