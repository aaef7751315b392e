"""What a scan says: findings, problems, outcomes and the report document that every writer reads.

The JSON Schema of the document is made from these types (`bridle schema report`).
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

import msgspec

from scanner.record import Place, Stage

SCHEMA = "bridle.report/1"


class Severity(IntEnum):
    """How much a finding matters; CRITICAL needs an indicator of a strong kind."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


def word(level: IntEnum) -> str:
    """The word for a severity or a stage as the report writes it: `high`, `visit`."""
    return level.name.lower()


MARKINGS = ("clear", "green", "amber", "amber+strict", "red")
"""The Traffic Light Protocol 2.0, from what everybody may know to what nobody else may."""


class State(StrEnum):
    """What became of one artifact on one file of the evidence."""

    CHECKED = "checked"
    EMPTY = "empty"
    ABSENT = "absent"
    PARTIAL = "partial"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    UNSUPPORTED = "unsupported"
    SKIPPED = "skipped"


INCOMPLETE = frozenset({State.PARTIAL, State.FAILED, State.TIMED_OUT, State.UNSUPPORTED})
"""Something was there and could not be read completely."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that could not be read or understood: never fatal, always reported, with its place."""

    where: str
    """What was being read: an artifact's id, `evidence`, `feed`, `yara`."""
    message: str
    path: str | None = None
    row: int | str | None = None
    note: bool = False
    """Only said: nothing went wrong."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where an indicator comes from: one entry of one feed."""

    feed: str
    family: str | None = None
    campaign: str | None = None
    role: str = "unknown"
    threat: str = "unknown"
    reports: tuple[str, ...] = ()
    first_seen: str | None = None
    weak: str | None = None
    """Why a hit on this value alone says little: a short or common name."""
    place: str | None = None
    """The entry's place in its feed: `objects[12]`, `line 7`."""
    canonical: str | None = None
    """The family's one name, whatever the feed calls it."""
    tlp: str | None = None
    """Whom the feed lets know: clear, green, amber, amber+strict or red of the Traffic Light Protocol 2.0."""
    licence: str | None = None
    valid_until: str | None = None
    last_seen: str | None = None
    private: bool = False
    """Of a feed that its owner shares with nobody."""


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """The indicator of a finding, and what of the evidence it matched."""

    kind: str
    value: str
    observed: str
    field: str
    sources: tuple[Source, ...]


class Locator(msgspec.Struct, frozen=True, kw_only=True):
    """Where a finding's evidence stands, down to the row, line, offset or key path."""

    evidence: str
    artifact: str
    path: str
    native: str | None = None
    sha256: str | None = None
    table: str | None = None
    row: int | None = None
    line: int | None = None
    offset: int | None = None
    key: str | None = None
    recovered: bool = False


def located(evidence: str, artifact: str, path: str, native: str | None, place: Place) -> Locator:
    """Where a record stands in a piece of evidence: its place in its file, and the file."""
    where = {name: getattr(place, name) for name in Place.__struct_fields__}
    return Locator(evidence=evidence, artifact=artifact, path=path, native=native, **where)


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """Why a finding does not count: somebody looked at it, and says so by name and until when."""

    reason: str
    author: str | None = None
    expires: str | None = None
    """The last day on which it holds, as YYYY-MM-DD."""


class Finding(msgspec.Struct, kw_only=True):
    """One thing that a person should look at, with what is needed to judge and to check it."""

    id: str
    rule: str
    title: str
    severity: str
    stage: str
    confidence: str
    message: str
    time: datetime | None
    count: int = 1
    indicator: Matched | None = None
    locator: Locator
    places: list[Place] = []
    """Further places of the same finding, at most 50."""
    record: dict[str, Any] = {}
    why: str = ""
    benign: str = ""
    next: str = ""
    references: tuple[str, ...] = ()
    suppressed: Suppressed | None = None
    """Set if it counts neither for the verdict nor for the exit code."""
    known: bool = False
    """Whether it was in the earlier report that this one was compared with."""

    @property
    def counts(self) -> bool:
        """Whether it counts for the verdict and the exit code: neither suppressed nor known before."""
        return self.suppressed is None and not self.known


def finding_id(rule: str, locator: Locator, indicator: Matched | None) -> str:
    """A name that stays the same from scan to scan: of the rule, the place in the evidence and the indicator."""
    place = (locator.artifact, locator.path, locator.table, locator.row, locator.line, locator.offset, locator.key)
    parts = (rule, *place, *((indicator.kind, indicator.value, indicator.observed) if indicator else ()))
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "backslashreplace")).hexdigest()[:16]


class Coverage(msgspec.Struct, kw_only=True):
    """What became of one artifact: on one file, or, with no path, on the evidence as a whole."""

    evidence: str
    artifact: str
    path: str | None
    state: State
    records: int = 0
    problems: list[Problem] = []


