"""A case on disk: what a scan found and read, in a folder that only its owner can open.

- `report.json`: the report of the scan; it is never written again
- `reports/`: those of later looks (`bridle rescan`), by their time
- `outcomes.jsonl`: what became of every task
- `records/`: what was read, one shard for each task and type of record
- `atoms.sqlite`: the different values in them
- `feeds.json.zst`: the feeds, if they were kept
- `log.jsonl`: what was done with the case, each line chained to the one before
- `manifest.json`: the hashes of what was read, of the feeds and of what was written; `manifest.json.sig`: its signature
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from scanner import atom_store, journal, signing, snapshot
from scanner.chain import Log
from scanner.evidence import EvidenceError
from scanner.finding import Outcome, Report
from scanner.journal import Begun, Ended, Journal, Opened
from scanner.kept import PART, RUN
from scanner.report import formats
from scanner.report import json as json_report
from scanner.store import write_json

MODE = 0o700
CHUNK = 1 << 20
PAGE = "report.html"
"""The report for people."""
ATOMS, LOG, MANIFEST, REPORT, RECORDS, LATER = (
    "atoms.sqlite", "log.jsonl", "manifest.json", "report.json", "records", "reports"
)  # fmt: skip
OURS = (
    "report.*", "manifest.json*", "log.jsonl", "atoms.sqlite*", "feeds.json.zst*", "outcomes.jsonl*",
    "records/**/*.zst*", "reports/*",
)  # fmt: skip


class Case:
    """The folder of one scan."""

    def __init__(self, folder: Path, *, force: bool = False, resume: bool = False, sign: Path | None = None) -> None:
        """Make the folder, or open that of a scan that was killed.

        Raises:
            EvidenceError: it exists, or cannot be made; there is nothing to resume; the key cannot be used.
        """
        self.folder, self.key = folder, sign
        self.done: dict[str, list[Outcome]] = {}
        self.keep = True
        if sign:
            signing.check_key(sign)
        if folder.exists() and not (force or resume):
            raise EvidenceError(
                f"{folder} exists; name another folder for the case, give --force to replace it, or --resume to go on "
                "with a scan that was killed"
            )
        if resume and (folder / MANIFEST).exists():
            raise EvidenceError(f"the scan of {folder} came to its end; there is nothing to resume")
        try:
            folder.mkdir(MODE, parents=True, exist_ok=True)
            folder.chmod(MODE)
            self.records.mkdir(exist_ok=True)
            if not resume:
                self.clear()
        except OSError as error:
            raise EvidenceError(f"the case cannot be written to {folder}: {error.strerror or error}") from error

    def clear(self) -> None:
        """Remove what an earlier scan left in its place: an old report beside new records would be believed."""
        for pattern in OURS:
            for path in self.folder.glob(pattern):
                path.unlink()

    @property
    def records(self) -> Path:
        """Where records are kept."""
        return self.folder / RECORDS

    def begin(self, begun: Begun) -> None:
        """Note what was asked for; what a scan that was killed had done of the same is `done`.

        Raises:
            EvidenceError: it was asked for something else.
        """
        path, self.keep = self.folder / journal.NAME, bool(begun.options.get("keep_records"))
        if path.exists():
            self.done = remembered(path, begun, self.whole)
        part = path.with_name(path.name + PART)
        kept = Journal(part)
        kept.write(begun)
        for key, outcomes in self.done.items():
            kept.write(Ended(key=key, outcomes=outcomes))
        kept.close()
        part.replace(path)
        self.journal = Journal(path, further=True)
        self.log = Log(self.folder / LOG)
        self.log.note("resumed" if self.done else "begun", done=len(self.done), **facts(begun))

    def whole(self, outcomes: list[Outcome]) -> bool:
        """Whether all that a task kept is there."""
        kept = (self.records / one.evidence / name for one in outcomes for name in one.kept.values())
        return all(path.is_file() and path.with_name(path.name + RUN).is_file() for path in kept)

    def known(self, key: str) -> list[Outcome] | None:
        """The outcomes of a task that was done before the scan was killed."""
        outcomes = self.done.get(key)
        return None if outcomes is None else [filled(self.records, one) for one in outcomes]

    def ended(self, key: str | None, outcomes: list[Outcome]) -> None:
        """Write down what became of a task, and log it.

        Records that are not to be kept are not written here either: such a task is done again if the scan is killed.
        """
        kept = [lean(one, keep=self.keep) for one in outcomes]
        self.journal.write(Ended(key=key if self.keep or kept == outcomes else None, outcomes=kept))
        for one in outcomes:
            self.log.note(
                "task", artifact=one.artifact, path=one.path, state=one.state, records=one.records,
                findings=len(one.findings), problems=[problem.message for problem in one.problems],
            )  # fmt: skip

    def opened(self, opened: Opened) -> None:
        """Write down what a piece of evidence said of itself."""
        self.journal.write(opened)

    def finish(self, report: Report, hashes: dict[str, dict[str, str]], feeds: bytes | None = None) -> None:
        """Write the atoms, the feeds if they are given, the report, and last the manifest, signed if there is a key."""
        self.journal.close()
        runs = sorted(self.records.rglob("*" + RUN))
        if runs:
            named = ((run.relative_to(self.records).as_posix().removesuffix(RUN), run) for run in runs)
            atom_store.build(self.folder / ATOMS, named)
        for left in (*runs, *self.records.rglob("*" + PART)):
            left.unlink()
        if feeds is not None:
            (self.folder / snapshot.NAME).write_bytes(feeds)
        write_report(self.folder / REPORT, report)
        formats.save(report, "html", self.folder / PAGE)
        self.log.note("finished", verdict=report.verdict.headline)
        self.log.close()
        manifest = {
            "schema": "bridle.manifest/1", "tool": f"{report.tool.name} {report.tool.version}",
            "read": {evidence: dict(sorted(found.items())) for evidence, found in sorted(hashes.items())},
            "feeds": {feed.path: feed.sha256 for feed in report.feeds},
            "written": {name: digest(path) for name, path in written(self.folder)},
            "log": {"bytes": (self.folder / LOG).stat().st_size},
        }  # fmt: skip
        part = self.folder / (MANIFEST + PART)
        write_json(part, manifest)
        if self.key:
            signing.sign(part, self.key)
            signing.signature(part).replace(signing.signature(self.folder / MANIFEST))
        part.replace(self.folder / MANIFEST)


def remembered(path: Path, begun: Begun, whole: Callable[[list[Outcome]], bool]) -> dict[str, list[Outcome]]:
    """The tasks that a scan had done before it was killed.

    Raises:
        EvidenceError: it was asked for something else.
    """
    done: dict[str, list[Outcome]] = {}
    for number, line in enumerate(journal.read(path, strict=False)):
        if number == 0 and line != begun:
            raise EvidenceError(f"{different(line, begun)}; --resume goes on with the very same scan only")
        if isinstance(line, Ended) and line.key and whole(line.outcomes):
            done[line.key] = line.outcomes
    return done


def lean(outcome: Outcome, *, keep: bool) -> Outcome:
    """An outcome without the records that lie on disk too, or that are not to be kept."""
    if keep:
        return replace(outcome, shards=dict.fromkeys(outcome.shards, b""))
    return replace(outcome, shards={}, sightings=[])


def filled(records: Path, outcome: Outcome) -> Outcome:
    """An outcome with the records that it was written down without."""
    place = records / outcome.evidence
    return replace(outcome, shards={name: (place / outcome.kept[name]).read_bytes() for name in outcome.shards})


def different(before: object, now: Begun) -> str:
    """How what is asked for differs from what was."""
    if not isinstance(before, Begun):
        return "the case is damaged"
    names = [name for name in ("tool", "paths", "feeds", "options") if getattr(before, name) != getattr(now, name)]
    return f"the scan was begun with other {' and '.join(names) or 'data'}"


def facts(begun: Begun) -> dict[str, object]:
    """What the log says of how a scan was begun."""
    return {"tool": begun.tool, "paths": begun.paths, "options": begun.options}


def write_report(path: Path, report: Report) -> None:
    """Write a report so that it is there whole or not at all."""
    part = path.with_name(path.name + PART)
    with part.open("w", encoding="utf-8", newline="\n") as stream:
        json_report.write(report, stream)
    part.replace(path)


def written(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a case but the manifest and its signature, by name."""
    found = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    for path in sorted(found):
        if not (path.parent == folder and path.name.startswith(MANIFEST)):
            yield path.relative_to(folder).as_posix(), path


def digest(path: Path, size: int | None = None) -> str:
    """The SHA-256 of a file, or of its first `size` bytes."""
    made, left = hashlib.sha256(), size if size is not None else path.stat().st_size
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            made.update(piece)
            left -= len(piece)
    return made.hexdigest()
