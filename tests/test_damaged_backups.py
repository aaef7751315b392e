"""Damaged backups: the files that the manifest still names are scanned, and what is wrong with it is a Problem.

The damage is random (see `tests.damage`); of an encrypted backup the ciphertext is damaged, so that one wrong bit
garbles a block and changes the next.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from scanner.evidence import Entry, Evidence, EvidenceError
from scanner.evidence.open import recognise
from scanner.evidence.reader import EncryptedFile
from scanner.evidence.secret import Secret
from scanner.finding import State
from scanner.synthetic import make, write_backup
from scanner.synthetic.vault import Vault
from tests.backups import ADDAILY, HISTORY, LITTLE, PASSWORD, SMS, STYLES, content
from tests.damage import KINDS, Layout, Result, damage, run_in

AMOUNT = int(os.environ.get("BRIDLE_FUZZ", "12"))


class Backup(NamedTuple):
    """A sound backup and what it gives."""

    folder: Path
    manifest: bytes
    entries: dict[str, Entry]
    contents: dict[str, bytes]


def listed(evidence: Evidence) -> dict[str, Entry]:
    return {entry.native: entry for entry in evidence.entries() if not entry.path.startswith(evidence.schemes)}


def opened(folder: Path) -> Evidence:
    return recognise(folder).open(Secret(PASSWORD))


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Backup]:
    made: dict[str, Backup] = {}

    def backup(style: str) -> Backup:
        if style not in made:
            folder = tmp_path_factory.mktemp("backup") / style
            write_backup(make(amount=LITTLE), folder, **STYLES[style])
            with closing(opened(folder)) as evidence:
                own = Entry("backup:/Manifest.db", "Manifest.db")
                manifest = content(evidence, own) if style in {"plain", "encrypted"} else b""
                entries = listed(evidence)
                contents = {name: content(evidence, entry) for name, entry in entries.items()}
                made[style] = Backup(folder, manifest, entries, contents)
        return made[style]

    return backup


def damaged(file: Path, seed: str, unit: int) -> Iterator[tuple[str, bytes]]:
    """What stands in a file after each of many damages, one after the other; the file is sound again at the end."""
    sound = file.read_bytes()
    try:
        for number in range(AMOUNT):
            kind = KINDS[number % len(KINDS)]
            changed = damage(sound, kind, unit, Random(f"{seed}/{number}"))
            if changed != sound:
                file.write_bytes(changed)
                yield f"{seed} copy {number} ({kind})", changed
    finally:
        file.write_bytes(sound)


@pytest.mark.parametrize("style", ["plain", "encrypted"])
def test_a_damaged_manifest(style: str, backups: Callable[[str], Backup]) -> None:
    backup = backups(style)
    layout = Layout(backup.manifest)
    ids = file_ids(backup.manifest)
    wrong: list[str] = []
    for name, _ in damaged(backup.folder / "Manifest.db", f"manifest/{style}", 4096):
        try:
            evidence = opened(backup.folder)
        except EvidenceError as error:
            now = plain_manifest(backup, evidence=None, style=style)
            kept = [file_id for row, file_id in ids.items() if layout.whole(layout.rows["Files", row], now)]
            if kept and layout.schema_whole(now):
                wrong.append(f"{name}: not opened though {len(kept)} rows are whole: {error}")
            continue
        with closing(evidence):
            wrong += [f"{name}: {why}" for why in unlisted(backup, layout, ids, evidence, style)]
    assert not wrong, "\n".join(wrong)


def unlisted(backup: Backup, layout: Layout, ids: dict[int, str], evidence: Evidence, style: str) -> Iterator[str]:
    """What is missing of a damaged manifest's list, and of what it lets be read."""
    found = listed(evidence)
    missing = backup.entries.keys() - found.keys()
    if missing and not evidence.problems:
        yield f"no problem, without {len(missing)} files"
    now = plain_manifest(backup, evidence, style)
    if not layout.schema_whole(now):
        return
    for row, file_id in ids.items():
        if not layout.whole(layout.rows["Files", row], now):
            continue
        if found.get(file_id) != backup.entries[file_id]:
            yield f"row {row} is whole, but not listed: {[one.message for one in evidence.problems]}"
        elif content(evidence, found[file_id]) != backup.contents[file_id]:
            yield f"row {row} is whole, but its file is not what it was"


