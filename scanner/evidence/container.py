"""Containers: folders, ZIP, tar and compressed files, one in another, as members with random access to each.

Nothing is unpacked: a member is read where it lies. Containers are sent to worker processes; what they have opened is
opened there again.
"""

import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import count
from pathlib import Path
from stat import S_ISREG
from typing import Any, NamedTuple, Protocol

from scanner.convert import text
from scanner.evidence.inflate import GZIP, RAW, Inflated
from scanner.evidence.reader import Memory, PlainFile, Reader
from scanner.evidence.slices import Slices, buffered

MAX_MEMBERS = 2_000_000
MAX_WHOLE = 256 << 20
"""Of a member that is packed in a way that can only be unpacked whole."""
LOCAL_HEADER = 30


class Member(NamedTuple):
    """A file in a container."""

    name: str
    """Its path in the container, with `/`; unique there."""
    size: int


class Source(Protocol):
    """A file that can be opened, in this process or another."""

    @property
    def name(self) -> str:
        """What it is called, without folders."""
        ...

    def open(self) -> Reader:
        """Its content.

        Raises:
            OSError: it cannot be opened.
            ValueError: it is damaged, or packed in a way that is not supported.
        """
        ...


class OnDisk:
    """A file of this computer."""

    def __init__(self, path: Path) -> None:
        """Take its path."""
        self.path = path

    @property
    def name(self) -> str:
        """Its name."""
        return text(self.path.name)

    def open(self) -> Reader:
        """Its content."""
        return PlainFile(self.path)


class Container(Protocol):
    """What every container offers."""

    @property
    def problems(self) -> list[str]:
        """What is wrong with the container as a whole; known once its members were listed."""
        ...

    def members(self) -> Iterator[Member]:
        """Every file in it."""
        ...

    def open(self, name: str) -> Reader:
        """A member's content.

        Raises:
            KeyError: there is no such member.
            OSError: it cannot be opened.
            ValueError: it is damaged, or packed in a way that is not supported.
        """
        ...


class Within:
    """A member of a container, as a source."""

    def __init__(self, container: Container, member: str) -> None:
        """Take the container and the member's name."""
        self.container, self.member = container, member

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.member.rpartition("/")[2]

    def open(self) -> Reader:
        """Its content."""
        return self.container.open(self.member)


class Reopened:
    """What is open in one process is left out where an object is sent to another, and opened there again."""

    opened: tuple[str, ...] = ("archive", "reader")

    def __getstate__(self) -> dict[str, Any]:
        """Everything but that."""
        return {name: value for name, value in vars(self).items() if name not in self.opened}

    def close(self) -> None:
        """Close it; what is asked for afterwards is opened again."""
        for name in self.opened:
            if (one := vars(self).pop(name, None)) is not None:
                one.close()


class Folder:
    """A folder of this computer; links are not followed."""

    def __init__(self, root: Path) -> None:
        """Take the folder."""
        self.root = root
        self.refused: list[tuple[str, str]] = []
        """What cannot be listed, and why."""
        self.real: dict[str, str] = {}

    @property
    def problems(self) -> list[str]:
        """What cannot be listed is a gap."""
        return [f"{path} cannot be listed: {why}" for path, why in self.refused]

    def members(self) -> Iterator[Member]:
        """Every file, folder by folder in the order of names."""
        for folder, folders, names in os.walk(self.root, onerror=self.unreadable):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                if (size := self.regular(path)) is not None:
                    yield Member(self.noted(path.relative_to(self.root).as_posix()), size)

    def noted(self, relative: str) -> str:
        """A name as reports can write it; where it is no text, the real one is kept to open the file by."""
        written = text(relative)
        if written != relative:
            self.real[written] = relative
        return written

    def regular(self, path: Path) -> int | None:
        """The size of a file; None where a path is a link, a pipe or a device."""
        try:
            found = path.lstat()
        except OSError as error:
            self.unreadable(error)
            return None
        return found.st_size if S_ISREG(found.st_mode) else None

    def unreadable(self, error: OSError) -> None:
        """Note what cannot be listed."""
        self.refused.append((text(str(error.filename)), str(error.strerror)))

    def at(self, name: str) -> Path:
        """Where a file lies."""
        return self.root / self.real.get(name, name)

    def open(self, name: str) -> Reader:
        """One file's content."""
        return PlainFile(self.at(name))


