"""What the activity manager says of apps."""

from typing import ClassVar

from scanner.record import AppId, Dated, Path, Process, Record, Stage, Url


class RunningService(Dated):
    """A service of an app that ran, or was to run; `time` is when it was made."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    component: str
    package: AppId | None = None
    user: int | None = None
    process: Process | None = None
    pid: int | None = None
    uid: int | None = None
    permission: str | None = None
    """What a caller must hold to bind to it: tells accessibility services and notification listeners."""
    action: str | None = None
    apk: Path | None = None
    caller: AppId | None = None
    foreground: bool = False
    foreground_types: int | None = None
    """Bits: 1 data, 2 media, 4 call, 8 location, 16 device, 32 screen recording, 64 camera, 128 microphone."""
    started: bool = False


class AppProcess(Record):
    """A process of an app that ran."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    process: Process
    pid: int | None = None
    uid: int | None = None
    user: int | None = None
    packages: tuple[AppId, ...] = ()
    apk: Path | None = None
    isolated: bool = False
    persistent: bool = False


class RecentTask(Dated):
    """A task in the list of recent apps; `time` is when it was last active."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    component: str
    package: AppId | None = None
    user: int | None = None
    uid: int | None = None
    caller: AppId | None = None
    action: str | None = None
    url: Url | None = None
    visible: bool | None = None
    """Whether it has been on the screen since the phone started."""


class BroadcastReceived(Dated):
    """A broadcast that started receivers of apps."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    action: str
    caller: AppId | None = None
    packages: tuple[AppId, ...] = ()
    receivers: tuple[str, ...] = ()


class Instrumentation(Record):
    """A test or remote-control runner that drove apps while the report was made."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    component: str
    package: AppId | None = None
