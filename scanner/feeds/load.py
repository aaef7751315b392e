"""Feed files from disk: what each one is by its content, and what is in it; nothing is left out without a word."""

import gc
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from scanner.data import root as data_root
from scanner.feeds import curated, stix
from scanner.feeds.model import Entry, Feed, Indicator, Unsupported, YaraSource
from scanner.feeds.tolerant import MAX_BYTES, WIDE
from scanner.finding import FeedFacts, Problem, Source

MAX_FILES = 10_000
MAX_PROBLEMS = 1000
"""Problems of one feed that are reported one by one."""
FEED_SUFFIXES = frozenset(
    {".json", ".stix", ".stix2", ".yar", ".yara", ".yaml", ".yml", ".csv", ".tsv", ".txt", ".ioc", ".xml"}
)
DOCUMENTS = re.compile(r"(?:README|LICEN[CS]E|COPYING|NOTICE|CHANGELOG)\b.*|.*\.(?:md|rst|adoc)", re.IGNORECASE)

JSON = re.compile(rb"\s*[\[{]")
STIX = re.compile(rb'"(?:bundle|objects|indicator|spec_version)"')
YARA = re.compile(rb"^[ \t]*(?:(?:global|private)\s+)*rule\s+[A-Za-z_]\w*\s*(?::[^{}]{0,2000})?\{", re.MULTILINE)
FAMILY = re.compile(rb"^(?:- )?(?:family|class):", re.MULTILINE)
INDICATORS = re.compile(rb"^(?:  )?indicators:", re.MULTILINE)
SLUG = re.compile(r"[^a-z0-9]+")


def bundled() -> list[Path]:
    """The folder of the indicators that come with this program."""
    return [data_root() / "curated"]


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


def files(root: Path) -> Iterator[tuple[Path, bool]]:
    """The files of a path, sorted, and whether the user named them."""
    if not root.is_dir():
        yield root, True
        return
    count = 0
    for folder, folders, names in os.walk(root, onerror=None):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or DOCUMENTS.fullmatch(name):
                continue
            if (count := count + 1) > MAX_FILES:
                return
            yield Path(folder, name), False


def one(path: Path, named: bool, taken: set[str]) -> Feed | None:
    """One file as a feed; None for a file in a folder that is no feed."""
    likely = named or path.suffix.lower() in FEED_SUFFIXES
    facts = FeedFacts(id=identity(path, taken), name=path.stem, path=str(path), sha256="")
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
        message = "not a format that this version reads" + ("" if named else ": left out")
        entries = iter([Problem(where="feed", message=message, path=facts.id)])
    taken.add(facts.id)
    describe(facts, path, data)
    fill(feed, entries)
    return feed


def content(path: Path) -> bytes:
    """A regular file's bytes.

    Raises:
        ValueError: No regular file, or too large.
        OSError: It cannot be read.
    """
    if path.exists() and not path.is_file():
        raise ValueError("not a regular file")
    if (size := path.stat().st_size) > MAX_BYTES:
        raise ValueError(f"{size >> 20} MB are more than a feed may have ({MAX_BYTES >> 20} MB)")
    return path.read_bytes()


def identity(path: Path, taken: set[str]) -> str:
    """A short name that stays: of the file, then of its folder too, then a number."""
    stem, folder = (SLUG.sub("-", name.lower()).strip("-") for name in (path.stem, path.parent.name))
    wanted = stem or "feed"
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


def read(data: bytes, path: Path, feed: str) -> Iterator[Entry] | None:
    """The entries of a file, by its content; None if it is nothing that is read."""
    if (wide := WIDE.get(data[:2])) is not None:
        head = data[:MAX_BYTES].decode(wide, "replace").encode()
    else:
        head = data.removeprefix(b"\xef\xbb\xbf")
    if JSON.match(head):
        return stix.read(data, feed) if STIX.search(head) else None
    if YARA.search(head):
        return iter(yara_source(data, path, feed))
    if FAMILY.search(head) and INDICATORS.search(head):
        return curated.read(data, feed)
    return None


def yara_source(data: bytes, path: Path, feed: str) -> list[Entry]:
    """A YARA source file; it is compiled where it is used."""
    source = Source(feed=feed, place=path.name)
    try:
        return [YaraSource(name=feed, text=data.removeprefix(b"\xef\xbb\xbf").decode(), source=source)]
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
        elif isinstance(entry, Unsupported):
            facts.unsupported += 1
        elif len(facts.problems) < MAX_PROBLEMS:
            facts.problems.append(entry)
        else:
            more += 1
    if more:
        facts.problems.append(Problem(where="feed", message=f"{more} more problems", path=facts.id))
    facts.indicators = len({(entry.kind, entry.value) for entry in feed.indicators})
