"""The permission store of Android 14 and newer: permissions and modes of app operations in one file for each user."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from scanner.artifact import artifact
from scanner.artifacts.android.appops import AppOp
from scanner.artifacts.android.folders import user_of
from scanner.artifacts.android.permissions import AppPermission
from scanner.evidence import File
from scanner.formats.android_text import PER_USER, bit_names, whole
from scanner.formats.dumpsys_appops import MODES
from scanner.record import Place

INSTALL_GRANTED, INSTALL_REVOKED, PROTECTION_GRANTED, RUNTIME_GRANTED = 1 << 0, 1 << 1, 1 << 2, 1 << 4
LEGACY_GRANTED, IMPLICIT_GRANTED, RESTRICTION_REVOKED = 1 << 10, 1 << 11, 1 << 18
AT_INSTALLATION = INSTALL_GRANTED | INSTALL_REVOKED | PROTECTION_GRANTED
FLAGS = {
    3: "GRANTED_BY_ROLE", 5: "USER_SET", 6: "USER_FIXED", 7: "POLICY_FIXED", 8: "SYSTEM_FIXED",
    9: "GRANTED_BY_DEFAULT", 13: "USER_SENSITIVE_WHEN_GRANTED", 14: "USER_SENSITIVE_WHEN_DENIED",
    15: "RESTRICTION_INSTALLER_EXEMPT", 16: "RESTRICTION_SYSTEM_EXEMPT", 17: "RESTRICTION_UPGRADE_EXEMPT",
    18: "APPLY_RESTRICTION", 21: "ONE_TIME", 22: "AUTO_REVOKED",
}  # fmt: skip
"""Bits by the names that dumps have for them."""


def granted(flags: int) -> bool:
    """Whether flags grant a permission, in the order in which Android looks at them."""
    if flags & INSTALL_GRANTED:
        return True
    if flags & INSTALL_REVOKED:
        return False
    if flags & (PROTECTION_GRANTED | LEGACY_GRANTED | IMPLICIT_GRANTED):
        return True
    return not flags & RESTRICTION_REVOKED and bool(flags & RUNTIME_GRANTED)


@artifact("/data/misc_de/*/apexdata/com.android.permission/access.abx")
def access(file: File) -> Iterator[AppPermission | AppOp]:
    """Permissions by uid, and modes of app operations by uid and by app, of one user.

    The store names no apps for permissions: all apps of a uid have the same.

    References:
        AOSP, AppIdPermissionPersistence, PackageAppOpPersistence, PermissionFlags:
        https://android.googlesource.com/platform/frameworks/base
    """
    user = user_of(file.path)
    root = file.xml()
    for one in root.iterfind("app-id-permissions/app-id"):
        yield from permissions(file, one, identity(one, user))
    for one in root.iterfind("app-id-app-ops/app-id"):
        yield from modes(file, one, identity(one, user))
    for one in root.iterfind("package-app-ops/package"):
        yield from modes(file, one, {"app_id": one.get("name"), "user": user})


def identity(one: Element, user: int) -> dict[str, Any]:
    """The uid of a user's copy of an app."""
    number = whole(one.get("id"))
    return {"user": user, "uid": None if number is None else number + user * PER_USER}


def permissions(file: File, parent: Element, whose: dict[str, Any]) -> Iterator[AppPermission]:
    """The permissions of one uid."""
    for number, one in enumerate(parent.iterfind("permission")):
        flags = whole(one.get("flags")) or 0
        yield from file.record(
            AppPermission,
            Place(key=f"{whose['uid']}.permission[{number}]"),
            **whose,
            permission=one.get("name"),
            kind="install" if flags & AT_INSTALLATION else "runtime",
            granted=granted(flags),
            flags=bit_names(flags, FLAGS),
        )


def modes(file: File, parent: Element, whose: dict[str, Any]) -> Iterator[AppOp]:
    """The modes of one uid or app; operations have their public names (`android:camera`)."""
    for number, one in enumerate(parent.iterfind("app-op")):
        name, mode = one.get("name"), one.get("mode")
        place = Place(key=f"{whose.get('app_id') or whose.get('uid')}.app-op[{number}]")
        op = name.removeprefix("android:").upper() if name else None
        yield from file.record(AppOp, place, **whose, op=op, mode=MODES.get(mode or "", mode))
