"""Evidence from an Android phone: one or several acquisitions of it, one in another, under one namespace.

A report that lies in another acquisition (the bug report in an AndroidQF folder) gives the same paths as one by itself;
what an entry is called natively says where it came from.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Protocol

from scanner.evidence import hash_list
from scanner.evidence.container import Container, Reopened, Shared, Source
from scanner.evidence.file import Entry, Promise
from scanner.evidence.reader import Reader
from scanner.evidence.slices import Slices
from scanner.finding import EvidenceFacts, Problem
from scanner.formats import dumpstate

Place = Callable[[str], str | None]
"""The device path of a member, or None for one that is none of the phone's."""
HASHES = "androidqf:/hashes.csv"
SCHEMES = ("dumpsys:", "section:", "androidqf:", "bugreport:", "backup:", "intrusion:", "file:")


class Part(Protocol):
    """Files of one acquisition."""

    kind: str
    prefix: str
    """What the native names of its files begin with."""
    dated: datetime | None

    def entries(self) -> Iterator[Entry]:
        """Its files; native names without the prefix."""
        ...

    def open(self, native: str) -> Reader:
        """A file's content."""
        ...

    def size(self, native: str) -> int:
        """A file's size."""
        ...

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """What its collector recorded of its files."""
        ...

    def problems(self) -> Iterator[str]:
        """What is wrong with it as a whole, once its files were listed."""
        ...


class Files:
    """The members of a container, each at its place on the phone."""

    def __init__(self, kind: str, prefix: str, container: Container, place: Place) -> None:
        """Nothing is listed yet."""
        self.kind, self.prefix, self.container, self.place = kind, prefix, container, place
        self.dated: datetime | None = None
        self.sizes: dict[str, int] = {}

    def entries(self) -> Iterator[Entry]:
        """Every member that has a place."""
        for member in self.container.members():
            if path := self.place(member.name):
                self.sizes[member.name] = member.size
                yield Entry(path, member.name)

    def open(self, native: str) -> Reader:
        """A member's content."""
        return self.container.open(native)

    def size(self, native: str) -> int:
        """A member's size."""
        return self.sizes.get(native, 0)

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """What an AndroidQF acquisition's list of hashes says of its files."""
        found = next((native for native in self.sizes if self.place(native) == HASHES), None)
        if found is None:
            return
        sizes = {member.name: member.size for member in self.container.members()}
        root = found[: -len(HASHES.rpartition("/")[2])]
        for line, name, digest in hash_list.listed(self.container.open(found)):
            if member := hash_list.member(name, root, sizes):
                entry = Entry(f"androidqf:/{member[len(root) :]}", self.prefix + member)
                yield Promise(entry, digest, line), sizes[member]

    def problems(self) -> Iterator[str]:
        """What the container complains of."""
        return iter(self.container.problems)


class Single:
    """One file by itself, at its place on the phone."""

    dated: datetime | None = None

    def __init__(self, kind: str, prefix: str, source: Source, path: str) -> None:
        """Take what opens it."""
        self.kind, self.prefix, self.source, self.path = kind, prefix, source, path

    def entries(self) -> Iterator[Entry]:
        """The file."""
        yield Entry(self.path, self.source.name)

    def open(self, native: str) -> Reader:
        """Its content."""
        del native
        return self.source.open()

    def size(self, native: str) -> int:
        """Its size."""
        reader = self.open(native)
        reader.close()
        return reader.size

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """Nobody recorded anything."""
        return iter(())

    def problems(self) -> Iterator[str]:
        """Nothing is known before it is read."""
        return iter(())


