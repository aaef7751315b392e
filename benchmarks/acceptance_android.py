"""The public samples of Android beside the project, against counts made by plain searches of their texts."""

import json
import re
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

from benchmarks import apk_vectors
from benchmarks.rivals import BRIDLE, environment
from scanner.formats import abx, xml

Compared = tuple[str, object, object]
COUNTS = {
    "packages": (rb"^  Package \[", "Package"),
    "properties": (rb"^\[[\w.:-]+\]: \[", "Property"),
    "settings": (rb"^_id:\d+ name:", "Setting"),
    "dropped boxes": (rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [\w@.]+ \(", "DropboxEntry"),
}
"""What is counted: the beginning of a line of the text, and the record that it is."""
WANTED_RULES = {"AND014", "AND015", "AND040"}
"""What is true of the sample: unlocked, signed with keys that everybody has, on a build for developers."""
VECTORS = 300


def checks(evidence: Path) -> Iterator[Compared]:
    """Everything."""
    for report in sorted((evidence / "android_bugreport").glob("*.zip")):
        yield from bugreport(report)
    for written in sorted((evidence / "abx").glob("*.abx")):
        plain = xml.loads(written.with_suffix("").read_bytes())
        yield f"{written.name}: as its text", shape(plain), shape(abx.loads(written.read_bytes()))
    verdicts = list(apk_vectors.verdicts(evidence / "apk" / "apksig"))
    yield f"packages of Android's signer: at least {VECTORS}", True, len(verdicts) >= VECTORS
    yield "packages of Android's signer: wrong ones", [], [one.name for one in verdicts if not one.right]


def shape(element: Any) -> object:
    """An element with what it says, blanks apart."""
    return element.tag, dict(element.attrib), (element.text or "").strip(), [shape(child) for child in element]


def bugreport(report: Path) -> Iterator[Compared]:
    """A bug report: records against lines, no HIGH finding but what is true of it, nothing failed."""
    with zipfile.ZipFile(report) as archive:
        text = archive.read(max(archive.infolist(), key=lambda info: info.file_size))
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        command = (*BRIDLE, str(report), "--no-default-feeds", "--no-progress", "-q", "-o", str(case))
        subprocess.run(command, env=environment(Path(folder)), check=False)
        made = json.loads((case / "report.json").read_text(encoding="utf-8"))
        found = records(case)
    for name, (line, record) in COUNTS.items():
        yield f"{report.name}: {name}", len(re.findall(line, text, re.MULTILINE)), found[record]
    rules = {one["rule"] for one in made["findings"]}
    yield f"{report.name}: what is true of it", WANTED_RULES, rules & WANTED_RULES
    high = sorted({one["rule"] for one in made["findings"] if one["severity"] in {"high", "critical"}} - WANTED_RULES)
    yield f"{report.name}: nothing else is high", [], high
    yield (
        f"{report.name}: nothing failed",
        [],
        [one["artifact"] for one in made["coverage"] if one["state"] == "failed"],
    )


def records(case: Path) -> Counter[str]:
    """How many records of each type a case keeps; packages, which several parts of a report list, once for each."""
    found, packages = Counter[str](), set[str]()
    for path in (case / "records").rglob("*.zst"):
        with zstandard.open(path, "rb") as file:
            lines = file.read().splitlines()
        name = path.name.partition("-")[0]
        found[name] += len(lines)
        if name == "Package":
            packages |= {json.loads(line)["app_id"] for line in lines}
    found["Package"] = len(packages)
    return found
