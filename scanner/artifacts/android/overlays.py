"""Resource overlays: packages that replace texts, pictures and settings of other packages."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Path, Place, Record

FIELDS = {
    "mPackageName": "app_id",
    "mOverlayName": "name",
    "mUserId": "user",
    "mTargetPackageName": "target",
    "mBaseCodePath": "path",
    "mState": "state",
    "mIsEnabled": "enabled",
    "mCategory": "category",
    "mIsFabricated": "fabricated",
}


class Overlay(Record):
    """A package that replaces resources of another one."""

    app_id: AppId
    target: AppId | None = None
    name: str | None = None
    path: Path | None = None
    user: int | None = None
    state: str | None = None
    enabled: bool | None = None
    category: str | None = None
    fabricated: bool | None = None
    """Made by a program at run time, without a package file."""


@artifact("dumpsys:/overlay")
def dump(file: File) -> Iterator[Overlay]:
    """Overlays of every user: blocks of `name.....: value` in braces.

    References:
        AOSP, OverlayManagerSettings.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/om/
    """
    values, start = dict[str, str](), 0
    for number, line in file.lines():
        if line.endswith(" {"):
            values, start = {}, number
        elif line == "}" and start:
            yield from file.record(Overlay, Place(line=start), **values)
            values, start = {}, 0
        elif start:
            name, _, value = line.partition(": ")
            if (field := FIELDS.get(name.strip().rstrip("."))) and value != "null":
                values[field] = value
    if start:
        file.problem("an overlay is not closed", start)
