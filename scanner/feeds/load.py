"""Feed files from disk: what each one is by its content, and what is in it; nothing is left out without a word."""

import codecs
import gc
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePath, PurePosixPath

from scanner.feeds import curated, enrich, lists, misp, openioc, packed, stalkerware, stix, tables, unknown
from scanner.feeds.compound import Compound
from scanner.feeds.files import DOCUMENTS, MAX_BYTES, content, files
from scanner.feeds.model import Entry, Feed, Indicator, Unsupported, YaraSource
from scanner.feeds.tolerant import WIDE
from scanner.finding import FeedFacts, Problem, Source

MAX_PROBLEMS = 1000
"""Problems of one feed that are reported one by one."""
FEED_SUFFIXES = frozenset(
    {
        ".json",
        ".stix",
        ".stix2",
        ".yar",
        ".yara",
        ".yaml",
        ".yml",
        ".csv",
        ".tsv",
        ".txt",
        ".ioc",
        ".xml",
        ".hosts",
        ".list",
        ".gz",
        ".zip",
    }
)

JSON = re.compile(rb"\s*[\[{]")
XML = re.compile(rb"\s*<")
BUNDLE = re.compile(rb'"type"\s*:\s*"bundle"|"spec_version"\s*:|"objects"\s*:\s*\[|"type"\s*:\s*"indicator"')
STIX = re.compile(rb'"(?:bundle|objects|indicator|spec_version)"')
YARA = re.compile(rb"^[ \t]*(?:(?:global|private)\s+)*rule\s+[A-Za-z_]\w*\s*(?::[^{}]{0,2000})?\{", re.MULTILINE)
FAMILY = re.compile(rb"^(?:- )?(?:family|class):", re.MULTILINE)
INDICATORS = re.compile(rb"^(?:  )?indicators:", re.MULTILINE)
SLUG = re.compile(r"[^a-z0-9]+")


def load(paths: Iterable[Path], name_for: Callable[[Path], str | None] | None = None) -> list[Feed]:
    """Every feed in some files and folders, in order; what cannot be read is a feed with a Problem.

    Args:
        paths: Files, taken whatever they are called, or folders, of which every file that looks like a feed is taken.
        name_for: What to call the feed of a file, if it is known; else it is called as its file.
    """
    feeds: list[Feed] = []
    taken: set[str] = set()
    with uncollected():
        for root in paths:
            for path, named in files(root):
                if (feed := one(path, named, taken)) is not None:
                    feed.facts.name = (name_for(path) if name_for else None) or feed.facts.name
                    feeds.append(feed)
    return feeds


@contextmanager
def uncollected() -> Iterator[None]:
    """Many small objects are made and none is dropped: the garbage collector would look at them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def one(path: Path, named: bool, taken: set[str]) -> Feed | None:
    """One file as a feed; None for a file in a folder that is no feed."""
    likely = named or path.suffix.lower() in FEED_SUFFIXES
    facts = FeedFacts(id=identity(path, taken), name=stem(path), path=str(path), sha256="")
    feed = Feed(facts=facts)
    try:
        data = content(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        facts.problems.append(Problem(where="feed", message=f"cannot be read: {why}", path=facts.id))
        return feed if likely else None
    if (entries := read(data, path, facts.id)) is None:
        if not likely:
            return None
        entries = iter([Problem(where="feed", message=unread(data) + ("" if named else "; left out"), path=facts.id)])
    taken.add(facts.id)
    describe(facts, path, data)
    fill(feed, entries)
    enrich.enrich(feed, enrich.catalogued(feed.facts))
    return feed


def stem(path: PurePath) -> str:
    """A file's name without its suffix, and without `.gz` before that."""
    return PurePath(path.name.removesuffix(".gz")).stem


def identity(path: Path, taken: set[str]) -> str:
    """A short name that stays: of the file, then of its folder too, then a number."""
    own, folder = (SLUG.sub("-", name.lower()).strip("-") for name in (stem(path), path.parent.name))
    wanted = own or "feed"
    if wanted in taken:
        wanted = f"{folder}-{wanted}".strip("-")
    return (
        wanted
        if wanted not in taken
        else next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}-{number}") not in taken)
    )


def describe(facts: FeedFacts, path: Path, data: bytes) -> None:
    """When a feed was fetched, and the hash of what was."""
    facts.sha256 = hashlib.sha256(data).hexdigest()
    now = datetime.now(UTC)
    facts.fetched = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    facts.age_days = max(0, (now - facts.fetched).days)


