"""Who used the camera."""

import re
from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Dated, Place, Stage

EVENT = re.compile(r"\s+(\d\d-\d\d \d\d:\d\d:\d\d) : ([A-Z_]+) (.*)")
WHO = re.compile(r"device (\S+) client for package (\S+)(?: \(PID (\d{1,9}))?")
DEVICE, REASON = re.compile(r"device (\w+)"), re.compile(r"reason: \((.*?)\)?\)?$")
ACTIVE = re.compile(r"\(Camera ID: (\w+),.*?PID: (\d{1,9}),.*?Client Package Name: ([\w.]+)")


class CameraEvent(Dated):
    """The camera was opened, closed, or refused to an app."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    event: str
    """`CONNECT`, `DISCONNECT`, `REJECT`, `EVICT`, `DIED`; `ACTIVE`: open while the report was made."""
    device: str | None = None
    """0 is mostly the one on the back, 1 the one on the front."""
    package: AppId | None = None
    pid: int | None = None
    detail: str | None = None


@artifact("dumpsys:/media.camera")
def media_camera(file: File) -> Iterator[CameraEvent]:
    """The last hundred events of the camera service, with the app for which a camera was opened.

    References:
        https://android.googlesource.com/platform/frameworks/av/+/refs/heads/main/services/camera/libcameraservice/CameraService.cpp
    """
    for number, text in file.lines():
        if " : " in text and (found := EVENT.fullmatch(text)):
            time, event, rest = found.groups()
            who, device = WHO.search(rest), DEVICE.search(rest)
            values = {"package": who[2], "pid": who[3]} if who else {"detail": rest}
            if reason := REASON.search(rest):
                values["detail"] = reason[1]
            camera = device[1] if device else None
            dated = file.dated(time, number)
            yield from file.record(CameraEvent, Place(line=number), event=event, device=camera, **values, **dated)
        elif "(Camera ID: " in text:
            for device_id, pid, package in ACTIVE.findall(text):
                values = {"device": device_id, "pid": pid, "package": package}
                yield from file.record(CameraEvent, Place(line=number), event="ACTIVE", **values)
