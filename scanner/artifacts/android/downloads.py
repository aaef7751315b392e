"""Files that apps had the system download, and files of the shared storage with the app that made them."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, MilliTime, Path, Record, Stage, Text, Time, Url

DOWNLOAD = """
    SELECT d._id AS _downloads, d.lastmod AS time, d.uri AS url, d.referer, d._data AS path, d.hint, d.title,
           nullif(d.description, '') AS description, d.mimetype AS mime, d.notificationpackage AS app, d.uid, d.status,
           d.total_bytes AS size,
           d.current_bytes AS received, d.deleted, d.visibility, d.useragent AS agent, d.errorMsg AS error
    FROM downloads d
"""


MEDIA = """
    SELECT f._id AS _files, f._data AS path, f.date_added AS time, f.date_modified AS modified, f.mime_type AS mime,
           f._size AS size, f.owner_package_name AS app, f.download_uri AS url, f.referer_uri AS referer, f.title,
           nullif(f.is_trashed, 0) AS trashed, nullif(f.is_download, 0) AS downloaded
    FROM files f WHERE f._data IS NOT NULL
"""


class SystemDownload(Record):
    """A file that an app had the system's download manager fetch."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: MilliTime | None = None
    """When its row last changed."""
    url: Url | None = None
    referer: Url | None = None
    """The page that led to it."""
    path: Path | None = None
    """Where it was saved."""
    hint: Path | None = None
    """Where the app wanted it."""
    title: Text | None = None
    description: Text | None = None
    mime: str | None = None
    app: AppId | None = None
    """The app that asked for it."""
    uid: int | None = None
    status: int | None = None
    """200 done, 19x not yet, 4xx and 5xx failed."""
    size: int | None = None
    received: int | None = None
    visibility: int | None = None
    """2: without any notification."""
    deleted: bool | None = None
    agent: str | None = None
    error: Text | None = None


class SharedFile(Record):
    """A file of the shared storage as the media provider knows it, with who put it there."""

    time: Time | None = None
    """When the provider first saw it."""
    path: Path
    app: AppId | None = None
    """The app that made it (since Android 10)."""
    url: Url | None = None
    """Where it was downloaded from."""
    referer: Url | None = None
    title: Text | None = None
    mime: str | None = None
    size: int | None = None
    modified: Time | None = None
    downloaded: bool | None = None
    trashed: bool | None = None


@artifact(
    "/data/**/com.android.providers.downloads/databases/downloads.db",
    "/data/**/com.sec.android.providers.downloads/databases/sisodownloads.db",
)
def files(file: File) -> Iterator[SystemDownload]:
    """Files that browsers and other apps had the system download, also failed and deleted ones.

    References:
        Android Developers, "DownloadManager": https://developer.android.com/reference/android/app/DownloadManager
        Android Open Source Project, "DownloadProvider.java":
        https://android.googlesource.com/platform/packages/providers/DownloadProvider/+/main/src/com/android/providers/downloads/DownloadProvider.java
    """
    yield from file.rows(SystemDownload, DOWNLOAD)


@artifact(
    "/data/**/com.android.providers.media/databases/external*.db",
    "/data/**/com.android.providers.media.module/databases/external.db",
    "/data/**/com.google.android.providers.media.module/databases/external.db",
)
def shared(file: File) -> Iterator[SharedFile]:
    """Files of the shared storage as the media provider lists them; files that were just deleted may still stand here.

    References:
        Android Developers, "MediaStore.MediaColumns" and "MediaStore.DownloadColumns":
        https://developer.android.com/reference/android/provider/MediaStore.MediaColumns
        https://developer.android.com/reference/android/provider/MediaStore.DownloadColumns
    """
    yield from file.rows(SharedFile, MEDIA)
