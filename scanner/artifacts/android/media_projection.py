"""Screen capture: which app was recording or casting the screen."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Place, Record, Stage

PROJECTION = re.compile(r"\(([^\s()]{1,256}), uid=(\d{1,10})\): (\w+)")


class MediaProjection(Record):
    """An app that was capturing the screen or the sound when the report was made."""

    stage = Stage.EXECUTION
    app_id: AppId
    uid: int | None = None
    type: str | None = None
    """TYPE_SCREEN_CAPTURE, TYPE_MIRRORING, TYPE_PRESENTATION."""


@artifact("dumpsys:/media_projection")
def dump(file: File) -> Iterator[MediaProjection]:
    """The screen capture that was going on, since Android 5.

    References:
        AOSP, com.android.server.media.projection.MediaProjectionManagerService.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    known = False
    for line, text in file.lines():
        if found := PROJECTION.search(text):
            yield from file.record(MediaProjection, Place(line=line), app_id=found[1], uid=found[2], type=found[3])
        elif known and text.strip() not in {"", "null"}:
            file.problem("a screen capture could not be read", line)
        known = text.strip() == "Media Projection:"
