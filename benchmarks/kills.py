"""A scan killed at random moments and resumed, many times: the report must be that of a scan that nobody killed.

`python -m benchmarks.kills [--times 50] [--work FOLDER] [--seed 1]`
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from scanner import synthetic

SCAN = (sys.executable, "-m", "scanner.cli", "scan")
AMOUNT = synthetic.Amount(40_000, 40_000, 40_000, 8000, 6000, 12_000_000, 16_000)
MANIFEST = "manifest.json"


def command(backup: Path, feed: Path, case: Path, *more: str) -> list[str]:
    """A scan into a case."""
    return [*SCAN, str(backup), "--feeds", str(feed), "-o", str(case), "-q", "--no-progress", "-j", "2", *more]


def report(case: Path) -> dict[str, Any]:
    """A report without what differs from run to run."""
    found: dict[str, Any] = json.loads((case / "report.json").read_text(encoding="utf-8"))
    del found["run"]
    return found


def killed(arguments: list[str], after: float) -> bool:
    """Run a command, kill it after some seconds; whether it was still at work."""
    process = subprocess.Popen(arguments)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def whole(backup: Path, feed: Path, case: Path) -> float:
    """The seconds of a scan that nobody kills."""
    shutil.rmtree(case, ignore_errors=True)
    began = time.monotonic()
    subprocess.run(command(backup, feed, case), check=False)
    return time.monotonic() - began


def main() -> None:
    """Make the material, measure a whole scan, and kill."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=50)
    options.add_argument("--work", type=Path, default=None)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="bridle-kills-"))
    work.mkdir(exist_ok=True)
    backup, feed, chance = work / "backup", work / "planted.stix2", random.Random(given.seed)  # noqa: S311 - moments, not keys
    if not backup.exists():
        synthetic.write_backup(synthetic.make(amount=AMOUNT), backup)
    feed.write_text(json.dumps(synthetic.bundle()), encoding="utf-8")
    seconds = min(whole(backup, feed, work / "whole") for _ in range(3))
    want = report(work / "whole")
    print(f"{want['counts']['records']} records, {len(want['findings'])} findings, {seconds:.1f} s for a whole scan")
    print(once(given.times, seconds, chance, (backup, feed, work / "case"), want))


def once(times: int, seconds: float, chance: random.Random, where: tuple[Path, Path, Path], want: object) -> str:
    """Kill and resume, so many times; what came of it."""
    backup, feed, case = where
    early = late = resumed = 0
    for number in range(times):
        shutil.rmtree(case, ignore_errors=True)
        moment = chance.uniform(0.0, seconds * 1.05)
        cut = killed(command(backup, feed, case), moment)
        if cut and not (case / MANIFEST).exists():
            early += not case.exists()
            subprocess.run(command(backup, feed, case, "--resume"), check=False)
            resumed += b'"event": "resumed"' in (case / "log.jsonl").read_bytes()
        else:
            late += 1
        subprocess.run([sys.executable, "-m", "scanner.cli", "verify", str(case), "-q"], check=True)
        if report(case) != want:
            raise SystemExit(f"kill {number} after {moment:.3f} s: another report; see {case}")
        if left := [path.name for path in case.rglob("*") if path.name.endswith((".part", ".atoms"))]:
            raise SystemExit(f"kill {number} after {moment:.3f} s: left behind: {left}")
    return (
        f"{times} kills: every report is the same, every case verifies; {early} before the case was made, "
        f"{resumed} went on with tasks that were done, {late} after the end"
    )


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
