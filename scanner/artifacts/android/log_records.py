"""What lines of Android's logs can say: processes, crashes, screens, installations, denied access, boots."""

from typing import ClassVar

from scanner.record import AppId, Dated, Path, Process, Stage, Text, Url


class ProcessEvent(Dated):
    """A process of an app or the system was started, killed or died."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    event: str
    """start, kill or died."""
    process: Process
    app: AppId | None = None
    """Whose component it was started for."""
    component: str | None = None
    reason: str | None = None
    """What kind of component it was started for, or why it was killed."""
    pid: int | None = None
    uid: int | None = None
    user: int | None = None


class AppCrash(Dated):
    """A crash in an app's or the system's Java code."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    process: Process | None = None
    app: AppId | None = None
    version: str | None = None
    pid: int | None = None
    uid: int | None = None
    user: int | None = None
    exception: Text | None = None
    message: Text | None = None
    stack: Text | None = None
    """The first lines of where it happened."""


class NotResponding(Dated):
    """A process did not respond."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    process: Process
    app: AppId | None = None
    pid: int | None = None
    user: int | None = None
    reason: Text | None = None


class ActivityStart(Dated):
    """A screen of an app was opened, perhaps with a link."""

    stage: ClassVar[Stage] = Stage.VISIT
    action: str | None = None
    link: Url | None = None
    """What it was opened with; since Android 12 often cut behind the host."""
    content: Text | None = None
    """What it was opened with, where that is no link."""
    app: AppId | None = None
    component: str | None = None
    caller: AppId | None = None
    caller_uid: int | None = None


class InstallLine(Dated):
    """What a log says of an app's installation, removal or check."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    event: str
    """install, delete, result, or verification (by Play Protect)."""
    app: AppId | None = None
    installer: AppId | None = None
    initiating: AppId | None = None
    originating: AppId | None = None
    caller_uid: int | None = None
    version_code: int | None = None
    path: Path | None = None
    verdict: str | None = None
    message: Text | None = None


class SelinuxDenial(Dated):
    """Access that SELinux denied, or in permissive mode only noted."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    granted: bool = False
    permissive: bool | None = None
    """Whether the access happened nevertheless."""
    permissions: str | None = None
    process: Process | None = None
    """The name of its thread."""
    app: AppId | None = None
    domain: str | None = None
    """Whose access it was, as SELinux calls it: `untrusted_app`."""
    target: str | None = None
    target_class: str | None = None
    path: Path | None = None
    name: str | None = None


class PhoneEvent(Dated):
    """The phone booted, was switched off, or its screen went on or off."""

    stage: ClassVar[Stage] = Stage.NONE
    event: str
    values: str | None = None
