"""Lines of the kernel's log as the kernel itself writes them, and what some of them mean.

References:
    The Linux kernel's documentation, "Bug hunting" and "Tainted kernels":
    https://docs.kernel.org/admin-guide/bug-hunting.html https://docs.kernel.org/admin-guide/tainted-kernels.html
"""

import re

LINE = re.compile(r"(?:<\d{1,4}>)?\[\s*(\d{1,9}\.\d{1,9})(?:[@ ]\w+)?\](?:\[[^\]]{0,20}\])?(.*)", re.DOTALL)
MODULE = re.compile(r"(?:^|[\s:])([\w-]+): (?:loading out-of-tree module|module verification failed|module license)")
COMM = re.compile(r"PID: (\d{1,10}) Comm: (\S+)")
FAULT = re.compile(r"([^\s:\[\]]+)\[(\d{1,10})\]: (?:unhandled|segfault)")
SERVICE = re.compile(r"Service '([^']+)' \(pid (\d{1,10})\) (?:received signal|exited)")
MEANINGS = (
    ("Kernel panic - not syncing", "panic"),
    ("Internal error: ", "oops"),
    ("Unable to handle kernel ", "oops"),
    ("kernel BUG at", "oops"),
    ("BUG: KASAN", "oops"),
    ("BUG: KFENCE", "oops"),
    ("CFI failure", "oops"),
    ("loading out-of-tree module", "module"),
    ("module verification failed", "module"),
    ("taints kernel", "module"),
    ("unhandled level ", "fault"),
    (": segfault at ", "fault"),
    ("received signal 11", "fault"),
    ("received signal 4 ", "fault"),
    ("reboot: ", "restart"),
    ("sys.powerctl=", "restart"),
    ("Linux version ", "boot"),
    (" Comm: ", "trace"),
)
"""Parts of lines, and what such a line tells."""


def split(line: str) -> tuple[float, str] | None:
    """Seconds since the boot and text of `<6>[   12.345678] text`; None where it is no such line."""
    found = LINE.match(line)
    return (float(found[1]), found[2].lstrip()) if found else None


def meaning(text: str) -> str | None:
    """What a line tells, if it is one of those that matter."""
    return next((meant for part, meant in MEANINGS if part in text), None)


def who(text: str) -> tuple[str | None, int | None]:
    """The process that a line is about, and its number."""
    if (found := COMM.search(text)) is not None:
        return found[2], int(found[1])
    if (found := FAULT.search(text) or SERVICE.search(text)) is not None:
        return found[1], int(found[2])
    return None, None


def module(text: str) -> str | None:
    """The kernel module that a line is about."""
    return found[1] if (found := MODULE.search(text)) else None
