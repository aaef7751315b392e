"""What the battery statistics say of apps."""

from typing import ClassVar

from scanner.record import AppId, AwareTime, Dated, Process, Record, Stage


class BatteryUse(Dated):
    """Something an app did that the battery's history shows: a job, a wake lock, its time on the screen."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    event: str
    """`top` (on the screen), `fg`, `proc`, `job`, `sync`, `alarm`, `wake_lock`, `longwake` and others."""
    uid: int | None = None
    user: int | None = None
    package: AppId | None = None
    process: Process | None = None
    name: str | None = None
    """The job's component, the wake lock's name."""
    last: AwareTime | None = None
    count: int = 1
    """How often; `time` is the first."""


class BatteryPackageChange(Dated):
    """An app that was installed, updated or removed, as the battery statistics remember it."""

    package: AppId
    change: str
    """`installed or updated`, or `uninstalled`."""
    version: int | None = None
    until: AwareTime | None = None
    """The end of the day that the daily statistics name; `time` is then its beginning."""


class BatteryClock(Dated):
    """The phone started or shut down, or its clock was set, as the battery's history shows it."""

    event: str
    """`reset` (the history begins), `start`, `shutdown`, `time` (the clock was set)."""
    jump: int | None = None
    """Seconds by which the clock was set forward or back, other than while the phone was off."""


class BatteryPlug(Dated):
    """The phone was connected to a charger or a computer, or taken off it, as the battery's history shows it."""

    stage: ClassVar[Stage] = Stage.NONE
    power: str | None = None
    """`usb`, `ac`, `wireless`, `none`; without it, that did not change."""
    data: bool | None = None
    """Whether data went over the cable: a computer was on the other end. Without it, that did not change."""


class BatteryApp(Record):
    """A process or package that the battery statistics count for, since the phone was last full."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    uid: int | None = None
    user: int | None = None
    package: AppId | None = None
    process: Process | None = None
