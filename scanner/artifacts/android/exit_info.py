"""Why apps' processes ended: the phone keeps the last exits of each app, for weeks."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats import protobuf
from scanner.formats.activity_dump import Line
from scanner.formats.android_text import named, since_1970, uid, user
from scanner.formats.exit_reasons import word
from scanner.record import AppId, Dated, Path, Place, Process, Stage, Text

WORD = re.compile(
    r" (timestamp|pid|realUid|packageUid|definingUid|user|process|package|reason|subreason|status|importance|pss|rss"
    r"|state|trace)="
)
MAX_EXITS = 100_000


class ApplicationExit(Dated):
    """A process of an app that ended, and why."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    package: AppId | None = None
    process: Process | None = None
    pid: int | None = None
    uid: int | None = None
    user: int | None = None
    reason: int | None = None
    """Of ApplicationExitInfo: 2 signalled, 4 crash, 5 native crash, 6 not responding, 10 the user, 11 to 16 others."""
    reason_word: str | None = None
    subreason: int | None = None
    subreason_word: str | None = None
    status: int | None = None
    """The exit code, or the signal."""
    importance: int | None = None
    """100 on the screen, 125 foreground service, 200 visible, 300 service, 400 cached."""
    description: Text | None = None
    trace: Path | None = None


def listed(file: File, lines: Iterable[Line]) -> Iterator[ApplicationExit]:
    """The exits in the text of `dumpsys activity exit-info`."""
    package, seen, made = None, 0, 0
    block: list[str] = []
    start = 0
    for number, text in lines:
        stripped = text.strip()
        if stripped.startswith(("package: ", "ApplicationExitInfo #", "Historical Process Exit")):
            for record in ended(file, package, block, start):
                made += 1
                yield record
            block = []
            if stripped.startswith("package: "):
                package = stripped.removeprefix("package: ")
            elif stripped.startswith("ApplicationExitInfo"):
                seen, start, block = seen + 1, number, [""]
        elif block and stripped:
            block.append(stripped)
    for record in ended(file, package, block, start):
        made += 1
        yield record
    if seen != made:
        file.problem(f"{seen} exits are listed, {made} could be read")


def ended(file: File, package: str | None, block: list[str], line: int) -> Iterator[ApplicationExit]:
    """The record of one exit."""
    if not block:
        return
    known = pairs(" ".join(block))
    who = uid(known.get("realUid", ""))
    dated = file.dated(known["timestamp"], line) if "timestamp" in known else {}
    yield from file.record(
        ApplicationExit,
        Place(line=line),
        package=known.get("package") or package,
        process=known.get("process"),
        pid=known.get("pid"),
        uid=who,
        user=user(who),
        **coded("reason", known.get("reason", "")),
        **coded("subreason", known.get("subreason", "")),
        status=known.get("status"),
        importance=known.get("importance"),
        description=named(known.get("description")),
        trace=named(known.get("trace")),
        **dated,
    )


def pairs(text: str) -> dict[str, str]:
    """`key=value` pairs of known keys; a value may hold blanks and reaches to the next key.

    A description holds anything, so it reaches to the last `state=` or `trace=` behind it, or to the end.
    """
    head, found, tail = text.partition(" description=")
    words = WORD.split(head)
    known = dict(zip(words[1::2], words[2::2], strict=True))
    if found:
        tail, mark, trace = tail.rpartition(" trace=") if " trace=" in tail else (tail, "", "")
        if mark:
            known["trace"] = trace
        known["description"] = tail.rpartition(" state=")[0] if " state=" in tail else tail
    return {key: value.strip() for key, value in known.items()}


def coded(name: str, text: str) -> dict[str, Any]:
    """A code and its word: `4 (APP CRASH(EXCEPTION))`."""
    code, _, word = text.partition(" (")
    return {name: code or None, f"{name}_word": word.removesuffix(")") or None}


@artifact("/data/system/procexitstore/procexitinfo")
def procexitinfo(file: File) -> Iterator[ApplicationExit]:
    """The exits of apps' processes as the phone itself stores them, since Android 11: a protocol buffer.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/proto/android/app/appexitinfo.proto
    """
    made = 0
    for number, kind, app in protobuf.fields(file.read()):
        if number == PACKAGES and kind == protobuf.LENGTH and isinstance(app, bytes):
            for values in exits_of(file, app):
                made += 1
                if made > MAX_EXITS:
                    file.problem(f"more than {MAX_EXITS} exits; what is beyond is not read")
                    return
                yield from file.record(ApplicationExit, Place(key=f"exit.{made - 1}"), **values)


PACKAGES = 2
NAME, USERS, EXITS = 1, 2, 2
FIELDS = {1: "pid", 2: "uid", 5: "process", 7: "reason", 8: "subreason", 9: "status", 10: "importance", 13: "time"}
TEXTS = {5: "process", 14: "description", 16: "trace"}


def exits_of(file: File, app: bytes) -> Iterator[dict[str, Any]]:
    """The fields of the exits of one package; what is broken in it is noted."""
    package = ""
    try:
        for number, kind, value in protobuf.fields(app):
            if kind != protobuf.LENGTH or not isinstance(value, bytes):
                continue
            if number == NAME:
                package = value.decode("utf-8", "backslashreplace")
            elif number == USERS:
                for inner, _, one in protobuf.fields(value):
                    if inner == EXITS and isinstance(one, bytes):
                        yield {"package": package or None, **exit_of(one)}
    except protobuf.ProtobufError as error:
        file.problem(f"{package}: {error}")


def exit_of(data: bytes) -> dict[str, Any]:
    """The fields of one exit."""
    found: dict[str, Any] = {}
    for number, _, value in protobuf.fields(data):
        if isinstance(value, bytes):
            if number in TEXTS:
                found[TEXTS[number]] = value.decode("utf-8", "backslashreplace")
        elif number in FIELDS:
            found[FIELDS[number]] = protobuf.signed(value)
    found |= since_1970(found.pop("time", None))
    return {**found, "user": user(found.get("uid")), "reason_word": word(found.get("reason"))}
