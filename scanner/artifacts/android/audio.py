"""Who recorded sound."""

import re
from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import uid, user
from scanner.record import AppId, Dated, Place, Stage

EVENT = re.compile(r"(\d\d-\d\d \d\d:\d\d:\d\d)[:.](\d{3}) rec (\w+) (.*)")
WORD = re.compile(r"(riid|uid|session|src|pack):(\S+)")


class AudioRecording(Dated):
    """An app started, changed or stopped a recording."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    event: str
    """`start`, `update`, `stop`, `release`."""
    package: AppId | None = None
    uid: int | None = None
    user: int | None = None
    source: str | None = None
    """`MIC`, `CAMCORDER`, `VOICE_CALL` and others."""
    session: int | None = None
    silenced: bool | None = None


@artifact("dumpsys:/audio")
def audio(file: File) -> Iterator[AudioRecording]:
    """The last fifty changes of recordings that the audio service saw, since Android 9.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/audio/RecordingActivityMonitor.java
    """
    for row, text in file.lines():
        if " rec " in text and (found := EVENT.fullmatch(text.strip())):
            time, thousandths, event, rest = found.groups()
            known = dict(WORD.findall(rest))
            who = uid(known.get("uid", ""))
            yield from file.record(
                AudioRecording,
                Place(line=row),
                event=event,
                package=known.get("pack"),
                uid=who,
                user=user(who),
                source=known.get("src"),
                session=known.get("session"),
                silenced=" silenced" in rest and " not silenced" not in rest if "silenced" in rest else None,
                **file.dated(f"{time}.{thousandths}", row),
            )
