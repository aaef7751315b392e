"""Usage statistics as the phone itself stores them: XML, then protocol buffers, since Android 11 with coded names."""

from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.artifacts.android.usagestats import UsageEvent, UsageTotal
from scanner.evidence import File
from scanner.formats import android_text, protobuf
from scanner.formats.usage_events import BUCKETS, word
from scanner.record import AppId, Place, Record

MAX_ROWS = 1_000_000
XML = (b"<", b"ABX\0", b"\xef\xbb\xbf<")
STRINGS, STRING, PACKAGES, EVENTS = 2, 2, 20, 22

TOTAL = {1: "package", 2: "index", 3: "last", 4: "used", 6: "launches", 8: "service", 10: "visible"}
CODED_TOTAL = {**TOTAL, 1: "token", 2: "none"}
EVENT = {1: "package", 2: "index", 3: "class", 4: "class_index", 5: "time", 7: "type", 11: "bucket", 15: "root"}
CODED_EVENT = {1: "token", 2: "class_token", 3: "time", 5: "type", 8: "bucket", 11: "root_token"}
Values = dict[str, Any]


class UsageName(Record):
    """An app in the phone's own list of names for its usage statistics; others of its rows say its number only."""

    package: AppId
    token: int
    user: int | None = None
    components: tuple[str, ...] = ()


@artifact(
    "/data/system/usagestats/*/daily/*",
    "/data/system/usagestats/*/weekly/*",
    "/data/system/usagestats/*/monthly/*",
    "/data/system/usagestats/*/yearly/*",
    "/data/system_ce/*/usagestats/daily/*",
    "/data/system_ce/*/usagestats/weekly/*",
    "/data/system_ce/*/usagestats/monthly/*",
    "/data/system_ce/*/usagestats/yearly/*",
)
def interval(file: File) -> Iterator[UsageEvent | UsageTotal]:
    """The totals and events of a day, week, month or year; the file's name is its beginning.

    XML until Android 9, protocol buffers in 10. Since 11 they name apps by number only: such records have a `token` and
    no package, the names are those of the file `mappings`, and rules put both together.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/proto/android/server/usagestatsservice.proto
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/proto/android/server/usagestatsservice_v2.proto
    """
    *_, kind, name = file.path.split("/")
    begin = name.removesuffix(".bak")
    if not begin.isdecimal():
        raise ValueError(f"the file's name is no time: {name[:60]}")
    data = file.read()
    base: Values = {"begin": int(begin), "kind": kind, "user": user_of(file.path)}
    yield from from_xml(file, base) if data.startswith(XML) else from_protobuf(file, data, base)


def from_xml(file: File, base: Values) -> Iterator[UsageEvent | UsageTotal]:
    """The rows of an XML file; times are offsets of its beginning, in the oldest versions below zero absolute."""
    root = file.xml()
    for number, one in enumerate(root.iter("package")):
        values = {
            "package": one.get("package"),
            "last": one.get("lastTimeActive"),
            "used": one.get("timeActive"),
            "launches": one.get("appLaunchCount"),
            "visible": one.get("lastTimeVisible"),
            "service": one.get("lastTimeServiceUsed"),
        }
        yield from total(file, Place(key=f"package.{number}"), base, values)
    for number, one in enumerate(root.iter("event")):
        keys = ("package", "class", "time", "type", "root")
        values = {key: one.get(key) for key in keys}
        yield from event(file, Place(key=f"event.{number}"), base, {**values, "bucket": one.get("standbyBucket")})


def from_protobuf(file: File, data: bytes, base: Values) -> Iterator[UsageEvent | UsageTotal]:
    """The rows of a protocol buffer: the plain kind has a pool of strings, the coded one has a number there."""
    strings: list[str] | None = None
    rows = {PACKAGES: list[bytes](), EVENTS: list[bytes]()}
    try:
        for number, kind, value in protobuf.fields(data):
            if kind != protobuf.LENGTH or not isinstance(value, bytes):
                continue
            if number == STRINGS:
                strings = texts(value)
            elif number in rows and len(rows[number]) < MAX_ROWS:
                rows[number].append(value)
    except protobuf.ProtobufError as error:
        file.problem(str(error))
    coded = strings is None
    for at, row in enumerate(rows[PACKAGES]):
        values = read(file, row, CODED_TOTAL if coded else TOTAL, strings or [])
        yield from total(file, Place(key=f"package.{at}"), base, values)
    for at, row in enumerate(rows[EVENTS]):
        values = read(file, row, CODED_EVENT if coded else EVENT, strings or [])
        yield from event(file, Place(key=f"event.{at}"), base, values)


