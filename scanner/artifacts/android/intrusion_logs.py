"""Intrusion logs: names looked up, connections and security events that Android's Advanced Protection keeps."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

import msgspec

from scanner.artifact import artifact
from scanner.artifacts.android.security_tags import TAGS, tag
from scanner.evidence import File, UnsupportedError
from scanner.record import AppId, Domain, Hash, Path, Place, Process, Record, Stage, Text, Time

ZIP = b"PK\3\4"
NANOSECOND, HUGE = 1e17, 1e30
"""From here on a number is a count of nanoseconds since 1970; from there on, nothing."""
SHA256 = re.compile(r"[0-9a-fA-F]{64}\Z")
PATH = re.compile(r"(?<![\w.:/~-])/[\w.+@~/-]*\w")
PACKAGE = re.compile(r"(?<![\w./-])[A-Za-z]\w*(?:\.[A-Za-z]\w*)+(?![\w.])")
MAX_NAMED = 200
"""Paths and package names that are taken out of one text."""
MAX_ADDRESSES = 1000
MAX_KINDS = 100
HEAD = frozenset({"event_id", "event_time", "id", "time", "tag", "data", "log_level", "level"})
"""What stands beside an event's own name."""
FIELDS = {
    "package_name": "package", "package": "package", "admin_package": "admin", "admin_package_name": "admin",
    "admin_user": "admin_user", "admin_user_id": "admin_user", "process": "process", "process_name": "process",
    "start_time": "started", "uid": "uid", "pid": "pid", "seinfo": "seinfo", "command": "command", "cmd": "command",
    "path": "path", "file_path": "path", "mount_point": "path", "volume_label": "label", "success": "success",
    "result": "success", "method_strength": "strength", "verified_boot_state": "boot_state",
    "boot_state": "boot_state", "dm_verity_mode": "verity", "verity_mode": "verity", "key_id": "key",
    "key_alias": "key", "subject": "subject", "certificate_subject": "subject", "reason": "reason",
    "restriction": "restriction", "user_id": "user", "target_user": "user", "target_user_id": "user",
    "version_code": "version", "bssid": "station", "mac_address": "station", "addr": "station",
}  # fmt: skip
"""The record's field for each name in an event."""


class DnsEvent(Record):
    """A name that an app looked up, and the addresses that it got."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: Time | None = None
    host: Domain | None = None
    addresses: tuple[Domain, ...] = ()
    total: int | None = None
    """How many addresses there were; the log keeps some of them."""
    package: AppId | None = None
    number: int | None = None
    """Its number in the log, which begins anew when the phone starts."""


class ConnectEvent(Record):
    """A TCP connection that an app made."""

    stage: ClassVar[Stage] = Stage.VISIT
    time: Time | None = None
    address: Domain | None = None
    host: Domain | None = None
    """The name that the app asked for, where the log has it."""
    port: int | None = None
    package: AppId | None = None
    number: int | None = None


class SecurityEvent(Record):
    """Something that Android's security log notes: a start of an app, a command over adb, a try to unlock."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    time: Time | None = None
    event: str
    """What happened, by the constant of `SecurityLog` without `TAG_`: `adb_shell_cmd`, `package_installed`."""
    package: AppId | None = None
    """The app that it is about; of a started process the app that the process belongs to."""
    process: Process | None = None
    command: Text | None = None
    """What was run over adb."""
    path: Path | None = None
    """The file that was sent or fetched over adb; where a medium was mounted."""
    named_paths: tuple[Path, ...] = ()
    """Paths in the command."""
    named_packages: tuple[AppId, ...] = ()
    """Apps in the command."""
    hash: Hash | None = None
    """SHA-256 of the started app's base APK."""
    success: bool | None = None
    subject: Text | None = None
    """Whom a certificate is for."""
    boot_state: str | None = None
    """The verified boot's state when the phone started: green, yellow, orange, red."""
    verity: str | None = None
    strength: int | None = None
    """How the phone was unlocked: 1 by a strong means (a code), 0 by another."""
    admin: AppId | None = None
    """The device administrator that did it."""
    restriction: Text | None = None
    key: Text | None = None
    reason: Text | None = None
    label: Text | None = None
    station: str | None = None
    """The access point's or Bluetooth device's hardware address."""
    version: int | None = None
    started: Time | None = None
    uid: int | None = None
    pid: int | None = None
    user: int | None = None
    admin_user: int | None = None
    seinfo: str | None = None
    number: int | None = None
    details: Text | None = None
    """Whatever else the event holds, as JSON."""


