"""Atoms: the distinct values of records in the matcher's normal forms, so that an old case answers new indicators.

An atom is a kind and a value: a host and each name above it, an address, an e-mail address, the name of a process, the
name of a file, the folder that a file is in, a hash. They say which records an indicator may stand in, and never that
it does: the matcher itself looks at those records. So they may be too many, and must not be too few: what
`matching.index.Index` takes from a value in order to compare it is here taken from it in the same way.

Of free text, the words are kept that can hold a host, an address or a hash; they are searched as the texts would be.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any

from scanner.feeds import normalise
from scanner.matching.index import SHORTEST_HASH
from scanner.matching.paths import AT_PRIVATE
from scanner.matching.text import TRAILING
from scanner.record import Kind, Record, observables
from scanner.store import Atom, Run, pack_atoms, pack_words

FOLD = 8192
"""Different values of one kind that are held as they are; then their normal forms are."""
MOST = 200_000
"""Atoms that are held; then they are packed."""
WORDS, HEARD = 20_000, 8 << 20
"""Different words that are held, and characters of the texts that they are from; then they are packed."""
LETTER = re.compile(r"[^\W\d_]")
HEX = re.compile(rf"[0-9a-fA-F]{{{SHORTEST_HASH}}}")
DOTS = 3
"""Of an address; fewer, without a letter, are a number or a time."""
COLONS = 7
"""Of an address that is not shortened by `::`."""
Counts = dict[str, int]


class Atoms:
    """The atoms of some records."""

    def __init__(self) -> None:
        """Start with none."""
        self.raw: dict[Kind, Counter[Any]] = {}
        self.hosts: Counts = {}
        self.folders: Counts = {}
        self.found: dict[Kind, Counts] = {}
        self.words: set[str] = set()
        self.heard = 0
        self.packed: list[bytes] = []
        self.spoken: list[bytes] = []

    def add(self, record: type[Record], records: list[Record]) -> None:
        """Count the values of records of one type."""
        for kind, get, many in exposed(record):
            counted = self.raw.setdefault(kind, Counter())
            values = map(get, records)
            counted.update(chain.from_iterable(values) if many else values)
            if len(counted) > FOLD:
                self.fold(kind)
        for get, many in free(record):
            values = map(get, records)
            self.listen(chain.from_iterable(values) if many else values)

    def listen(self, texts: Iterable[str | None]) -> None:
        """Keep the words of free texts that can hold what is looked for."""
        for text in texts:
            if text and ("." in text or ":" in text or len(text) >= SHORTEST_HASH):
                likely = [word for word in text.split() if "." in word or ":" in word or len(word) >= SHORTEST_HASH]
                self.words.update(filter(telling, likely))
                self.heard += len(text)
                if len(self.words) > WORDS or self.heard > HEARD:
                    self.listened()

    def listened(self) -> None:
        """Pack the words."""
        self.spoken.append(pack_words(sorted(self.words)))
        self.words.clear()
        self.heard = 0

    def run(self) -> Run:
        """All that was taken, packed; there is none of it here afterwards."""
        self.packed.append(pack_atoms(self.take()))
        if self.words:
            self.listened()
        made = Run(self.packed, self.spoken)
        self.packed, self.spoken = [], []
        return made

    def fold(self, kind: Kind) -> None:
        """Bring the values of a kind of fields to their normal forms."""
        counted = self.raw.pop(kind)
        for nothing in (None, ""):
            counted.pop(nothing, None)
        for each in FORMS[kind]:
            each(self, counted)
        if sum(map(len, (self.hosts, self.folders, *self.found.values()))) > MOST:
            self.packed.append(pack_atoms(self.taken()))

    def take(self) -> Iterator[Atom]:
        """All atoms, in order of kind and value; there are none here afterwards."""
        for kind in list(self.raw):
            self.fold(kind)
        yield from self.taken()

    def taken(self) -> Iterator[Atom]:
        """Those whose values were folded."""
        for name, count in self.hosts.items():
            self.host(name, count)
        for folder, count in self.folders.items():
            self.one(Kind.PATH, normalise.path(folder).rstrip("/"), count)
        found, self.found, self.hosts, self.folders = self.found, {}, {}, {}
        for kind in sorted(found):
            counts = found[kind]
            yield from ((kind.value, value, counts[value]) for value in sorted(counts))

    def one(self, kind: Kind, value: str, count: int) -> None:
        """Count one atom."""
        counts = self.found.setdefault(kind, {})
        counts[value] = counts.get(value, 0) + count

    def host(self, name: str, count: int) -> None:
        """An address, or a host and the names above it."""
        if address := normalise.ip(name):
            self.one(Kind.IP, address, count)
        counts = self.found.setdefault(Kind.DOMAIN, {})
        while "." in name:
            counts[name] = counts.get(name, 0) + count
            name = name.partition(".")[2]

    def links(self, counted: Counts) -> None:
        """The hosts of links, or hosts."""
        hosts, host_of = self.hosts, normalise.host_of
        for value, count in counted.items():
            name = host_of(value)
            hosts[name] = hosts.get(name, 0) + count

    def emails(self, counted: Counts) -> None:
        """E-mail addresses, and their hosts."""
        for value, count in counted.items():
            if address := normalise.email(value):
                self.one(Kind.EMAIL, address, count)
                host = address.rpartition("@")[2]
                self.hosts[host] = self.hosts.get(host, 0) + count

    def handles(self, counted: Counts) -> None:
        """Telephone numbers, or e-mail addresses."""
        others = {}
        for value, count in counted.items():
            if number := normalise.phone(value):
                self.one(Kind.PHONE, number, count)
            elif "@" in value:
                others[value] = count
        self.emails(others)

    def processes(self, counted: Counts) -> None:
        """The names of processes; the paths among them are files too."""
        names, paths = self.found.setdefault(Kind.PROCESS, {}), {}
        for value, count in counted.items():
            name = value[value.rfind("/") + 1 :]
            names[name] = names.get(name, 0) + count
            if "/" in value:
                paths[value] = count
        self.paths(paths)

    def paths(self, counted: Counts) -> None:
        """The names of files, and their folders."""
        names, folders = self.found.setdefault(Kind.FILE_NAME, {}), self.folders
        for value, count in counted.items():
            path, end = value, value.rfind("/")
            name = path[end + 1 :]
            if not name or name[0] == "." or end == AT_PRIVATE:
                path = normalise.path(path).rstrip("/")
                end = path.rfind("/")
                name = path[end + 1 :]
            names[name] = names.get(name, 0) + count
            folder = path[: end + 1]
            folders[folder] = folders.get(folder, 0) + count

    def hashes(self, counted: Counts) -> None:
        """Hashes of files; their length tells which."""
        for value, count in counted.items():
            digest = value.lower()
            if kind := normalise.BY_LENGTH.get(len(digest)):
                self.one(kind, digest, count)

    def certificates(self, counted: Counts) -> None:
        """Hashes of certificates."""
        for value, count in counted.items():
            digest = value.replace(":", "").lower()
            if kind := normalise.CERTIFICATES.get(len(digest)):
                self.one(kind, digest, count)


Form = Callable[[Atoms, Counts], None]


def exactly(kind: Kind, form: Callable[[str], str]) -> Form:
    """What counts values as they are but for a simple change."""

    def each(atoms: Atoms, counted: Counts) -> None:
        for value, count in counted.items():
            atoms.one(kind, form(value), count)

    return each


APPLICATIONS = exactly(Kind.APP_ID, str.lower)
FORMS: dict[Kind, tuple[Form, ...]] = {
    **dict.fromkeys((Kind.URL, Kind.DOMAIN, Kind.IP), (Atoms.links,)),
    Kind.EMAIL: (Atoms.emails,),
    **dict.fromkeys((Kind.PHONE, Kind.HANDLE), (Atoms.handles,)),
    Kind.PROCESS: (Atoms.processes,),
    **dict.fromkeys((Kind.PATH, Kind.FILE_NAME), (Atoms.paths,)),
    Kind.APP_ID: (APPLICATIONS,),
    Kind.CLIENT: (APPLICATIONS, Atoms.processes),
    Kind.PROFILE: (exactly(Kind.PROFILE, lambda value: value.strip().upper()),),
    Kind.HASH: (Atoms.hashes,),
    Kind.CERT_HASH: (Atoms.certificates,),
    Kind.ANDROID_PROPERTY: (exactly(Kind.ANDROID_PROPERTY, str),),
    Kind.CERT_ORGANISATION: (exactly(Kind.CERT_ORGANISATION, normalise.organisation),),
}
"""For each kind of field that the index looks at, but free text: what its values are compared as."""


@cache
def exposed(record: type[Record]) -> tuple[tuple[Kind, Callable[[Record], Any], bool], ...]:
    """The fields of a record type that have atoms."""
    return tuple((kind, get, many) for _, kind, get, many in observables(record) if kind in FORMS)


@cache
def free(record: type[Record]) -> tuple[tuple[Callable[[Record], Any], bool], ...]:
    """The fields of a record type that hold free text."""
    return tuple((get, many) for _, kind, get, many in observables(record) if kind is Kind.TEXT)


def telling(word: str) -> bool:
    """Whether a word of a text can hold a link, a host, an address, an e-mail address or a hash."""
    if "." in word and "." in word.rstrip(TRAILING):
        return bool(LETTER.search(word)) or word.count(".") >= DOTS
    if ":" in word and ("::" in word or word.count(":") >= COLONS):
        return True
    return len(word) >= SHORTEST_HASH and bool(HEX.search(word))