class Zip(Reopened):
    """A ZIP archive. Stored and deflated members are read at random, others whole and only up to a limit.

    References:
        PKWARE, APPNOTE.TXT - .ZIP File Format Specification, sections 4.3.7 and 4.4.
    """

    def __init__(self, source: Source) -> None:
        """Take what opens the archive."""
        self.source = source
        self.problems: list[str] = []

    @cached_property
    def reader(self) -> Reader:
        """The archive, open in this process."""
        return self.source.open()

    @cached_property
    def archive(self) -> zipfile.ZipFile:
        """Its directory.

        Raises:
            ValueError: it is damaged.
        """
        try:
            return zipfile.ZipFile(buffered(self.reader))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise ValueError(f"the ZIP archive cannot be read: {error}") from error

    @cached_property
    def listed(self) -> dict[str, zipfile.ZipInfo]:
        """Every member; of several with one name, each has a name of its own."""
        found: dict[str, zipfile.ZipInfo] = {}
        for info in self.archive.infolist()[:MAX_MEMBERS]:
            if not info.is_dir():
                name = text(info.filename).replace("\\", "/")
                found[another(name, found)] = info
        if len(self.archive.infolist()) > MAX_MEMBERS:
            self.problems.append(f"of more than {MAX_MEMBERS} members the rest is left out")
        return found

    def members(self) -> Iterator[Member]:
        """Every file, in the order of the directory."""
        return (Member(name, info.file_size) for name, info in self.listed.items())

    def open(self, name: str) -> Reader:
        """A member's content."""
        info = self.listed[name]
        if info.flag_bits & 1:
            raise ValueError("it is encrypted by the ZIP archive: unpack it with its password and scan the folder")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return self.whole(info)
        packed = Slices(Shared(self.reader), ((self.start(info), info.compress_size),))
        if info.compress_type == zipfile.ZIP_STORED:
            return packed
        return Inflated(packed, RAW, info.file_size, info.CRC)

    def start(self, info: zipfile.ZipInfo) -> int:
        """Where a member's data begin: after its local header, whose lengths can differ from the directory's."""
        header = self.reader.read(info.header_offset, LOCAL_HEADER)
        if len(header) < LOCAL_HEADER or header[:4] != b"PK\3\4":
            raise ValueError("the ZIP archive has no such member where its directory says: it is damaged or cut short")
        return (
            info.header_offset
            + LOCAL_HEADER
            + int.from_bytes(header[26:28], "little")
            + int.from_bytes(header[28:30], "little")
        )

    def whole(self, info: zipfile.ZipInfo) -> Reader:
        """A member that is packed in a rarer way."""
        if info.file_size > MAX_WHOLE:
            raise ValueError(f"{info.file_size} bytes, packed in a way that is read whole, are more than {MAX_WHOLE}")
        try:
            with self.archive.open(info) as member:
                return Memory(member.read(MAX_WHOLE))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            raise ValueError(f"it cannot be unpacked: {error}") from error


def another(name: str, taken: Mapping[str, object]) -> str:
    """A name that no other member has: `x.apk`, `x (2).apk`."""
    if name not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem and "/" not in ending else (name, "")
    return next(one for one in (f"{stem} ({number}){ending}" for number in count(2)) if one not in taken)


