"""`bridle feeds list` and `show`: which indicators there are, and where each comes from."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import options

if TYPE_CHECKING:
    from scanner.feeds.model import Feed

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
    licences = known_licences()
    if format_ is options.Format.JSON:
        as_json([listed(feed, licences.get(feed.facts.id)) for feed in loaded])
        return
    for feed in loaded:
        say(described(feed, licences.get(feed.facts.id)))


def show(
    value: Value,
    feeds: options.Feeds = None,
    no_default_feeds: options.NoDefaultFeeds = False,
    format_: options.Formats = options.Format.TEXT,
) -> None:
    """Show an indicator with all its sources; exit code 1, if no loaded feed has it."""
    from scanner.feeds import lookup

    loaded = load(feeds, no_default_feeds=no_default_feeds)
    made = lookup.lookup(value, (one for feed in loaded for one in feed.indicators))
    if format_ is options.Format.JSON:
        as_json(made)
    else:
        say(lookup.text(made))
    if not made.exact and not made.above:
        raise typer.Exit(NOT_FOUND)


def load(feeds: options.Feeds, *, no_default_feeds: bool) -> "list[Feed]":
    """The feeds that a scan with these options would use."""
    from scanner.scan import Request, load_feeds

    return load_feeds(Request(paths=(), feeds=tuple(feeds or ()), default_feeds=not no_default_feeds))


def known_licences() -> dict[str, str]:
    """What the catalogue of feeds says of licences, by feed."""
    from scanner.feeds import catalogue

    try:
        return {name: one.licence for name, one in catalogue.entries().items()}
    except ValueError as error:
        typer.echo(f"bridle: {error}", err=True)
        return {}


def described(feed: "Feed", licence: str | None) -> list[str]:
    """A feed: its sum, its counts by kind, what is wrong with it."""
    facts, counts, said = feed.facts, kinds(feed), licence_of(feed, licence)
    yara = f", {len(feed.yara)} YARA sources" if feed.yara else ""
    compounds = f", {len(feed.compounds)} compound patterns" if feed.compounds else ""
    age = f"{facts.age_days} days old" if facts.age_days is not None else "of unknown age"
    sums = f"{facts.id}  {facts.indicators} indicators{yara}{compounds}, {age}"
    lines = [f"{sums}{f', licence {said}' if said else ''}  {facts.path}"]
    if len(counts) > 1:
        lines.append("    " + ", ".join(f"{kind} {count}" for kind, count in counts.items()))
    if facts.unsupported:
        lines.append(f"    {facts.unsupported} entries cannot be matched by this version")
    return lines + [f"    {one.row or ''} {one.message}" for one in facts.problems]


def listed(feed: "Feed", licence: str | None) -> dict[str, Any]:
    """A feed's facts for JSON, with its counts by kind and its licence."""
    import msgspec

    facts: dict[str, Any] = msgspec.to_builtins(feed.facts)
    more = {"yara": len(feed.yara), "compounds": len(feed.compounds), "licence": licence_of(feed, licence)}
    return facts | {"kinds": kinds(feed)} | more


def kinds(feed: "Feed") -> dict[str, int]:
    """How many different indicators of each kind a feed has."""
    from collections import Counter

    counts = Counter(kind for kind, _ in {(one.kind, one.value) for one in feed.indicators})
    return {kind.value: counts[kind] for kind in sorted(counts)}


def licence_of(feed: "Feed", known: str | None) -> str | None:
    """A feed's licence as the catalogue knows it, else as the feed says it."""
    return known or next((one.source.licence for one in feed.indicators if one.source.licence), None)


def say(lines: list[str]) -> None:
    """Print lines in which nothing can steer a terminal."""
    from scanner.report.plain import printable

    for line in lines:
        typer.echo(printable(line, LONGEST_LINE))


def as_json(document: Any) -> None:
    """Print a document as JSON."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
