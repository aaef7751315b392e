"""`make bench`: Bridle and MVT side by side on the same synthetic backup, in one go, taking turns."""

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import material, rivals, stages, table
from benchmarks.measure import SAMPLED, FailedError, Measured, measure
from benchmarks.rivals import Trial
from scanner import __version__

WARM = {"plain 2", "password"}
"""Trials that are run once and not counted: they read both backups, and fill Bridle's cache of feeds."""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often each command is measured")
    parser.add_argument("--work", type=Path, help="folder for backups, MVT and results of trials (about 4 GB)")
    parser.add_argument("--feeds", type=Path, default=material.default_feeds(), help="folder of indicator feeds")
    parser.add_argument("--mvt", type=Path, help="an mvt-ios; else the newest is installed into the work folder")
    parser.add_argument("--no-mvt", action="store_true", help="measure only Bridle")
    parser.add_argument("--only", default="", help="only trials whose name begins so")
    parser.add_argument("--markdown", action="store_true", help="print tables for docs/performance.md")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = arguments()
    work = (options.work or material.default_work()).resolve()
    work.mkdir(parents=True, exist_ok=True)
    made = material.made(work, options.feeds.resolve())
    mvt = None if options.no_mvt else options.mvt or rivals.install(work)
    folder = work / "trials"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        results = measured(trials(made, folder, mvt, options.only), folder, options.runs)
    except FailedError as error:
        sys.exit(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show(results, mvt, options.runs, as_markdown=options.markdown)


def trials(made: material.Material, folder: Path, mvt: Path | None, only: str) -> list[Trial]:
    """MVT's and Bridle's, in the order of a round."""
    found = rivals.mvt_trials(mvt, made, folder) if mvt else []
    return [trial for trial in found + rivals.bridle_trials(made, folder) if trial.name.startswith(only)]


def measured(chosen: Sequence[Trial], folder: Path, runs: int) -> dict[str, list[Measured]]:
    """Every trial once, then every one again; files are read once before, so that nobody pays for the disk."""
    results: dict[str, list[Measured]] = {trial.name: [] for trial in chosen}
    base = rivals.environment(folder / "home")
    for trial in [one for one in chosen if one.name in WARM]:
        measure(trial.command, base | trial.environment, folder / "log", trial.codes)
        shutil.rmtree(folder / trial.writes, ignore_errors=True)
    for turn in range(runs):
        for trial in chosen:
            shutil.rmtree(folder / trial.writes, ignore_errors=True)
            one = measure(trial.command, base | trial.environment, folder / "log", trial.codes)
            results[trial.name].append(one)
            for name in trial.drops:
                shutil.rmtree(folder / name, ignore_errors=True)
            shown = f"{one.cpu:.2f} s CPU, {one.wall:.2f} s, {table.megabytes(one.proportional)} MB"
            print(f"{turn + 1}/{runs} {trial.name}: {shown}", file=sys.stderr, flush=True)
    return results


def show(results: dict[str, list[Measured]], mvt: Path | None, runs: int, *, as_markdown: bool) -> None:
    """Print what was measured, what it shall be, and the stages."""
    write = table.markdown if as_markdown else table.text
    print(heading(mvt, runs), end="\n\n")
    if not SAMPLED:
        print("Memory is measured on Linux only.", end="\n\n")
    print(write([table.HEAD, *table.figures(results)]), end="\n\n")
    print(write(table.targets(results)), end="\n\n")
    print(write(stages.table()))


def heading(mvt: Path | None, runs: int) -> str:
    """When, on what and what; no name of the machine, no path."""
    versions = f"Bridle {__version__}" + (f", MVT {rivals.version(mvt)}" if mvt else "")
    machine = f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    busy = f"; load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    what = f"medians of {runs}; synthetic backup of about 1 GB, 78,000 files, 200,000 messages, 100,000 visits{busy}"
    return f"{datetime.now(UTC):%Y-%m-%d}: {versions}; {machine}; {what}."


def processor() -> str:
    """The model of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


if __name__ == "__main__":
    main()
