"""Permissions of apps: which they ask for, and which they have."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.evidence import File
from scanner.formats.android_text import bit_names, whole
from scanner.formats.dumpsys_package import Block
from scanner.record import AppId, Place, Record

GRANTED = ": granted="


class AppPermission(Record):
    """A permission that an app has, was denied, or asks for."""

    app_id: AppId | None = None
    shared_user: str | None = None
    """The apps of one shared uid have their permissions together."""
    user: int | None = None
    uid: int | None = None
    """Where the source names no app, but the uid of one."""
    permission: str
    kind: str
    """`runtime` (the owner is asked), `install` (given with the installation), or `requested`: undecided."""
    granted: bool | None = None
    flags: tuple[str, ...] = ()
    """USER_SET, USER_FIXED, SYSTEM_FIXED, POLICY_FIXED, GRANTED_BY_DEFAULT, REVOKE_WHEN_REQUESTED…"""


def of_block(file: File, block: Block) -> Iterator[AppPermission]:
    """The permissions in a package's or shared user's block of `dumpsys package`."""
    place = Place(line=block.line)
    decided = set()
    for state in (block.package, *block.users):
        for kind in ("install", "runtime", "granted"):
            for line in state.all(kind):
                values = permission(line)
                decided.add(values["permission"])
                values["kind"] = "install" if kind == "granted" else kind
                if state.user is not None:
                    values["user"] = state.user
                yield from owned(file, block, place, values)
    for line in block.package.all("requested"):
        if (name := line.replace(",", ":").partition(":")[0].rstrip()) not in decided:  # `x: restricted=true`
            yield from owned(file, block, place, {"permission": name, "kind": "requested"})


def owned(file: File, block: Block, place: Place, values: dict[str, Any]) -> Iterator[AppPermission]:
    """A permission of a block's package or shared user."""
    values["shared_user" if block.shared else "app_id"] = block.name
    if (made := file.made(AppPermission, place, values)) is not None:
        yield made


def permission(line: str) -> dict[str, Any]:
    """`android.permission.CAMERA: granted=true, flags=[ USER_SET|…], userId=0`; before Android 6 the name alone."""
    name, _, rest = line.partition(GRANTED)
    values: dict[str, Any] = {"permission": name or None, "granted": not rest or rest.startswith("true")}
    if "flags=[" in rest:
        inside = rest.partition("flags=[")[2].partition("]")[0]
        values["flags"] = tuple(inside.replace("|", " ").split())
    if "userId=" in rest and (user := rest.partition("userId=")[2].split(",")[0].strip()).isdecimal():
        values["user"] = user
    return values


FLAGS = {
    0: "USER_SET", 1: "USER_FIXED", 2: "POLICY_FIXED", 3: "REVOKED_COMPAT", 4: "SYSTEM_FIXED", 5: "GRANTED_BY_DEFAULT",
    6: "REVIEW_REQUIRED", 7: "REVOKE_WHEN_REQUESTED", 8: "USER_SENSITIVE_WHEN_GRANTED",
    9: "USER_SENSITIVE_WHEN_DENIED", 11: "RESTRICTION_INSTALLER_EXEMPT", 12: "RESTRICTION_SYSTEM_EXEMPT",
    13: "RESTRICTION_UPGRADE_EXEMPT", 14: "APPLY_RESTRICTION", 15: "GRANTED_BY_ROLE", 16: "ONE_TIME",
    17: "AUTO_REVOKED", 19: "SELECTED_LOCATION_ACCURACY",
}  # fmt: skip
"""Bits of the flags that the file writes as a number; the names are the dump's."""


def flag_names(text: str | None) -> tuple[str, ...]:
    """The names of flags written as a hexadecimal number."""
    return bit_names(whole(text, 16) or 0, FLAGS)


@artifact(
    "/data/system/users/*/runtime-permissions.xml",
    "/data/misc_de/*/apexdata/com.android.permission/runtime-permissions.xml",
)
def runtime(file: File) -> Iterator[AppPermission]:
    """Permissions that the owner of the phone was asked for, of one user (a module's file since Android 11).

    References:
        AOSP, RuntimePermissionsPersistenceImpl: https://android.googlesource.com/platform/packages/modules/Permission
    """
    user = user_of(file.path)
    for owner in file.xml():
        if owner.tag in {"pkg", "package", "shared-user"}:
            yield from stored(file, owner, user)


def stored(file: File, owner: Element, user: int) -> Iterator[AppPermission]:
    """The permissions of one app, or of one shared uid."""
    name = owner.get("name")
    for number, item in enumerate(owner):
        if item.tag in {"item", "permission"}:
            yield from file.record(
                AppPermission,
                Place(key=f"{owner.tag}.{name}[{number}]"),
                **{"shared_user" if owner.tag == "shared-user" else "app_id": name},
                user=user,
                permission=item.get("name"),
                kind="runtime",
                granted=item.get("granted", "true") == "true",
                flags=flag_names(item.get("flags")),
            )
