"""Apps that the phone put to sleep because nobody used them."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Place, Record

STATE = re.compile(r"(User|Global)LevelState\{packageName='([^']*)', hibernated=(\w+)")
USER = re.compile(r"userId[ =](\d{1,6})")


class AppHibernation(Record):
    """Whether an app sleeps because it was not used for months."""

    package: AppId
    hibernated: bool
    user: int | None = None
    """None of the state that all users share."""


@artifact("dumpsys:/app_hibernation")
def app_hibernation(file: File) -> Iterator[AppHibernation]:
    """The apps' state of hibernation, since Android 12.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/apphibernation/AppHibernationService.java
    """
    user: str | None = None
    for number, text in file.lines():
        if found := USER.search(text):
            user = found[1]
        for level, package, asleep in STATE.findall(text):
            values = {"package": package, "hibernated": asleep, "user": user if level == "User" else None}
            yield from file.record(AppHibernation, Place(line=number), **values)
