"""Changes of the platform's behaviour that were switched for single apps, which only a developer's tools do."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Place, Record

CHANGE = re.compile(r"ChangeId\((\d{1,18}); name=([^;)]*)")
OVERRIDES = re.compile(r"(?:rawOverrides|packageOverrides)=\{([^}]*)\}")


class CompatOverride(Record):
    """A change of behaviour that somebody switched on or off for an app."""

    package: AppId
    change: int
    name: str | None = None
    enabled: bool | None = None


@artifact("dumpsys:/platform_compat")
def platform_compat(file: File) -> Iterator[CompatOverride]:
    """Changes of behaviour switched for single apps, since Android 11.

    References:
        https://developer.android.com/guide/app-compatibility/test-debug
    """
    for number, text in file.lines():
        if "verrides={" not in text or not (change := CHANGE.search(text)):
            continue
        seen: set[str] = set()
        for overrides in OVERRIDES.findall(text):
            for one in overrides.split(", "):
                package, equal, value = one.partition("=")
                if equal and package not in seen:
                    seen.add(package)
                    enabled = {"true": True, "false": False}.get(value.strip().lower())
                    values = {"change": change[1], "name": change[2], "enabled": enabled}
                    yield from file.record(CompatOverride, Place(line=number), package=package, **values)
