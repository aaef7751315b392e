"""Sync adapters: apps that the phone wakes to exchange data."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.components import component
from scanner.evidence import File
from scanner.record import AppId, Place, Record

USER = re.compile(r"Sync adapters for (?:UserInfo\{)?(\d{1,9})")
ADAPTER = re.compile(r"SyncAdapterType \{name=([^,]{0,300}), type=([^,}]{0,300})")
UID = re.compile(r"\buid (\d{1,10})")


class SyncAdapter(Record):
    """A part of an app that the phone starts to exchange data of an account."""

    app_id: AppId
    component: str | None = None
    authority: str | None = None
    account_type: str | None = None
    user: int | None = None
    uid: int | None = None


@artifact("dumpsys:/content")
def dump(file: File) -> Iterator[SyncAdapter]:
    """Sync adapters of all apps, by user.

    References:
        AOSP, com.android.server.content.SyncManager.dumpSyncAdapters:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    user = None
    for line, text in file.lines():
        if text.startswith("  ServiceInfo: SyncAdapterType"):
            found, uid = ADAPTER.search(text), UID.search(text)
            named = component(text.partition("ComponentInfo{")[2])
            if found is None or named is None:
                file.problem("a sync adapter could not be read", line)
                continue
            values = {"authority": found[1], "account_type": found[2], "user": user, "uid": uid[1] if uid else None}
            yield from file.record(SyncAdapter, Place(line=line), app_id=named[0], component=named[1], **values)
        elif text.startswith("Sync adapters for") and (match := USER.match(text)):
            user = match[1]
