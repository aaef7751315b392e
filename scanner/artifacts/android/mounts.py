"""What is mounted where, as all processes or a single one see it."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.json_lists import members
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.record import Path, Place, Record

OCTAL = re.compile(r"\\([0-7]{3})")
COMMAND = re.compile(r"(\S+) on (/.*) type (\S+) \((.*)\)")
"""`device on /place type ext4 (rw,seclabel)`"""
PROC_FIELDS, PROC_ENDS, INFO_FIELDS, INFO_END = 6, 2, 6, 3
"""Fields of a line of /proc/mounts, how many of them stand after the options; of mountinfo before and after the `-`."""


class Mount(Record):
    """A file system that is mounted."""

    mount_point: Path
    device: Path | None = None
    """A block device, or the name of a file system that has none."""
    file_system: str | None = None
    options: str | None = None
    super_options: str | None = None
    """Of the file system itself, where the mount's own options are told apart."""
    root: str | None = None
    """Which folder of the file system stands here: not `/` for a bind mount."""
    pid: int | None = None
    """The process that sees it so; none: the process that listed it."""


def plain(text: str) -> str:
    """A path without the octal escapes that the kernel writes for blanks."""
    return OCTAL.sub(lambda found: chr(int(found[1], 8)), text)


@artifact("/proc/*/mountinfo")
def of_process(file: File) -> Iterator[Mount]:
    """The mounts that one process sees; a bug report holds one such list for each different view.

    References:
        proc_pid_mountinfo(5): https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
    """
    process = file.path.split("/")[2]
    pid = whole(process)
    for number, line in file.lines():
        before, sign, after = line.partition(" - ")
        head, tail = before.split(" "), after.split(" ", 2)
        if not sign or len(head) < INFO_FIELDS or len(tail) < INFO_END:
            if line.strip():
                file.problem(f"not a mount: {line[:80]!r}", number)
            continue
        values = {
            "pid": pid,
            "root": plain(head[3]),
            "mount_point": plain(head[4]),
            "options": head[5],
            "file_system": tail[0],
            "device": plain(tail[1]),
            "super_options": tail[2],
        }
        yield from file.record(Mount, Place(line=number), **values)


@artifact("/proc/mounts", "/proc/*/mounts", "section:/MOUNT POINT DUMP", "section:/MOUNTS", "section:/MOUNT INFO")
def of_kernel(file: File) -> Iterator[Mount]:
    """Mounts as the kernel or `mount` lists them: `device /place type options 0 0`, or with `on` and `type`.

    References:
        fstab(5), whose form /proc/mounts has: https://man7.org/linux/man-pages/man5/fstab.5.html
        mount(8): https://man7.org/linux/man-pages/man8/mount.8.html
    """
    process = file.path.removeprefix("/proc/").partition("/")[0]
    pid = whole(process)
    for number, line in file.lines():
        if line.strip():
            yield from mount(file, line, Place(line=number), pid)


@artifact("androidqf:/mounts.json")
def listed(file: File) -> Iterator[Mount]:
    """Mounts as `mount` and `/proc/mounts` gave them to AndroidQF: a list of lines of both forms.

    References:
        AndroidQF, mounts module: https://github.com/mvt-project/androidqf
    """
    seen = set[tuple[str | None, ...]]()
    for number, line in members(file, str):
        for one in mount(file, line, Place(row=number), None):
            key = (one.mount_point, one.device, one.file_system, one.options)
            if key not in seen:
                seen.add(key)
                yield one


def mount(file: File, line: str, place: Place, pid: int | None) -> Iterator[Mount]:
    """The mount of a line of either form."""
    line = line.strip()
    if found := COMMAND.fullmatch(line):
        device, point, kind, options = found.groups()
    elif line.startswith("/") or len(line.split(" ")) == PROC_FIELDS:
        parts = line.rsplit(" ", PROC_ENDS)[0].split(" ")
        if len(parts) != PROC_FIELDS - PROC_ENDS:
            file.problem(f"not a mount: {line[:80]!r}", place.line or place.row)
            return
        device, point, kind, options = parts
    else:
        file.problem(f"not a mount: {line[:80]!r}", place.line or place.row)
        return
    values = {"device": plain(device), "mount_point": plain(point), "file_system": kind, "options": options, "pid": pid}
    yield from file.record(Mount, place, **values)


@artifact("section:/FILESYSTEMS & FREE SPACE")
def of_space(file: File) -> Iterator[Mount]:
    """Mounts by the table of free space (`df`), which names neither types nor options.

    References:
        df(1): https://man7.org/linux/man-pages/man1/df.1.html
    """
    for number, line in file.lines():
        device, _, rest = line.partition(" ")
        place = rest.rpartition("% ")[2] if "% " in rest else ""
        if place.startswith("/"):
            yield from file.record(Mount, Place(line=number), device=device, mount_point=place.strip())
        elif line.strip() and not line.startswith(("Filesystem", "df:")):
            file.problem(f"not a mount: {line[:80]!r}", number)
