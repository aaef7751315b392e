"""One command measured: CPU time, wall clock and peak memory of its whole process tree."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.05
"""Seconds between two looks at the memory of the process tree."""
PROC = Path("/proc")
SAMPLED = sys.platform.startswith("linux") and (PROC / "self/smaps_rollup").exists()


@dataclass(frozen=True)
class Measured:
    """What one command cost: seconds of CPU and of wall clock; peaks of memory in bytes, None where none is sampled.

    `resident` counts a page shared by several processes in each of them; `proportional` counts it once, shared out.
    """

    cpu: float
    wall: float
    resident: int | None = None
    proportional: int | None = None

    def __add__(self, other: "Measured") -> "Measured":
        """This command, then the other."""
        return Measured(
            self.cpu + other.cpu, self.wall + other.wall,
            higher(self.resident, other.resident), higher(self.proportional, other.proportional),
        )  # fmt: skip


class FailedError(RuntimeError):
    """A command that is measured did not end as it must."""


def higher(one: int | None, other: int | None) -> int | None:
    """The higher of two peaks; None where one is unknown."""
    return None if one is None or other is None else max(one, other)


def measure(command: Sequence[str], environment: Mapping[str, str], log: Path, codes: Iterable[int] = (0,)) -> Measured:
    """Run a command to its end; what it prints goes to `log`.

    CPU time is what the system accounts to the command and to every descendant that was waited for.

    Raises:
        FailedError: its exit code is none of `codes`.
    """
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        peaks = Peaks(process.pid)
        cpu, code = ended(process)
        wall = time.perf_counter() - began
        peaks.stop()
    if code not in codes:
        tail = log.read_text(encoding="utf-8", errors="replace")[-1000:]
        raise FailedError(f"{command[0]} ended with exit code {code}:\n{tail}")
    return Measured(cpu, wall, peaks.resident, peaks.proportional)


def ended(process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """Wait for a process; its CPU seconds (no figure on Windows: 0) and exit code."""
    if sys.platform == "win32":
        return 0.0, process.wait()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, process.returncode


class Peaks:
    """The highest sums of memory over a process tree, sampled beside it; Linux only."""

    def __init__(self, pid: int) -> None:
        """Begin to sample, where the system tells."""
        self.pid = pid
        self.resident: int | None = 0 if SAMPLED else None
        self.proportional: int | None = 0 if SAMPLED else None
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.sample, daemon=True)
        if SAMPLED:
            self.thread.start()

    def sample(self) -> None:
        """Look until told to stop."""
        while not self.done.wait(EVERY):
            sums = [memory(pid) for pid in tree(self.pid)]
            self.resident = higher(self.resident, sum(resident for resident, _ in sums))
            self.proportional = higher(self.proportional, sum(share for _, share in sums))

    def stop(self) -> None:
        """End the sampling."""
        self.done.set()
        if SAMPLED:
            self.thread.join()


def tree(root: int) -> list[int]:
    """A process and all its descendants, as far as they still run."""
    found, waiting = list[int](), [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for path in (PROC / str(pid) / "task").glob("*/children"):
            try:
                waiting += map(int, path.read_text().split())
            except OSError:  # it has ended
                continue
    return found


def memory(pid: int) -> tuple[int, int]:
    """Resident and proportional memory of a process in bytes; zeros for one that has ended."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {name: int(rest.split()[0]) << 10 for name, _, rest in (line.partition(":") for line in lines[1:])}
    return sizes.get("Rss", 0), sizes.get("Pss", 0)
