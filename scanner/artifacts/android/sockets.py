"""Connections that were open, and modules that the kernel had loaded, when a bug report was made."""

import re
from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Client, Domain, Place, Process, Record, Stage

PROTOCOLS = frozenset({"tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp6"})
LOCAL, REMOTE, STATE = 3, 4, 5
"""Columns of netstat."""
DETAILS, DETAIL_ADDRESSES = 6, 4
"""Columns of ss, and where its addresses begin."""
USER = re.compile(r"\buid:(\d+)")
USERS = re.compile(r'users:\(\("([^"]*)",(?:pid=)?(\d+)')
MAPPED = "::ffff:"
"""What stands before an IPv4 address in a socket for both kinds."""
MODULE_FIELDS = 3
LISTENING = frozenset({"LISTEN", "LISTENING"})


class Socket(Record):
    """A connection of the phone, or a port that it listened at."""

    stage: ClassVar[Stage] = Stage.VISIT
    protocol: str
    state: str | None = None
    local: str | None = None
    local_port: int | None = None
    remote: Domain | None = None
    remote_port: int | None = None
    uid: int | None = None
    """Whose it is: an app's number."""
    pid: int | None = None
    process: Client | None = None

    @property
    def listens(self) -> bool:
        """Whether it waits for connections."""
        return self.state in LISTENING


class KernelModule(Record):
    """A module that the kernel had loaded."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    name: Process
    size: int | None = None
    used_by: str | None = None


def address(text: str) -> tuple[str | None, str | None]:
    """Host and port of `192.0.2.1:443`, `[2001:db8::1]:443` or `*:*`; None for what stands for any."""
    host, _, port = text.rpartition(":")
    host = host.partition("%")[0].strip("[]")
    if host.startswith(MAPPED) and "." in host:
        host = host.removeprefix(MAPPED)
    return (None if host in {"*", "0.0.0.0", "::", ""} else host), (port if port.isdecimal() else None)  # noqa: S104


@artifact("section:/NETSTAT")
def netstat(file: File) -> Iterator[Socket]:
    """Connections of the internet as `netstat` lists them, in newer reports with listening ports and users.

    References:
        Toybox, netstat: https://github.com/landley/toybox/blob/master/toys/net/netstat.c
    """
    for number, line in file.lines():
        words = line.split()
        if not words or words[0] not in PROTOCOLS:
            continue
        if len(words) <= REMOTE:
            file.problem(f"not a connection: {line[:80]!r}", number)
            continue
        state = words[STATE] if len(words) > STATE and words[STATE].replace("_", "").isalpha() else None
        rest = words[STATE + 1 :] if state else words[STATE:]
        pid, _, process = (rest[-1] if rest else "").partition("/")
        yield from socket(
            file,
            number,
            words[LOCAL : REMOTE + 1],
            protocol=words[0],
            state=state,
            uid=rest[0] if rest and rest[0].isdecimal() else None,
            pid=pid if process and pid.isdecimal() else None,
            process=process or None,
        )


@artifact("section:/DETAILED SOCKET STATE")
def detailed(file: File) -> Iterator[Socket]:
    """The same as `ss` lists it, with the user of each connection.

    References:
        ss(8): https://man7.org/linux/man-pages/man8/ss.8.html
    """
    for number, line in file.lines():
        words = line.split()
        if not words or words[0] not in PROTOCOLS or line[:1].isspace():
            continue
        if len(words) < DETAILS:
            file.problem(f"not a connection: {line[:80]!r}", number)
            continue
        user, users = USER.search(line), USERS.search(line)
        yield from socket(
            file,
            number,
            words[DETAIL_ADDRESSES:DETAILS],
            protocol=words[0],
            state=words[1],
            uid=user[1] if user else None,
            pid=users[2] if users else None,
            process=users[1] if users else None,
        )


def socket(file: File, number: int, ends: list[str], **values: str | None) -> Iterator[Socket]:
    """The record of a connection between two ends."""
    (local, local_port), (remote, remote_port) = address(ends[0]), address(ends[1])
    values |= {"local": local, "local_port": local_port, "remote": remote, "remote_port": remote_port}
    yield from file.record(Socket, Place(line=number), **values)


@artifact("section:/LSMOD", "/proc/modules")
def modules(file: File) -> Iterator[KernelModule]:
    """Modules that the kernel had loaded: name, size and what uses them.

    References:
        proc_modules(5): https://man7.org/linux/man-pages/man5/proc_modules.5.html
    """
    for number, line in file.lines():
        words = line.split()
        if not words or words[0] == "Module":
            continue
        if len(words) < MODULE_FIELDS or not words[1].isdecimal():
            file.problem(f"not a module: {line[:80]!r}", number)
            continue
        used = words[MODULE_FIELDS] if len(words) > MODULE_FIELDS and words[MODULE_FIELDS] != "-" else None
        values = {"name": words[0], "size": words[1], "used_by": used}
        yield from file.record(KernelModule, Place(line=number), **values)