class Tar(Reopened):
    """A tar archive; of several members with one name the last counts, as when it is unpacked."""

    def __init__(self, source: Source) -> None:
        """Take what opens the archive."""
        self.source = source
        self.problems: list[str] = []

    @cached_property
    def reader(self) -> Reader:
        """The archive, open in this process."""
        return self.source.open()

    @cached_property
    def listed(self) -> dict[str, tuple[int, int]]:
        """Offset and size of every file, found by one pass over the archive."""
        found: dict[str, tuple[int, int]] = {}
        try:
            with tarfile.open(fileobj=buffered(Shared(self.reader)), mode="r:", errors="backslashreplace") as archive:
                for info in archive:
                    if info.isreg() and len(found) < MAX_MEMBERS:
                        found[text(info.name).removeprefix("./")] = info.offset_data, info.size
                    vars(archive)["members"] = []  # it would keep every one
        except (tarfile.TarError, OSError, ValueError, OverflowError) as error:
            self.problems.append(f"the tar archive is damaged after {len(found)} members: {error}")
        if problem := getattr(self.reader, "problem", None):
            self.problems.append(problem)
        if found and max(offset + size for offset, size in found.values()) > self.reader.size:
            self.problems.append("the tar archive is cut short: its last member is incomplete")
        return found

    def members(self) -> Iterator[Member]:
        """Every file, in the order of the archive."""
        return (Member(name, size) for name, (_, size) in self.listed.items())

    def open(self, name: str) -> Reader:
        """A member's content."""
        offset, size = self.listed[name]
        there = max(0, min(size, self.reader.size - offset))
        problem = None if there == size else f"the archive was cut short: {there} of its {size} bytes are there"
        return Slices(Shared(self.reader), ((offset, there),), problem)


class Compressed(Reopened):
    """A gzip file, as the source of what is in it."""

    def __init__(self, source: Source) -> None:
        """Take what opens the file."""
        self.source = source
        self.measured: tuple[int, str | None] | None = None
        """The size of the content and what is wrong with it, once it was inflated."""

    @cached_property
    def reader(self) -> Inflated:
        """The content, open in this process."""
        size, problem = self.measured or (None, None)
        reader = Inflated(self.source.open(), GZIP, size)
        reader.problem = reader.problem or problem
        self.measured = reader.size, reader.problem
        return reader

    @property
    def name(self) -> str:
        """Its name without `.gz`."""
        name = self.source.name
        return (
            name[: -len(".gz")]
            if name.lower().endswith(".gz")
            else name.removesuffix(".tgz") + ".tar" * name.endswith(".tgz")
        )

    def open(self) -> Reader:
        """The content."""
        return Shared(self.reader)


class Recoded(Reopened):
    """A text in UTF-16, as the source of the same in UTF-8: PowerShell writes what is sent to a file so."""

    def __init__(self, source: Source) -> None:
        """Take what opens the file."""
        self.source, self.name = source, source.name

    @cached_property
    def reader(self) -> Reader:
        """The text, made again in this process.

        Raises:
            ValueError: it is too large to be kept in memory.
        """
        reader = self.source.open()
        try:
            if reader.size > MAX_WHOLE:
                raise ValueError(f"a text in UTF-16 of more than {MAX_WHOLE} bytes: write it in UTF-8, and scan that")
            return Memory(reader.read(0, reader.size).decode("utf-16", "backslashreplace").encode("utf-8", "replace"))
        finally:
            reader.close()

    def open(self) -> Reader:
        """The text."""
        return Shared(self.reader)


class Shared:
    """A reader that several use: closing it here leaves it open for the others."""

    def __init__(self, reader: Reader) -> None:
        """Take the reader."""
        self.reader, self.size = reader, reader.size

    @property
    def problem(self) -> str | None:
        """What is wrong with the file."""
        return getattr(self.reader, "problem", None)

    def read(self, offset: int, amount: int) -> bytes:
        """Up to `amount` bytes from `offset`."""
        return self.reader.read(offset, amount)

    def close(self) -> None:
        """Leave it open."""
