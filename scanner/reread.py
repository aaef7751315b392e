"""Findings read again in the evidence: the record at each locator, by the artifact that read it first."""

from collections.abc import Iterator
from typing import Any

import msgspec

from scanner import artifact
from scanner.evidence import Entry, Evidence, EvidenceError, open_file
from scanner.evidence.reader import sha256
from scanner.finding import Finding, Locator
from scanner.integrity import INTEGRITY
from scanner.past import Past
from scanner.record import Place, Record
from scanner.sift import CONTENTS, written
from scanner.verify import Became, Check

Groups = dict[tuple[str, str, str | None], list[Finding]]


def findings(case: Past, evidence: Evidence, name: str) -> Iterator[Check]:
    """What became of every finding of a piece of evidence.

    Args:
        case: The case.
        evidence: The evidence, open.
        name: What the case calls it.

    Raises:
        EvidenceError: it is of another phone.
    """
    same_phone(case, evidence, name)
    groups: Groups = {}
    for one in told(case):
        if one.locator.evidence == name:
            groups.setdefault((one.locator.artifact, one.locator.path, one.locator.native), []).append(one)
    entries = listed(evidence, {path for _, path, _ in groups})
    for (artifact_id, path, native), several in groups.items():
        there = entries.get(path, [])
        entry = next((one for one in there if one.native == native), there[0] if there else None)
        if entry is None or not entry.stored:
            yield from (check(one, Became.GONE, "the evidence does not hold this file") for one in several)
        elif artifact_id in {CONTENTS, INTEGRITY}:
            yield from whole(evidence, entry, several)
        else:
            yield from records(evidence, entry, several, details=bool(case.option("details")))


def told(case: Past) -> list[Finding]:
    """The findings of a case: those of its scan and of every later look; a report for others has pseudonyms in it."""
    found = {
        (one.locator.evidence, one.id): one for task in case.tasks for each in task.outcomes for one in each.findings
    }
    last = case.last()[1]
    if last.withheld is None:
        found = {(one.locator.evidence, one.id): one for one in last.findings} | found
    return list(found.values())


def same_phone(case: Past, evidence: Evidence, name: str) -> None:
    """See that evidence is of the phone that the case is of, as far as both name it."""
    before = next((one.facts.device for one in case.opened if one.facts.id == name), None)
    now = evidence.facts.device
    for field in ("udid", "serial"):
        then, today = getattr(before, field, None), getattr(now, field)
        if then and today and then != today:
            raise EvidenceError(f"this is not the evidence of the case: its {field} is {today}, not {then}")


def listed(evidence: Evidence, paths: set[str]) -> dict[str, list[Entry]]:
    """The entries of some paths."""
    found: dict[str, list[Entry]] = {}
    for entry in evidence.entries():
        if entry.path in paths:
            found.setdefault(entry.path, []).append(entry)
    for path in paths - found.keys():
        if (entry_ := evidence.unlisted(path)) is not None:
            found[path] = [entry_]
    return found


def whole(evidence: Evidence, entry: Entry, several: list[Finding]) -> Iterator[Check]:
    """Findings over a whole file: it is the same if its hash is."""
    digest = hashed(evidence, entry)
    for one in several:
        expected = one.record.get("sha256") or one.locator.sha256
        if digest is None:
            yield check(one, Became.GONE, "the file cannot be read")
        elif expected is None:
            yield check(one, Became.UNKNOWN, "the case does not hold its hash")
        else:
            same = digest == expected
            yield check(one, Became.CONFIRMED if same else Became.CHANGED, "" if same else "the file's content changed")


def hashed(evidence: Evidence, entry: Entry) -> str | None:
    """The hash of a file; None if it cannot be read."""
    try:
        reader = evidence.reader(entry)
        try:
            return sha256(reader)
        finally:
            reader.close()
    except (OSError, ValueError):
        return None


def records(evidence: Evidence, entry: Entry, several: list[Finding], *, details: bool) -> Iterator[Check]:
    """Findings over a record: the artifact reads the file again, and what stands at the same place is compared."""
    parser = artifact.load(several[0].locator.artifact.partition(".")[0]).get(several[0].locator.artifact)
    if parser is None:
        yield from (check(one, Became.UNKNOWN, "this version has no such artifact") for one in several)
        return
    wanted: dict[Place, list[Any]] = {place(one.locator): [] for one in several}
    failure = ""
    file = open_file(evidence, entry)
    file.details = details
    try:
        for record in parser.parse(file):
            if (found := wanted.get(record.place or Place())) is not None:
                found.append(plain(record))
    except Exception as error:  # noqa: BLE001 - whatever stops it, what was read before it counts
        failure = f": reading stopped with {type(error).__name__}: {error}"
    finally:
        file.tables.close()
    for one in several:
        there = wanted[place(one.locator)]
        if plain_value(one.record) in there:
            yield check(one, Became.CONFIRMED)
        elif there:
            yield check(one, Became.CHANGED, f"at {place(one.locator)} the evidence says something else{failure}")
        else:
            yield check(one, Became.GONE, f"nothing stands at {place(one.locator)} any more{failure}")


def place(locator: Locator) -> Place:
    """The place of a record that a locator names."""
    return Place(**{name: getattr(locator, name) for name in Place.__struct_fields__})


def plain(record: Record) -> Any:
    """A record's fields as a report on disk has them."""
    return plain_value(written(record))


def plain_value(values: Any) -> Any:
    """Values as a report on disk has them."""
    return msgspec.json.decode(msgspec.json.encode(values))


def check(one: Finding, became: Became, said: str = "") -> Check:
    """What became of a finding."""
    return Check(f"{one.id} {one.rule} {one.locator.path}", became, said)
