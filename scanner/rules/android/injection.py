"""Code in processes that comes from where their own code does not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.artifacts.android.anr import TracedProcess
from scanner.artifacts.android.folders import app_of
from scanner.artifacts.android.tombstones import Crash
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.crash_signs import distinct, package
from scanner.rules.android.folders import ROOT, SCRATCH, SHARED

OTHERS = ("com.google.android.gms", "com.google.android.webview", "com.huawei.hwid")
"""Packages whose code all apps load."""
BY_HAND = ("/data/local/", "./")
"""How programs are called that somebody started from a shell."""
TOOLS = (ROOT, "frida")
RUNS = (".so", ".dex", ".jar", ".odex")


def odd(path: str, process: str | None) -> str | None:
    """Why code from a path is odd in a process; None where it is not."""
    if path.startswith("/memfd:"):
        return "code that lies in memory only"
    if path.startswith((*SCRATCH, ROOT)):
        return "code from a folder where things are put by hand"
    if path.startswith(SHARED) and path.endswith(RUNS):
        return "code from shared storage"
    if process and (owner := app_of(path)) and owner != package(process) and owner not in OTHERS:
        return f"code of another app, {owner}"
    return None


def runs_owner(path: str, code: Iterable[str]) -> bool:
    """Whether a process also runs the app itself that a file belongs to: apps may call their processes as they like."""
    owner = app_of(path)
    return bool(owner) and any(one.startswith("/data/app/") and f"/{owner}-" in one for one in code)


def foreign(crash: Crash) -> Iterator[tuple[str, str]]:
    """Files of odd code that a crashed process had loaded, and why each is odd."""
    for path in dict.fromkeys([*crash.mapped, *crash.libraries]):
        if why := odd(path, crash.process):
            yield path, why


@correlation("AND021", Severity.HIGH, Stage.EXECUTION)
def foreign_code_in_process(crashes: Records[Crash], traces: Records[TracedProcess]) -> Iterator[Hit]:
    """A process ran code from a place that its own code does not come from.

    Why: spyware that enters a running process brings its code with it: from the folder of another app, from a folder
        where files are put by hand, or from memory alone, so that nothing stays on the disk. A crash or a trace of the
        process lists what was loaded.
    Benign causes: tools that change programs while they run (Frida, Xposed, LSPosed, Magisk modules), which owners
        install on purpose; apps that renew their own code; developers who run test programs from /data/local/tmp.
    Base rate: none in the crashes of ordinary phones; common on phones that their owners rooted.
    Next: ask the owner about root and such tools. Secure the files that are named, and look for the process and the
        time in the other findings.
    References: https://source.android.com/docs/core/tests/debug/native-crash
        https://developer.android.com/about/versions/10/behavior-changes-10#execute-permission
    """
    seen: dict[str, Loaded] = {}
    for one in distinct(crashes):
        for path, why in foreign(one.record):
            if path != one.record.executable and not ran_itself(one.record, path):
                loaded = seen.setdefault(one.record.process or "?", Loaded(one))
                loaded.add(path, why, runs_owner(path, one.record.mapped))
    for trace in traces:
        for path in trace.record.code:
            if reason := odd(path, trace.record.process):
                loaded = seen.setdefault(trace.record.process or "?", Loaded(trace))
                loaded.add(path, reason, runs_owner(path, trace.record.code))
    for process, loaded in seen.items():
        path, why = next(iter(loaded.paths.items()))
        severity = Severity.MEDIUM if process.startswith(BY_HAND) or loaded.explained else None
        yield Hit(loaded.at, f"{process} had loaded {why}: {path}", len(loaded.paths), severity=severity)


@dataclass
class Loaded:
    """Odd code of one process, with the first record that tells of it."""

    at: Located[Any]
    paths: dict[str, str] = field(default_factory=dict)
    explained: bool = True
    """Whether all of it may well be harmless."""

    def add(self, path: str, why: str, own: bool) -> None:
        """One file more; `own`: the process also runs the app that it belongs to."""
        self.paths.setdefault(path, why)
        self.explained &= own or any(tool in path for tool in TOOLS)


def ran_itself(crash: Crash, path: str) -> bool:
    """Whether a file is the program that crashed, not something that it loaded."""
    name = path.rpartition("/")[2]
    return "." not in name and (crash.process or "").rpartition("/")[2] == name
