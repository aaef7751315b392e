"""Services that the owner chose one of: who fills in passwords, who keeps them, who assists."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.components import component, components
from scanner.evidence import File
from scanner.record import AppId, Place, Record

CHOSEN = re.compile(r"\s*(\d{1,9}): defaultService=(.*)")


class DefaultService(Record):
    """The app that does one of these tasks for a user."""

    app_id: AppId
    component: str | None = None
    task: str
    """`autofill`, `credential`, `content_capture`, `voiceinteraction`: the service of the phone that it serves."""
    user: int | None = None


@artifact("dumpsys:/autofill", "dumpsys:/credential", "dumpsys:/content_capture", "dumpsys:/voiceinteraction")
def dump(file: File) -> Iterator[DefaultService]:
    """Which app fills in forms and passwords, keeps credentials, reads the screen's content, and is the assistant.

    Autofill since Android 8, content capture since 10, credentials since 14; the assistant since 5.

    References:
        AOSP, com.android.server.infra.AbstractMasterSystemService.dump, VoiceInteractionManagerServiceImpl.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/
    """
    task, seen = file.path.rpartition("/")[2], set[tuple[str, str | None]]()
    for line, text in file.lines():
        stripped = text.strip()
        user, named = None, list[tuple[str, str]]()
        if chosen := CHOSEN.match(text):
            user, named = chosen[1], list(components(chosen[2]))
        elif stripped.startswith("mComponent=") and task == "voiceinteraction" and (one := component(stripped[11:])):
            named = [one]
        for app_id, name in named:
            if (name, user) not in seen:
                seen.add((name, user))
                values: dict[str, Any] = {"app_id": app_id, "component": name, "task": task, "user": user}
                yield from file.record(DefaultService, Place(line=line), **values)
