"""When each app was last used, and in which way, as the package manager stores it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.record import AppId, MilliTime, Place, Record, Stage

MAGIC = "PACKAGE_USAGE__VERSION_"
WAYS = ("activity", "service", "foreground", "receiver", "provider", "backup", "other_app", "instrumented")


class PackageUse(Record):
    """When an app was last used in each way; `time` is the latest."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    package: AppId
    time: MilliTime | None = None
    activity: MilliTime | None = None
    """It was on the screen."""
    service: MilliTime | None = None
    foreground: MilliTime | None = None
    """A service that shows itself to the user."""
    receiver: MilliTime | None = None
    provider: MilliTime | None = None
    backup: MilliTime | None = None
    other_app: MilliTime | None = None
    """Its code ran in another app."""
    instrumented: MilliTime | None = None
    """A test or remote control drove it."""


@artifact("/data/system/package-usage.list")
def package_usage(file: File) -> Iterator[PackageUse]:
    """The last use of each app: since Android 7 in each of eight ways, before that one time.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/pm/PackageUsage.java
    """
    for number, text in file.lines():
        if not text.strip() or text.startswith(MAGIC):
            continue
        package, *written = text.split()
        times = [whole(one) for one in written]
        if None in times or len(times) not in {1, len(WAYS)}:
            file.problem(f"not an app and its times: {text[:80]}", number)
            continue
        latest = max(one or 0 for one in times)
        ways: dict[str, Any] = dict(zip(WAYS, times, strict=True)) if len(times) > 1 else {}
        yield from file.record(PackageUse, Place(line=number), package=package, time=latest, **ways)
