"""Recognising Android's acquisitions, whatever they are called and packed in, and opening them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from scanner.convert import text
from scanner.evidence import EvidenceError, android_facts, android_kinds
from scanner.evidence.android import Android, Dumpstate, Files, Part, Single
from scanner.evidence.android_places import InAndroidQF, InBackup, InBugreport, InFileSystem, InIntrusionLogs
from scanner.evidence.container import (
    Compressed,
    Container,
    Folder,
    Member,
    OnDisk,
    Recoded,
    Reopened,
    Source,
    Tar,
    Within,
    Zip,
)
from scanner.evidence.locked import AgeFile, BackupFile, LockedError
from scanner.evidence.secret import Secret
from scanner.evidence.whatsapp import BACKUP, CryptFile, Unlocked, given
from scanner.finding import EvidenceFacts, Problem
from scanner.formats import android_backup, apk_archive, dumpstate, whatsapp_header

R = TypeVar("R", bound=Reopened)
MAX_DEPTH = 4
"""Archives in archives."""
MOST_MEMBERS = 2_000_000
MOST_NESTED = 64
HEAD = 1 << 16
SHOWN = 10
NESTED = frozenset({"bugreport.zip", "backup.ab"})
"""What AndroidQF keeps that is evidence by itself."""
LOGS = ("intrusion_logs/", "intrusion-logs/")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How a text begins that PowerShell has written."""
AGE = b"age-encryption.org/v1"
SINGLES: dict[str, Callable[[str], str]] = {
    "getprop": lambda _: "section:/SYSTEM PROPERTIES",
    "tombstone": lambda name: f"/data/tombstones/{name}",
    "apk": lambda name: f"file:/{name}",
    "intrusion log": lambda name: f"intrusion:/{name}",
}


