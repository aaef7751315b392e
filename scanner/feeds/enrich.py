"""What a feed does not say itself but is known of it: the family's one name and class, its licence, who may see it."""

import re
from functools import cache
from pathlib import PurePath
from typing import Any

import msgspec

from scanner.feeds import catalogue
from scanner.feeds.families import family as known_family
from scanner.feeds.markings import strictest
from scanner.feeds.model import Feed, Threat
from scanner.finding import FeedFacts, Source

ALL = "*"
"""In the catalogue: a feed names its families itself."""
UNSTATED = "none stated"
SIGNS = re.compile(r"[^a-z0-9]+")
FILLED = ("family", "canonical", "threat", "licence", "reports")
FOLDERS = 2
"""Above a file, that may be called as its feed."""


def enrich(
    feed: Feed,
    entry: catalogue.Entry | None = None,
    *,
    private: bool = False,
    instead_of: catalogue.Entry | None = None,
) -> None:
    """Fill in what a loaded feed's sources leave open; twice does no more than once.

    Args:
        feed: The feed, changed in place. What its sources say themselves stays.
        entry: Its entry in the catalogue, if it has one.
        private: Whether its owner shares it with nobody; then no report that is shared names anything of it.
        instead_of: The entry that was filled in before, and whose words give way to those of `entry`.
    """
    filler = Filler(entry, private=private, instead_of=instead_of)
    markings: set[str | None] = set()
    for at, one in enumerate(feed.indicators):
        source = filler(one.source)
        markings.add(source.tlp)
        if source is not one.source:
            feed.indicators[at] = msgspec.structs.replace(one, source=source)
    feed.yara = [msgspec.structs.replace(rule, source=filler(rule.source)) for rule in feed.yara]
    feed.compounds = [
        msgspec.structs.replace(pattern, sources=tuple(map(filler, pattern.sources))) for pattern in feed.compounds
    ]
    markings.update(rule.source.tlp for rule in feed.yara)
    markings.update(source.tlp for pattern in feed.compounds for source in pattern.sources)
    feed.facts.private = feed.facts.private or filler.private
    feed.facts.tlp = strictest({*markings, feed.facts.tlp})


class Filler:
    """Fills in sources; what it adds is worked out once for each family, class and so on."""

    def __init__(
        self, entry: catalogue.Entry | None, *, private: bool = False, instead_of: catalogue.Entry | None = None
    ) -> None:
        """Take what the catalogue says."""
        said = entry or catalogue.Entry(id="unlisted", licence="")
        self.family = said.families[0] if len(said.families) == 1 and said.families[0] != ALL else None
        self.licence = said.licence if said.licence != UNSTATED else None
        self.reports, self.threat = tuple(said.reports), said.threat.value
        self.private = private or said.private
        self.before = Filler(instead_of) if instead_of else None
        self.added: dict[tuple[object, ...], dict[str, Any]] = {}

    def __call__(self, source: Source) -> Source:
        """The source with what it left open."""
        key = (source.family, source.canonical, source.threat, source.licence, source.private, source.reports)
        added = self.added.get(key)
        if added is None:
            bare = self.before.taken_back(source) if self.before else source
            made = msgspec.structs.replace(bare, **self.missing(bare))
            made = self.before(made) if self.before else made
            every = {field: getattr(made, field) for field in (*FILLED, "private")}
            added = {field: value for field, value in every.items() if value != getattr(source, field)}
            self.added[key] = added
        return msgspec.structs.replace(source, **added) if added else source

    def taken_back(self, source: Source) -> Source:
        """The source without what this would have filled in."""
        blank = Source(feed=source.feed)
        said, default = self(blank), {field: getattr(blank, field) for field in FILLED}
        ours = {field: value for field, value in default.items() if getattr(source, field) == getattr(said, field)}
        return msgspec.structs.replace(source, **ours)

    def missing(self, source: Source) -> dict[str, Any]:
        """What a source leaves open and is known."""
        name = source.family or self.family
        family = known_family(name)
        threat = family.threat.value if family and family.threat is not Threat.UNKNOWN else self.threat
        found: dict[str, Any] = {
            "family": name,
            "canonical": source.canonical or (family.name if family else None),
            "threat": threat if source.threat == Threat.UNKNOWN else source.threat,
            "licence": source.licence or self.licence or None,
            "reports": source.reports or self.reports,
            "private": source.private or self.private,
        }
        return {field: value for field, value in found.items() if value != getattr(source, field)}


@cache
def bundled() -> dict[str, catalogue.Entry]:
    """The feeds of our own catalogue by id."""
    return catalogue.entries()


def catalogued(facts: FeedFacts, known: dict[str, catalogue.Entry] | None = None) -> catalogue.Entry | None:
    """The catalogue's entry of a loaded feed: by its id, or by what its file or a folder around it is called.

    Args:
        facts: The feed.
        known: The catalogue by id; ours if not given.
    """
    path, entries = PurePath(facts.path), bundled() if known is None else known
    for name in (facts.id, facts.name, path.stem, *(folder.name for folder in list(path.parents)[:FOLDERS])):
        if (entry := entries.get(SIGNS.sub("-", name.lower()).strip("-"))) is not None:
            return entry
    return None