class Dumpstate(Reopened):
    """The text of a bug report, or of `dumpsys`: each section and each service is a file.

    A native name says where its bytes stand: `report.txt@1024+300`.
    """

    def __init__(self, kind: str, folder: str, source: Source) -> None:
        """Nothing is read yet; `folder` is where the text lies, with its slash."""
        self.kind, self.folder, self.source = kind, folder, source
        self.prefix = f"{folder}{source.name}@"
        self.dated: datetime | None = None

    @cached_property
    def reader(self) -> Reader:
        """The text, open in this process."""
        return self.source.open()

    @cached_property
    def index(self) -> dumpstate.Index:
        """Where its parts stand."""
        return dumpstate.index(self.reader.read, self.reader.size)

    @cached_property
    def started(self) -> str | None:
        """When it was begun, by the phone's clock."""
        return dumpstate.started(self.reader.read(0, dumpstate.HEAD))

    @cached_property
    def product(self) -> str | None:
        """Of which product the phone is, as the report's head names its build: `google/sailfish/sailfish`."""
        found = dumpstate.FINGERPRINT.search(self.reader.read(0, dumpstate.HEAD))
        return found[1].decode("utf-8", "backslashreplace") if found else None

    @cached_property
    def parts(self) -> dict[str, dumpstate.Part]:
        """Each part by its native name."""
        return {self.native(path, part): part for path, part in self.index.parts()}

    def entries(self) -> Iterator[Entry]:
        """Every part."""
        for path, part in self.index.parts():
            if path != f"section:/{dumpstate.HEADER}" or self.started:
                yield Entry(path, self.native(path, part))

    def native(self, path: str, part: dumpstate.Part) -> str:
        """Where a part stands; a service of which there is nothing but that it was late has no place."""
        return ",".join(f"{offset}+{length}" for offset, length in part.ranges) or path

    def open(self, native: str) -> Reader:
        """A part's text."""
        part = self.parts[native]
        return Slices(Shared(self.reader), tuple(part.ranges), "; ".join(part.problems) or None)

    def size(self, native: str) -> int:
        """A part's size."""
        return sum(length for _, length in self.parts[native].ranges)

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """Nobody recorded anything of its parts."""
        return iter(())

    def problems(self) -> Iterator[str]:
        """What is wrong with the file that holds the text."""
        if problem := getattr(self.reader, "problem", None):
            yield problem


class Android:
    """Everything that was acquired of one phone."""

    schemes: tuple[str, ...] = SCHEMES

    def __init__(
        self, facts: EvidenceFacts, parts: list[Part], problems: list[Problem], opened: list[Reopened]
    ) -> None:
        """Take the parts, the innermost of which is asked first for a file, and what they have opened."""
        self.facts, self.problems, self.opened = facts, problems, opened
        self.parts = parts
        self.innermost = sorted(parts, key=lambda part: -len(part.prefix))
        self.listed = False

    def entries(self) -> Iterator[Entry]:
        """Every file of every part."""
        for part in self.parts:
            for path, native, stored, _ in part.entries():
                yield Entry(path, part.prefix + native, stored, part.dated)
            if not self.listed:
                self.problems += [Problem("evidence", said, part.prefix or None) for said in part.problems()]
        self.listed = True

    def part(self, native: str) -> tuple[Part, str]:
        """Which part a file is of, and what it is called there."""
        part = next(one for one in self.innermost if native.startswith(one.prefix))
        return part, native[len(part.prefix) :]

    def promises(self) -> Iterator[tuple[Promise, int]]:
        """What AndroidQF recorded of its files."""
        for part in self.parts:
            yield from part.promises()

    def unlisted(self, path: str) -> Entry | None:
        """None: whatever is there is listed."""
        del path
        return None

    def size(self, entry: Entry) -> int:
        """A file's size."""
        part, native = self.part(entry.native)
        return part.size(native)

    def reader(self, entry: Entry) -> Reader:
        """One file's content."""
        part, native = self.part(entry.native)
        try:
            return part.open(native)
        except KeyError as error:
            raise FileNotFoundError(entry.native) from error

    def beside(self, entry: Entry, suffix: str) -> Reader | None:
        """The file whose name has a suffix more."""
        part, native = self.part(entry.native)
        try:
            return part.open(native + suffix)
        except (KeyError, FileNotFoundError):
            return None

    def close(self) -> None:
        """Close every container; one that is asked again opens again."""
        for one in self.opened:
            one.close()
