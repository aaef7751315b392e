"""Small Android acquisitions in every shape, for the tests that open them."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from scanner.evidence import Evidence
from scanner.evidence.open import recognise
from scanner.evidence.secret import Secret
from scanner.synthetic.android_backup import adb_backup, tar

NOTHING = Secret()
RULE = "-" * 79
PROPERTIES = (
    "[ro.product.model]: [Pixel 9]\n[persist.sys.timezone]: [Europe/Berlin]\n[ro.build.version.release]: [15]\n"
)
REPORT = f"""========================================================
== dumpstate: 2024-06-15 14:00:00
========================================================

Build fingerprint: 'google/tokay/tokay:15/AP3A/1:user/release-keys'
Dumpstate info: id=1 pid=1 dry_run=0 parallel_run=1 args=/system/bin/dumpstate -S bugreport_mode=

------ SYSTEM PROPERTIES (getprop) ------
{PROPERTIES}------ 0.1s was the duration of 'DUMPSYS' ------
------ DUMPSYS CRITICAL (/system/bin/dumpsys) ------
{RULE}
DUMP OF SERVICE CRITICAL activity:
critical
--------- 0.1s was the duration of dumpsys activity, ending at: 2024-06-15 14:00:01
------ DUMPSYS NORMAL (/system/bin/dumpsys) ------
{RULE}
DUMP OF SERVICE package:
Packages:
--------- 0.1s was the duration of dumpsys package, ending at: 2024-06-15 14:00:02
{RULE}
DUMP OF SERVICE activity:
normal
--------- 0.1s was the duration of dumpsys activity, ending at: 2024-06-15 14:00:03
{RULE}
DUMP OF SERVICE media.camera:
half a
*** SERVICE 'media.camera' DUMP TIMEOUT (10000ms) EXPIRED ***

--------- 10.0s was the duration of dumpsys media.camera, ending at: 2024-06-15 14:00:13
""".encode()
MEMBERS = {"FS/data/tombstones/tombstone_00": b"*** ***", "version.txt": b"2.0"}
WANTED = {
    "dumpsys:/activity": b"critical\nnormal\n",
    "dumpsys:/package": b"Packages:\n",
    "section:/SYSTEM PROPERTIES": PROPERTIES.encode(),
}


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def named(name: str) -> dict[str, bytes]:
    """A bug report's members, its text under a name."""
    return {name: REPORT, **MEMBERS}


SHAPES: dict[str, dict[str, bytes]] = {
    "powershell": {"a.txt": REPORT.decode().encode("utf-16")},
    "flat text": {"anything.txt": REPORT},
    "no extension": {"report": REPORT},
    "noise before it": {"a.txt": b"adbd: noise\n" + REPORT},
    "gzip": {"bugreport.txt.gz": gzip.compress(REPORT)},
    "zip": {"renamed.bin": zipped({"main_entry.txt": b"bugreport-x.txt", **named("bugreport-x.txt")})},
    "zip without main_entry": {"x.zip": zipped(named("bugreport-x.txt"))},
    "stored zip": {"x.zip": zipped(named("bugreport-x.txt"), zipfile.ZIP_STORED)},
    "rare compression": {"x.zip": zipped(named("bugreport-x.txt"), zipfile.ZIP_LZMA)},
    "wrapper": {"MIUI-log.zip": zipped({"info.txt": b"x", "bugreport.zip": zipped(named("b.txt"))})},
    "wrapper in a wrapper": {"o.zip": zipped({"i.zip": zipped({"b.tar": tar(named("b.txt"))})})},
    "samsung": {"dumpState_S901.zip": zipped({"log/dumpState_S901_1.log": REPORT})},
    "one top folder": {"x.zip": zipped({f"top/{name}": data for name, data in named("b.txt").items()})},
    "tar.gz": {"x.tar.gz": gzip.compress(tar(named("b.txt")))},
    "unpacked": named("bugreport-x.txt"),
    "folder above": {f"case/phone/{name}": data for name, data in named("b.txt").items()},
}


def written(members: dict[str, bytes], root: Path) -> Path:
    """Files in a folder; a single one is the path itself."""
    for name, data in members.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root / next(iter(members)) if len(members) == 1 else root


def contents(evidence: Evidence) -> dict[str, bytes]:
    """Every file's content by its path."""
    found = {}
    for entry in evidence.entries():
        reader = evidence.reader(entry)
        found[entry.path] = reader.read(0, reader.size)
        reader.close()
    evidence.close()
    return found


@pytest.fixture
def acquired(tmp_path: Path) -> Iterator[Callable[..., Evidence]]:
    """What opens members, written to a folder."""
    with ExitStack() as stack:
        yield lambda members, secret=NOTHING: stack.enter_context(
            closing(recognise(written(members, tmp_path / "e")).open(secret))
        )


def problem(evidence: Evidence, path: str) -> str:
    """What is wrong with one file."""
    (entry,) = [entry for entry in evidence.entries() if entry.path == path]
    with closing(evidence.reader(entry)) as reader:
        return str(getattr(reader, "problem", ""))


ACQUISITION = json.dumps({"uuid": "1", "started": "2024-06-15T11:00:00Z", "completed": "2024-06-15T11:30:00Z"}).encode()
QF = {
    "acquisition.json": ACQUISITION, "getprop.txt": PROPERTIES.encode(), "packages.json": b"[]",
    "dumpsys.txt": REPORT[REPORT.index(RULE.encode()) :], "tmp/wd/pred.so": b"\x7fELF",
    "logs/data/anr/anr_1": b"anr", "intrusion_logs/2026-05-01.txt": b'{"dns_event":{}}',
    "bugreport.zip": zipped(named("bugreport-x.txt")), "backup.ab": adb_backup({"apps/org.example/f/a": b"x"}),
}  # fmt: skip
QF_SHAPES: dict[str, dict[str, bytes]] = {
    "folder": QF,
    "folder above": {f"uuid/{name}": data for name, data in QF.items()},
    "zip": {"renamed": zipped(QF)},
    "zip with a folder": {"x.zip": zipped({f"uuid/{name}": data for name, data in QF.items()})},
    "tar.gz": {"x.tgz": gzip.compress(tar(QF))},
}
