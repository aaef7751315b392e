"""What cases cost: a scan with and without one, and a million kept records against all feeds.

`python -m benchmarks.cases [--work FOLDER] [--feeds FOLDER] [--runs 3]`; it takes some minutes at first.
"""

import argparse
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

from benchmarks.material import default_feeds, default_work, once
from benchmarks.measure import Measured, measure
from scanner import synthetic
from scanner.past import read

BRIDLE = (sys.executable, "-m", "scanner.cli")
ROWS = synthetic.Amount(300_000, 300_000, 250_000, 60_000, 50_000, 2_000_000, 140_000)
"""A phone whose records are more than a million, none of which any public feed names."""


def run(work: Path, runs: int, *arguments: str) -> Measured:
    """The median run of a command, by CPU time."""
    found = []
    for _ in range(runs):
        if "-o" in arguments:
            shutil.rmtree(arguments[arguments.index("-o") + 1], ignore_errors=True)
        environment = dict(os.environ)
        found.append(measure([*BRIDLE, *arguments, "-q"], environment, work / "log", (0, 1, 3)))
    return sorted(found, key=lambda one: one.cpu)[len(found) // 2]


def show(name: str, one: Measured) -> None:
    """Print a row."""
    memory = f"{one.resident / 1e6:.0f} MB" if one.resident else "memory unknown"
    print(f"{name:40} {one.cpu:6.2f} s of CPU {one.wall:6.2f} s {memory}", flush=True)


def main() -> None:
    """Make the phone, scan, look again."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, default=None)
    options.add_argument("--feeds", type=Path, default=default_feeds())
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    work = given.work or default_work()
    work.mkdir(exist_ok=True)
    phone, case = work / "million", work / "million-case"
    once(phone, lambda folder: synthetic.write_backup(synthetic.make(amount=ROWS, planted=False), folder))
    scan = ("scan", str(phone), "--no-progress", "-j", "1")
    show("scan, 1 job", run(work, given.runs, *scan))
    show("the same into a case without records", run(work, given.runs, *scan, "-o", str(case), "--no-keep-records"))
    show("the same into a case", run(work, given.runs, *scan, "-o", str(case)))
    show("rescan with all feeds", run(work, given.runs, "rescan", str(case), "--feeds", str(given.feeds)))
    began = []
    for _ in range(given.runs):
        start = time.perf_counter()
        kept = read(case)
        began.append(time.perf_counter() - start)
    size = sum(path.stat().st_size for path in case.rglob("*") if path.is_file())
    counts = kept.report.counts
    print(f"{counts.records} records, {size / 1e6:.0f} MB on disk; opening it takes {statistics.median(began):.3f} s")


if __name__ == "__main__":
    main()
