"""The phone as its acquisitions hold it: bug report, AndroidQF folder, file system, adb backup."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.synthetic.android.phone import AndroidPhone, local
from scanner.synthetic.android_backup import adb_backup
from scanner.synthetic.phone import NOW, Trace

RULE = "-" * 79
CRITICAL = ("activity", "notification")
IN_REPORT = ("/data/tombstones/", "/data/anr/", "/proc/")
TEXT = f"bugreport-moorland-{local(NOW, '%Y-%m-%d-%H-%M-%S')}.txt"
STORED = (1980, 1, 1, 0, 0, 0)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A ZIP archive; the same for the same members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, STORED), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def services(phone: AndroidPhone) -> bytes:
    """What `dumpsys` prints: every service."""
    parts = []
    for at, (name, body) in enumerate(sorted(phone.below("dumpsys:/"))):
        end = f"--------- 0.0{at % 10}1s was the duration of dumpsys {name}, ending at: {local(NOW + at)}\n"
        parts.append(f"{RULE}\nDUMP OF SERVICE {name}:\n".encode() + body + end.encode())
    return b"".join(parts)


def report(phone: AndroidPhone) -> bytes:
    """The text of a bug report."""
    sections = dict(phone.below("section:/"))
    parts = [sections.pop("HEADER")]
    for name, body in sections.items():
        parts.append(f"------ {name} (command) ------\n".encode() + body)
        parts.append(f"------ 0.101s was the duration of '{name}' ------\n".encode())
    return b"".join([*parts, b"------ DUMPSYS NORMAL (/system/bin/dumpsys) ------\n", services(phone)])


def bugreport(phone: AndroidPhone) -> bytes:
    """A bug report as the phone packs it."""
    members = {"version.txt": b"2.0", "main_entry.txt": TEXT.encode(), TEXT: report(phone)}
    members |= {f"FS{path}": data for path, data in phone.items.items() if path.startswith(IN_REPORT)}
    return zipped(members)


def backup(phone: AndroidPhone, password: str | None = None) -> bytes:
    """An adb backup: of the phone's own text messages, and of nothing else since Android 12."""
    package = "com.android.providers.telephony"
    place = f"/data/user_de/0/{package}/files/"
    files = {f"apps/{package}/_manifest": f"1\n{package}\n34\n34\n\n0\n0\n".encode()}
    return adb_backup(
        files | {f"apps/{package}/d_f/{name}": data for name, data in phone.below(place)}, password=password
    )


def androidqf(phone: AndroidPhone) -> dict[str, bytes]:
    """An AndroidQF acquisition, by the names of its files."""
    moments = {"started": "2024-06-20T12:00:00Z", "completed": "2024-06-20T12:20:00Z"}
    collector = {
        "uuid": "3b0c9f52-0000-4000-8000-000000000002",
        "androidqf_version": "1.8.3",
        **moments,
        "streaming_mode": False,
    }
    members = dict(phone.below("androidqf:/")) | {
        "acquisition.json": json.dumps(collector).encode(),
        "dumpsys.txt": services(phone),
        "getprop.txt": phone.items["section:/SYSTEM PROPERTIES"],
        "logcat.txt": phone.items["section:/SYSTEM LOG"],
        "processes.txt": phone.items["section:/PROCESSES AND THREADS"],
        "bugreport.zip": bugreport(phone),
        "backup.ab": backup(phone),
    }
    members |= {f"tmp/{name}": data for name, data in phone.below("/data/local/tmp/")}
    members |= {f"intrusion_logs/{name}": data for name, data in phone.below("intrusion:/")}
    listed = (
        f"{name},{hashlib.sha256(data).hexdigest()}\n" for name, data in members.items() if name != "acquisition.json"
    )
    return members | {"hashes.csv": "".join(listed).encode()}


def acquired(phone: AndroidPhone) -> Iterator[Trace]:
    """The planted traces that an AndroidQF acquisition holds."""
    held = ("dumpsys:/", "section:/", "androidqf:/", "intrusion:/", "/data/local/tmp/", "/data/user_de/", *IN_REPORT)
    return (trace for trace in phone.truth if trace.path.startswith(held))


def file_system(phone: AndroidPhone) -> dict[str, bytes]:
    """A copy of the file system, by its paths without the first slash."""
    return {path[1:]: data for path, data in phone.items.items() if path.startswith("/")}


def write(members: Mapping[str, bytes], folder: Path) -> None:
    """Put files into a folder."""
    for name, data in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