def texts(pool: bytes) -> list[str]:
    """The strings of a pool."""
    return [text(value) for number, _, value in protobuf.fields(pool) if number == STRING and isinstance(value, bytes)]


def text(value: bytes) -> str:
    """A text; what is no UTF-8 is kept as escapes."""
    return value.decode("utf-8", "backslashreplace")


def read(file: File, row: bytes, names: dict[int, str], strings: list[str]) -> Values:
    """The values of a row by name; an index of the pool is its string."""
    found: Values = {}
    try:
        for number, _, value in protobuf.fields(row):
            if name := names.get(number):
                found[name] = text(value) if isinstance(value, bytes) else protobuf.signed(value)
    except protobuf.ProtobufError as error:
        file.problem(str(error))
    for index, name in (("index", "package"), ("class_index", "class"), ("root", "root")):
        if isinstance(at := found.pop(index, None), int) and 0 < at <= len(strings):
            found[name] = strings[at - 1]
    return found


def total(file: File, place: Place, base: Values, values: Values) -> Iterator[UsageTotal]:
    """An app's total."""
    used = whole(values.get("used"))
    yield from file.record(
        UsageTotal,
        place,
        package=values.get("package"),
        token=values.get("token"),
        user=base["user"],
        interval=base["kind"],
        period=str(base["begin"]),
        seconds=None if used is None else used // 1000,
        visible=moment(base, values.get("visible")),
        service=moment(base, values.get("service")),
        launches=values.get("launches"),
        **dated(base, values.get("last")),
    )


def event(file: File, place: Place, base: Values, values: Values) -> Iterator[UsageEvent]:
    """An event; changes of the configuration say nothing of apps."""
    code, bucket = whole(values.get("type")), whole(values.get("bucket"))
    kind = word(code) if code is not None else "unknown"
    if kind == "CONFIGURATION_CHANGE":
        return
    yield from file.record(
        UsageEvent,
        place,
        type=kind,
        package=values.get("package"),
        token=values.get("token"),
        component=values.get("class"),
        root=values.get("root"),
        user=base["user"],
        bucket=BUCKETS.get(bucket, str(bucket)) if bucket else None,
        **dated(base, values.get("time")),
    )


def whole(value: object) -> int | None:
    """A whole number, or a text of one."""
    return value if isinstance(value, int) else android_text.whole(value) if isinstance(value, str) else None


def moment(base: Values, value: object) -> float | None:
    """Seconds since 1970 of an offset from the file's beginning; one below zero is itself such a time, negated."""
    offset = whole(value)
    if not offset:
        return None
    return (-offset if offset < -base["begin"] // 2 else base["begin"] + offset) / 1000


def dated(base: Values, value: object) -> Values:
    """The fields of a record's time."""
    time = moment(base, value)
    return {"time": time, "written": str(value), "clock": "milliseconds since the file's beginning"} if time else {}


@artifact("/data/system/usagestats/*/mappings", "/data/system_ce/*/usagestats/mappings")
def mappings(file: File) -> Iterator[UsageName]:
    """The apps that the usage statistics of Android 11 and later know by number, and their components.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/proto/android/server/usagestatsservice_v2.proto
    """
    for number, kind, value in protobuf.fields(file.read()):
        if number != STRINGS or kind != protobuf.LENGTH or not isinstance(value, bytes):
            continue
        row = list(protobuf.fields(value))
        token = next((one for field, _, one in row if field == 1 and isinstance(one, int)), 0)
        names = [text(one) for field, _, one in row if field == STRING and isinstance(one, bytes)]
        if names:
            values = {"package": names[0], "components": tuple(names[1:])}
            yield from file.record(UsageName, Place(key=str(token)), token=token, user=user_of(file.path), **values)
        else:
            file.problem("an app without a name", str(token))


@artifact("/data/system/usagestats/usage-history.xml")
def history(file: File) -> Iterator[UsageEvent]:
    """When each screen of each app was last shown, before Android 5.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/tags/android-4.4_r1/services/java/com/android/server/am/UsageStatsService.java
    """
    for app in file.xml().iter("pkg"):
        for number, component in enumerate(app.iter("comp")):
            yield from file.record(
                UsageEvent,
                Place(key=f"{app.get('name')}.{number}"),
                type="ACTIVITY_RESUMED",
                package=app.get("name"),
                component=component.get("name"),
                **android_text.since_1970(component.get("lrt")),
            )
