"""What AndroidQF asks a running phone: the mode of SELinux, programs of root, the environment, the services."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.json_lists import members
from scanner.evidence import File
from scanner.record import Path, Place, Record, Text

SERVICE = re.compile(r"\d+\s+(\S+): \[(.*)\]")

NOT_FOUND = re.compile(r"not found|^which: no ")
FOUND = re.compile(r"Found (\d{1,9}) services")


class SelinuxMode(Record):
    """Whether SELinux enforces its rules: enforcing, permissive or disabled."""

    mode: str


class RootBinary(Record):
    """A program for root access that the phone's shell finds."""

    path: Path


class EnvironmentVariable(Record):
    """A variable of the shell's environment: `LD_PRELOAD` and others decide what programs load."""

    name: str
    value: Text = ""


class SystemService(Record):
    """A service that is registered with the system's service manager."""

    name: str
    interface: str | None = None


@artifact("androidqf:/selinux.txt", "/sys/fs/selinux/enforce")
def selinux(file: File) -> Iterator[SelinuxMode]:
    """The mode of SELinux as `getenforce` says it, or as the kernel's own file (1: enforcing).

    References:
        Android, SELinux: https://source.android.com/docs/security/features/selinux
    """
    for number, line in file.lines():
        word = {"1": "enforcing", "0": "permissive"}.get(line.strip(), line.strip().lower())
        if word in {"enforcing", "permissive", "disabled"}:
            yield from file.record(SelinuxMode, Place(line=number), mode=word)
        elif word:
            file.problem(f"not a mode of SELinux: {line[:80]!r}", number)


@artifact("androidqf:/root_binaries.json")
def root_binaries(file: File) -> Iterator[RootBinary]:
    """Programs of root that `which -a` found: su, busybox, magisk and others; a text may hold several lines.

    References:
        AndroidQF, root_binaries module: https://github.com/mvt-project/androidqf
    """
    for number, text in members(file, str):
        for line in text.splitlines():
            if line.strip().startswith("/"):
                yield from file.record(RootBinary, Place(row=number), path=line.strip())
            elif line.strip() and not NOT_FOUND.search(line):
                file.problem(f"not a path: {line[:80]!r}", number)


@artifact("androidqf:/env.txt", "section:/PRINTENV")
def environment(file: File) -> Iterator[EnvironmentVariable]:
    """The environment of the shell, lines of `NAME=value`; a line without a name goes on with the value before.

    References:
        environ(7): https://man7.org/linux/man-pages/man7/environ.7.html
    """
    name, parts, start = "", list[str](), 0
    for number, line in file.lines():
        before, sign, rest = line.partition("=")
        if sign and re.fullmatch(r"[A-Za-z_]\w*", before):
            yield from variable(file, name, parts, start)
            name, parts, start = before, [rest], number
        elif parts:
            parts.append(line)
        elif line.strip():
            file.problem(f"not a variable: {line[:80]!r}", number)
    yield from variable(file, name, parts, start)


def variable(file: File, name: str, parts: list[str], start: int) -> Iterator[EnvironmentVariable]:
    """The variable of some lines; none of no lines."""
    if parts:
        yield from file.record(EnvironmentVariable, Place(line=start), name=name, value="\n".join(parts).rstrip("\n"))


@artifact("androidqf:/services.txt")
def services(file: File) -> Iterator[SystemService]:
    """The services that are registered, as `service list` gives them: `12  name: [interface]`.

    References:
        AOSP, service: https://android.googlesource.com/platform/frameworks/native/+/refs/heads/main/cmds/service/
    """
    stated, made = None, 0
    for number, line in file.lines():
        if found := SERVICE.match(line.strip()):
            made += 1
            yield from file.record(SystemService, Place(line=number), name=found[1], interface=found[2] or None)
        elif count := FOUND.match(line):
            stated = int(count[1])
        elif line.strip():
            file.problem(f"not a service: {line[:80]!r}", number)
    if stated is not None and stated != made:
        file.problem(f"it says that there are {stated} services, and names {made}")
