"""Device administrators: apps that may lock, wipe or restrict the phone."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scanner.artifact import artifact
from scanner.artifacts.android.components import component
from scanner.artifacts.android.folders import user_of
from scanner.evidence import File
from scanner.formats.android_text import bit_names, named, whole
from scanner.formats.indented import Node, outline
from scanner.record import AppId, Place, Record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

POLICIES = (
    "limit-password", "watch-login", "reset-password", "force-lock", "wipe-data", "set-global-proxy", "expire-password",
    "encrypted-storage", "disable-camera", "disable-keyguard-features",
)  # fmt: skip
"""What the bits of an administrator's policies mean, from the lowest."""
OWNER = re.compile(r"(Device|Profile) Owner(?: \(User (\d{1,9})\))?:")
ADMINS = re.compile(r"Enabled Device Admins(?: \(User (\d{1,9})[^)]*\))?:")
VALUES = {"uid": "uid", "testOnlyAdmin": "test_only", "mAlwaysOnVpnPackage": "vpn", "mAlwaysOnVpnLockdown": "lockdown"}

TAGS = {"test-only-admin": "test_only", "vpn-package": "vpn", "vpn-lockdown": "lockdown"}


class DeviceAdmin(Record):
    """An app with an administrator's power over the phone or a profile."""

    app_id: AppId
    component: str | None = None
    kind: str
    """`admin`, `device owner` (rules the whole phone) or `profile owner` (rules a work profile or a folder)."""
    user: int | None = None
    uid: int | None = None
    test_only: bool | None = None
    """Made an administrator over adb, as only apps that are marked as tests can be."""
    policies: tuple[str, ...] = ()
    """What it asked the owner for: force-lock, wipe-data, reset-password, disable-camera…"""
    restrictions: tuple[str, ...] = ()
    """What it forbids the owner: no_debugging_features, no_factory_reset…"""
    vpn: AppId | None = None
    """The app that all traffic must go through, set by this administrator."""
    lockdown: bool | None = None
    name: str | None = None
    """What an owner is called towards the user."""


@artifact("dumpsys:/device_policy")
def dump(file: File) -> Iterator[DeviceAdmin]:
    """Device owner, profile owners and device administrators of all users.

    `Enabled Device Admins:` without a user to Android 4.1, with it since; owners since Android 5.

    References:
        AOSP, com.android.server.devicepolicy.ActiveAdmin.dump, Owners.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/devicepolicy/
    """
    known = False
    for top in outline(file.lines()):
        for node in top.walk():
            if found := OWNER.match(node.text):
                yield from owner(file, node, found[1].lower(), found[2])
            elif found := ADMINS.match(node.text):
                known = True
                yield from admins(file, node, found[1])
    if not known:
        file.problem("it has no list of device administrators")


def owner(file: File, node: Node, kind: str, user: str | None) -> Iterator[DeviceAdmin]:
    """The device's or a profile's owner."""
    values: dict[str, str] = {}
    for child in node.children:
        key, _, value = child.text.partition(": " if child.text.startswith("User ID") else "=")
        values[key] = value
    app_id, name = component(values.get("admin", "")) or (values.get("package"), None)
    if not app_id:
        file.problem(f"the {kind} owner has no package", node.line)
        return
    fields = {
        "app_id": app_id,
        "component": name,
        "kind": f"{kind} owner",
        "name": named(values.get("name")),
    }
    yield from file.record(DeviceAdmin, Place(line=node.line), user=user or values.get("User ID"), **fields)


def admins(file: File, node: Node, user: str | None) -> Iterator[DeviceAdmin]:
    """The administrators of one user: a component, and below it `key=value` and lists."""
    for child in node.children:
        if not child.text.endswith(":") or "=" in child.text:
            continue
        if one := component(child.text[:-1]):
            values: dict[str, Any] = {"app_id": one[0], "component": one[1], "kind": "admin", "user": user}
            yield from file.record(DeviceAdmin, Place(line=child.line), **values | details(child))
        elif child.children:
            file.problem(f"no administrator: {child.text}", child.line)


def details(node: Node) -> dict[str, Any]:
    """An administrator's uid, policies, restrictions and always-on VPN."""
    values: dict[str, Any] = {}
    for child in node.children:
        key, equals, value = child.text.partition("=")
        if equals and key in VALUES:
            values[VALUES[key]] = named(value)
        elif child.text in {"policies:", "userRestrictions:"}:
            listed = tuple(below.text for below in child.children if below.text not in {"null", "none"})
            values["policies" if child.text == "policies:" else "restrictions"] = listed
    return values


@artifact("/data/system/device_policies.xml", "/data/system/users/*/device_policies.xml")
def stored(file: File) -> Iterator[DeviceAdmin]:
    """Device administrators as the phone keeps them: `device_policies.xml` of each user (text or binary XML).

    References:
        AOSP, com.android.server.devicepolicy.ActiveAdmin.writeToXml:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/devicepolicy/
    """
    for admin in file.xml().iter("admin"):
        one = component(admin.get("name", ""))
        if one is None:
            file.problem(f"no administrator: {admin.get('name')!r}")
            continue
        values = {"app_id": one[0], "component": one[1], "kind": "admin", "user": user_of(file.path)}
        yield from file.record(DeviceAdmin, Place(key=admin.get("name")), **values | kept(file, admin))


def kept(file: File, admin: "Element") -> dict[str, Any]:
    """An administrator's policies, restrictions and always-on VPN from its element."""
    values: dict[str, Any] = {}
    for child in admin:
        if child.tag == "policies":
            values["policies"] = flags(file, child.get("flags", "0"))
        elif child.tag == "user-restrictions":
            values["restrictions"] = tuple(sorted(name for name, on in child.items() if on == "true"))
        elif child.tag in TAGS:
            values[TAGS[child.tag]] = child.get("value")
    return values


def flags(file: File, bits: str) -> tuple[str, ...]:
    """The policies that a number's bits stand for."""
    if not bits.isdecimal():
        file.problem(f"the flags of policies are no number: {bits!r}")
        return ()
    return bit_names(whole(bits) or 0, dict(enumerate(POLICIES)))


@artifact("/data/system/device_owner_2.xml", "/data/system/device_owner.xml", "/data/system/users/*/profile_owner.xml")
def owners(file: File) -> Iterator[DeviceAdmin]:
    """Device owner and profile owners as the phone keeps them.

    References:
        AOSP, com.android.server.devicepolicy.OwnersData:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/devicepolicy/
    """
    root = file.xml()
    context = root.find("device-owner-context")
    for element in root.iter():
        if element.tag not in {"device-owner", "profile-owner"}:
            continue
        phone = element.tag == "device-owner"
        user = element.get("userId") or (context.get("userId") if phone and context is not None else None)
        one = component(element.get("component", ""))
        values: dict[str, Any] = {
            "kind": element.tag.replace("-", " "),
            "name": named(element.get("name")),
        }
        values |= {"user": user or user_of(file.path), "component": one[1] if one else None}
        values["app_id"] = named(element.get("package")) or (one[0] if one else None)
        yield from file.record(DeviceAdmin, Place(key=element.tag), **values)
