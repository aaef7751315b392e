"""Traces of root and of tools that change programs while they run."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from scanner.artifacts.android.files import FileEntry, StagedFile
from scanner.artifacts.android.integrity import EnvironmentVariable, RootBinary
from scanner.artifacts.android.mounts import Mount
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.processes import ProcessThread, RunningProcess
from scanner.artifacts.android.properties import Property
from scanner.artifacts.android.root_modules import BootScript, RootModule
from scanner.artifacts.android.sockets import Socket
from scanner.finding import Severity
from scanner.record import Record, Stage
from scanner.rule import Hit, Records, correlation
from scanner.rules.android.build import build
from scanner.rules.android.folders import SHARED, WRITABLE
from scanner.rules.counted import Hits, add

MODULES = "modules of Magisk or KernelSU"
FRIDA_PORTS = frozenset({27042, 27043})
TOOLS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("Magisk", r"magisk|zygisk"),
        ("KernelSU", r"kernelsu|/data/adb/ksu|\bksud?\b|u:r:ksu:"),
        ("APatch", r"me\.bmax\.apatch|/data/adb/ap(?:d?/|d$)|^apd$|^apatch$"),
        (MODULES, r"/adb/modules"),
        ("SuperSU", r"supersu\b|daemonsu|\bchainfire\b"),
        ("Xposed", r"\b(?:ed)?xposed|\blsposed|\briru\b"),
        ("Frida", r"\bfrida(?:-|\b)|gum-js-loop|linjector"),
        ("Substrate", r"com\.saurik\.substrate"),
        ("a service that gives root", r"^init\.svc\.su_?daemon$"),
    )
)
"""Tools and what names them in lower-case names, paths and contexts."""
WORDS = (
    *("agisk", "ksu", "kernelsu", "apatch", "/adb/", "apd", "supersu", "daemonsu", "chainfire", "posed", "riru"),
    *("zygisk", "frida", "gum-js", "linjector", "substrate"),
    *("su_daemon", "sudaemon"),
)
"""One of them stands in whatever the patterns match: a quick test for a million paths."""
SU_FOLDERS = frozenset({"/system/bin", "/system/xbin", "/sbin", "/su/bin", "/system/sbin", "/vendor/bin"})
ROOT_APPS = frozenset(
    {
        "com.alephzain.framaroot",
        "com.amphoras.hidemyroot",
        "com.amphoras.hidemyrootadfree",
        "com.baidu.easyroot",
        "com.chelpus.lackypatch",
        "com.devadvance.rootcloak",
        "com.devadvance.rootcloakplus",
        "com.dianxinos.superuser",
        "com.dimonvideo.luckypatcher",
        "com.formyhm.hideroot",
        "com.formyhm.hiderootPremium",
        "com.geohot.towelroot",
        "com.kingo.root",
        "com.kingouser.com",
        "com.kingroot.kinguser",
        "com.koushikdutta.rommanager",
        "com.koushikdutta.superuser",
        "com.noshufou.android.su",
        "com.noshufou.android.su.elite",
        "com.oasisfeng.island.root",
        "com.ramdroid.appquarantine",
        "com.ramdroid.appquarantinepro",
        "com.rootuninstaller",
        "com.shuame.rootgenius",
        "com.smedialink.oneclickroot",
        "com.thirdparty.superuser",
        "com.yellowes.su",
        "com.z4mod.z4root",
        "com.zachspong.temprootremovejb",
        "com.zhiqupk.root.global",
        "eu.chainfire.supersu",
        "me.bmax.apatch",
        "me.phh.superuser",
        "me.weishu.kernelsu",
        "com.topjohnwu.magisk",
        "io.github.huskydg.magisk",
        "de.robv.android.xposed.installer",
        "org.lsposed.manager",
        "org.meowcat.edxposed.manager",
        "com.saurik.substrate",
    }
)
"""Apps that give, use or hide root."""
PRELOAD = frozenset({"LD_PRELOAD", "LD_LIBRARY_PATH"})


ANY_WORD = re.compile("|".join(map(re.escape, WORDS)))
"""One of these words stands in whatever a tool is told by; most texts have none."""


def tool(*texts: str | None) -> str | None:
    """The tool that some texts tell of."""
    for text in filter(None, texts):
        lower = text.lower()
        if ANY_WORD.search(lower):
            found = next((name for name, pattern in TOOLS if pattern.search(lower)), None)
            if found:
                return found
    return None


def of_property(record: Property) -> tuple[str, str] | None:
    """What a property tells of: services of a tool keep their state in one."""
    found = tool(record.name)
    return (found, f"the property {record.name}") if found else None


def of_mount(record: Mount) -> tuple[str, str] | None:
    """What a mount tells of: modules are mounted over the system, from a device of the tool's name."""
    found = tool(record.device, record.mount_point, record.root, record.super_options or record.options)
    return (found, f"a mount at {record.mount_point}") if found else None


