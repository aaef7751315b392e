"""The phone's users and profiles: owner, work profile, clones of apps, guests."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import bit_names, later, moment, whole
from scanner.formats.dumpsys_appops import duration
from scanner.formats.indented import pairs
from scanner.record import AwareTime, Place, Record

USER = re.compile(r"UserInfo\{(\d+):(.*):([0-9a-f]+)\}(.*)")
FLAGS = {
    0: "PRIMARY", 1: "ADMIN", 2: "GUEST", 3: "RESTRICTED", 4: "INITIALIZED", 5: "MANAGED_PROFILE", 6: "DISABLED",
    7: "QUIET_MODE", 8: "EPHEMERAL", 9: "DEMO", 10: "FULL", 11: "SYSTEM", 12: "PROFILE", 14: "MAIN",
}  # fmt: skip
AGES = {"Created": "created", "Last logged in": "last_login", "Start time": "started", "Unlock time": "unlocked"}


class PhoneUser(Record):
    """A user of the phone, or a profile of one: work profile, secure folder, second copy of apps."""

    user: int
    name: str | None = None
    flags: tuple[str, ...] = ()
    """PRIMARY, ADMIN, GUEST, MANAGED_PROFILE (work), PROFILE, EPHEMERAL…"""
    type: str | None = None
    parent: int | None = None
    """The user that a profile belongs to."""
    serial: int | None = None
    state: str | None = None
    """RUNNING_UNLOCKED, RUNNING_LOCKED; -1: not started since the phone was."""
    profile_owner: bool | None = None
    """Whether an app manages this user."""
    created: AwareTime | None = None
    last_login: AwareTime | None = None
    last_fingerprint: str | None = None
    """The build of the system at the last login."""
    started: AwareTime | None = None
    unlocked: AwareTime | None = None
    restrictions: tuple[str, ...] = ()


@artifact("dumpsys:/user")
def dumpsys(file: File) -> Iterator[PhoneUser]:
    """Users and profiles, their state, and when they were made and last used (counted back from the report).

    References:
        AOSP, UserManagerService, dump: https://android.googlesource.com/platform/frameworks/base
    """
    values: dict[str, Any] = {}
    line, listing = 0, False
    for number, text in file.lines():
        body = text.strip()
        if found := USER.match(body):
            yield from one(file, line, values)
            line, listing = number, False
            more = pairs(found[4])
            values = {
                "user": found[1],
                "name": None if found[2] == "null" else found[2],
                "flags": bit_names(int(found[3], 16), FLAGS),
                "serial": whole(more.get("serialNo")),
                "parent": whole(more.get("parentId")),
            }
        elif text[:2] == "  " and text[2:3] not in {"", " "}:
            yield from one(file, line, values)
            values = {}
        elif values and text[:1] == " ":
            listing = described(file, values, body, listing, number)
    yield from one(file, line, values)


def one(file: File, line: int, values: dict[str, Any]) -> Iterator[PhoneUser]:
    """The user whose lines have ended, if there is one."""
    if values:
        yield from file.record(PhoneUser, Place(line=line), **values)


def described(file: File, values: dict[str, Any], body: str, listing: bool, line: int) -> bool:
    """Take a line about a user; returns whether the next ones are restrictions."""
    key, colon, value = body.partition(":")
    value = value.strip()
    if listing and not colon:
        if body not in {"none", "null", ""}:
            values["restrictions"] = (*values.get("restrictions", ()), body)
        return True
    if field := AGES.get(key):
        values[field] = ago(file, value, line)
    elif key == "State":
        values["state"] = value
    elif key == "Type":
        values["type"] = value
    elif key == "Has profile owner":
        values["profile_owner"] = value == "true"
    elif key == "Last logged in fingerprint":
        values["last_fingerprint"] = value or None
    return key == "Effective restrictions"


def ago(file: File, text: str, line: int) -> datetime | None:
    """The time of something so long before the phone wrote this; none where it does not say."""
    took = duration(text.removesuffix(" ago"))
    if took is None and text not in {"<unknown>", ""}:
        file.problem(f"no duration: {text[:40]!r}", line)
    return later(file.clock.now, None if took is None else -took)


@artifact("/data/system/users/*.xml")
def stored(file: File) -> Iterator[PhoneUser]:
    """Users and profiles as the phone keeps them: the list of their numbers, and a file for each.

    References:
        AOSP, UserManagerService, writeUserLP: https://android.googlesource.com/platform/frameworks/base
    """
    root = file.xml()
    for number, each in enumerate([root] if root.tag == "user" else root.findall("user")):
        get = each.get
        name = each.findtext("name")
        yield from file.record(
            PhoneUser,
            Place(key=f"user[{number}]"),
            user=whole(get("id")),
            name=name or None,
            flags=bit_names(whole(get("flags")) or 0, FLAGS),
            type=get("type"),
            parent=parent if (parent := whole(get("profileGroupId"))) not in {None, -10000} else None,
            serial=whole(get("serialNumber")),
            created=moment(get("created")),
            last_login=moment(get("lastLoggedIn")),
            last_fingerprint=get("lastLoggedInFingerprint"),
            restrictions=tuple(name for name, on in restrictions(each) if on == "true"),
        )


def restrictions(user: Any) -> Iterator[tuple[str, str]]:
    """The restrictions of a user."""
    for found in user.findall("restrictions"):
        yield from found.attrib.items()