@dataclass
class Opener:
    """Takes sources and containers apart into parts; what cannot be opened is a problem of the whole."""

    secret: Secret
    parts: list[Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)
    """What needs a secret that was not given."""
    notes: list[str] = field(default_factory=list)
    opened: list[Reopened] = field(default_factory=list)
    """What has files open."""

    def one_phone(self) -> None:
        """See that all reports are of one phone.

        Raises:
            ValueError: they are not: what is true of one would be said of the others.
        """
        reports = [part for part in self.parts if isinstance(part, Dumpstate) and part.started]
        products = {product: part.folder or part.source.name for part in reports if (product := part.product)}
        if len(products) > 1:
            names = ", ".join(f"{name} ({product})" for product, name in products.items())
            raise ValueError(f"it holds reports of several phones: scan one of them, or name several: {names}")
        if len(reports) > 1:
            self.notes.append(f"{len(reports)} reports of one phone: what stands in several is found in each")

    def keep(self, one: R) -> R:
        """Remember what is to be closed."""
        self.opened.append(one)
        return one

    def close(self) -> None:
        """Close everything that was opened on the way."""
        for one in self.opened:
            one.close()

    def source(self, source: Source, prefix: str = "", depth: int = 0) -> bool:
        """Take a file apart; whether it is evidence. Its parts' names begin with `prefix`."""
        try:
            return self.recognised(source, prefix, depth)
        except LockedError as error:
            self.locked.append(source.name)
            self.problems.append(Problem("evidence", str(error), prefix.rstrip("/") or source.name))
        except (ValueError, OSError) as error:
            self.problems.append(Problem("evidence", str(error), prefix.rstrip("/") or source.name))
        return True

    def recognised(self, source: Source, prefix: str, depth: int) -> bool:
        """What a file is, by its content."""
        reader = source.open()
        try:
            head = reader.read(0, HEAD)
        finally:
            reader.close()
        if depth > MAX_DEPTH:
            raise ValueError(f"it lies in more than {MAX_DEPTH} archives")
        if wrapped := self.unwrapped(source, head):
            return self.source(wrapped, prefix, depth + 1)
        if head.startswith((android_backup.MAGIC, android_backup.MIUI)):
            self.parts.append(
                Files("adb backup", prefix, self.keep(Tar(self.keep(BackupFile(source, self.secret)))), InBackup())
            )
            return True
        if head.startswith((b"PK\3\4", b"PK\5\6")):
            return self.archive(source, prefix, depth)
        if head[257:262] == b"ustar":
            return self.container(self.keep(Tar(source)), prefix, depth)
        return self.plain(source, head, prefix)

    def unwrapped(self, source: Source, head: bytes) -> Source | None:
        """What is in a file that wraps one other: compressed, encrypted, or in another encoding."""
        if head.startswith(UTF16):
            return self.keep(Recoded(source))
        if head.startswith(AGE):
            return self.keep(AgeFile(source, self.secret))
        return self.keep(Compressed(source)) if head.startswith(b"\x1f\x8b") else None

    def archive(self, source: Source, prefix: str, depth: int) -> bool:
        """A ZIP archive; an application's may be made so that other programs cannot open it."""
        try:
            return self.container(self.keep(Zip(source)), prefix, depth, source)
        except ValueError:
            reader = source.open()
            try:
                package = apk_archive.is_package(reader)
            finally:
                reader.close()
            if not package:
                raise
        self.parts.append(Single("apk", prefix, source, SINGLES["apk"](source.name)))
        return True

    def plain(self, source: Source, head: bytes, prefix: str) -> bool:
        """A file that is evidence by itself."""
        if BACKUP.search(source.name) and whatsapp_header.detect(head):
            backup = self.keep(CryptFile(source, given(self.secret)))
            backup.reader.close()  # a wrong key is known now
            self.parts.append(Single("WhatsApp backup", prefix, backup, android_kinds.place(backup.name)))
            return True
        if dumpstate.detect(head):
            kind = "bugreport" if dumpstate.started(head) else "dumpsys"
            self.parts.append(self.keep(Dumpstate(kind, prefix, source)))
            return True
        kind = android_kinds.single(source.name, head) or ""
        if path := android_kinds.store(source.name, head):
            self.parts.append(Single("store", prefix, source, path))
        elif kind:
            self.parts.append(Single(kind, prefix, source, SINGLES[kind](source.name)))
        return bool(path or kind)

    def container(self, container: Container, prefix: str, depth: int, archive: Source | None = None) -> bool:
        """Take an archive or a folder apart; whether it is, or holds, evidence."""
        members = list(islice(container.members(), MOST_MEMBERS))
        found = android_kinds.Names.of([member.name for member in members])
        if archive and found.apk:
            self.parts.append(Single("apk", prefix, archive, SINGLES["apk"](archive.name)))
        elif found.androidqf:
            self.androidqf(container, only(found.androidqf), members, prefix, depth)
        elif (root := found.file_system) is not None:
            self.parts.append(Files("file system", prefix, container, InFileSystem(root)))
        elif texts := self.texts(container, members):
            self.bugreport(container, texts, prefix)
        elif found.application_data:
            self.parts.append(Files("adb backup", prefix, container, InBackup()))
        elif self.intrusion_logs(container, members):
            self.parts.append(Files("intrusion logs", prefix, container, InIntrusionLogs()))
            self.nested(container, [one for one in members if one.name.endswith(".zip")], prefix, depth)
        else:
            return self.nested(container, members, prefix, depth)
        return True

    def texts(self, container: Container, members: list[Member]) -> list[str]:
        """The texts of bug reports in an archive: what begins like one, wherever it lies."""
        candidates = [one for one in members if android_kinds.may_be_report(one.name)][:MOST_NESTED]
        if found := [one.name for one in candidates if dumpstate.started(head(container, one.name, dumpstate.HEAD))]:
            return found
        candidates.sort(key=lambda one: -one.size)
        return [one.name for one in candidates[:1] if dumpstate.detect(head(container, one.name, HEAD))]

    def bugreport(self, container: Container, texts: list[str], prefix: str) -> None:
        """A bug report: its texts, and what lies beside them."""
        for name in texts:
            self.parts.append(self.keep(Dumpstate("bugreport", prefix + folder(name), Within(container, name))))
        root = folder(texts[0]) if len({folder(name) for name in texts}) == 1 else ""
        self.parts.append(Files("bugreport", prefix, container, InBugreport(root, frozenset(texts))))

    def androidqf(self, container: Container, root: str, members: list[Member], prefix: str, depth: int) -> None:
        """An AndroidQF acquisition, and the reports in it."""
        opened = set[str]()
        for name, size in members:
            inner = name[len(root) :]
            if inner == "dumpsys.txt" and dumpstate.detect(head(container, name, HEAD)):
                self.parts.append(self.keep(Dumpstate("androidqf", prefix + root, Within(container, name))))
                opened.add(name)
            elif is_evidence(inner) and self.inner(Within(container, name), size, f"{prefix}{name}", depth + 1):
                opened.add(name)
        self.parts.append(Files("androidqf", prefix, container, InAndroidQF(root, frozenset(opened))))

    def inner(self, source: Source, size: int, name: str, depth: int) -> bool:
        """Take evidence in an AndroidQF acquisition apart; what is none is said."""
        if not size:
            self.notes.append(f"{name} is empty: the phone or its owner refused it")
            return False
        found = self.source(source, f"{name}/", depth)
        if not found:
            self.problems.append(
                Problem("evidence", "it is nothing that Bridle knows: damaged, or never finished", name)
            )
        return found

    def intrusion_logs(self, container: Container, members: list[Member]) -> bool:
        """Whether an archive holds intrusion logs."""
        logs = [member.name for member in members if member.name.endswith((".txt", ".json", ".ndjson", ".jsonl"))]
        return any(android_kinds.intrusion_log(head(container, name, HEAD)) for name in logs[:MOST_NESTED])

    def nested(self, container: Container, members: list[Member], prefix: str, depth: int) -> bool:
        """Whether files in an archive are evidence themselves: what makers of phones and of tools wrap around it."""
        if depth >= MAX_DEPTH:
            return False
        candidates = [member.name for member in members if android_kinds.may_be_evidence(member.name)]
        before = len(self.parts)
        for name in candidates[:MOST_NESTED]:
            self.source(Within(container, name), f"{prefix}{name}/", depth + 1)
        return len(self.parts) > before


