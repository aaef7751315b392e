"""What the activity manager knew: running services and processes, recent tasks, broadcasts, instrumentation."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android import exit_info
from scanner.artifacts.android.activity_broadcasts import State, broadcasts
from scanner.artifacts.android.activity_records import (
    AppProcess,
    BroadcastReceived,
    Instrumentation,
    RecentTask,
    RunningService,
)
from scanner.evidence import File
from scanner.formats import activity_dump as dump
from scanner.formats.activity_dump import Line, between, blocks, values
from scanner.formats.android_text import uid, user
from scanner.record import Place

TYPES = re.compile(r" types=(?:0x)?([0-9a-fA-F]{1,8})\b")
NO_URL = ("package:", "content:", "android.resource:")


@artifact("dumpsys:/activity")
def activity(
    file: File,
) -> Iterator[
    RunningService | AppProcess | RecentTask | BroadcastReceived | Instrumentation | exit_info.ApplicationExit
]:
    """Services, processes and recent tasks as they were when the report was made, broadcasts and exits before it.

    Exits are kept since Android 11 and reach back weeks. Ages of services and tasks are counted back from the
    dump's moment, which its broadcasts tell, or else from the report's date.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/am/
    """
    state = State(file)
    for title, lines in dump.parts(file.lines()):
        if title in PARTS:
            yield from PARTS[title](file, state, lines)


SERVICE_KEYS = ("packageName", "processName", "permission", "baseDir", "app", "isForeground", "createTime", "intent")


def services(file: File, state: State, lines: Iterable[Line]) -> Iterator[RunningService]:
    """The services."""
    for block in blocks(lines, "  * ServiceRecord{"):
        number, text = block[0]
        if not (found := dump.SERVICE.search(text)):
            file.problem(f"no service: {text.strip()[:80]}", number)
            continue
        known = values(block, *SERVICE_KEYS, "startRequested")
        process = dump.process(known.get("app", ""))
        yield from file.record(
            RunningService,
            Place(line=number),
            component=found[2],
            package=known.get("packageName") or dump.component_package(found[2]),
            user=found[1],
            process=process.name if process else known.get("processName"),
            pid=process.pid if process else None,
            uid=process.uid if process else None,
            permission=known.get("permission"),
            action=dump.intent(known.get("intent", "")).get("act"),
            apk=known.get("baseDir"),
            caller=found[3],
            started=known.get("startRequested", "").startswith("true"),
            **foreground(known.get("isForeground", "")),
            **(state.ago(created.split()[0]) if (created := known.get("createTime", "").strip()) else {}),
        )


def foreground(text: str) -> dict[str, Any]:
    """Whether a service shows itself to the user, and as what: `true foregroundId=1 types=0x00000008`."""
    known = int(found[1], 16) if (found := TYPES.search(text)) else None
    return {"foreground": text.startswith("true"), "foreground_types": known}


def processes(file: File, state: State, lines: Iterable[Line]) -> Iterator[AppProcess | Instrumentation]:
    """The processes, and what drives them."""
    del state
    for block in blocks(lines, "  *", "    ActiveInstrumentation{"):
        number, text = block[0]
        if "ActiveInstrumentation{" in text:
            name = text.rpartition("{")[2].rstrip("}").rpartition(" ")[2]
            package = dump.component_package(name)
            yield from file.record(Instrumentation, Place(line=number), component=name, package=package)
        elif (process := dump.process(text)) and process.pid:
            known = values(block, "dir", "packageList", "persistent", "user #0 uid")
            packages = known.get("packageList", "").strip("{}[] ")
            yield from file.record(
                AppProcess,
                Place(line=number),
                process=process.name,
                pid=process.pid,
                uid=process.uid,
                user=user(process.uid),
                packages=tuple(packages.split(", ")) if packages else (),
                apk=known["dir"].partition(" ")[0] if "dir" in known else None,
                isolated=process.isolated,
                persistent="*PERS*" in text,
            )


def tasks(file: File, state: State, lines: Iterable[Line]) -> Iterator[RecentTask]:
    """The recent tasks."""
    for block in blocks(lines, "  * Recent #"):
        line = block[0][0]
        known = values(block, "userId", "intent", "realActivity", "mActivityComponent", "hasBeenVisible")
        who = dict(word.split("=", 1) for word in f"userId={known.get('userId', '')}".split() if "=" in word)
        intent = dump.intent(known.get("intent", ""))
        component = known.get("mActivityComponent") or known.get("realActivity") or intent.get("cmp")
        if not component:
            file.problem(f"a task of nobody: {block[0][1].strip()[:80]}", line)
            continue
        inactive = between(block, "(inactive for ", ")")
        url = intent.get("dat", "")
        yield from file.record(
            RecentTask,
            Place(line=line),
            component=component,
            package=dump.component_package(component),
            user=who.get("userId") or None,
            uid=uid(who.get("effectiveUid", "")),
            caller=None if (caller := who.get("mCallingPackage")) == "null" else caller,
            action=intent.get("act"),
            url=url if "://" in url and not url.startswith(NO_URL) else None,
            visible={"true": True, "false": False}.get(known.get("hasBeenVisible", "").partition(" ")[0]),
            **(state.ago(f"-{inactive}") if inactive else {}),
        )


def exits(file: File, state: State, lines: Iterable[Line]) -> Iterator[exit_info.ApplicationExit]:
    """The exits."""
    del state
    yield from exit_info.listed(file, lines)


PARTS: dict[str, Callable[[File, State, Iterable[Line]], Iterator[Any]]] = {
    "BROADCAST STATE": broadcasts,
    "SERVICES": services,
    "RECENT TASKS": tasks,
    "RUNNING PROCESSES": processes,
    "PROCESS EXIT INFO": exits,
}
