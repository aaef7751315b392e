"""Installed apps as the short form of the package service's dump lists them: with times that need no zone."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.packages import ENABLED, SOURCES, Package, origin, word
from scanner.evidence import File
from scanner.formats.android_text import PER_USER, moment, whole
from scanner.record import Place

STATE = re.compile(r"([Ii])([Bb])(SU|su)?([Ss])([lL])")
INSTALLER = re.compile(r"(\?|[A-Za-z][\w.]*?)(-?\d+)(\?|[A-Za-z][\w.]*)(?:\(.*\))?")
OWN, OF_USER = "pkg", "pkg-usr"
FIELDS, OF_USER_FIELDS = 7, 5
NOBODY = {"", "?"}


@artifact("section:/CHECKIN PACKAGE")
def checkin(file: File) -> Iterator[Package]:
    """Apps as `dumpsys package --checkin` lists them, one line for each and one for each of its users.

    To Android 12 the app's line has the times of installation and update; since 13 the first is in the user's line,
    and installer, its uid and the owner of updates stand together without a separator.

    References:
        AOSP, com.android.server.pm.Settings, dumpPackageLPr: https://android.googlesource.com/platform/frameworks/base
    """
    shared: dict[str, Any] = {}
    for number, line in file.lines():
        kind, _, rest = line.partition(",")
        values = rest.split(",")
        if kind == OWN:
            shared = {}
            if len(values) < FIELDS - 1:
                file.problem("a line of an app with too few fields", number)
            else:
                shared = described(values)
        elif kind == OF_USER and shared:
            yield from file.record(Package, Place(line=number), **{**shared, **own(values, shared["uid"])})


def described(values: list[str]) -> dict[str, Any]:
    """What holds for all users."""
    name, app, version, one, two, three = values[: FIELDS - 1]
    fields: dict[str, Any] = {"app_id": name or None, "uid": whole(app), "version_code": whole(version)}
    if two.isdecimal():
        return {**fields, "time": moment(one), "last_update": moment(two), **origin(three, None, None, None)}
    found, source = INSTALLER.fullmatch(two), whole(three)
    installer, owner = (found[1], found[3]) if found else (two, None)
    return {
        **fields,
        "last_update": moment(one),
        **origin(installer, None, None, owner),
        "installer_uid": uid if found and (uid := whole(found[2])) is not None and uid >= 0 else None,
        "package_source": source,
        "package_source_name": word(SOURCES, source),
    }


def own(values: list[str], app: int | None) -> dict[str, Any]:
    """What holds for one user: `0,IbsusLiavpiha,0,?,`."""
    user, state, enabled, caller, first = (values + [""] * OF_USER_FIELDS)[:OF_USER_FIELDS]
    found, number, code = STATE.match(state), whole(user) or 0, whole(enabled)
    fields: dict[str, Any] = {
        "user": number,
        "uid": None if app is None else app + number * PER_USER,
        "enabled": code,
        "enabled_name": word(ENABLED, code),
        "disabled_by": None if caller in NOBODY else caller,
    }
    if first.isdecimal():
        fields["time"] = moment(first)
    if found:
        fields |= {
            "installed": found[1] == "I",
            "hidden": found[2] == "B",
            "suspended": found[3] == "SU",
            "stopped": found[4] == "S",
            "not_launched": found[5] == "l",
        }
    return fields