def plain_manifest(backup: Backup, evidence: Evidence | None, style: str) -> bytes:
    """The damaged manifest, decrypted."""
    if style == "plain":
        return (backup.folder / "Manifest.db").read_bytes()
    if evidence is None:
        return b""
    reader = evidence.reader(Entry("backup:/Manifest.db", "Manifest.db"))
    assert isinstance(reader, EncryptedFile)
    with closing(reader):
        return reader.read(0, reader.size)


def file_ids(manifest: bytes) -> dict[int, str]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(manifest)
        return dict(database.execute("SELECT rowid, fileID FROM Files WHERE flags = 1"))


def test_a_file_missing_from_an_index_of_the_manifest_is_read_all_the_same(backups: Callable[[str], Backup]) -> None:
    backup = backups("encrypted")
    file_id = next(name for name, entry in backup.entries.items() if entry.path == HISTORY)
    file, sound = backup.folder / "Manifest.db", (backup.folder / "Manifest.db").read_bytes()
    at = [found.start() for found in re.finditer(file_id.encode(), backup.manifest)]
    assert len(at) == 2, "one in the table, one in its index"
    wrong = bytearray(backup.manifest)
    # Of the two, the entry of the index is the one behind which no domain stands.
    (index,) = (place for place in at if b"Domain" not in wrong[place + 40 : place + 60])
    wrong[index] ^= 1
    try:
        file.write_bytes(Vault(b"", {}, b"bridle synthetic 1").encrypt("Manifest.db", bytes(wrong)))
        with closing(opened(backup.folder)) as evidence:
            found = listed(evidence)
            assert found == backup.entries
            assert content(evidence, found[file_id]) == backup.contents[file_id]
    finally:
        file.write_bytes(sound)


@pytest.mark.parametrize("style", ["old", "old-encrypted"])
def test_a_manifest_of_old_that_is_cut(style: str, backups: Callable[[str], Backup]) -> None:
    backup = backups(style)
    file = backup.folder / "Manifest.mbdb"
    sound = file.read_bytes()
    random = Random(style)
    whole = list(backup.entries)
    try:
        for _ in range(AMOUNT):
            end = random.randrange(6, len(sound))
            file.write_bytes(sound[:end])
            try:
                evidence = opened(backup.folder)
            except EvidenceError:
                continue  # nothing of the first record is left
            with closing(evidence):
                found = list(listed(evidence))
                assert found == whole[: len(found)]
                assert evidence.problems or not evidence_lost(sound, end), f"cut at {end}"
    finally:
        file.write_bytes(sound)


def evidence_lost(sound: bytes, end: int) -> bool:
    """Whether a cut falls within a record; one between two records leaves a sound, shorter manifest."""
    from scanner.formats import mbdb

    try:
        list(mbdb.records(sound[:end]))
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("path", [HISTORY, ADDAILY, SMS])
def test_an_encrypted_file_that_is_damaged(path: str, backups: Callable[[str], Backup]) -> None:
    backup = backups("encrypted")
    entry = next(entry for entry in backup.entries.values() if entry.path == path)
    file = backup.folder / entry.native[:2] / entry.native
    with closing(opened(backup.folder)) as evidence:
        sound = run_in(evidence, entry)
        wrong: list[str] = []
        for name, _ in damaged(file, f"encrypted/{path}", 16):
            for artifact, after in run_in(evidence, entry).items():
                wrong += [f"{artifact} {name}: {why}" for why in hidden(sound[artifact], after)]
    assert not wrong, "\n".join(wrong)


def hidden(before: Result, after: Result) -> Iterator[str]:
    if (missing := before.missing(after)) and after.outcome.state in {State.CHECKED, State.EMPTY}:
        yield f"{after.outcome.state} without {missing[:3]}"
    yield from (one for one in after.problems if one.split(":")[0].endswith("Error"))
