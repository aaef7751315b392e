"""Traces of processes that somebody tried to remove from the record of network use."""

from collections.abc import Iterator
from itertools import pairwise

from scanner.artifacts.ios.datausage import NetworkUse
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation, rule

SHOWN = 10
MAX_ROWS = 200_000
"""A store with more processes than any phone has is not judged: what was left unread would look like gaps."""


@rule("IOS005", Severity.HIGH, Stage.EXECUTION, once="process_id")
def network_use_without_process(use: NetworkUse) -> str | None:
    """Network use of a process whose own row was deleted.

    Why: spyware has removed its name from the table of processes and left the row that counts its traffic.
    Benign causes: a database that the system itself repaired or migrated.
    Base rate: rare; the system removes both rows together.
    Next: look at the time of the traffic, and for the same moment in messages, crashes and other records.
    References: https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
        https://docs.mvt.re/en/latest/ios/records/
    """
    if not use.orphan or use.process_id is None:
        return None
    moved = sum(amount or 0 for amount in (use.wifi_in, use.wifi_out, use.cellular_in, use.cellular_out))
    return f"process {use.process_id} moved {moved:.0f} bytes, but has no row among the processes"


@correlation("IOS006", Severity.LOW, Stage.NONE)
def gap_in_processes(uses: Records[NetworkUse]) -> Iterator[Hit]:
    """Numbers are missing between those of the processes that used the network.

    Why: rows are numbered one after the other; a missing number is a row that was deleted.
    Benign causes: the system removes processes that it has not seen for long; most phones have gaps.
    Base rate: common; by itself it says little.
    Next: compare with network use whose process is gone, and with an earlier backup of the same phone.
    References: https://docs.mvt.re/en/latest/ios/records/
    """
    stores: dict[str, dict[int, Located[NetworkUse]]] = {}
    for located in uses:
        number = located.record.process_id
        known = stores.setdefault(located.path, {})
        if number is not None and not located.record.orphan and len(known) <= MAX_ROWS:
            known[number] = located
    for known in stores.values():
        if len(known) > MAX_ROWS:
            continue
        gaps = [(low + 1, high - 1) for low, high in pairwise(sorted(known)) if high - low > 1]
        if gaps:
            missing = sum(high - low + 1 for low, high in gaps)
            count = "1 number is missing" if missing == 1 else f"{missing} numbers are missing"
            shown = ", ".join(f"{low}" if low == high else f"{low} to {high}" for low, high in gaps[:SHOWN])
            yield Hit(known[gaps[0][0] - 1], f"{count}: {shown}" + " …" * (len(gaps) > SHOWN))
