"""What Google Play keeps: apps that it installed, that an account owns, that it updated, that it checked."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.formats import protobuf_strings
from scanner.record import AppId, Handle, Hash, MilliTime, Path, Record, Stage, Text, Url

FOLDER = "/data/**/com.android.vending/databases/"
INSTALLS = """
    SELECT s.rowid AS _appstate, s.package_name AS package, s.title, s.account,
           coalesce(nullif(s.first_download_ms, 0), nullif(s.install_request_timestamp_ms, 0)) AS time,
           nullif(s.install_request_timestamp_ms, 0) AS requested, nullif(s.last_update_timestamp_ms, 0) AS updated,
           nullif(s.delivery_data_timestamp_ms, 0) AS delivered, s.last_notified_version AS version,
           s.desired_version AS wanted, s.install_reason AS reason, nullif(s.referrer, '') AS referrer,
           nullif(s.download_uri, '') AS url, s.auto_update
    FROM appstate s
"""
OWNED = """
    SELECT o.rowid AS _ownership, nullif(o.purchase_time, 0) AS time, o.doc_id AS item, o.account, o.doc_type,
           o.library_id AS library, o.document_hash AS hash
    FROM ownership o
"""
UPDATED = """
    SELECT f.rowid AS _frosting, nullif(f.last_updated, 0) AS time, f.pk AS package, f.apk_path AS path FROM frosting f
"""
SEARCHED = "SELECT s.rowid AS _suggestions, s.date AS time, coalesce(s.query, s.display1) AS query FROM suggestions s"
CHECKED = ("apk_info", "package_verdict_cache", "installation_attempts", "package_installation_state",
           "verification_cache")  # fmt: skip
PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+")
DIGEST = re.compile(r"[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?")


class PlayInstall(Record):
    """An app that Google Play installed; it stays here when the app is removed."""

    time: MilliTime | None = None
    """When it was first downloaded."""
    package: AppId
    title: Text | None = None
    account: Handle | None = None
    """The Google account that asked for it."""
    requested: MilliTime | None = None
    updated: MilliTime | None = None
    delivered: MilliTime | None = None
    version: int | None = None
    wanted: int | None = None
    reason: str | None = None
    """Why it was installed: by the owner, restored, from another device."""
    referrer: Text | None = None
    url: Url | None = None
    auto_update: int | None = None


class PlayOwnership(Record):
    """Something that a Google account owns in Play, on whatever phone: most often an app."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: MilliTime | None = None
    item: AppId
    account: Handle | None = None
    library: str | None = None
    doc_type: int | None = None
    """1 an app, 15 a subscription, 11 a purchase in an app."""
    hash: str | None = None


class PlayUpdate(Record):
    """An installed app as Play last saw it, also one that came from elsewhere."""

    time: MilliTime | None = None
    package: AppId
    path: Path | None = None


class PlayCheck(Record):
    """An app that Play Protect looked at, by the texts and hashes in its note; it stays when the app is removed."""

    table: str
    key: str | None = None
    packages: tuple[AppId, ...] = ()
    hashes: tuple[Hash, ...] = ()
    """Of the APK, or of its signer's certificate: the layout is not published."""
    texts: tuple[Text, ...] = ()


class PlaySearch(Record):
    """What was searched for in Play."""

    stage: ClassVar[Stage] = Stage.NONE
    time: MilliTime | None = None
    query: Text


@artifact(f"{FOLDER}localappstate.db")
def installs(file: File) -> Iterator[PlayInstall]:
    """Apps that Google Play installed, also those that were removed since.

    References:
        ALEAPP, "installedappsVending" (fields of the store): https://github.com/abrignoni/ALEAPP
    """
    yield from file.rows(PlayInstall, INSTALLS)


@artifact(f"{FOLDER}library.db")
def owned(file: File) -> Iterator[PlayOwnership]:
    """What the phone's Google accounts own in Play.

    References:
        ALEAPP, "installedappsLibrary" (fields of the store): https://github.com/abrignoni/ALEAPP
    """
    yield from file.rows(PlayOwnership, OWNED)


@artifact(f"{FOLDER}frosting.db")
def updated(file: File) -> Iterator[PlayUpdate]:
    """Installed apps as Google Play last saw them, wherever they came from; removed apps are not here.

    References:
        ALEAPP, "frosting" (fields of the store): https://github.com/abrignoni/ALEAPP
    """
    yield from file.rows(PlayUpdate, UPDATED)


@artifact(f"{FOLDER}verify_apps.db", f"{FOLDER}package_verification.db")
def checked(file: File) -> Iterator[PlayCheck]:
    """Apps that Play Protect checked: the texts of its notes, whose layout is not published.

    References:
        Google, "Google Play Protect": https://developers.google.com/android/play-protect
    """
    seen = 0
    for table in CHECKED:
        with suppress(UnsupportedError):
            query = f"SELECT t.rowid AS _{table}, t.pk AS key, t.data FROM {table} t"  # noqa: S608 - our own names
            for name, row in file.raw(PlayCheck, (query,)):
                place = placed(name, row)
                yield from file.record(PlayCheck, place, table=table, **sorted_out(row["key"], row["data"]))
            seen += 1
    if not seen:
        raise UnsupportedError(f"the store has none of the tables {', '.join(CHECKED)}")


def sorted_out(key: object, data: object) -> dict[str, Any]:
    """What a row names: apps, hashes and other texts."""
    note = data if isinstance(data, bytes) else b""
    texts = protobuf_strings.texts(note)
    named = (*((key,) if isinstance(key, str) else ()), *texts)
    digests = (*(text.lower() for text in named if DIGEST.fullmatch(text)), *protobuf_strings.hashes(note))
    return {
        "key": key,
        "packages": tuple(dict.fromkeys(text for text in named if PACKAGE.fullmatch(text))),
        "hashes": tuple(dict.fromkeys(digests)),
        "texts": tuple(text for text in texts if not PACKAGE.fullmatch(text) and not DIGEST.fullmatch(text)),
    }


@artifact(f"{FOLDER}suggestions.db")
def searched(file: File) -> Iterator[PlaySearch]:
    """What was searched for in Google Play.

    References:
        ALEAPP, "googlePlaySearches" (fields of the store): https://github.com/abrignoni/ALEAPP
    """
    yield from file.rows(PlaySearch, SEARCHED)