def is_evidence(name: str) -> bool:
    """Whether a file of an AndroidQF acquisition is evidence by itself."""
    return name in NESTED or (name.startswith(LOGS) and name.endswith(".zip"))


def only(roots: tuple[str, ...]) -> str:
    """The one acquisition of some: several are of several phones, or of several moments."""
    if len(roots) > 1:
        names = ", ".join(root.rstrip("/") or "." for root in roots[:SHOWN])
        raise ValueError(f"it holds {len(roots)} AndroidQF acquisitions: scan one of them, or name several: {names}")
    return roots[0]


def head(container: Container, name: str, amount: int) -> bytes:
    """The first bytes of a member; none where it cannot be read, which is found again when it is."""
    try:
        reader = container.open(name)
        try:
            return reader.read(0, amount)
        finally:
            reader.close()
    except (OSError, ValueError):
        return b""


def folder(name: str) -> str:
    """The folder of a member, with its slash."""
    return name[: name.rfind("/") + 1]


@dataclass
class FoundAndroid:
    """An Android acquisition that was recognised."""

    root: Path
    opener: Opener
    unlocked: bool = False
    """Whether a secret has opened it."""

    @property
    def kind(self) -> str:
        """What it is: its parts' kinds, the outermost last."""
        outer, *inner = dict.fromkeys(part.kind for part in reversed(self.opener.parts)) or [
            "encrypted Android evidence"
        ]
        return f"{outer} with {' and '.join(sorted(inner))}" if inner else outer

    @property
    def encrypted(self) -> bool:
        """Whether it, or something in it, needs a password."""
        return bool(self.opener.locked) or self.unlocked

    def facts(self) -> EvidenceFacts:
        """What it says of the phone and of itself, as far as it opens without a password."""
        if not self.opener.parts:
            return EvidenceFacts(id="", path="", kind=self.kind, notes=[one.message for one in self.opener.problems])
        evidence = self.open(Secret())
        evidence.close()
        notes = [f"{one.path or ''}: {one.message}".removeprefix(": ") for one in evidence.problems]
        evidence.facts.notes += [note for note in notes if note not in evidence.facts.notes]
        return evidence.facts

    def open(self, secret: Secret) -> Android:
        """The acquisition as evidence, with what the phone says of itself."""
        opener = self.opener
        if opener.locked and secret:
            self.unlocked = True
            opener = self.opener = opened(self.root, secret)
        if not opener.parts:
            raise EvidenceError(f"{self.root}: {opener.problems[0].message}")
        facts = EvidenceFacts(
            id=text(self.root.resolve().name), path=text(str(self.root)), kind=self.kind, encrypted=self.encrypted
        )
        parts: list[Part] = [part if isinstance(part, Dumpstate) else Unlocked(part, secret) for part in opener.parts]
        facts.notes += opener.notes
        made = Android(facts, parts, opener.problems, opener.opened)
        android_facts.describe(made)
        return made


def opened(path: Path, secret: Secret) -> Opener:
    """What a path holds, taken apart; nothing, where it is no Android evidence."""
    opener = Opener(secret)
    try:
        if path.is_dir():
            opener.container(Folder(path), "", 0)
        else:
            opener.source(OnDisk(path))
        opener.one_phone()
    finally:
        opener.close()
    return opener


def detect(path: Path) -> FoundAndroid | None:
    """The Android evidence that a path is; None if it is none.

    Raises:
        ValueError: it is some, and damaged beyond reading.
    """
    opener = opened(path, Secret())
    if opener.problems and not opener.parts and not opener.locked:
        raise ValueError(opener.problems[0].message)
    return FoundAndroid(path, opener) if opener.parts or opener.locked else None
