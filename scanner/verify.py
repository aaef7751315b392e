"""A case checked against itself: the hashes of its manifest, the chain of its log, its signatures.

The manifest is of the scan. What came later, reports and lines of the log, stands in the log, whose lines hold each
other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from scanner import chain, signing
from scanner.case import LATER, LOG, MANIFEST, digest, written
from scanner.evidence import EvidenceError

SCHEMA = "bridle.manifest/1"


class Became(StrEnum):
    """What became of something that a case holds or says."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    GONE = "gone"
    UNKNOWN = "cannot be verified"


DIFFERENT = frozenset({Became.CHANGED, Became.GONE})


@dataclass(frozen=True)
class Check:
    """One thing that was checked."""

    what: str
    became: Became
    said: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a manifest says of the case."""

    schema: str
    written: dict[str, str]
    log: dict[str, int]


def manifest(folder: Path) -> Manifest:
    """The manifest of a case.

    Raises:
        EvidenceError: there is none, or it is none.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise EvidenceError(f"{folder} is no case that can be verified: it has no {MANIFEST}")
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise EvidenceError(f"{path} is damaged: {error}") from error
    if found.schema != SCHEMA:
        raise EvidenceError(f"{path} is of the version {found.schema!r}; this bridle reads {SCHEMA}")
    return found


def case(folder: Path, key: Path | None) -> Iterator[Check]:
    """Every check of a case against itself; the signature is checked with a public key.

    Raises:
        EvidenceError: it is no case, or the key cannot be read.
    """
    said = manifest(folder)
    yield from signatures(folder, key)
    yield from files(folder, said)
    yield from log(folder)


def signatures(folder: Path, key: Path | None) -> Iterator[Check]:
    """The signature of the manifest, and those of later reports."""
    for path in (folder / MANIFEST, *sorted((folder / LATER).glob("*.json"))):
        signed = signing.signature(path).is_file()
        what = f"the signature of {path.relative_to(folder).as_posix()}"
        if key is None and signed:
            yield Check(what, Became.UNKNOWN, "give the public key with --key")
        elif key is not None and (signed or path.name == MANIFEST):
            wrong = signing.check(path, key)
            yield Check(what, Became.CHANGED if wrong else Became.CONFIRMED, wrong or "")


def files(folder: Path, said: Manifest) -> Iterator[Check]:
    """Every file that the manifest names; files that nothing names are changes too."""
    there = dict(written(folder))
    for name, expected in said.written.items():
        path = there.pop(name, None)
        if path is None:
            yield Check(name, Became.GONE, "the file is not there")
            continue
        size = said.log.get("bytes") if name == LOG else None
        same = digest(path, size) == expected
        yield Check(name, Became.CONFIRMED if same else Became.CHANGED, "" if same else "its SHA-256 is another one")
    for name in there:
        if not name.startswith(f"{LATER}/"):
            yield Check(name, Became.CHANGED, "the manifest does not name it")


def log(folder: Path) -> Iterator[Check]:
    """The chain of the log, and the reports that it names."""
    named: set[str] = set()
    try:
        for line in chain.lines(folder / LOG):
            if line["event"] == "rescanned":
                named.add(f"{line['report']}")
                yield later(folder, line)
        yield Check(f"the chain of {LOG}", Became.CONFIRMED)
    except (OSError, ValueError, KeyError) as error:
        yield Check(f"the chain of {LOG}", Became.CHANGED, str(error))
    for path in sorted((folder / LATER).glob("*")):
        name = f"{LATER}/{path.name.removesuffix(signing.SUFFIX)}"
        if name not in named:
            yield Check(f"{LATER}/{path.name}", Became.CHANGED, "the log does not name it")


def later(folder: Path, line: dict[str, Any]) -> Check:
    """A report that a later look has written."""
    name = str(line["report"])
    path = folder / name
    if Path(name).parent != Path(LATER) or not path.is_file():
        return Check(name, Became.GONE, "the file is not there")
    same = digest(path) == line["sha256"]
    return Check(name, Became.CONFIRMED if same else Became.CHANGED, "" if same else "its SHA-256 is another one")
