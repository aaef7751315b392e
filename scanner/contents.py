"""The contents of a batch of files: hashed and matched by YARA rules; what is left out is counted, not forgotten."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import msgspec

from scanner.context import Context
from scanner.evidence import Entry
from scanner.finding import Finding, Matched, Outcome, Problem, State, located
from scanner.kept import Kept
from scanner.matching.yara import MAX_SIZE, YaraMatch, concerns
from scanner.record import Hash, Kind, Place, Record
from scanner.rule import Rule
from scanner.sift import CONTENTS, Sift, ruled

SECONDS = 60
HEAD = 4096
APPLICATION = ".apk"
MAX_FINDINGS = 1000
BATCH_BYTES = 8 << 20
BATCH_FILES = 400
ALGORITHMS = {Kind.SHA256: "sha256", Kind.SHA1: "sha1", Kind.MD5: "md5", Kind.SHA512: "sha512"}


class FileContent(Record):
    """What a file holds, as far as indicators name it; hashes that no indicator is of are not made."""

    sha256: Hash
    sha1: Hash | None = None
    md5: Hash | None = None
    sha512: Hash | None = None
    size: int


class KeptContent(FileContent):
    """The same as a case keeps it: whose content it is, and the hashes of every kind, for indicators of later days."""

    path: str
    native: str


def concerned(path: str, schemes: tuple[str, ...]) -> bool:
    """Whether a file is one of the phone's, whose content matters; an application that was collected is."""
    return not path.startswith(schemes) or path.endswith(APPLICATION)


@dataclass(frozen=True)
class Contents:
    """Some files, to be hashed and matched with all rules."""

    entries: tuple[Entry, ...]
    size: int = 0
    every: bool = False
    """Whether the kind of content does not matter."""

    def blank(self, context: Context, state: State, problem: str) -> list[Outcome]:
        """The outcome of a batch that never came to an end."""
        paths = ", ".join(entry.path for entry in self.entries[:3])
        problems = [Problem(CONTENTS, f"{len(self.entries)} files ({paths} …): {problem}")]
        return [self.outcome(context, state=state, problems=problems)]

    def outcome(self, context: Context, **more: Any) -> Outcome:
        """An outcome with nothing in it."""
        return Outcome(evidence=context.evidence.facts.id, artifact=CONTENTS, path="", files=0, **more)

    def run(self, context: Context) -> list[Outcome]:
        """Look into each file; one that cannot be read is a problem of its own."""
        outcome, skipped = self.outcome(context), Counter[str]()
        with ExitStack() as shards:
            kept = Kept(context, outcome, shards)
            kept.name = self.entries[0].path, self.entries[0].native
            for entry in self.entries:
                try:
                    if (data := self.content(context, entry, skipped)) is not None:
                        examine(context, entry, data, outcome, kept)
                except Exception as error:  # noqa: BLE001 - one bad file never ends the scan
                    outcome.problems.append(Problem(CONTENTS, f"{type(error).__name__}: {error}", entry.path))
            kept.close()
        outcome.problems += [
            Problem(CONTENTS, f"{count} files not looked into: {why}") for why, count in skipped.items()
        ]
        outcome.state = State.PARTIAL if outcome.problems else State.CHECKED
        return [outcome]

    def content(self, context: Context, entry: Entry, skipped: Counter[str]) -> bytes | None:
        """A file's content, or None for one that no rule can concern, or that is too large."""
        reader = context.evidence.reader(entry)
        try:
            if reader.size > MAX_SIZE:
                skipped[f"larger than {MAX_SIZE >> 20} MB"] += 1
                return None
            head = reader.read(0, HEAD)
            if not self.every and not concerns(entry.path, head, reader.size):
                return None
            return head if reader.size <= HEAD else reader.read(0, reader.size)
        finally:
            reader.close()


def examine(context: Context, entry: Entry, data: bytes, outcome: Outcome, kept: Kept) -> None:
    """Hash one content, and match it with the rules."""
    outcome.files += 1
    outcome.size += len(data)
    every = ALGORITHMS.values() if context.records else wanted(context)
    hashes = {name: hashlib.new(name, data, usedforsecurity=False).hexdigest() for name in every}
    if context.hashing:
        outcome.hashes[entry.path] = hashes["sha256"]
    content = msgspec.convert(hashes | {"path": entry.path, "native": entry.native, "size": len(data)}, KeptContent)
    if context.records:
        kept.write(KeptContent, [content])
    rule = context.rules.get("YAR001")
    if context.yara and rule:
        matches = context.yara.scan(data, entry.path, timeout=SECONDS)
        outcome.findings += [finding(context, rule, entry, match, hashes["sha256"]) for match in matches]
    sifted(context, content, outcome)


def sifted(context: Context, content: KeptContent, outcome: Outcome) -> None:
    """Match what a file holds with the indicators; hashes that none of them is of are left out."""
    sift = Sift(context, CONTENTS, content.path, content.native)
    hashes = {name: getattr(content, name) for name in wanted(context)}
    sift(FileContent, [FileContent(size=content.size, **hashes)])
    outcome.findings += sift.found.values()
    outcome.sightings += sift.sightings
    outcome.problems += [Problem(CONTENTS, f"{name}: {why}", content.path) for name, why in sift.failed.items()]
    del outcome.findings[MAX_FINDINGS:]


def wanted(context: Context) -> list[str]:
    """The hashes to make: those that some indicator is of, and SHA-256."""
    tables = context.index.tables
    return [name for kind, name in ALGORITHMS.items() if kind is Kind.SHA256 or tables[kind]]


def finding(context: Context, rule: Rule, entry: Entry, match: YaraMatch, sha256: str) -> Finding:
    """What a YARA match says."""
    offset = match.strings[0][0] if match.strings else None
    locator = located(context.evidence.facts.id, CONTENTS, entry.path, entry.native, Place(offset=offset))
    locator = msgspec.structs.replace(locator, sha256=sha256)
    matched = Matched(kind="yara", value=match.rule, observed=entry.path, field="content", sources=(match.source,))
    found = ruled(rule, f"the content matches the YARA rule {match.rule}", locator, matched)
    found.confidence = "high"
    found.places = [Place(offset=offset, key=name) for offset, name, _ in match.strings[1:]]
    found.record = {"rule": match.rule, "namespace": match.namespace, "tags": list(match.tags)}
    return found


def batches(entries: Iterator[tuple[Entry, int]], *, every: bool) -> Iterator[Contents]:
    """Files in batches of about the same work."""
    waiting: list[Entry] = []
    size = 0
    for entry, amount in entries:
        waiting.append(entry)
        size += amount
        if size > BATCH_BYTES or len(waiting) >= BATCH_FILES:
            yield Contents(tuple(waiting), size, every)
            waiting, size = [], 0
    if waiting:
        yield Contents(tuple(waiting), size, every)
