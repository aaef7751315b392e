"""Preferences that say how the phone is set."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AwareTime, Place, Record, Stage, Text


class Preference(Record):
    """A setting and its value."""

    stage: ClassVar[Stage] = Stage.NONE
    time: AwareTime | None = None
    """A value that is a date."""
    key: str
    """`LDMGlobalEnabled` is Lockdown Mode."""
    value: Text | None = None
    """The value as text; lists and dictionaries as JSON."""
    enabled: bool | None = None
    """A value that is yes or no."""


@artifact("/private/var/mobile/Library/Preferences/.GlobalPreferences.plist")
def global_preferences(file: File) -> Iterator[Preference]:
    """Settings of the whole phone: languages, region, keyboards, and whether Lockdown Mode is on.

    References:
        Apple, "About Lockdown Mode": https://support.apple.com/en-us/105120
    """
    settings = file.dictionary("settings")
    for key, value in settings.items():
        enabled = value if isinstance(value, bool) else None
        time = value if isinstance(value, datetime) else None
        yield from file.record(Preference, Place(key=key), key=key, value=shown(value), time=time, enabled=enabled)


def shown(value: Any) -> str:
    """A property list's value as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, bytes):
        return value.hex()
    return msgspec.json.encode(value, enc_hook=repr).decode()
