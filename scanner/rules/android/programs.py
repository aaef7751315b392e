"""Programs where none belong: files that can run in folders that anybody can write to, and processes from there."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.files import FileEntry, StagedFile
from scanner.artifacts.android.processes import RunningProcess
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.folders import SCRATCH, WRITABLE

LOCAL = "/data/local/tmp/"
CODE = frozenset({"ELF", "DEX", "APK", "kernel module"})
NAMES = re.compile(r"\.(?:so|dex|apk|jar|ko|elf|sh)(?:\.\d+)*$")
STORAGE_NAMES = re.compile(r"\.(?:dex|ko|elf)$")
TOOLS = re.compile(
    r"^(?:collector|androidqf|frida-|re\.frida|scrcpy|shizuku|moe\.shizuku|minicap|minitouch|uiautomator|simpleperf"
    r"|perfd|perfetto|lldb|gdbserver|atx-|oat\.jar|maestro|appium|\.?studio|start\.sh$|tc\.jar|instant_run|install-)",
    re.IGNORECASE,
)
"""What developers' and analysts' tools put into /data/local/tmp."""
PERMISSIONS = 9
"""The last letters of the text of a mode; what stands before them is the type, and with Go also `u` for setuid."""
NO_FILE = frozenset("dlL")


class Sign(NamedTuple):
    """A program found."""

    at: Located[FileEntry] | Located[StagedFile]
    message: str
    severity: Severity


@correlation("AND019", Severity.MEDIUM, Stage.PRESENCE)
def staged_program(
    staged: Records[StagedFile], files: Records[FileEntry], acquisitions: Records[Acquisition]
) -> Iterator[Hit]:
    """A program in a folder that anybody can write to.

    Why: exploits and people with the phone in hands put their programs into /data/local/tmp first (Predator there kept
        its parts in `wd`); apps of the store never do.
    Benign causes: tools of developers and analysts: frida-server, scrcpy, Shizuku, debuggers, test files of the maker;
        the collector of the acquisition itself, which is left out.
    Base rate: rare; common on phones of developers.
    Next: take the file and have it examined; look for when it was written.
    References: https://blog.talosintelligence.com/mercenary-intellexa-predator/
        https://developer.android.com/tools/adb
    """
    own = {one.record.folder for one in acquisitions if one.record.folder}
    found = dict[str, tuple[Sign, int]]()
    for stage in staged:
        if (sign := of_staged(stage)) and stage.record.path not in own:
            keep(found, sign, stage.record.path)
    for entry in files:
        if entry.record.path.startswith(WRITABLE) and (sign := of_entry(entry)) and entry.record.path not in own:
            keep(found, sign, entry.record.path)
    for sign, count in found.values():
        yield Hit(sign.at, sign.message, count, severity=sign.severity)


def keep(found: dict[str, tuple[Sign, int]], sign: Sign, path: str) -> None:
    """Count a program under its folder, the worst of which is shown."""
    first = path.removeprefix(LOCAL).partition("/")[0] if path.startswith(LOCAL) else path.rpartition("/")[0]
    before, count = found.get(first, (sign, 0))
    found[first] = (sign if sign.severity > before.severity else before), count + 1


def hidden(path: str) -> bool:
    """Whether a name on the way begins with a dot."""
    return "/." in path


def usual(path: str) -> bool:
    """Whether it is a known tool's file."""
    return path.startswith(LOCAL) and bool(TOOLS.search(path.removeprefix(LOCAL)))


def of_staged(one: Located[StagedFile]) -> Sign | None:
    """What a file that is there tells of; its first bytes say what it is."""
    record = one.record
    if record.kind not in CODE:
        return None
    local = record.path.startswith(LOCAL)
    if not local and not (hidden(record.path) or record.kind in {"DEX", "kernel module"}):
        return None
    severity = Severity.LOW if usual(record.path) else Severity.MEDIUM
    if record.kind == "kernel module" or (local and hidden(record.path)):
        severity = Severity.HIGH
    return Sign(one, f"{record.path} is a program ({record.kind}, {record.size} bytes)", severity)


