"""Chrome, Samsung's browser and other Chromium browsers: history, downloads, icons of pages, hosts of cookies."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts import chromium
from scanner.artifacts.chromium import ChromeCookie, ChromeDownload, ChromeFavicon, ChromeVisit
from scanner.evidence import File

PROFILES = "/data/**/app_*/**/"
"""`app_chrome/Default/` in Chrome, Edge and Brave, `app_sbrowser/Default/` in Samsung's, `app_opera/` in Opera."""


@artifact(f"{PROFILES}History")
def history(file: File) -> Iterator[ChromeVisit | ChromeDownload]:
    """Browsing history and downloads of Chrome and of other browsers that keep them as Chromium does.

    Pages whose visits are gone are kept with the time of the last one.

    References:
        Chromium, "visit_database.cc", "url_database.cc" and "download_database.cc":
        https://chromium.googlesource.com/chromium/src/+/main/components/history/core/browser/
        Chromium, "page_transition_types.h":
        https://chromium.googlesource.com/chromium/src/+/main/ui/base/page_transition_types.h
    """
    yield from chromium.visits(file)
    yield from chromium.downloads(file)


@artifact(f"{PROFILES}Favicons")
def favicons(file: File) -> Iterator[ChromeFavicon]:
    """Icons of pages visited in Chromium browsers; they often outlive the history.

    References:
        Chromium, "favicon_database.cc":
        https://chromium.googlesource.com/chromium/src/+/main/components/favicon/core/favicon_database.cc
    """
    yield from chromium.icons(file)


@artifact(f"{PROFILES}Cookies")
def cookies(file: File) -> Iterator[ChromeCookie]:
    """Hosts that set cookies in Chromium browsers and in the web views of all apps; values are not read.

    References:
        Chromium, "sqlite_persistent_cookie_store.cc":
        https://chromium.googlesource.com/chromium/src/+/main/net/extras/sqlite/sqlite_persistent_cookie_store.cc
    """
    yield from chromium.cookies(file)
