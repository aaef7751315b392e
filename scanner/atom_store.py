"""The atoms of a case in one small database, and which of its shards an indicator may stand in.

Tables: `shards` (number, file below `records/`), `atoms` (kind, value, shard, how often) and `words` (shard, compressed
words of free texts). Every indicator is looked up in the atoms; the words are searched for all of them at once.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import apsw

from scanner.feeds import normalise
from scanner.matching.index import TRUNCATED, Index
from scanner.matching.text import FreeText
from scanner.record import Kind
from scanner.store import atoms, read_run, unpack

SCHEMA = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000; PRAGMA page_size = 8192;
    CREATE TABLE shards (id INTEGER PRIMARY KEY, file TEXT NOT NULL);
    CREATE TABLE words (shard INTEGER NOT NULL, part BLOB NOT NULL);
    CREATE TABLE atoms (kind TEXT, value TEXT, shard INTEGER, count INTEGER, PRIMARY KEY (kind, value, shard))
    WITHOUT ROWID;
    BEGIN
"""
ADD = """
    INSERT INTO atoms VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, value, shard) DO UPDATE SET count = count + excluded.count
"""
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,128}(?![0-9a-f])")
EXACT = frozenset(
    {
        Kind.IP, Kind.EMAIL, Kind.PHONE, Kind.APP_ID, Kind.PROFILE, Kind.MD5, Kind.SHA1, Kind.SHA256, Kind.SHA512,
        Kind.CERT_MD5, Kind.CERT_SHA1, Kind.CERT_SHA256, Kind.CERT_ORGANISATION, Kind.ANDROID_PROPERTY,
    }
)  # fmt: skip
"""Kinds of indicators whose value is the atom."""


def build(path: Path, runs: Iterable[tuple[str, Path]]) -> None:
    """Write the database from what shards add to it: their names, and the files of their atoms.

    It is there whole or not at all.

    Raises:
        ValueError: the atoms of a shard are damaged.
        OSError: something cannot be read or written.
    """
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    database = apsw.Connection(str(part))
    try:
        database.execute(SCHEMA).fetchall()
        for number, (name, file) in enumerate(runs):
            run = read_run(file)
            database.execute("INSERT INTO shards VALUES (?, ?)", (number, name))
            for packed in run.atoms:
                rows = ((kind, value, number, count) for kind, value, count in atoms(packed))
                database.executemany(ADD, rows)
            database.executemany("INSERT INTO words VALUES (?, ?)", ((number, part) for part in run.words))
        database.execute("COMMIT")
    finally:
        database.close()
    part.replace(path)


class AtomStore:
    """The database of a case, read."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            OSError: it is not there.
            ValueError: it is damaged.
        """
        path.stat()
        self.database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            rows: Any = self.database.execute("SELECT id, file FROM shards")
            self.files: dict[int, str] = dict(rows)
        except apsw.Error as error:
            self.database.close()
            raise ValueError(f"{path.name} is damaged: {error}") from error

    def close(self) -> None:
        """Close it."""
        self.database.close()

    def within(self, index: Index) -> set[str]:
        """The shards in which some indicator may stand.

        Raises:
            ValueError: the database is damaged.
        """
        found: set[int] = set()
        try:
            for kind, value in asked(index):
                found |= self.having(kind, value)
            for path in index.tables[Kind.PATH]:
                found |= self.path(path)
            if index.networks:
                query = "SELECT value, shard FROM atoms WHERE kind = ?"
                addresses: Any = self.database.execute(query, (Kind.IP.value,))
                found |= {shard for address, shard in addresses if index.address(address)}
            parts: Any = self.database.execute("SELECT shard, part FROM words")
            words = Words(index)
            for shard, part in parts:
                if shard not in found and words.found(unpack(part).decode()):
                    found.add(shard)
        except apsw.Error as error:
            raise ValueError(f"the atoms are damaged: {error}") from error
        return {self.files[number] for number in found}

    def having(self, kind: Kind, value: str) -> set[int]:
        """The shards that hold an atom."""
        rows: Any = self.database.execute("SELECT shard FROM atoms WHERE kind = ? AND value = ?", (kind.value, value))
        return {shard for (shard,) in rows}

    def path(self, path: str) -> set[int]:
        """The shards that hold a path, or one below it; of a path that is no whole one, those that hold its name."""
        whole = path.rstrip("/") if path.startswith("/") else path.strip("/")
        parent, _, name = whole.rpartition("/")
        found = self.having(Kind.FILE_NAME, name)
        if not path.startswith("/"):
            return found
        if found:
            found &= self.having(Kind.PATH, parent)
        below: Any = self.database.execute(
            "SELECT shard FROM atoms WHERE kind = ? AND value >= ? AND value < ?",
            (Kind.PATH.value, f"{whole}/", f"{whole}0"),  # 0 is the character after /
        )
        return found | self.having(Kind.PATH, whole) | {shard for (shard,) in below}


class Words:
    """Finds what may be an indicator in words of free texts, with less memory than the matcher's own automaton."""

    def __init__(self, index: Index) -> None:
        """Take all that is looked for in texts."""
        tables, self.index = index.tables, index
        names = [*tables[Kind.DOMAIN], *index.links, *tables[Kind.IP], *tables[Kind.EMAIL]]
        names += [name.removeprefix("www.") for name in tables[Kind.DOMAIN]]
        self.names = FreeText(names, addresses=bool(tables[Kind.CIDR]))
        self.digests = [tables[kind] for kind in normalise.BY_LENGTH.values() if tables[kind]]

    def found(self, words: str) -> bool:
        """Whether some indicator stands in some of the words, one a line."""
        if not (self.names.tokens(words) or (self.digests and any(map(self.digest, DIGEST.findall(words.lower()))))):
            return False
        return any(map(self.index.text, words.split("\n")))

    def digest(self, value: str) -> bool:
        """Whether a hash is looked for."""
        return any(value in table for table in self.digests)


def asked(index: Index) -> Iterator[tuple[Kind, str]]:
    """The atoms that records with an indicator must have, for every kind but paths and networks."""
    tables = index.tables
    for kind in EXACT:
        yield from ((kind, value) for value in tables[kind])
    for name in tables[Kind.DOMAIN]:
        yield Kind.DOMAIN, name
        if name.startswith("www."):
            yield Kind.DOMAIN, name.removeprefix("www.")
    for host in index.links:
        yield Kind.DOMAIN, host
        yield Kind.IP, host
    for name in tables[Kind.FILE_NAME]:
        yield Kind.FILE_NAME, name
    for name in tables[Kind.PROCESS]:
        yield Kind.PROCESS, name
        yield from ((Kind.PROCESS, name[:length]) for length in TRUNCATED if len(name) > length)
