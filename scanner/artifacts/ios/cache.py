"""Caches of web answers that apps keep."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AwareTime, Domain, Record, Stage, Url


class CachedResponse(Record):
    """An address that an app loaded and whose answer it cached."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: AwareTime | None = None
    url: Url
    partition: Domain | None = None
    """The site on whose behalf it was loaded."""


@artifact("/**/Cache.db")
def responses(file: File) -> Iterator[CachedResponse]:
    """Addresses in the URL caches of apps (`NSURLCache`); the path says which app.

    References:
        Apple, "URLCache": https://developer.apple.com/documentation/foundation/urlcache
    """
    yield from file.rows(
        CachedResponse,
        """
        SELECT r.entry_ID AS _cfurl_cache_response, r.request_key AS url, r.time_stamp || 'Z' AS time, r.partition
        FROM cfurl_cache_response r
        """,
    )
