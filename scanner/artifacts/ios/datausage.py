"""Network use: bytes that each process moved, as two databases of the system count them."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.record import AppId, CocoaTime, Process, Record, Stage

NAME = """
CASE WHEN instr(p.ZPROCNAME, '/') > 1 THEN substr(p.ZPROCNAME, 1, instr(p.ZPROCNAME, '/') - 1)
     ELSE p.ZPROCNAME END AS process,
CASE WHEN instr(p.ZPROCNAME, '/') > 1
     THEN nullif(substr(p.ZPROCNAME, instr(p.ZPROCNAME, '/') + 1), '') END AS on_behalf,
p.ZBUNDLENAME AS bundle, p.ZFIRSTTIMESTAMP AS first_seen, p.ZTIMESTAMP AS last_seen
"""
"""The process of `mDNSResponder/com.example.app` is mDNSResponder; a name that is a path is kept whole."""
AMOUNTS = "u.ZWIFIIN AS wifi_in, u.ZWIFIOUT AS wifi_out, u.ZWWANIN AS cellular_in, u.ZWWANOUT AS cellular_out"
USAGE = "u.Z_PK AS _ZLIVEUSAGE, u.Z_PK AS usage_id, u.ZTIMESTAMP AS time, u.ZHASPROCESS AS process_id"

USE = (
    f"SELECT {USAGE}, {AMOUNTS}, {NAME}, p.Z_PK IS NULL AS orphan "  # noqa: S608 - all of it is ours
    "FROM ZLIVEUSAGE u LEFT JOIN ZPROCESS p ON p.Z_PK = u.ZHASPROCESS",
    f"SELECT {USAGE}, {AMOUNTS} FROM ZLIVEUSAGE u",  # noqa: S608
)
PROCESSES = f"SELECT p.Z_PK AS _ZPROCESS, p.Z_PK AS process_id, p.ZTIMESTAMP AS time, {NAME} FROM ZPROCESS p"  # noqa: S608
WITHOUT_USE = "WHERE p.Z_PK NOT IN (SELECT ZHASPROCESS FROM ZLIVEUSAGE WHERE ZHASPROCESS IS NOT NULL)"


class NetworkUse(Record):
    """Bytes that a process moved over Wi-Fi and the mobile network; or a process that is listed without any."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    time: CocoaTime | None = None
    process: Process | None = None
    on_behalf: AppId | None = None
    """For whom a process of the system did it, where the store names that."""
    bundle: AppId | None = None
    first_seen: CocoaTime | None = None
    last_seen: CocoaTime | None = None
    wifi_in: float | None = None
    wifi_out: float | None = None
    cellular_in: float | None = None
    cellular_out: float | None = None
    process_id: int | None = None
    """Row of the process; kept where that row is gone."""
    usage_id: int | None = None
    orphan: bool = False
    """The row of the process is gone while its use remains."""


@artifact(
    "/private/var/wireless/Library/Databases/DataUsage.sqlite",
    "/private/var/networkd/netusage.sqlite",
    "/private/var/networkd/db/netusage.sqlite",
)
def usage(file: File) -> Iterator[NetworkUse]:
    """Network use of processes, with the processes that have none, and the use whose process was removed.

    DataUsage.sqlite is in backups, netusage.sqlite only in copies of the file system. Both have the same two tables.

    References:
        Kaspersky, "A tool to detect Operation Triangulation": https://securelist.com/find-the-triangulation-utility/109867/
        Amnesty International, "Forensic Methodology Report: How to catch NSO Group's Pegasus":
        https://www.amnesty.org/en/documents/doc10/4487/2021/en/
    """
    refused = []
    for queries in (USE, (f"{PROCESSES} {WITHOUT_USE}", PROCESSES)):
        try:
            yield from file.rows(NetworkUse, *queries)
        except UnsupportedError as error:
            refused.append(error)
            file.problem(str(error))
    if len(refused) > 1:
        raise refused[0]
