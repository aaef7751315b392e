"""`bridle feeds list` and `show`: which indicators there are, and where each comes from."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.feeds.catalogue import Entry
    from scanner.feeds.history import Past
    from scanner.feeds.lookup import Lookup
    from scanner.feeds.model import Feed
    from scanner.finding import Source

Value = Annotated[str, typer.Argument(help="A value in any writing, or a part of one.", metavar="VALUE")]
LONGEST_LINE = 4000
NOT_FOUND = 1


def list_feeds(
    feeds: options.Feeds = None,
    no_default_feeds: options.NoDefaultFeeds = False,
    format_: options.Formats = options.Format.TEXT,
) -> None:
    """List the feeds that a scan with these options would use, with what is wrong with them."""
    from scanner.scan import compiled

    loaded = load(feeds, no_default_feeds=no_default_feeds)
    compiled(loaded)
    entries = catalogued(loaded)
    if format_ is options.Format.JSON:
        as_json([listed(feed, entry) for feed, entry in zip(loaded, entries, strict=True)])
        return
    for feed, entry in zip(loaded, entries, strict=True):
        say(described(feed, entry))


def show(
    value: Value,
    feeds: options.Feeds = None,
    no_default_feeds: options.NoDefaultFeeds = False,
    format_: options.Formats = options.Format.TEXT,
) -> None:
    """Show an indicator with all its sources, and since when kept feeds have it or when they withdrew it.

    Exit code 1, if no loaded feed has it.
    """
    import msgspec

    from scanner.feeds import history, lookup

    loaded = load(feeds, no_default_feeds=no_default_feeds)
    made = lookup.lookup(value, (one for feed in loaded for one in feed.indicators))
    past = history_of(made, loaded, kept=not no_default_feeds)
    if format_ is options.Format.JSON:
        as_json(msgspec.to_builtins(made) | {"history": msgspec.to_builtins(past)})
    else:
        say(lookup.text(made) + history.text(past))
    if not made.exact and not made.above:
        raise typer.Exit(NOT_FOUND)


def load(feeds: options.Feeds, *, no_default_feeds: bool) -> "list[Feed]":
    """The feeds that a scan with these options would use."""
    from scanner.scan import Request, load_feeds

    return load_feeds(Request(paths=(), feeds=tuple(feeds or ()), default_feeds=not no_default_feeds))


def history_of(made: "Lookup", loaded: "list[Feed]", *, kept: bool) -> "list[Past]":
    """The history of what was looked up: in the kept feeds that have it, or in all, where none has it now."""
    from scanner.feeds import history, lookup
    from scanner.feeds.store import Store

    store, found = Store(), [*made.exact, *made.above]
    if found:
        having = {source.feed for one in found for source in one.sources}
        files = [Path(feed.facts.path) for feed in loaded if feed.facts.id in having]
        ids = [path.stem for path in files if path.parent == store.folder]
        return history.history(store, ids, [(one.kind, one.value) for one in found])
    names = lookup.forms(made.asked)
    return history.history(store, store.ids() if kept else (), [*names, *lookup.above(names)])


def catalogued(loaded: "list[Feed]") -> "list[Entry | None]":
    """What the catalogues say of feeds: of the kept ones, the user's too."""
    from scanner.feeds import catalogue, enrich
    from scanner.feeds.store import Store

    store = Store()
    try:
        known = catalogue.entries(store.own_catalogue)
    except ValueError as error:
        typer.echo(f"bridle: {error}", err=True)
        known = enrich.bundled()
    kept = [Path(feed.facts.path).is_relative_to(store.folder) for feed in loaded]
    return [enrich.catalogued(feed.facts, known if own else None) for feed, own in zip(loaded, kept, strict=True)]


def described(feed: "Feed", entry: "Entry | None") -> list[str]:
    """A feed: its sum, its classes and licence, its counts by kind, what is wrong with it."""
    facts, counts, licence = feed.facts, kinds(feed), licence_of(feed, entry)
    yara = f", {len(feed.yara)} YARA sources" if feed.yara else ""
    compounds = f", {len(feed.compounds)} compound patterns" if feed.compounds else ""
    age = f"{facts.age_days} days old" if facts.age_days is not None else "of unknown age"
    sums = f"{facts.id}  {facts.indicators} indicators{yara}{compounds}, {age}"
    said = [
        ", ".join(classes(feed, entry)) or "class unknown",
        f"licence {licence}" if licence else "",
        "private" * facts.private,
    ]
    lines = [f"{', '.join([sums, *filter(None, said)])}  {facts.path}"]
    if len(counts) > 1:
        lines.append("    " + ", ".join(f"{kind} {count}" for kind, count in counts.items()))
    if facts.unsupported:
        lines.append(f"    {facts.unsupported} entries cannot be matched by this version")
    return lines + [f"    {one.row or ''} {one.message}" for one in facts.problems]


def listed(feed: "Feed", entry: "Entry | None") -> dict[str, Any]:
    """A feed's facts for JSON, with its counts by kind, its classes and its licence."""
    import msgspec

    facts: dict[str, Any] = msgspec.to_builtins(feed.facts)
    counts = {"kinds": kinds(feed), "yara": len(feed.yara), "compounds": len(feed.compounds)}
    return facts | counts | {"classes": classes(feed, entry), "licence": licence_of(feed, entry)}


def kinds(feed: "Feed") -> dict[str, int]:
    """How many different indicators of each kind a feed has."""
    from collections import Counter

    counts = Counter(kind for kind, _ in {(one.kind, one.value) for one in feed.indicators})
    return {kind.value: counts[kind] for kind in sorted(counts)}


def sources(feed: "Feed") -> "Iterator[Source]":
    """Every source of a feed."""
    yield from (one.source for one in feed.indicators)
    yield from (one.source for one in feed.yara)
    yield from (source for one in feed.compounds for source in one.sources)


def classes(feed: "Feed", entry: "Entry | None") -> list[str]:
    """The classes of software that a feed is about, as a scan would judge by them; else what the catalogue says."""
    found = {str(one.threat) for one in sources(feed)} or {entry.threat.value if entry else "unknown"}
    return sorted(found - {"unknown"})


def licence_of(feed: "Feed", entry: "Entry | None") -> str | None:
    """A feed's licence as a report would name it, else as the catalogue knows it."""
    said = sorted({one.licence for one in sources(feed) if one.licence})
    return "; ".join(said) or (entry.licence if entry else None)


def say(lines: list[str]) -> None:
    """Print lines in which nothing can steer a terminal."""
    from scanner.report.plain import printable

    for line in lines:
        typer.echo(printable(line, LONGEST_LINE))


def as_json(document: Any) -> None:
    """Print a document as JSON."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
