"""`make acceptance`: public samples and feeds that lie beside the project, against counts made without Bridle."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import acceptance_android, counted, feed_counts, samples
from benchmarks.material import SHARED
from benchmarks.rivals import BRIDLE, environment

Coverage = dict[str, Any]
NOT_THERE = "absent"
GOOD = frozenset({"checked", "empty"})
PARTS = frozenset({"partial", "failed", "timed out", "unsupported"})
SERIOUS = frozenset({"critical", "high", "medium"})
OWN = "backup:/"
LISTED = "SELECT fileID FROM Files WHERE flags = 1"
FILE_ID = 40


class Check(NamedTuple):
    """One line: what was compared, and both sides."""

    what: str
    wanted: object
    found: object

    def __str__(self) -> str:
        """As printed."""
        if self.wanted == self.found:
            return f"ok    {self.what}: {self.found}"
        return f"FAIL  {self.what}: wanted {self.wanted}, found {self.found}"


def scan(path: Path, feeds: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and report of `bridle scan`."""
    with tempfile.TemporaryDirectory() as home:
        command = (*BRIDLE, str(path), "--feeds", str(feeds), "--format", "json", "--no-progress")
        done = subprocess.run(command, env=environment(Path(home)), capture_output=True, check=False)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        sys.stderr.write(done.stderr.decode("utf-8", "replace")[-2000:])
        report = {"findings": [], "coverage": [], "problems": []}
    return done.returncode, report


def wanted_code(report: dict[str, Any]) -> int | str:
    """The exit code that a report calls for."""
    if not report["coverage"]:
        return "a report"
    if any(one["severity"] in SERIOUS for one in report["findings"]):
        return 1
    return 3 if any(one["state"] in PARTS for one in report["coverage"]) else 0


def examined(name: str, path: Path, feeds: Path, stored: Callable[[str], Path | None]) -> Iterator[Check]:
    """A scan of one piece of evidence: its exit code, the state of each file that is there, and each count."""
    code, report = scan(path, feeds)
    yield Check(f"{name}: exit code", wanted_code(report), code)
    rows = [one for one in report["coverage"] if one.get("path") and one["state"] != NOT_THERE]
    yield Check(f"{name}: some files were read", True, bool(rows))
    for row in rows:
        yield from row_checks(name, row, stored)


def row_checks(name: str, row: Coverage, stored: Callable[[str], Path | None]) -> Iterator[Check]:
    """One artifact on one file."""
    if row["artifact"] == "evidence":
        return
    what = f"{name}: {row['artifact']} on {row['path'].rpartition('/')[2]}"
    problems = "; ".join(one["message"] for one in row["problems"])
    state = row["state"] if row["state"] in GOOD else f"{row['state']} ({problems})"
    yield Check(f"{what}: state", "checked or empty", "checked or empty" if row["state"] in GOOD else state)
    file = stored(row["path"])
    amount = counted.expected(row["artifact"], file) if file else None
    if amount is None:
        print(f"-     {what}: {row['records']} records, not counted independently")
    else:
        yield Check(f"{what}: records", amount, row["records"])


def backup(evidence: Path, feeds: Path) -> Iterator[Check]:
    """The small real backup."""
    root = evidence / "mvt_ios_backup"
    files = {path.name: path for path in root.glob("??/*") if len(path.name) == FILE_ID}
    listed = {row[0] for row in counted.rows(root / "Manifest.db", LISTED)}
    print(f"-     backup: {len(files)} files stored, of which the manifest does not list {len(set(files) - listed)}")
    by_path = {device_path: files[name] for name, device_path in native(root) if name in files}
    yield from examined("backup", root, feeds, lambda path: by_path.get(path) or own(root, path))


def native(root: Path) -> Iterator[tuple[str, str]]:
    """File id and device path of everything that the manifest lists."""
    query = "SELECT fileID, domain, relativePath FROM Files"
    for file_id, domain, relative in counted.rows(root / "Manifest.db", query):
        yield file_id, f"{home(domain)}/{relative}"


def home(domain: str) -> str:
    """Where a backup domain lies on the phone, for those that samples use."""
    kind, _, name = domain.partition("-")
    homes = {"HomeDomain": "/private/var/mobile", "WirelessDomain": "/private/var/wireless"}
    data, groups = "/private/var/mobile/Containers/Data/Application", "/private/var/mobile/Containers/Shared/AppGroup"
    return {"AppDomain": f"{data}/{name}", "AppDomainGroup": f"{groups}/{name}"}.get(kind) or homes.get(kind, domain)


def own(root: Path, path: str) -> Path | None:
    """One of the backup's own files."""
    return root / path.removeprefix(OWN) if path.startswith(OWN) else None


def single(evidence: Path, feeds: Path) -> Iterator[Check]:
    """The samples of single files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, tree in samples.trees(evidence, Path(folder)):
            yield from examined(name, tree, feeds, partial(below, tree))


def below(root: Path, path: str) -> Path:
    """A file of a phone's file system."""
    return root / path.lstrip("/")


def all_checks(shared: Path) -> Iterator[Check]:
    """Everything."""
    yield from (Check(*one) for one in feed_counts.compared(shared / "feeds"))
    yield from backup(shared / "evidence", shared / "feeds")
    yield from single(shared / "evidence", shared / "feeds")
    yield from (Check(*one) for one in acceptance_android.checks(shared / "evidence"))


def main() -> None:
    """Print every check; exit 1 if one fails."""
    if not (SHARED / "evidence").is_dir():
        print("no folder `shared` with samples and feeds lies beside the project: nothing to accept")
        return
    failed = total = 0
    for check in all_checks(SHARED):
        print(check, flush=True)
        total, failed = total + 1, failed + (check.wanted != check.found)
    print(f"{total - failed} of {total} checks passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
