"""A case on disk: what a scan found and read, in a folder that only its owner can open."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from scanner.evidence import EvidenceError
from scanner.finding import Outcome, Report
from scanner.report import json as json_report
from scanner.store import write_json

MODE = 0o700
CHUNK = 1 << 20


class Case:
    """The folder of one scan."""

    def __init__(self, folder: Path, *, force: bool) -> None:
        """Make the folder.

        Raises:
            EvidenceError: it exists, or cannot be made.
        """
        self.folder = folder
        if folder.exists() and not force:
            raise EvidenceError(f"{folder} exists; name another folder for the case, or give --force to replace it")
        try:
            folder.mkdir(MODE, parents=True, exist_ok=True)
            folder.chmod(MODE)
            (folder / "records").mkdir(exist_ok=True)
            self.clear()
            self.log = (folder / "log.jsonl").open("w", encoding="utf-8")
        except OSError as error:
            raise EvidenceError(f"the case cannot be written to {folder}: {error.strerror or error}") from error

    def clear(self) -> None:
        """Remove what an earlier scan left in its place: an old report beside new records would be believed."""
        for pattern in ("report.*", "manifest.json", "log.jsonl", "records/**/*.jsonl.zst*"):
            for path in self.folder.glob(pattern):
                path.unlink()

    @property
    def records(self) -> Path:
        """Where records are kept."""
        return self.folder / "records"

    def note(self, event: str, **facts: object) -> None:
        """Append to the log."""
        line = {"time": datetime.now(UTC).isoformat(), "event": event, **facts}
        self.log.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")

    def outcome(self, outcome: Outcome) -> None:
        """Log what became of a task."""
        self.note(
            "task", artifact=outcome.artifact, path=outcome.path, state=outcome.state, records=outcome.records,
            findings=len(outcome.findings), problems=[one.message for one in outcome.problems],
        )  # fmt: skip

    def finish(self, report: Report, hashes: dict[str, dict[str, str]]) -> None:
        """Write the report, and last the manifest: hashes of what was read, of the feeds and of what was written."""
        part = self.folder / "report.json.part"
        with part.open("w", encoding="utf-8") as stream:
            json_report.write(report, stream)
        part.replace(self.folder / "report.json")
        self.note("finished", verdict=report.verdict.headline)
        self.log.close()
        written = {str(path.relative_to(self.folder).as_posix()): digest(path) for path in sorted(self.files())}
        manifest = {
            "schema": "bridle.manifest/1", "tool": f"{report.tool.name} {report.tool.version}",
            "read": {evidence: dict(sorted(found.items())) for evidence, found in sorted(hashes.items())},
            "feeds": {feed.path: feed.sha256 for feed in report.feeds},
            "written": written,
        }  # fmt: skip
        write_json(self.folder / "manifest.json", manifest)

    def files(self) -> list[Path]:
        """Every file of the case but the manifest."""
        return [
            Path(folder, name) for folder, _, names in os.walk(self.folder) for name in names if name != "manifest.json"
        ]


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            made.update(piece)
    return made.hexdigest()
