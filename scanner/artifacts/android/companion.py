"""Companion devices: watches and other devices for which apps got further powers."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.record import AppId, MilliTime, Place, Record

FIELD = re.compile(r"\bm?(\w{1,40})=('(?:[^']|'(?!, |\})){0,300}'|[^,}]{0,300})")
NAMES = {
    "PackageName": "app_id", "companionAppPackage": "app_id", "UserId": "user", "userId": "user", "Id": "number",
    "DeviceMacAddress": "address", "DeviceAddress": "address", "deviceMacAddress": "address",
    "DisplayName": "name", "DeviceProfile": "profile", "deviceProfile": "profile", "SelfManaged": "self_managed",
}  # fmt: skip
ATTRIBUTES = {
    "package": "app_id", "id": "number", "mac_address": "address", "device": "address", "display_name": "name",
    "profile": "profile", "self_managed": "self_managed",
}  # fmt: skip


class CompanionDevice(Record):
    """A device for which an app may run in the background and, by its profile, see notifications or the screen."""

    time: MilliTime | None = None
    """When the owner approved it."""
    app_id: AppId
    user: int | None = None
    number: int | None = None
    address: str | None = None
    name: str | None = None
    profile: str | None = None
    """`android.app.role.COMPANION_DEVICE_WATCH`, `…_APP_STREAMING`…: what it got with it."""
    self_managed: bool | None = None
    """Whether the app connects by itself, without Bluetooth or Wi-Fi of the phone."""


@artifact("dumpsys:/companiondevice")
def dump(file: File) -> Iterator[CompanionDevice]:
    """Associations of apps with devices (Android 11 and later print them).

    References:
        Android, AssociationInfo: https://developer.android.com/reference/android/companion/AssociationInfo
    """
    removed = False
    for line, text in file.lines():
        stripped = text.strip()
        if stripped.endswith((":", "<empty>")):
            removed = "emoved" in stripped
        if not stripped.startswith("Association{") or removed:
            continue
        written = {key: value.strip("'") for key, value in FIELD.findall(stripped[12:])}
        values: dict[str, Any] = {NAMES[key]: value for key, value in written.items() if key in NAMES}
        values = {name: value for name, value in values.items() if value not in {"", "null"}}
        if (approved := written.get("TimeApprovedMs", "None")) not in {"None", "0"}:
            values["time"] = file.local(approved)
        yield from file.record(CompanionDevice, Place(line=line), **values)


@artifact(
    "/data/system_de/*/companion_device_manager.xml",
    "/data/system_de/*/companion_device_manager_associations.xml",
    "/data/system/users/*/companion_device_manager_associations.xml",
)
def stored(file: File) -> Iterator[CompanionDevice]:
    """Associations of a user's apps with devices, as the phone keeps them.

    References:
        AOSP, com.android.server.companion.association.AssociationDiskStore:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/companion/
    """
    for element in file.xml().iter("association"):
        values: dict[str, Any] = {
            name: element.get(key) for key, name in ATTRIBUTES.items() if element.get(key) is not None
        }
        place = Place(key=f"association.{element.get('id', '')}")
        yield from file.record(
            CompanionDevice, place, time=whole(element.get("time_approved")), user=user_of(file.path), **values
        )
