"""Feeds that their owner shares with nobody: loaded anew each time, and named in no report that is shared."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from scanner.feeds import catalogue
from scanner.feeds.enrich import bundled, catalogued, enrich
from scanner.feeds.model import Feed


def feeds(paths: Iterable[Path], taken: Iterable[str] = ()) -> list[Feed]:
    """The feeds of some files and folders, as private ones.

    Args:
        paths: Files and folders.
        taken: Ids of other feeds; one that has such an id gets another.
    """
    if not (listed := list(paths)):
        return []
    from scanner.feeds.load import load

    found, known = load(listed), set(taken)
    for feed in found:
        enrich(feed, private=True)
        if (old := feed.facts.id) in known:
            names = (f"private-{old}", *(f"private-{old}-{number}" for number in range(2, len(known) + 3)))
            rename(feed, next(name for name in names if name not in known))
        known.add(feed.facts.id)
    return found


def own(loaded: Iterable[Feed], folder: Path) -> None:
    """Say of downloaded feeds what the user's own catalogue says of them, whatever was kept of them from before.

    Where it has an entry of ours under the same id, its words take the place of ours.

    Args:
        loaded: Feeds, of which those that lie in `feeds` of the folder are meant.
        folder: The user's data folder, with `feeds.yaml`.

    Raises:
        ValueError: The catalogue cannot be read; which feeds are private is not known then.
    """
    known = {entry.id: entry for entry in catalogue.read(folder / "feeds.yaml").feeds}
    for feed in loaded if known else ():
        lies = Path(feed.facts.path).is_relative_to(folder / "feeds")
        if lies and (entry := catalogued(feed.facts, known)) is not None:
            enrich(feed, entry, instead_of=bundled().get(entry.id))


def rename(feed: Feed, name: str) -> None:
    """Give a feed another id, wherever it stands."""
    old, feed.facts.id = feed.facts.id, name
    replace = msgspec.structs.replace
    feed.facts.problems = [replace(one, path=name) if one.path == old else one for one in feed.facts.problems]
    feed.indicators = [replace(one, source=replace(one.source, feed=name)) for one in feed.indicators]
    feed.yara = [
        replace(one, name=name + one.name.removeprefix(old), source=replace(one.source, feed=name)) for one in feed.yara
    ]
    feed.compounds = [
        replace(one, sources=tuple(replace(source, feed=name) for source in one.sources)) for one in feed.compounds
    ]
