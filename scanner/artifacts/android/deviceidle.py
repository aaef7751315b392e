"""Apps that battery saving does not stop."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Place, Record

LISTS = {
    "Whitelist user apps:": "user", "Allowlist user apps:": "user", "Power save user allowlist:": "user",
    "Removed whitelist system apps:": "removed", "Removed allowlist system apps:": "removed",
    "Whitelist system apps:": "system", "Allowlist system apps:": "system",
}  # fmt: skip


class DozeExemption(Record):
    """An app that may work while the phone sleeps."""

    app_id: AppId
    kind: str
    """`user`: the owner, or the app by asking, exempted it; `system`: it came so; `removed`: no longer exempt."""


@artifact("dumpsys:/deviceidle")
def dump(file: File) -> Iterator[DozeExemption]:
    """Apps that are exempt from Doze, since Android 6.

    References:
        AOSP, com.android.server.DeviceIdleController.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/apex/jobscheduler/
    """
    kind, indent, known = "", 0, False
    for line, text in file.lines():
        stripped = text.strip()
        depth = len(text) - len(text.lstrip())
        if kind and depth > indent and stripped:
            yield from file.record(DozeExemption, Place(line=line), app_id=stripped, kind=kind)
            continue
        kind, indent = LISTS.get(stripped, ""), depth
        known = known or "list system apps:" in stripped or "hitelist (except" in stripped
    if not known:
        file.problem("it has no list of exempt apps")


@artifact("/data/system/deviceidle.xml")
def stored(file: File) -> Iterator[DozeExemption]:
    """The same as the phone keeps it: what the owner exempted, and system apps that were removed.

    References:
        AOSP, com.android.server.DeviceIdleController:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/apex/jobscheduler/
    """
    for element in file.xml().iter():
        if element.tag in {"wl", "un-wl"}:
            kind = "user" if element.tag == "wl" else "removed"
            place = Place(key=f"{element.tag}.{element.get('n')}")
            yield from file.record(DozeExemption, place, app_id=element.get("n"), kind=kind)
