"""Calls: which apps place and screen them, and those that the phone still remembers."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.components import component
from scanner.artifacts.android.roles import RoleHolder
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.record import AppId, MilliTime, Place, Record, Stage

ACCOUNT = re.compile(r"\[\[([ X])\] PhoneAccount: (ComponentInfo\{[^}]*\}), .*?UserHandle\{(-?\d{1,9})\}(.*)")
DIALER = re.compile(r"User (\d{1,9}): (\S+)$")
CALL = re.compile(r"Call (\S+): \{$")
DEFAULTS = {
    "DefaultCallRedirectionApp": "android.app.role.CALL_REDIRECTION",
    "DefaultCallScreeningApp": "android.app.role.CALL_SCREENING",
}
FIELDS = {
    "startTime": "time", "endTime": "ended", "direction": "direction", "callTechnologies": "technology",
    "callTerminationReason": "termination", "connectionService": "app_id",
}  # fmt: skip


class PhoneAccount(Record):
    """A way to place calls that an app offers; those of the SIM are the phone's own."""

    app_id: AppId
    component: str | None = None
    enabled: bool | None = None
    user: int | None = None
    capabilities: str | None = None


class TelecomCall(Record):
    """A call that was still known when the report was made; the phone hides its number."""

    stage = Stage.CONTACT
    time: MilliTime | None = None
    ended: MilliTime | None = None
    name: str
    """What the phone calls it, `TC@3`."""
    direction: str | None = None
    technology: str | None = None
    termination: str | None = None
    app_id: AppId | None = None
    """The app that carried it."""


@artifact("dumpsys:/telecom")
def dump(file: File) -> Iterator[PhoneAccount | TelecomCall | RoleHolder]:
    """Phone accounts, the apps that dial and screen calls, and recent calls without their numbers.

    References:
        AOSP, com.android.server.telecom.PhoneAccountRegistrar.dump, Analytics.dump:
        https://android.googlesource.com/platform/packages/services/Telecomm/
    """
    dialers, call = False, dict[str, Any]()
    for line, text in file.lines():
        stripped = text.strip()
        if call:
            key, _, value = stripped.partition(": ")
            if key in FIELDS:
                call[FIELDS[key]] = value.removesuffix(",")
            elif stripped.startswith("}"):
                yield from ended(file, call)
                call = {}
        elif found := ACCOUNT.match(stripped):
            yield from account(file, line, found)
        elif found := CALL.match(stripped):
            call = {"place": Place(line=line), "name": found[1]}
        elif dialers and (found := DIALER.match(stripped)):
            values = {"role": "android.app.role.DIALER", "app_id": found[2], "user": found[1]}
            yield from file.record(RoleHolder, Place(line=line), **values) if found[2] != "null" else ()
        elif (default := stripped.partition(": "))[0] in DEFAULTS and default[2] not in {"", "null"}:
            values = {"role": DEFAULTS[default[0]], "app_id": default[2]}
            yield from file.record(RoleHolder, Place(line=line), **values)
        else:
            dialers = stripped == "mDefaultDialerCache:"
    yield from ended(file, call)


def account(file: File, line: int, found: re.Match[str]) -> Iterator[PhoneAccount]:
    """The record of a phone account."""
    if (named := component(found[2])) is None:
        file.problem("a phone account could not be read", line)
        return
    capabilities = found[4].partition("Capabilities: ")[2].partition(" Audio Routes:")[0].strip(" ]") or None
    values = {"enabled": found[1] == "X", "user": found[3], "capabilities": capabilities}
    yield from file.record(PhoneAccount, Place(line=line), app_id=named[0], component=named[1], **values)


def ended(file: File, call: dict[str, Any]) -> Iterator[TelecomCall]:
    """The record of a call."""
    if call:
        service = component(str(call.get("app_id")))
        call["app_id"] = service[0] if service else None
        for name in ("time", "ended"):
            call[name] = whole(call.get(name))
        yield from file.record(TelecomCall, call.pop("place"), **call)
