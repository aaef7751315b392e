"""OS analytics: which processes used the network."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import AwareTime, Place, Process, Record, Stage


class NetworkBaseline(Record):
    """Bytes that a process had moved when a day's baseline was taken."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    time: AwareTime | None = None
    process: Process
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
    baseline = file.mapping(file.plist(), "netUsageBaseline")
    for process, values in baseline.items():
        time, *amounts = values if isinstance(values, list) else [None]
        named = dict(zip(("wifi_in", "wifi_out", "cellular_in", "cellular_out"), amounts, strict=False))
        place = Place(key=f"netUsageBaseline.{process}")
        yield from file.record(NetworkBaseline, place, time=time, process=process, **named)
