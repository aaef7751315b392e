"""The device policy engine: which rule of the phone was set by whom."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.artifact import artifact
from scanner.artifacts.android.components import component
from scanner.evidence import File
from scanner.formats.indented import Node, outline
from scanner.record import AppId, Place, Record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

USER = re.compile(r"User (\d{1,9}):")
ADMIN = re.compile(r"EnforcingAdmin ?\{ ?mPackageName= ?([^,} ]+)")
KEY = re.compile(r"\w*PolicyKey\s*")


class AdminPolicy(Record):
    """A rule that an administrator set for a user or the whole phone, since Android 14."""

    app_id: AppId
    component: str | None = None
    policy: str
    """`userRestriction_no_add_user`, `permissionGrant …`, `lockTask`… as the phone names it."""
    value: str | None = None
    user: int | None = None
    """None: for the whole phone."""


@artifact("dumpsys:/device_policy")
def dump(file: File) -> Iterator[AdminPolicy]:
    """Rules that administrators set, from the policy engine's part of the dump (Android 14 and later).

    References:
        AOSP, com.android.server.devicepolicy.PolicyState.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/devicepolicy/
    """
    for top in outline(file.lines()):
        for node in top.walk():
            if node.text.startswith("Local Policies:"):
                for child in node.children:
                    if found := USER.match(child.text):
                        yield from policies(file, child, found[1])
            elif node.text.startswith("Global Policies:"):
                yield from policies(file, node, None)


def policies(file: File, node: Node, user: str | None) -> Iterator[AdminPolicy]:
    """The rules of a user, or of the whole phone."""
    for key in node.children:
        if (setters := key.below("Per-admin Policy")) is None:
            continue
        policy = KEY.sub("", key.text, count=1)
        for setter in setters.children:
            if not (found := ADMIN.match(setter.text)):
                continue
            named = component(setter.text.partition("mComponentName=")[2].partition("}")[0])
            values = {"policy": policy, "value": value_of(setter), "user": user}
            place = Place(line=setter.line)
            yield from file.record(AdminPolicy, place, app_id=found[1], component=named[1] if named else None, **values)


def value_of(setter: Node) -> str | None:
    """What an administrator set, as text."""
    if not setter.children:
        return None
    text = setter.children[0].text
    _, stated, value = text.partition("mValue=")
    return value.removesuffix("}").strip() if stated and value.endswith("}") else text


@artifact("/data/system/device_policy_state.xml")
def stored(file: File) -> Iterator[AdminPolicy]:
    """The same as the phone keeps it (binary XML, Android 14 and later).

    References:
        AOSP, com.android.server.devicepolicy.DevicePolicyEngine, PolicyState.saveToXml:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/devicepolicy/
    """
    for number, entry in enumerate(file.xml()):
        if entry.tag not in {"local-policy-entry", "global-policy-entry"}:
            continue
        key = policy_of(entry)
        for setter in (child for state in entry.iter("policy-state-entry") for child in state):
            admin = next((one for one in setter.iter() if one.get("package-name")), None)
            if admin is None:
                continue
            app_id, name = admin.get("package-name"), admin.get("class-name")
            values = {"app_id": app_id, "component": f"{app_id}/{name}" if name else None, "policy": key}
            values["value"] = next((value for one in setter.iter() if (value := one.get("value")) is not None), None)
            user = entry.get("user-id")
            yield from file.record(AdminPolicy, Place(key=f"{entry.tag}.{number}"), user=user, **values)


def policy_of(entry: "Element") -> str | None:
    """The name of an entry's rule, and what it is about (a package, a permission); a part is said once."""
    name = ""
    for key in entry.iter("policy-key-entry"):
        for one in key.iter():
            for value in one.attrib.values():
                if value not in name:
                    name = f"{name} {value}".strip()
    return name or None
