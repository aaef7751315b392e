"""The browser of old Android versions, and what its web view kept for every app."""

from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.record import Domain, Handle, MilliTime, Record, Stage, Text, Url

WEB_VIEW = (
    """
    SELECT _id AS _cookies, 'cookie' AS kind, domain AS host, nullif(expires, 0) AS expires, name FROM cookies
    """,
    "SELECT _id AS _formurl, 'form' AS kind, url FROM formurl",
    "SELECT _id AS _formdata, 'form field' AS kind, name, value AS content FROM formdata",
    "SELECT _id AS _httpauth, 'login' AS kind, host, realm AS name, username AS user FROM httpauth",
    """
    SELECT _id AS _password, 'saved password' AS kind, username AS user,
           CASE WHEN host LIKE 'https%' THEN ltrim(substr(host, 6), ':/') WHEN host LIKE 'http%'
                THEN ltrim(substr(host, 5), ':/') ELSE host END AS host FROM password
    """,
)
"""Without passwords and cookies' values. Of a saved password the host follows its scheme: `httpsexample.org`."""


class BrowserVisit(Record):
    """A page in the history or among the bookmarks of the old browser."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: MilliTime | None = None
    """When it was last visited."""
    url: Url
    title: str | None = None
    visits: int | None = None
    created: MilliTime | None = None
    bookmark: bool | None = None
    deleted: bool | None = None


class WebViewEntry(Record):
    """What an app's web view kept of a page: a cookie's host, a form, a login."""

    stage: ClassVar[Stage] = Stage.VISIT
    kind: str
    host: Domain | None = None
    url: Url | None = None
    user: Handle | None = None
    name: str | None = None
    content: Text | None = None
    """What was typed into a form."""
    expires: MilliTime | None = None


@artifact(
    "/data/**/com.android.browser/databases/browser.db",
    "/data/**/com.android.browser/databases/browser2.db",
    "/data/**/com.sec.android.app.sbrowser/databases/sbrowser*.db",
)
def history(file: File) -> Iterator[BrowserVisit]:
    """History and bookmarks of the browser of Android before 5, and of Samsung's and others made of it.

    References:
        Android Open Source Project, "BrowserProvider2.java":
        https://android.googlesource.com/platform/packages/apps/Browser/+/refs/heads/kitkat-release/src/com/android/browser/provider/BrowserProvider2.java
    """
    if file.has_table("history"):
        yield from file.rows(
            BrowserVisit,
            "SELECT _id AS _history, date AS time, url, title, visits, nullif(created, 0) AS created FROM history",
        )
    yield from file.rows(
        BrowserVisit,
        """
        SELECT _id AS _bookmarks, date AS time, url, title, visits, nullif(created, 0) AS created,
               coalesce(bookmark, folder IS NOT NULL) AS bookmark, deleted FROM bookmarks WHERE url IS NOT NULL
        """,
    )


@artifact("/data/**/databases/webview.db")
def web_view(file: File) -> Iterator[WebViewEntry]:
    """Hosts of cookies, forms and logins that the web view of Android before 4.4 kept for each app.

    Passwords and values of cookies are not read.

    References:
        Android Open Source Project, "WebViewDatabaseClassic.java":
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/jb-mr2-release/core/java/android/webkit/WebViewDatabaseClassic.java
    """
    found = 0
    for query in WEB_VIEW:
        with suppress(UnsupportedError):
            yield from file.rows(WebViewEntry, query)
            found += 1
    if not found:
        raise UnsupportedError("the store has none of the tables that web views have")
