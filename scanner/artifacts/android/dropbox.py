"""The drop box: what the system keeps of crashes, hangs, boots and warnings for weeks."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import unquote

from scanner.artifact import artifact
from scanner.artifacts.android.tombstones import Crash, crash
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.formats.dropbox_dump import Dump, Entry, head
from scanner.formats.gzip_bounded import MAGIC, unpack
from scanner.formats.protobuf import fields
from scanner.formats.tombstone_proto import tombstone
from scanner.formats.tombstone_text import tombstones
from scanner.record import AppId, Dated, Place, Process, Record, Stage, Text

MAX_UNPACKED = 16 << 20
MAX_TEXT = 4000
"""Characters of an entry's text that a record keeps."""
NAME = re.compile(r"(.+)@(\d{1,16})\.(txt|dat|lost)(\.gz)?")
PACKAGE = re.compile(r"(\S+)(?: v(\S+))?")


class DropboxEntry(Dated):
    """An entry of the drop box: a crash, a hang, a boot, a warning."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    tag: str
    """`data_app_crash`, `SYSTEM_TOMBSTONE`, `SYSTEM_BOOT`, `system_server_wtf` …"""
    kind: str | None = None
    """text or data; None where the content was lost."""
    size: int | None = None
    process: Process | None = None
    app: AppId | None = None
    version: str | None = None
    pid: int | None = None
    uid: int | None = None
    subject: Text | None = None
    exception: Text | None = None
    """The first line below the head."""
    text: Text | None = None


class DropboxExtent(Record):
    """How many entries the drop box has."""

    stage: ClassVar[Stage] = Stage.NONE
    entries: int


@artifact("dumpsys:/dropbox", "section:/DROPBOX SYSTEM SERVER CRASHES", "section:/DROPBOX SYSTEM APP CRASHES")
def entries(file: File) -> Iterator[DropboxEntry | DropboxExtent | Crash]:
    """Entries of the drop box as the service lists them, those of the system's crashes with their text.

    References:
        Android Open Source Project, DropBoxManager:
        https://developer.android.com/reference/android/os/DropBoxManager
    """
    dump = Dump()
    for entry in dump.entries(file.lines()):
        body = [line for _, line in entry.body]
        while body and not body[-1].strip():
            body.pop()
        values = {"tag": entry.tag, "kind": entry.kind, "size": entry.size} | said(body)
        yield from file.record(DropboxEntry, Place(line=entry.line), **file.dated(entry.written, entry.line), **values)
        yield from native(file, entry)
    if dump.stated is not None:
        yield from file.record(DropboxExtent, Place(line=1), entries=dump.stated)
        if not dump.searched and dump.made != dump.stated:
            file.problem(f"{dump.made} entries are listed where the drop box says that it has {dump.stated}")


def native(file: File, entry: Entry) -> Iterator[Crash]:
    """The native crashes that are printed in an entry."""
    if "TOMBSTONE" in entry.tag or "native_crash" in entry.tag:
        for found in tombstones(entry.body):
            found.timestamp = found.timestamp or entry.written
            if found.pid is not None:
                yield from crash(file, found)


@artifact("/data/system/dropbox/*")
def files(file: File) -> Iterator[DropboxEntry | Crash]:
    """Entries of the drop box as the phone keeps them, with their whole text; native crashes in them once more.

    References:
        Android Open Source Project, DropBoxManagerService:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/DropBoxManagerService.java
    """
    if not (found := NAME.fullmatch(file.path[file.path.rfind("/") + 1 :])):
        raise ValueError("the name is none of an entry: tag@time.txt")
    tag, time, kind = unquote(found[1]), int(found[2]) / 1000, found[3]
    content = b"" if kind == "lost" else unpacked(file)
    values: dict[str, Any] = {"tag": tag, "size": len(content), "time": time}
    values["kind"] = {"txt": "text", "dat": "data"}.get(kind)
    text = content.decode("utf-8", "backslashreplace") if kind == "txt" else ""
    yield from file.record(DropboxEntry, Place(), **values, **said(text.splitlines()))
    if "TOMBSTONE" in tag or "native_crash" in tag:
        yield from crashes(file, tag, content, text)


def crashes(file: File, tag: str, content: bytes, text: str) -> Iterator[Crash]:
    """The native crashes in an entry's content."""
    if text:
        for one in tombstones(enumerate(text.splitlines(), 1)):
            if one.pid is not None:
                yield from crash(file, one)
    elif content:
        if "WITH_HEADERS" in tag:
            content = next((value for number, _, value in fields(content) if number == 1 and type(value) is bytes), b"")
        yield from crash(file, tombstone(content))


def unpacked(file: File) -> bytes:
    """An entry's content."""
    stored = file.read()
    content, problem = unpack(stored, MAX_UNPACKED)
    if file.path.endswith(".gz") and not stored.startswith(MAGIC):
        problem = "it is named .gz, and is no gzip"
    if problem:
        file.problem(problem)
    return content


def said(body: list[str]) -> dict[str, Any]:
    """What an entry's text says of its process and its reason."""
    names, below = head(body)
    package = PACKAGE.match(names.get("Package", ""))
    made: dict[str, Any] = {"process": names.get("Process"), "subject": names.get("Subject")}
    made |= {"app": package[1], "version": package[2]} if package else {}
    made |= {name.lower(): whole(names.get(name)) for name in ("PID", "UID")}
    exception = next((line for line in below if line.strip() and not line.startswith("***")), None)
    text = "\n".join(below or body).strip()[:MAX_TEXT]
    return made | {"exception": exception, "text": text or None}
