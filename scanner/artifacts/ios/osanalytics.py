"""OS analytics: which processes used the network."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AppId, AwareTime, Place, Process, Record, Stage

AMOUNTS = ("wifi_in", "wifi_out", "cellular_in", "cellular_out")


class NetworkBaseline(Record):
    """Bytes that a process had moved when a day's baseline was taken."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    time: AwareTime | None = None
    process: Process
    on_behalf: AppId | None = None
    """For whom a process of the system did it, where the list names that."""
    wifi_in: float | None = None
    wifi_out: float | None = None
    cellular_in: float | None = None
    cellular_out: float | None = None


@artifact("/private/var/mobile/Library/Preferences/com.apple.osanalytics.addaily.plist")
def addaily(file: File) -> Iterator[NetworkBaseline]:
    """Daily baselines of network use by process; a process stays here after its other traces are gone.

    References:
        Kaspersky, "A tool to detect Operation Triangulation": https://securelist.com/find-the-triangulation-utility/109867/
    """
    for name, values in file.mapping(file.plist(), "netUsageBaseline").items():
        place = Place(key=f"netUsageBaseline.{name}")
        if not isinstance(values, list):
            file.problem(f"{place.key}: not a list but {type(values).__name__}", place.key)
        row = dict(zip(("time", *AMOUNTS), values, strict=False)) if isinstance(values, list) else {}
        process, _, owner = (name, "", "") if name.startswith("/") else name.partition("/")
        yield from file.record(NetworkBaseline, place, process=process, on_behalf=owner or None, **row)
