"""Processes that ran when the evidence was taken."""

from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.json_lists import members
from scanner.evidence import File
from scanner.record import Client, Path, Place, Process, Record, Stage, Text

COLUMNS = {
    "LABEL": "context",
    "USER": "user",
    "UID": "user",
    "PID": "pid",
    "TID": "tid",
    "PPID": "ppid",
    "S": "state",
    "NAME": "name",
    "CMD": "name",
    "COMMAND": "name",
}
"""Headings of `ps` and the fields that they are; of the others only their number matters."""
LAST = ("NAME", "CMD", "COMMAND", "CMDLINE", "ARGS")
"""The headings whose column takes the rest of the line."""
POLICIES = frozenset({"bg", "fg", "ta", "aa", "as", "rt", "rs", "fw", "un", "unk", "er", "error", "-"})
UNNAMED_STATE = "PC"
"""Toolbox (until Android 6) writes the state's letter behind this column, without a heading for it."""


class RunningProcess(Record):
    """A process that ran when the evidence was taken."""

    stage = Stage.EXECUTION
    name: Client
    """As the listing has it, for an app its package: in listings with threads the last 15 letters of an app's name."""
    pid: int | None = None
    ppid: int | None = None
    user: str | None = None
    """The name of the user, for an app `u0_a123`."""
    uid: int | None = None
    state: str | None = None
    command_line: Text | None = None
    path: Path | None = None
    """Of the program."""
    folder: Path | None = None
    """Where it works."""
    context: str | None = None
    """Its SELinux context: `u:r:untrusted_app:s0:c512,c768`."""
    previous_context: str | None = None


class ProcessThread(Record):
    """A thread of a process, other than its first."""

    stage = Stage.EXECUTION
    name: Process
    """Up to 15 letters."""
    pid: int
    tid: int


@artifact("section:/PROCESSES AND THREADS", "section:/PROCESSES", "androidqf:/processes.txt", "androidqf:/ps.txt")
def listed(file: File) -> Iterator[RunningProcess | ProcessThread]:
    """Processes as `ps` lists them, in the forms of toolbox (until Android 6) and toybox, with or without threads.

    References:
        Toybox, ps: https://github.com/landley/toybox/blob/master/toys/posix/ps.c
    """
    columns = list[str]()
    for number, line in file.lines():
        words = line.split()
        if "PID" in words and words[-1] in LAST:
            columns = heading(words)
        elif columns and words:
            yield from one(file, dict(zip(columns, cells(line, columns), strict=False)), len(columns), number)
        elif words and not columns and number > 1:
            file.problem(f"before any heading: {line[:80]!r}", number)


def heading(words: list[str]) -> list[str]:
    """The fields of a listing's columns."""
    names = [COLUMNS.get(word, word) for word in words]
    if UNNAMED_STATE in words and "S" not in words:
        names.insert(words.index(UNNAMED_STATE) + 1, "state")
    return names


def cells(line: str, columns: list[str]) -> list[str]:
    """The cells of a row; the column of the scheduling policy, blank for a policy of the system, is then `-`."""
    last = len(columns) - 1
    found = line.split(None, last)
    policy = columns.index("PCY") if "PCY" in columns else last
    if policy < min(last, len(found)) and found[policy] not in POLICIES:
        found = line.split(None, last - 1)
        found.insert(policy, "-")
    return found


def one(file: File, found: dict[str, str], columns: int, number: int) -> Iterator[RunningProcess | ProcessThread]:
    """The process or thread of a row."""
    pid, tid = found.get("pid", ""), found.get("tid")
    if len(found) < columns or not pid.isdecimal():
        file.problem("not a row of the listing", number)
        return
    name = found.get("name", found.get("CMDLINE", found.get("ARGS", ""))).strip()
    if tid is not None and tid != pid:
        yield from file.record(ProcessThread, Place(line=number), name=name, pid=pid, tid=tid)
        return
    user = found.get("user")
    yield from file.record(
        RunningProcess,
        Place(line=number),
        name=name,
        pid=pid,
        ppid=found.get("ppid"),
        user=user,
        uid=user if user and user.isdecimal() else None,
        state=found.get("state"),
        context=found.get("context"),
        command_line=found.get("CMDLINE") or found.get("ARGS"),
    )


@artifact("androidqf:/processes.json")
def collected(file: File) -> Iterator[RunningProcess]:
    """Processes as AndroidQF's collector reads them from `/proc`.

    The collector reads `/proc/<pid>/stat` word by word: behind a name with a blank every later number is a wrong one,
    and such rows keep only what does not come from there. It writes 0 for what it did not find out, the user above all.

    References:
        AndroidQF, collector: https://github.com/mvt-project/androidqf
    """
    for number, row in members(file, dict):
        yield from file.record(RunningProcess, Place(row=number), **process(row))


def process(row: dict[str, Any]) -> dict[str, Any]:
    """The values of a process of the collector."""
    name = str(row.get("filename") or "")
    words = row.get("command_line")
    command = " ".join(str(word) for word in words).strip() if isinstance(words, list) else None
    whole = name.startswith("(") and name.endswith(")")
    return {
        "name": name.strip("()") or (command or "").partition(" ")[0] or str(row.get("path") or ""),
        "pid": row.get("pid"),
        "ppid": (row.get("ppid") or None) if whole else None,
        "uid": row.get("uid") or None,
        "state": row.get("state") if whole else None,
        "command_line": command or None,
        "path": row.get("path") or None,
        "folder": row.get("cwd") or None,
        "context": text(row.get("context")),
        "previous_context": text(row.get("previous_context")),
    }


def text(value: object) -> object:
    """A text without the NUL and line feed that the kernel ends it with; None of an empty one."""
    return (value.rstrip("\0\n") or None) if isinstance(value, str) else value
