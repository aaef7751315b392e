"""Chrome and other Chromium browsers: history and the icons of visited pages."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts import chromium
from scanner.artifacts.chromium import ChromeFavicon, ChromeVisit
from scanner.evidence import File


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
    yield from chromium.visits(file)


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
    yield from chromium.icons(file)
