"""Keyboards: what sees everything that is typed."""

from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.components import component
from scanner.evidence import File
from scanner.record import AppId, Path, Place, Record

CURRENT = ("mCurMethodId", "mSelectedMethodId", "mCurId")
ENABLED = ("mEnabledInputMethodsStrCache", "mEnabledInputMethodsStr")


class InputMethod(Record):
    """A keyboard that is installed."""

    app_id: AppId
    component: str | None = None
    default: bool | None = None
    """Whether it was the one in use."""
    enabled: bool | None = None
    apk: Path | None = None
    """Where its package lies: below /data/app it did not come with the phone, or was updated since."""


@artifact("dumpsys:/input_method")
def dump(file: File) -> Iterator[InputMethod]:
    """Installed keyboards, which are enabled, and which was in use.

    References:
        AOSP, com.android.server.inputmethod.InputMethodManagerService.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    found: dict[str, dict[str, Any]] = {}
    current, enabled, listed = set[str](), set[str](), False
    last: dict[str, Any] = {}
    for line, text in file.lines():
        key, equals, value = text.strip().partition("=")
        if not equals:
            last = {} if text.strip() == "Clients:" else last
        elif key == "mId" and (named := component(value)):
            last = found.setdefault(named[1], {"line": line, "app_id": named[0]})
        elif key == "sourceDir" and last:
            last.setdefault("apk", value)
        elif key in CURRENT and (named := component(value.partition(" ")[0])):
            current.add(named[1])
        elif key in ENABLED:
            listed = True
            parts = (component(part.partition(";")[0]) for part in value.split(":"))
            enabled.update(named[1] for named in parts if named)
    for name in (current | enabled) - set(found):
        found[name] = {"line": None, "app_id": name.partition("/")[0]}
    if not found:
        file.problem("it names no keyboard")
    for name, values in found.items():
        states = {"default": name in current if current else None, "enabled": name in enabled if listed else None}
        yield from file.record(InputMethod, Place(line=values.pop("line")), component=name, **values, **states)
