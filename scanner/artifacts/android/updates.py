"""Updates of the system: what was installed, from where, and whether by cable through the recovery system."""

import re
from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Dated, Place, Text

ENGINE = re.compile(
    r"(?:\S+ \S+ update_engine: )?\[(?:(?P<year>\d{4}))?(?P<month>\d\d)(?P<day>\d\d)[-/](?P<hour>\d\d)(?P<minute>\d\d)"
    r"(?P<second>\d\d(?:\.\d{1,6})?)(?:\]\[|:)(?P<level>[A-Z]+):(?P<where>[\w.]+)\(\d+\)\]\s*(?P<message>.*)"
)
"""`[20240503-123456.123456] [INFO:main.cc(55)] text`, older ones `[0503/123456.123456:INFO:main.cc(55)] text`."""
TOLD = ("install plan", "InstallPlan", "payload_url", "payload url", "successfully applied", "ErrorCode", "rollback")
TOLD_ANY_CASE = tuple(words.lower() for words in TOLD)
RECOVERY = (
    "starting recovery", "command:", "update location", "finding update package", "install from adb", "sideload",
    "installing update", "signature", "install complete", "install succeeded", "installation aborted", "wiping",
    "update_package", "source build", "target build",
)  # fmt: skip
LONGEST = 2000
MAX_EVENTS = 10_000
"""Of one log; what is told again and again says nothing more."""


class SystemUpdate(Dated):
    """A step of an update of the system, or what the recovery system did."""

    source: str
    """update_engine or recovery."""
    message: Text


@artifact("/data/misc/update_engine_log/*", "/data/misc/update_engine_log", "/data/misc/update_engine/*log*")
def engine(file: File) -> Iterator[SystemUpdate]:
    """The log of update_engine, which updates phones with two slots: plans, sources and results.

    References:
        AOSP, update_engine: https://android.googlesource.com/platform/system/update_engine/
    """
    made = 0
    for number, line in file.lines():
        lower = line.lower()
        if not any(words in lower for words in TOLD_ANY_CASE) or not (found := ENGINE.match(line.replace("] [", "]["))):
            continue
        made += 1
        if made > MAX_EVENTS:
            continue
        year = f"{found['year']}-" if found["year"] else ""
        time = f"{year}{found['month']}-{found['day']} {found['hour']}:{found['minute']}:{found['second']}"
        values = {"source": "update_engine", "message": found["message"][:LONGEST]}
        yield from file.record(SystemUpdate, Place(line=number), **values, **file.dated(time, number))
    if made > MAX_EVENTS:
        file.problem(f"only the first {MAX_EVENTS} of {made} steps were taken")


@artifact(
    "/data/misc/recovery/last_*",
    "/data/misc/recovery/ro.build.fingerprint",
    "/cache/recovery/last_*",
    "/cache/recovery/log*",
)
def recovery(file: File) -> Iterator[SystemUpdate]:
    """The recovery system's logs: which package was installed and how (`sideload`: by cable), what was wiped.

    References:
        AOSP, recovery: https://android.googlesource.com/platform/bootable/recovery/
    """
    whole = not file.path.rpartition("/")[2].startswith(("last_log", "last_kmsg", "log"))
    made = 0
    for number, line in file.lines():
        lower = line.lower()
        if not line.strip() or not (whole or any(words in lower for words in RECOVERY)):
            continue
        made += 1
        if made > MAX_EVENTS:
            continue
        yield from file.record(SystemUpdate, Place(line=number), source="recovery", message=line.strip()[:LONGEST])
    if made > MAX_EVENTS:
        file.problem(f"only the first {MAX_EVENTS} of {made} lines were taken")