class IntrusionLogEntry(Record):
    """A line of an intrusion log of a kind that is not known here, kept as it is."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    time: Time | None = None
    kind: str
    content: Text
    paths: tuple[Path, ...] = ()
    packages: tuple[AppId, ...] = ()


Entry = DnsEvent | ConnectEvent | SecurityEvent | IntrusionLogEntry


@artifact("intrusion:/**/*")
def events(file: File) -> Iterator[DnsEvent | ConnectEvent | SecurityEvent | IntrusionLogEntry]:
    """Intrusion logs that the owner fetched from the Google account (Android 16 and later): one JSON object a line.

    Times are read by their size: nanoseconds, micro-, milliseconds or seconds since 1970; a security event stands
    under its name, or under `data` with the name or number as `tag`. Kinds of entries and of security events that are
    not known here are kept as text, searched and counted. Logs of several days overlap, and one account may hold logs
    of several phones.

    References:
        Android Developers, "SecurityLog": https://developer.android.com/reference/android/app/admin/SecurityLog
        Android Developers, "Network activity logging": https://developer.android.com/work/dpc/logging
        "Check Android Intrusion Logs": https://docs.mvt.re/en/latest/android/intrusion_logs/
    """
    reader = file.open()
    packed = reader.read(0, len(ZIP)) == ZIP
    reader.close()
    if packed:
        raise UnsupportedError("an archive inside the logs: unpack it, and scan the folder")
    unknown: Counter[str] = Counter()
    for line, value in file.json_lines():
        if not isinstance(value, dict):
            file.problem(f"not an object but {type(value).__name__}", line)
            continue
        for kind, content in value.items():
            for one in content if isinstance(content, list) else (content,):
                yield from entry(file, Place(line=line), kind, one, unknown)
    for name, count in unknown.items():
        file.problem(f"{count} of the unknown kind {name!r} kept as text")


def entry(file: File, place: Place, kind: str, content: object, unknown: Counter[str]) -> Iterator[Entry]:
    """The records of one entry of a line."""
    if isinstance(content, dict):
        if kind == "dns_event":
            yield from file.record(DnsEvent, place, **dns(content))
            return
        if kind == "connect_event":
            yield from file.record(ConnectEvent, place, **connect(content))
            return
        if kind == "security_event":
            yield from security(file, place, content, unknown)
            return
    count(unknown, kind)
    yield from kept(file, place, kind, content)


def kept(file: File, place: Place, kind: str, content: object) -> Iterator[Entry]:
    """An entry that is not understood, as text."""
    text = written(content)
    time = when(content.get("event_time", content.get("time"))) if isinstance(content, dict) else None
    yield from file.record(IntrusionLogEntry, place, kind=kind, content=text, time=time, **named(text))


def count(unknown: Counter[str], kind: str) -> None:
    """Count a kind that is not known here; of very many kinds those that come later together."""
    unknown[kind if kind in unknown or len(unknown) < MAX_KINDS else "further kinds"] += 1


def dns(content: dict[str, Any]) -> dict[str, Any]:
    """The values of a DnsEvent."""
    found = content.get("ip_addresses")
    pairs = [address(one) for one in (found[:MAX_ADDRESSES] if isinstance(found, list) else [found])]
    counts = (value for name, value in content.items() if name.endswith("count"))
    return {
        "time": when(content.get("event_time")),
        "host": content.get("hostname"),
        "addresses": tuple(dict.fromkeys(one for _, one in pairs if one)),
        "total": next(counts, None),
        "package": content.get("package_name"),
        "number": content.get("event_id"),
    }


def connect(content: dict[str, Any]) -> dict[str, Any]:
    """The values of a ConnectEvent."""
    name, number = address(content.get("ip_address"))
    return {
        "time": when(content.get("event_time")),
        "address": number,
        "host": name or content.get("hostname"),
        "port": content.get("port"),
        "package": content.get("package_name"),
        "number": content.get("event_id"),
    }


def address(value: Any) -> tuple[str | None, Any]:
    """Host name and address of what Java writes of an `InetAddress`: `/192.0.2.7`, `name/192.0.2.7`, or bare."""
    if not isinstance(value, str):
        return None, value
    name, _, number = value.strip().rpartition("/")
    return name or None, number.partition("%")[0] or None


def security(file: File, place: Place, content: dict[str, Any], unknown: Counter[str]) -> Iterator[Entry]:
    """The records of a security event, in the shape of `tag` and `data` or under its own name."""
    if "tag" in content:
        under = {content["tag"]: content.get("data")} if isinstance(content["tag"], str | int) else {}
    else:
        under = {name: value for name, value in content.items() if name not in HEAD}
    head = {
        "time": when(content.get("event_time", content.get("time"))),
        "number": content.get("event_id", content.get("id")),
    }
    if not under:
        file.problem("a security event without a name", place.line)
        yield from kept(file, place, "security_event", content)
    for name, payload in under.items():
        known = tag(name)
        if known not in TAGS:
            count(unknown, f"security_event {known}")
        yield from file.record(SecurityEvent, place, **head, event=known, **payload_values(known, payload))


def payload_values(event: str, payload: object) -> dict[str, Any]:
    """The values of a security event, from an object, from a list in the log's order, or from a single value."""
    order = TAGS.get(event, ())
    if isinstance(payload, list):
        payload = dict(zip(order, payload, strict=False)) | {
            str(at): value for at, value in enumerate(payload[len(order) :], len(order))
        }
    elif not isinstance(payload, dict):
        payload = {} if payload is None or payload == "" else {order[0] if order else "value": payload}
    values: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for name, value in payload.items():
        field = FIELDS.get(name)
        if field is None and isinstance(value, str) and SHA256.match(value):
            field = "hash"
        if field and field not in values and not isinstance(value, dict | list):
            values[field] = value
        else:
            left[name] = value
    return values | derived(values, left)


def derived(values: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    """What follows from an event's values: the app of a process, what a command names, and the rest as text."""
    more: dict[str, Any] = {"started": when(values.get("started"))}
    process = values.get("process")
    if isinstance(process, str) and not values.get("package") and "." in process and "/" not in process:
        more["package"] = process.partition(":")[0]
    details = written(left) if left else ""
    command = values.get("command")
    found = named(f"{command}\n{details}" if isinstance(command, str) else details)
    return more | {f"named_{name}": value for name, value in found.items()} | {"details": details or None}


def named(text: str) -> dict[str, tuple[str, ...]]:
    """Paths and apps that a text names; an app's name is told from a host's only by the indicators."""
    return {
        name: tuple(dict.fromkeys(found[0] for found in islice(pattern.finditer(text), MAX_NAMED)))
        for name, pattern in (("paths", PATH), ("packages", PACKAGE))
    }


def written(value: object) -> str:
    """A value as JSON in one line."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def when(value: object) -> object:
    """A time as the record's clock takes it: nanoseconds become seconds, and digits in quotes are a number."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 32:
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and NANOSECOND <= abs(value) < HUGE:
        return value / 1e9
    return value
