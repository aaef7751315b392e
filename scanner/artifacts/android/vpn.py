"""VPNs: apps that all traffic of the phone, or of some apps, goes through."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, Place, Record

USER = re.compile(r"\s*(?:User )?(\d{1,9}):")
TYPES = {-1: "none", 1: "app", 2: "platform", 3: "legacy", 4: "maker"}
NOBODY = {"", "null", "[Legacy VPN]"}
OWNER = re.compile(r"\b(?:Owner|EstablishingApp|EstablishingVpnApp)Uid: (\d{1,10})\b")
SESSION = re.compile(r"\bsessionId=(.{0,500}?)(?: bypassable|, |\}|>)")


class Vpn(Record):
    """An app that may carry, or carries, the phone's traffic."""

    app_id: AppId | None = None
    user: int | None = None
    active: bool | None = None
    type: int | None = None
    type_name: str | None = None
    """`app`: an app made it; `platform`, `legacy`: the phone's own settings made it."""
    uid: int | None = None
    """The user id of the app that made it."""
    always_on: bool | None = None
    lockdown: bool | None = None
    """Whether traffic outside of it is blocked."""
    session: str | None = None
    """What the app calls the connection."""


@artifact("dumpsys:/vpn_management")
def management(file: File) -> Iterator[Vpn]:
    """The app that each user lets make VPNs, and whether one is on (Android 12 and later).

    References:
        AOSP, com.android.server.connectivity.Vpn.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/
    """
    values: dict[str, Any] = {}
    known, user = False, None
    for line, text in file.lines():
        stripped = text.strip()
        key, _, value = stripped.partition(": ")
        if found := USER.match(text):
            user = found[1]
        elif key == "Active package name":
            yield from made(file, values)
            known = True
            values = {"place": Place(line=line), "app_id": value.strip(), "user": user}
        elif key == "Active vpn type":
            values["type"] = value.strip()
        elif key == "NetworkCapabilities" and values:
            values |= capabilities(value)
        elif key in {"Lockdown", "mLockdown", "Always-on", "mAlwaysOn"} and values:
            values["lockdown" if "ockdown" in key else "always_on"] = value.strip()
        elif stripped == "VPNs:":
            known = True
    yield from made(file, values)
    if not known:
        file.problem("it has no list of VPNs")


def capabilities(text: str) -> dict[str, str]:
    """Owner and session of a VPN from its network's capabilities."""
    uid, session = OWNER.search(text), SESSION.search(text)
    return ({"uid": uid[1]} if uid else {}) | ({"session": session[1]} if session and session[1] != "null" else {})


def made(file: File, values: dict[str, Any]) -> Iterator[Vpn]:
    """The record of a user's VPN; none where no app may make one and none is on."""
    kind = int(values["type"]) if re.fullmatch(r"-?\d{1,3}", values.get("type", "")) else None
    values["app_id"] = None if values.get("app_id", "") in NOBODY else values["app_id"]
    if "place" not in values or (values["app_id"] is None and kind in {None, -1}):
        return
    values |= {"type": kind, "type_name": TYPES.get(kind) if kind is not None else None}
    values["active"] = kind > 0 if kind is not None else None
    yield from file.record(Vpn, values.pop("place"), **values)
