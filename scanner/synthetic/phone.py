"""The synthetic phone: its files, its facts and the list of everything planted in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

Content = bytes | Callable[[], bytes]

NOW = 1_718_884_800
"""Noon UTC of 20 June 2024, seconds since 1970: when the phone was backed up. Nothing on it is younger."""
ATTACK = 1_718_075_520
"""03:12 UTC of 11 June 2024: when the invented attack begins."""
COCOA = 978_307_200
"""Seconds from 1970 to 2001, where Apple's clocks begin."""
DAY = 86_400
COMPLETE, UNLESS_OPEN, UNTIL_FIRST_AUTHENTICATION, NO_PROTECTION = 1, 2, 3, 4
DEVICE_ONLY = 11


@dataclass(frozen=True)
class Amount:
    """How much life a phone holds: numbers of rows, of files and bytes of camera media, of rows of the manifest."""

    messages: int = 200
    whatsapp: int = 200
    visits: int = 300
    interactions: int = 120
    files: int = 24
    bytes: int = 1_500_000
    manifest_rows: int = 0
    """Empty folders are added until the manifest has this many rows; 0 for none."""


SMALL = Amount()
"""A demonstration: a backup of less than 5 MB, made in less than two seconds."""
MEDIUM = Amount(100_000, 100_000, 100_000, 20_000, 50_000, 950_000_000, 78_000)
"""A phone in use, for benchmarks: about 1 GB, mostly camera media."""


@dataclass(frozen=True)
class Facts:
    """Who the phone is; all invented."""

    name: str = "Mara\u2019s iPhone"
    model: str = "iPhone14,5"
    product: str = "iPhone 13"
    version: str = "17.5.1"
    build: str = "21F90"
    serial: str = "BRDL0SYNTH01"
    udid: str = "00008110-000A1B2C3D4E5F60"
    imei: str = "000000000000000"
    phone: str = "+1 555 0100"
    owner: str = "mara.quill@postbox.example"


@dataclass(frozen=True)
class Trace:
    """One thing planted in a phone, and where it stands.

    For an indicator, `kind` is the indicator's kind (as `scanner.record.Kind`), `value` its value as in the bundle of
    `scanner.synthetic.indicators` and `observed` what the evidence says; for a heuristic, `kind` is "heuristic",
    `value`
    is `observed` and `rule` names what should notice. `where` is `table:rowid`, a plist's keys
    joined by dots, or empty where the file itself is the trace.
    """

    artifact: str
    path: str
    kind: str
    value: str
    where: str
    what: str
    severity: str
    rule: str | None = None
    observed: str = ""


@dataclass(frozen=True)
class Spot:
    """A place in the evidence: the artifact that reads it, the path, and where in the file."""

    artifact: str
    path: str
    where: str = ""


@dataclass
class Item:
    """A file, folder or symbolic link of the phone."""

    path: str
    content: Content = b""
    kind: Literal["file", "folder", "link"] = "file"
    modified: int = NOW - 30 * DAY
    protection: int = UNTIL_FIRST_AUTHENTICATION
    target: str = ""
    mode: int = 0o644
    domain: tuple[str, str] | None = None
    """Domain and relative path, where they do not follow from the path."""

    def read(self) -> bytes:
        """The content, made now if it is not kept."""
        return self.content if isinstance(self.content, bytes) else self.content()


@dataclass
class Phone:
    """A phone: items by device path, and the truth about what was planted."""

    seed: int = 1
    facts: Facts = field(default_factory=Facts)
    items: dict[str, Item] = field(default_factory=dict)
    truth: list[Trace] = field(default_factory=list)
    applications: dict[str, dict[str, object]] = field(default_factory=dict)
    """The host's list of installed applications: bundle id to what `Info.plist` says of it."""

    def random(self, purpose: str) -> Random:
        """A generator of its own for every purpose, so that one store's amount does not change another's content."""
        return Random(f"{self.seed}/{purpose}")

    def add(
        self,
        path: str,
        content: Content,
        *,
        modified: int = NOW - 30 * DAY,
        protection: int = UNTIL_FIRST_AUTHENTICATION,
    ) -> Item:
        """Puts a file at an absolute device path; `content` may be made when it is read."""
        item = Item(path, content, modified=modified, protection=protection)
        self.items[path] = item
        return item

    def folder(self, path: str) -> None:
        """Puts an empty folder at an absolute device path."""
        self.items[path] = Item(path, kind="folder", mode=0o755)

    def link(self, path: str, target: str) -> None:
        """Puts a symbolic link at an absolute device path."""
        self.items[path] = Item(path, kind="link", target=target, mode=0o755)

    def indicator(self, at: Spot, kind: str, value: str, observed: str, what: str) -> None:
        """Enters in the truth that an indicator stands somewhere, and as what."""
        self.truth.append(Trace(at.artifact, at.path, kind, value, at.where, what, "critical", None, observed))

    def heuristic(self, at: Spot, rule: str, observed: str, what: str, severity: str = "medium") -> None:
        """Enters in the truth what a rule should notice without indicators."""
        self.truth.append(Trace(at.artifact, at.path, "heuristic", observed, at.where, what, severity, rule, observed))

    def files(self) -> Iterator[Item]:
        """The files alone, in the order of their paths."""
        return (item for _, item in sorted(self.items.items()) if item.kind == "file")
