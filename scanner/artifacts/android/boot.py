"""How the phone was started and by what system: the head of a bug report, and what the boot loader hands over."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Dated, Place, Record, Text

FACTS = {
    "Build": "build",
    "Build fingerprint": "fingerprint",
    "Bootloader": "bootloader",
    "Radio": "radio",
    "Network": "network",
    "Kernel": "kernel",
    "Uptime": "uptime",
    "Bugreport format version": "format_version",
    "Dumpstate info": "dumpstate",
}
WORD = re.compile(r'([\w.+-]+)(?:=("[^"]*"|\S*))?')
"""One word of the kernel's command line; a quoted value may hold blanks."""


class Bugreport(Dated):
    """The head of a bug report: when it was made, and of which system."""

    build: str | None = None
    fingerprint: str | None = None
    bootloader: str | None = None
    radio: str | None = None
    network: str | None = None
    kernel: str | None = None
    uptime: str | None = None
    format_version: str | None = None
    dumpstate: str | None = None
    """How the report was asked for; with some arguments it holds a few services only."""


class BootParameter(Record):
    """What the boot loader told the kernel or init: `androidboot.verifiedbootstate` and others."""

    name: str
    value: Text = ""


@artifact("section:/HEADER")
def report(file: File) -> Iterator[Bugreport | BootParameter]:
    """What stands before the first section of a bug report: its date, the build, the kernel's command line.

    References:
        AOSP, dumpstate: https://android.googlesource.com/platform/frameworks/native/+/refs/heads/main/cmds/dumpstate/dumpstate.cpp
    """
    facts, dated, inside = dict[str, object](), dict[str, object](), False
    for number, line in file.lines():
        name, _, rest = line.partition(":")
        if name == "== dumpstate":
            dated = file.dated(rest.strip(), number)
        elif name in FACTS:
            facts.setdefault(FACTS[name], rest.strip().strip("'"))
            inside = False
        elif name == "Command line":
            yield from words(file, rest, number)
        elif name == "Bootconfig":
            inside = True
            yield from configured(file, rest, number)
        elif inside:
            yield from configured(file, line, number)
    if not dated:
        file.problem("the report has no date")
    yield from file.record(Bugreport, Place(line=1), **facts, **dated)


@artifact("/proc/cmdline")
def command_line(file: File) -> Iterator[BootParameter]:
    """The kernel's command line.

    References:
        AOSP, "Bootloader": https://source.android.com/docs/core/architecture/bootloader/implementing-bootconfig
    """
    for number, line in file.lines():
        yield from words(file, line, number)


@artifact("/proc/bootconfig")
def boot_configuration(file: File) -> Iterator[BootParameter]:
    """What the boot loader hands over since Android 12: `name = "value"`.

    References:
        Boot configuration: https://docs.kernel.org/admin-guide/bootconfig.html
    """
    for number, line in file.lines():
        yield from configured(file, line, number)


def words(file: File, line: str, number: int) -> Iterator[BootParameter]:
    """The parameters of a command line."""
    for word in WORD.finditer(line):
        yield from file.record(BootParameter, Place(line=number), name=word[1], value=(word[2] or "").strip('"'))


def configured(file: File, line: str, number: int) -> Iterator[BootParameter]:
    """The parameter of a line of a boot configuration; of several values, all."""
    name, sign, value = line.partition("=")
    if sign and not name.lstrip().startswith("#"):
        plain = value.strip().replace('"', "")
        yield from file.record(BootParameter, Place(line=number), name=name.strip(), value=plain)
