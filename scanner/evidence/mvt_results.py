"""A folder of MVT's results as evidence: one file for each module, what MVT says of them, and what it was run on.

`mvt:/results/sms.json` is what a module read. Alerts and timeline repeat that: they are `mvt:/said/…`, or, where no
file of a module is there, all that there is, and then results themselves.

References:
    MVT's output: https://docs.mvt.re/en/latest/
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.convert import text
from scanner.evidence.file import Entry
from scanner.evidence.secret import Secret
from scanner.evidence.tree import Tree
from scanner.finding import Device, EvidenceFacts, Problem

INFO, LOG = "info.json", "command.log"
OURS = frozenset({INFO, LOG})
REPEATED = frozenset({"alerts.json", "timeline.csv", "alerts_timeline.csv", "timeline_detected.csv"})
DETECTED = "_detected.json"
MAX_BYTES = 1 << 24
MAX_ERRORS = 100
ANDROID = (
    "aqf_", "bugreport", "connect_event", "dns_event", "dumpsys_", "getprop", "mounts", "packages", "processes",
    "root_binaries", "security_event", "settings", "tombstones",
)  # fmt: skip
"""How the names of files begin that mvt-android alone writes."""
NOTE = (
    "MVT writes no file for a module that found nothing, failed or was not run: what is not here was not checked, and "
    "flags of the phone's databases that no record has a field for are not kept"
)


class MvtResults(Tree):
    """The folder; its own sub-folders are none of MVT's."""

    schemes: tuple[str, ...] = ("mvt:",)

    def entries(self) -> Iterator[Entry]:
        """The files that MVT wrote, by name."""
        folder = self.folder
        names = sorted(path.name for path in folder.root.iterdir() if folder.regular(path) is not None)
        self.note_refused()
        alone = not any(result(name) for name in names)
        for name in names:
            if result(name):
                yield Entry(f"mvt:/results/{text(name)}", folder.noted(name))
            elif name in REPEATED or name.endswith(DETECTED):
                yield Entry(f"mvt:/{'results' if alone else 'said'}/{text(name)}", folder.noted(name))


def result(name: str) -> bool:
    """Whether a file is what a module of MVT read."""
    return name.endswith(".json") and name not in OURS | REPEATED and not name.endswith(DETECTED)


def detect(root: Path) -> bool:
    """Whether a folder is one of MVT's results."""
    if not root.is_dir():
        return False
    if "mvt_version" in (document(root / INFO) or {}):
        return True
    return any((root / name).is_file() for name in REPEATED) and any(root.glob("*.json"))


def document(path: Path) -> dict[str, Any] | None:
    """A small JSON file that holds a dictionary; None where it is none."""
    found = loaded(path)
    return found if isinstance(found, dict) else None


def loaded(path: Path) -> Any:
    """A small JSON file; None where it is none."""
    try:
        if path.is_symlink() or path.stat().st_size > MAX_BYTES:
            return None
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def head(path: Path) -> str:
    """The beginning of a text; empty where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES).decode("utf-8", "backslashreplace")
    except OSError:
        return ""


def system(root: Path) -> str:
    """The phone's system, by the modules that were run, else by what was written of the run."""
    names = {path.name for path in root.glob("*.json")}
    if any(name.startswith(ANDROID) for name in names):
        return "Android"
    if "mvt.android" in head(root / LOG) or head(root / "timeline.csv").startswith('"Device Local'):
        return "Android"
    return "iOS"


def device(root: Path, name: str) -> Device:
    """The phone, as far as the results name it."""
    if name == "iOS":
        get = (document(root / "backup_info.json") or {}).get
        facts = {
            "name": "Device Name", "model": "Product Name", "product": "Product Type", "version": "Product Version",
            "build": "Build Version", "serial": "Serial Number", "imei": "IMEI", "phone": "Phone Number",
        }  # fmt: skip
        udid = get("Unique Identifier") or get("Target Identifier")
        return Device(os=name, udid=known(udid), **{field: known(get(key)) for field, key in facts.items()})
    rows = next((found for path in sorted(root.glob("*get_prop.json")) if isinstance(found := loaded(path), list)), [])
    values = {str(row.get("name")): row.get("value") for row in rows if isinstance(row, dict)}
    facts = {
        "model": "ro.product.model", "product": "ro.product.name", "version": "ro.build.version.release",
        "build": "ro.build.id", "serial": "ro.serialno", "timezone": "persist.sys.timezone",
    }  # fmt: skip
    return Device(os=name, **{field: known(values.get(key)) for field, key in facts.items()})


def known(value: Any) -> str | None:
    """A value of the phone's, if it is a text."""
    return text(value) if isinstance(value, str) and value else None


def errors(root: Path) -> Iterator[Problem]:
    """What MVT noted as an error when it ran: what it did not read is not in its results."""
    lines = (line.strip() for line in head(root / LOG).splitlines() if " - ERROR - " in line or " - FATAL - " in line)
    found = list(dict.fromkeys(line.partition(" - ")[2] for line in lines))
    for line in found[:MAX_ERRORS]:
        yield Problem("mvt", f"MVT could not read something: {line}", LOG)
    if len(found) > MAX_ERRORS:
        yield Problem("mvt", f"{len(found) - MAX_ERRORS} further errors of MVT are not listed", LOG)


@dataclass
class FoundMvtResults:
    """A folder of MVT's results."""

    root: Path
    kind: str = "MVT results"
    encrypted: bool = field(default=False, init=False)

    def open(self, secret: Secret) -> MvtResults:
        """The folder as evidence; there is nothing to unlock."""
        del secret
        info = document(self.root / INFO) or {}
        name = system(self.root)
        facts = EvidenceFacts(
            id=text(self.root.resolve().name), path=text(str(self.root)), kind=self.kind,
            device=device(self.root, name), acquired=written(info.get("date")), notes=[*said(info), NOTE],
        )  # fmt: skip
        made = MvtResults(self.root, facts)
        made.problems += errors(self.root)
        return made


def written(value: Any) -> datetime | None:
    """When MVT was run; it writes no zone."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def said(info: dict[str, Any]) -> Iterator[str]:
    """What MVT says of its run."""
    for name, words in (("mvt_version", "read by MVT"), ("target_path", "what MVT read:")):
        if value := known(info.get(name)):
            yield f"{words} {value}"
    if isinstance(files := info.get("ioc_files"), list) and files:
        yield f"MVT matched {len(files)} files of indicators"
