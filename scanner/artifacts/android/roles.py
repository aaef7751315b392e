"""Roles: which app is the dialer, the SMS app, the assistant, the home screen and so on."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.evidence import File
from scanner.formats import dual_dump
from scanner.record import AppId, Place, Record


class RoleHolder(Record):
    """An app that holds a role for a user (`android.app.role.SMS`: it gets and sends the text messages)."""

    role: str
    app_id: AppId
    user: int | None = None


@artifact("dumpsys:/role")
def dump(file: File) -> Iterator[RoleHolder]:
    """The holders of every role, of every user, since Android 10.

    References:
        Android, RoleManager: https://developer.android.com/reference/android/app/role/RoleManager
    """
    root, problem = dual_dump.read(file.lines())
    if problem:
        file.problem(problem)
    states = [block for block in root.named("user_states") if block.get("user_id") is not None]
    if not states:
        file.problem("it has no state of a user")
    for state in states:
        for role in state.named("roles"):
            for holder in role.texts("holders"):
                values = {"role": role.get("name"), "app_id": holder, "user": state.get("user_id")}
                yield from file.record(RoleHolder, Place(line=role.line), **values)


@artifact("/data/system/users/*/roles.xml", "/data/misc_de/*/apexdata/com.android.permission/roles.xml")
def stored(file: File) -> Iterator[RoleHolder]:
    """The same as the phone keeps it: `roles.xml` of each user (text or binary XML).

    References:
        AOSP, RolesPersistenceImpl:
        https://android.googlesource.com/platform/packages/modules/Permission/+/refs/heads/main/service/
    """
    for role in file.xml().iter("role"):
        for holder in role.iter("holder"):
            place = Place(key=f"{role.get('name')}.{holder.get('name')}")
            values = {"role": role.get("name"), "app_id": holder.get("name"), "user": user_of(file.path)}
            yield from file.record(RoleHolder, place, **values)