class Device(msgspec.Struct, kw_only=True):
    """The phone, as far as the evidence names it."""

    name: str | None = None
    model: str | None = None
    product: str | None = None
    os: str | None = None
    version: str | None = None
    build: str | None = None
    serial: str | None = None
    imei: str | None = None
    phone: str | None = None
    udid: str | None = None
    timezone: str | None = None


class EvidenceFacts(msgspec.Struct, kw_only=True):
    """What was scanned."""

    id: str
    path: str
    kind: str
    encrypted: bool = False
    complete: bool = True
    device: Device = msgspec.field(default_factory=Device)
    acquired: datetime | None = None
    notes: list[str] = []


class FeedFacts(msgspec.Struct, kw_only=True):
    """A feed as it was loaded."""

    id: str
    name: str
    path: str
    sha256: str
    fetched: datetime | None = None
    age_days: int | None = None
    indicators: int = 0
    unsupported: int = 0
    problems: list[Problem] = []
    tlp: str | None = None
    """The strictest marking in it."""
    private: bool = False


class Withheld(msgspec.Struct, kw_only=True):
    """What a report that is shared leaves out; pseudonyms stand for it."""

    level: str
    """The highest marking of the Traffic Light Protocol that is still shared."""
    feeds: int = 0
    sources: int = 0
    indicators: int = 0
    findings: int = 0


class Verdict(msgspec.Struct, kw_only=True):
    """The headline, bound to what could be checked."""

    level: str
    headline: str
    checked: int
    possible: int
    incomplete: int


class Counts(msgspec.Struct, kw_only=True):
    """Totals of the run."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    info: int = 0
    suppressed: int = 0
    """Findings that are not among those above."""
    known: int = 0
    """Of those above, the ones that the earlier report has too."""
    records: int = 0
    artifacts: int = 0
    files: int = 0
    bytes: int = 0


class Tool(msgspec.Struct, kw_only=True):
    """What made the report."""

    name: str
    version: str


class Run(msgspec.Struct, kw_only=True):
    """When and how; the only part that differs between two runs over the same evidence and feeds."""

    started: datetime
    finished: datetime
    seconds: float
    jobs: int
    options: dict[str, Any] = {}


class Report(msgspec.Struct, kw_only=True):
    """The document: `bridle.report/1`."""

    schema: str = SCHEMA
    tool: Tool
    run: Run
    evidence: list[EvidenceFacts]
    feeds: list[FeedFacts]
    verdict: Verdict
    coverage: list[Coverage]
    findings: list[Finding]
    problems: list[Problem]
    counts: Counts
    withheld: Withheld | None = None
    """Of a report made with `--share-level`."""
    redacted: bool = False
    """Whether pseudonyms stand for what tells of persons."""


class Sighted(msgspec.Struct, frozen=True, kw_only=True):
    """A record that meets observations of compound patterns; what they mean together is known when all are read."""

    meets: tuple[tuple[int, int], ...]
    """Pattern and observation, by number."""
    kind: str
    """The record's type."""
    time: datetime | None
    stage: Stage
    place: Place | None
    record: dict[str, Any]


class Outcome(msgspec.Struct, kw_only=True):
    """What one task made of one file (or, for YARA, of a batch of files)."""

    evidence: str
    artifact: str
    path: str
    native: str | None = None
    state: State = State.CHECKED
    records: int = 0
    findings: list[Finding] = []
    problems: list[Problem] = []
    hashes: dict[str, str] = {}
    """SHA-256 of every file that was read, by device path."""
    size: int = 0
    """Bytes read."""
    files: int = 1
    shards: dict[str, bytes] = {}
    """Compressed records that correlations ask for, by record type."""
    sightings: list[Sighted] = []
    """Records that meet a part of a compound pattern."""
    order: list[tuple[str, int]] = []
    """The types of its records in the order in which they were read, each with how many came together."""
    kept: dict[str, str] = {}
    """The shards of its records, below the folder of the evidence, by record type."""


def level(severities: Iterable[Severity]) -> str:
    """The worst of some severities as a word; `none` for none."""
    worst = max(severities, default=None)
    return "none" if worst is None else word(worst)


STAGES = {word(stage): stage for stage in Stage}
SEVERITIES = {word(severity): severity for severity in Severity}
RUNGS = {
    "none": "",
    "contact": "contact: an account or address of it was met",
    "delivery": "delivery: something of it reached the phone",
    "visit": "visit: the phone went to an address of it",
    "presence": "presence: something of it was on the phone",
    "execution": "execution: something of it ran on the phone",
}
"""What each rung of the ladder means, by the stage's word: the one text of every writer."""
