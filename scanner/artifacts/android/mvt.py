"""Results of mvt-android, as records of our own types."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.accessibility import AccessibilityService
from scanner.artifacts.android.appops import AppOp, AppOpUse
from scanner.artifacts.android.compat import CompatOverride
from scanner.artifacts.android.files import FileEntry
from scanner.artifacts.android.integrity import RootBinary
from scanner.artifacts.android.intrusion_logs import ConnectEvent, DnsEvent
from scanner.artifacts.android.mounts import Mount
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.processes import RunningProcess
from scanner.artifacts.android.properties import Property
from scanner.artifacts.android.settings import Setting
from scanner.artifacts.android.sms import TextMessage
from scanner.artifacts.android.tombstones import Crash
from scanner.artifacts.mvt_records import MvtNote, MvtRow, MvtTrace
from scanner.artifacts.mvt_row import Form, Made, Row, form
from scanner.artifacts.mvt_rows import address as link
from scanner.artifacts.mvt_rows import read
from scanner.evidence import File

SENT = "2"
HASHES = ("md5", "sha1", "sha256", "sha512")
NOBODY = frozenset({"null", "None"})
NUMBER = re.compile(r"[0-9]{1,16}")
PER_USER = 100_000


def address(value: Any) -> str:
    """An IP address; Java writes `name/address`."""
    return str(value).rpartition("/")[2]


def app(row: Row) -> Made:
    """An app that AndroidQF lists, with its files and whom they are signed by."""
    values: dict[str, Any] = {"certificates": [], "hashes": [], "files": []}
    for one in row.several("files"):
        values["files"] += [path] if isinstance(path := one.take("path"), str) else []
        values["hashes"] += [value for name in HASHES if isinstance(value := one.take(name), str)]
        signed = one.values.get("certificate")
        if isinstance(signed, dict):
            taken = one.inner(signed)
            found = [taken.take(name) for name in signed if name.lower() in HASHES]
            values["certificates"] += [value for value in found if isinstance(value, str)]
            one.values["certificate"] = taken.values
    yield Package, values | installer(row) | row.taking({"app_id": "name", "uid": "uid", "system": "system"})


def installer(row: Row) -> dict[str, Any]:
    """Who installed an app; `null` is nobody."""
    found = row.take("installer")
    return {"installer": None if found in NOBODY else found}


def package(row: Row) -> Made:
    """An app of the phone's own list, for each user."""
    names = {
        "app_id": "package_name", "version_name": "version_name", "version_code": "version_code", "min_sdk": "min_sdk",
        "target_sdk": "target_sdk", "system": "system", "last_update": "last_update_time",
    }  # fmt: skip
    number, kind, first = row.take("app_id"), row.take("package_type"), row.take("timestamp")
    shared = row.taking(names) | installer(row) | {"factory": kind == "hidden_system"}
    own = ("installed", "hidden", "suspended", "stopped", "not_launched", "instant", "enabled")
    for user in row.several("users") or [row.inner({})]:
        values = user.taking({"user": "user_id", "time": "first_install_time"} | {name: name for name in own})
        who = values.get("user") or 0
        uid = number + who * PER_USER if isinstance(number, int) and isinstance(who, int) else None
        yield Package, {"time": first} | shared | values | {"uid": uid}


def process(row: Row) -> Made:
    """A program that ran."""
    row.take("address")
    names = {"pid": "pid", "ppid": "ppid", "user": "user", "state": "state", "context": "label"}
    yield RunningProcess, {"name": row.take("command") or row.take("name"), **row.taking(names)}


def sms(row: Row) -> Made:
    """A message; MVT's own direction is the wrong way round, so that the phone's number of the box counts."""
    box = row.take("type")
    for name in ("isodate", "direction"):
        row.take(name)
    names = {
        "address": "address",
        "body": "body",
        "time": "date",
        "sent": "date_sent",
        "read": "read",
        "box": "msg_box",
    }
    values = {
        name: value if name in {"body", "address"} else number(value) for name, value in row.taking(names).items()
    }
    people = row.take("recipients") or ()
    values["others"] = tuple(one for one in people if isinstance(one, str) and one != values.get("address"))
    if links := row.links(values.get("body")):
        row.values["links"] = list(links)
    yield TextMessage, values | ({"from_me": str(box) == SENT, "box": number(box)} if box is not None else {})