def read(data: bytes, path: PurePath, feed: str, depth: int = 0) -> Iterator[Entry] | None:
    """The entries of a file, by its content; None if it is nothing that is read.

    Args:
        data: The file.
        path: What it is called: lists tell their kind by it, and the events of a MISP manifest lie beside it.
        feed: The feed's id.
        depth: The containers that it lies in.
    """
    if packed.sniff(data):
        return unpacked(data, path, feed, depth)
    plain = utf8(data)
    if JSON.match(plain):
        return read_json(data, plain, path, feed)
    if XML.match(plain):
        return openioc.read(data, feed) if openioc.sniff(plain) else None
    if YARA.search(plain):
        return iter(yara_source(plain, path, feed))
    return read_text(plain, path, feed)


def read_json(data: bytes, plain: bytes, path: PurePath, feed: str) -> Iterator[Entry] | None:
    """The entries of JSON: STIX, MISP or what TinyCheck reads."""
    if BUNDLE.search(plain):
        return stix.read(data, feed)
    if misp.sniff(plain):
        return misp.read(plain, feed, beside(path))
    if stalkerware.sniff(plain):
        return stalkerware.read(plain, feed)
    return stix.read(data, feed) if STIX.search(plain) else None


def read_text(plain: bytes, path: PurePath, feed: str) -> Iterator[Entry] | None:
    """The entries of YAML, a table or a list."""
    if FAMILY.search(plain) and INDICATORS.search(plain):
        return curated.read(plain, feed)
    if stalkerware.sniff(plain):
        return stalkerware.read(plain, feed)
    if misp.sniff_cache(plain):
        return iter(())
    if tables.sniff(plain):
        return tables.read(plain, feed)
    return lists.read(plain, feed, path.name) if lists.sniff(plain, path.name) else None


def utf8(data: bytes) -> bytes:
    """The bytes of a text in UTF-8 and without a byte order mark, whatever it is in."""
    if (wide := WIDE.get(data[:2])) is not None:
        return data[:MAX_BYTES].decode(wide, "replace").encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8)


def beside(path: PurePath) -> frozenset[str] | None:
    """The names of the files in the folder of a file on disk; None for what lies in a container."""
    with suppress(OSError):
        if isinstance(path, Path):
            return frozenset(os.listdir(path.parent))  # noqa: PTH208 - names are wanted
    return None


def unread(data: bytes) -> str:
    """Why a file is not read."""
    return f"not a format that this version reads: it looks like {unknown.looks(utf8(data))}"


def unpacked(data: bytes, path: PurePath, feed: str, depth: int) -> Iterator[Entry]:
    """The entries of what is in a container, each with its member's name in its place."""
    if depth >= packed.MAX_DEPTH:
        yield Problem(where="feed", message=f"containers are nested deeper than {packed.MAX_DEPTH}", path=feed)
        return
    found = False
    for member in packed.members(data, path.name, feed):
        if isinstance(member, Problem):
            yield member
            continue
        name = PurePosixPath(member.name.replace("\\", "/"))
        if name.name.startswith(".") or DOCUMENTS.fullmatch(name.name):
            continue
        if (entries := read(member.data, name, feed, depth + 1)) is not None:
            found = True
            yield from (packed.placed(one, member.name) for one in entries)
        elif name.suffix.lower() in FEED_SUFFIXES:
            yield Problem(where="feed", message=unread(member.data), path=feed, row=member.name)
    if not found:
        yield Problem(where="feed", message="a container without a feed in it", path=feed)


def yara_source(data: bytes, path: PurePath, feed: str) -> list[Entry]:
    """A YARA source file; it is compiled where it is used."""
    source = Source(feed=feed, place=path.name)
    try:
        return [YaraSource(name=feed, text=data.decode(), source=source)]
    except UnicodeDecodeError as error:
        problem = Problem(where="feed", message=f"is not UTF-8 from byte {error.start} on", path=feed)
        return [problem, YaraSource(name=feed, text=data.decode("latin-1"), source=source)]


def fill(feed: Feed, entries: Iterator[Entry]) -> None:
    """Sort entries to where they belong, and count them."""
    facts, more = feed.facts, 0
    for entry in entries:
        if isinstance(entry, Indicator):
            feed.indicators.append(entry)
        elif isinstance(entry, YaraSource):
            feed.yara.append(entry)
        elif isinstance(entry, Compound):
            feed.compounds.append(entry)
        elif isinstance(entry, Unsupported):
            facts.unsupported += 1
        elif len(facts.problems) < MAX_PROBLEMS:
            facts.problems.append(entry)
        else:
            more += 1
    if more:
        facts.problems.append(Problem(where="feed", message=f"{more} more problems", path=facts.id))
    facts.indicators = len({(entry.kind, entry.value) for entry in feed.indicators})
    facts.indicators += len({entry.pattern for entry in feed.compounds})
