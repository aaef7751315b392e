"""`python -m benchmarks.android`: Android's evidence: time beside MVT's on one bug report, memory on large evidence.

The bug report is the sample beside the project, or any that is given with --report; the large evidence is made.
"""

import argparse
import io
import json
import os
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import material, rivals, table
from benchmarks.measure import Measured, measure
from scanner.synthetic import android

SAMPLE = material.SHARED / "evidence" / "android_bugreport"
ENDS = (0, 1, 3)
"""Exit codes of a scan that came to its end."""
TEXT_BYTES, BACKUP_BYTES, LISTED = 250_000_000, 2_000_000_000, 1_000_000
MEMBER = "bugreport.txt"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.android", description=__doc__)
    parser.add_argument("--report", type=Path, help="a bug report in a ZIP archive")
    parser.add_argument("--mvt", type=Path, help="an mvt-android; without one only Bridle is measured")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=material.default_work())
    options = parser.parse_args()
    work: Path = options.work.resolve() / "android"
    work.mkdir(parents=True, exist_ok=True)
    report = options.report or next(SAMPLE.glob("*.zip"), None)
    if report is None:
        sys.exit("no bug report: give one with --report")
    feed = work / "chimera.stix2"
    feed.write_text(json.dumps(android.bundle()), encoding="utf-8")
    rows: list[tuple[str, ...]] = [("", "CPU s", "wall s", "PSS MB", "RSS MB")]
    rows += compared(once(work / "report.zip", lambda path: entered(report, path)), feed, work, options)
    for name, path in large(report, work):
        rows.append(row(name, best(scan(path, feed, "-j", "1"), work, 1)))
    print(table.markdown(rows))


def compared(report: Path, feed: Path, work: Path, options: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    """The same bug report with both, taking turns."""
    commands = {"Bridle, 1 job": scan(report, feed, "-j", "1")}
    if options.mvt:
        commands["MVT check-bugreport"] = (
            str(options.mvt),
            *rivals.OFFLINE,
            "check-bugreport",
            "-i",
            str(feed),
            str(report),
        )
    for name, command in commands.items():
        yield row(name, best(command, work, options.runs))


def scan(path: Path, feed: Path, *more: str) -> tuple[str, ...]:
    """Bridle's command."""
    return (*rivals.BRIDLE, str(path), "--no-default-feeds", "--feeds", str(feed), "--no-progress", "-q", *more)


def best(command: tuple[str, ...], work: Path, runs: int) -> Measured:
    """The median run by its CPU time; one before is not counted, so that nobody pays for the disk."""
    environment = rivals.environment(work / "home") | {"PYTHONDONTWRITEBYTECODE": ""}
    found = [measure(command, environment, work / "log", ENDS) for _ in range(runs + (runs > 1))][-runs:]
    middle = median(one.cpu for one in found)
    return min(found, key=lambda one: abs(one.cpu - middle))


def row(name: str, one: Measured) -> tuple[str, ...]:
    """A row of the table."""
    return name, f"{one.cpu:.2f}", f"{one.wall:.2f}", table.megabytes(one.proportional), table.megabytes(one.resident)


def once(path: Path, make: object) -> Path:
    """A file that is made if it is not there."""
    if not path.exists() and callable(make):
        make(path)
    return path


def text(report: Path) -> bytes:
    """The largest text in a bug report."""
    with zipfile.ZipFile(report) as archive:
        return archive.read(max(archive.infolist(), key=lambda info: info.file_size))


def entered(report: Path, path: Path) -> None:
    """The same bug report with the entry that MVT needs."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("main_entry.txt", MEMBER)
        archive.writestr(MEMBER, text(report))


def large(report: Path, work: Path) -> Iterator[tuple[str, Path]]:
    """Large evidence, made if it is not there."""
    yield "text of 250 MB", once(work / "large.zip", lambda path: repeated(report, path))
    yield "adb backup of 2 GB", once(work / "large.ab", backup)
    yield "1,000,000 listed files", once(work / "listed" / "files.json", files).parent


def repeated(report: Path, path: Path) -> None:
    """A bug report whose sections come again and again."""
    content = text(report)
    begin = content.index(b"\n------ ") + 1
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(MEMBER, "w", force_zip64=True) as member,
    ):
        member.write(content[:begin])
        for _ in range(TEXT_BYTES // len(content) + 1):
            member.write(content[begin:])


def backup(path: Path) -> None:
    """An adb backup with many films, and the text messages behind them."""
    part = os.urandom(1 << 20)
    packer = zlib.compressobj(1)

    class Packed(io.RawIOBase):
        """Where the archive is written to."""

        def writable(self) -> bool:
            """It is."""
            return True

        def write(self, data: object) -> int:
            """Pack and write."""
            content = bytes(data)  # type: ignore[call-overload]
            file.write(packer.compress(content))
            return len(content)

    with path.open("wb") as file:
        file.write(b"ANDROID BACKUP\n5\n1\nnone\n")
        with tarfile.open(fileobj=Packed(), mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for number in range(BACKUP_BYTES // (100 * len(part))):
                add(archive, f"shared/0/DCIM/{number}.mp4", part * 100)
            for name, data in android.make().below("/data/user_de/0/com.android.providers.telephony/files/"):
                add(archive, f"apps/com.android.providers.telephony/d_f/{name}", data)
        file.write(packer.flush())


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Put a file into an archive."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def files(path: Path) -> None:
    """AndroidQF's list of very many files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "getprop.txt").write_text("[persist.sys.timezone]: [Europe/Berlin]\n", encoding="utf-8")
    hashes = '"sha1":"","sha256":"","sha512":"","md5":""'
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number in range(LISTED):
            file.write(",\n" if number else "")
            file.write(
                f'{{"path":"/sdcard/DCIM/{number % 100}/img_{number}.jpg","size":{number},"mode":"-rw-rw----",'
                '"user_id":10150,"user_name":"u0_a150","group_id":1015,"group_name":"sdcard_rw","changed_time":1718000000,'
                f'"modified_time":1718000000,"access_time":1718000000,"error":"","context":"",{hashes}}}'
            )
        file.write("]")


if __name__ == "__main__":
    main()