def number(value: Any) -> Any:
    """A whole number that is written as a text."""
    return int(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value


def name_asked(row: Row) -> Made:
    """A name that an app asked for."""
    row.take("timestamp")
    addresses = tuple(address(one) for one in row.take("ip_addresses") or [])
    yield (
        DnsEvent,
        row.taking({"time": "event_time", "host": "hostname", "package": "package_name"}) | {"addresses": addresses},
    )


def connection(row: Row) -> Made:
    """An address that an app connected to."""
    row.take("timestamp")
    found = address(row.take("ip_address"))
    yield (
        ConnectEvent,
        row.taking({"time": "event_time", "port": "port", "package": "package_name"}) | {"address": found},
    )


def mount(row: Row) -> Made:
    """A mounted file system."""
    row.take("options_list")
    pids = row.take("process_ids")
    names = {"mount_point": "mount_point", "device": "device", "file_system": "filesystem_type", "root": "root"}
    pid = pids[0] if isinstance(pids, list) and pids else None
    yield Mount, row.taking(names | {"options": "mount_options"}) | {"pid": pid}


def crash(row: Row) -> Made:
    """A program that crashed."""
    signal = row.take("signal_info")
    words = row.take("command_line")
    signal = signal if isinstance(signal, dict) else {}
    names = {
        "time": "timestamp", "process": "binary_path", "thread": "process_name", "pid": "pid", "tid": "tid",
        "uid": "uid", "selinux_label": "selinux_label", "abort_message": "abort_message", "abi": "arch",
        "build_fingerprint": "build_fingerprint", "uptime": "process_uptime",
    }  # fmt: skip
    yield Crash, row.taking(names) | {
        "command_line": " ".join(map(str, words)) if isinstance(words, list) else words,
        "signal": signal.get("number"), "signal_name": signal.get("name"), "code": signal.get("code"),
        "code_name": signal.get("code_name"),
    }  # fmt: skip


def app_ops(row: Row) -> Made:
    """What an app may do, and when it did it."""
    owner = row.take("package_name")
    for given in row.several("permissions"):
        op = given.take("name")
        yield AppOp, {"app_id": owner, "op": op, "mode": given.take("mode")}
        for use in given.several("entries"):
            names = {"time": "timestamp", "kind": "event", "state": "uid_state", "proxy": "proxy_package"}
            yield AppOpUse, {"app_id": owner, "op": op, **use.taking(names)}


SETTINGS = form(
    Setting, namespace="namespace", name="name", value="value", changed_by="pkg", default="default", user="user"
)
PROPERTIES = form(Property, name="name", value="value")
FORMS: dict[str, Form] = {
    "aqf_files": form(
        FileEntry, path="path", time="modified_time", changed="changed_time", accessed="access_time", size="size",
        mode="mode", uid="user_id", gid="group_id", user="user_name", group="group_name", context="context", md5="md5",
        sha1="sha1", sha256="sha256", sha512="sha512", error="error",
    ),
    "aqf_get_prop": PROPERTIES,
    "aqf_packages": app,
    "aqf_processes": process,
    "aqf_settings": SETTINGS,
    "connect_event": connection,
    "dns_event": name_asked,
    "dumpsys_accessibility": form(
        AccessibilityService, app_id="package_name", component="component", user="user_id", enabled="enabled",
        bound="bound", binding="binding", crashed="crashed", installed="installed",
    ),
    "dumpsys_appops": app_ops,
    "dumpsys_get_prop": PROPERTIES,
    "dumpsys_packages": package,
    "dumpsys_platform_compat": form(CompatOverride, package="package_name", change="change_id"),
    "getprop": PROPERTIES,
    "mounts": mount,
    "processes": process,
    "root_binaries": form(RootBinary, path="value"),
    "settings": SETTINGS,
    "sms": sms,
    "tombstones": crash,
    "urls": link,
}  # fmt: skip
"""By the name of MVT's module: what makes records of its rows."""


def local(module: str) -> bool:
    """Whether a module's times are those of the phone's own clock."""
    return module.startswith(("dumpsys_", "aqf_"))


@artifact("mvt:/results/*", "mvt:/said/*")
def results(
    file: File,
) -> Iterator[
    AccessibilityService | AppOp | AppOpUse | CompatOverride | ConnectEvent | Crash | DnsEvent | FileEntry | Mount
    | MvtNote | MvtRow | MvtTrace | Package | Property | RootBinary | RunningProcess | Setting | TextMessage
]:  # fmt: skip
    """What mvt-android read from a bug report, a backup, an AndroidQF acquisition or intrusion logs.

    References:
        https://docs.mvt.re/en/latest/android/
    """
    yield from read(file, FORMS, local)  # type: ignore[misc]