def of_entry(one: Located[FileEntry]) -> Sign | None:
    """What a row of a list tells of: only name, owner and mode are known."""
    record = one.record
    mode = record.mode or ""
    if not NO_FILE.isdisjoint(mode[:-PERMISSIONS]) or record.path.endswith("/collector"):
        return None
    runs = not {"x", "s"}.isdisjoint(mode[-PERMISSIONS:])
    local = record.path.startswith(SCRATCH)
    if not (local and (runs or NAMES.search(record.path))) and not STORAGE_NAMES.search(record.path):
        return None
    root = local and record.user in {None, "root"} and record.uid == 0
    severity = Severity.LOW if usual(record.path) else Severity.MEDIUM
    if record.path.endswith(".ko") or (local and runs and (root or hidden(record.path))):
        severity = Severity.HIGH
    owner = ", owned by root" if root else ""
    return Sign(one, f"{record.path} can run or be loaded{owner}", severity)


KERNEL_NAMES = re.compile(r"^\[?(?:kworker/|ksoftirqd/|migration/|kthreadd$|kswapd\d|rcu_|watchdog/|irq/|jbd2/)")
KERNEL_PARENT = 2
KERNEL = "u:r:kernel:"
APP_CONTEXTS = ("u:r:untrusted_app", "u:r:isolated_app", "u:r:priv_app", "u:r:platform_app")
POWERFUL = frozenset({"root", "system"})
ZYGOTES = frozenset({"zygote", "zygote64"})
UNTRUSTED = ("u:r:untrusted_app", "u:r:isolated_app")


@correlation("AND020", Severity.HIGH, Stage.EXECUTION)
def odd_process(processes: Records[RunningProcess], acquisitions: Records[Acquisition]) -> Iterator[Hit]:
    """A process that cannot come from the phone's own system or from an installed app.

    Why: spyware that runs outside of an app starts from a folder that it can write to, takes the name of a thread of
        the kernel, or is root although an app started it.
    Benign causes: tools of developers that are started by cable (scrcpy, Shizuku, frida-server); root tools; the
        acquisition's own collector, which is left out.
    Base rate: none on phones as sold.
    Next: take a copy of the program; look for what started it (parent, SELinux context) before the phone is restarted.
    References: https://source.android.com/docs/security/overview/app-security
        https://blog.talosintelligence.com/mercenary-intellexa-predator/
    """
    own = {one.record.folder for one in acquisitions if one.record.folder}
    known: dict[int, RunningProcess] = {one.record.pid: one.record for one in processes if one.record.pid is not None}
    for one in processes:
        record = one.record
        program = record.path or (record.command_line or record.name).partition(" ")[0]
        if program in own or program.endswith("/collector"):
            continue
        if said := odd(record, program, known.get(record.ppid or 0)):
            severity = Severity.MEDIUM if usual(program) else Severity.HIGH
            yield Hit(one, f"{record.name} (process {record.pid}) {said}", severity=severity)


def odd(record: RunningProcess, program: str, parent: RunningProcess | None) -> str | None:
    """What is wrong with a process."""
    if program.startswith(WRITABLE):
        return f"runs from a folder that anybody can write to: {program}"
    context = record.context or ""
    if KERNEL_NAMES.match(record.name):
        return false_thread(record, context)
    if parent is not None and parent.name in ZYGOTES and program.startswith("/"):
        return f"is a program of its own ({program}), but {parent.name} started it, which starts apps only"
    if record.user in POWERFUL and context.startswith(UNTRUSTED):
        return f"is {record.user} in the context of an app ({context})"
    if record.user == "root" and parent is not None and (parent.context or "").startswith(APP_CONTEXTS):
        return f"is root, started by {parent.name}, which is an app"
    return None


def false_thread(record: RunningProcess, context: str) -> str | None:
    """What is wrong with a process that has the name of a thread of the kernel."""
    if record.ppid not in {None, 0, KERNEL_PARENT}:
        return f"has the name of a thread of the kernel, but process {record.ppid} started it"
    if record.command_line or (context and not context.startswith(KERNEL)):
        return "has the name of a thread of the kernel, but is none"
    return None