def of_process(record: RunningProcess) -> tuple[str, str] | None:
    """What a process tells of."""
    found = tool(record.name, record.path, record.context, (record.command_line or "").partition(" ")[0])
    if found is None and (record.context or "").startswith("u:r:su:"):
        found = "su"
    return (found, f"the process {record.name}") if found else None


def of_thread(record: ProcessThread) -> tuple[str, str] | None:
    """What a thread tells of: Frida starts some of its own in a program that it changes."""
    found = tool(record.name)
    return (found, f"the thread {record.name} in process {record.pid}") if found else None


def of_binary(record: RootBinary) -> tuple[str, str]:
    """A program of root that the shell finds."""
    name = record.path.rpartition("/")[2]
    return tool(record.path) or name, record.path


def of_file(record: FileEntry | StagedFile) -> tuple[str, str] | None:
    """What a file tells of."""
    path = record.path
    folder, _, name = path.rpartition("/")
    if name == "su" and folder in SU_FOLDERS:
        return "su", path
    if path.startswith(SHARED):
        return None  # an installer that was downloaded is not yet installed
    found = tool(path)
    return (found, path) if found else None


def of_package(record: Package) -> tuple[str, str] | None:
    """An app that gives, uses or hides root."""
    if record.app_id not in ROOT_APPS or record.installed is False:
        return None
    return tool(record.app_id) or record.app_id, f"the app {record.app_id}"


def of_socket(record: Socket) -> tuple[str, str] | None:
    """A port at which a tool listens."""
    if record.local_port in FRIDA_PORTS and record.listens:
        return "Frida", f"the port {record.local_port}"
    return None


def of_module(record: RootModule) -> tuple[str, str]:
    """A module that is loaded at every start."""
    return MODULES, f"the module {record.name or record.id}"


def of_script(record: BootScript) -> tuple[str, str]:
    """A script that root runs at every start."""
    return "scripts at the start", record.path


def of_variable(record: EnvironmentVariable) -> tuple[str, str] | None:
    """A library of a folder that anybody can write to, loaded into every program of the shell."""
    if record.name in PRELOAD and any(part.startswith(WRITABLE) for part in re.split(r"[:\s]", record.value)):
        return record.name, f"{record.name}={record.value}"
    return None


def gather(found: Hits, records: Records[Any], said: Callable[[Any], tuple[str, str] | None]) -> None:
    """Count what some records tell of; the first of each is the one that is shown."""
    for one in records:
        record: Record = one.record
        if told := said(record):
            name, where = told
            add(found, name, Hit(one, f"{name}: {where}"))


@correlation("AND017", Severity.MEDIUM, Stage.PRESENCE)
def rooted(  # noqa: PLR0917 - one input for each place that root leaves traces in
    properties: Records[Property],
    mounts: Records[Mount],
    processes: Records[RunningProcess],
    threads: Records[ProcessThread],
    binaries: Records[RootBinary],
    variables: Records[EnvironmentVariable],
    files: Records[FileEntry],
    staged: Records[StagedFile],
    packages: Records[Package],
    sockets: Records[Socket],
    modules: Records[RootModule],
    scripts: Records[BootScript],
) -> Iterator[Hit]:
    """Root access, or a tool that changes programs while they run.

    Why: with root anything on the phone can be read and hidden; some spyware roots the phone itself.
    Benign causes: most rooted phones were rooted by their owners, for good reasons of their own; builds for developers
        hold su; Frida and Xposed are tools of researchers and hobbyists.
    Base rate: rare; nearly always the owner's own doing.
    Next: ask the owner. If nobody rooted the phone on purpose, have it examined, and keep what is sensitive off it
        until then.
    References: https://source.android.com/docs/security/overview/implement#root-processes
        https://github.com/topjohnwu/Magisk
        https://frida.re/docs/android/
    """
    found: Hits = {}
    gather(found, binaries, of_binary)
    gather(found, processes, of_process)
    gather(found, packages, of_package)
    gather(found, staged, of_file)
    gather(found, mounts, of_mount)
    gather(found, properties, of_property)
    gather(found, threads, of_thread)
    gather(found, variables, of_variable)
    gather(found, files, of_file)
    gather(found, sockets, of_socket)
    gather(found, modules, of_module)
    gather(found, scripts, of_script)
    developers = build(properties).for_developers if "su" in found else False
    for name, hit in found.items():
        low = name == "su" and developers
        yield replace(hit, severity=Severity.LOW if low else Severity.MEDIUM)
