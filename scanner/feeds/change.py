"""What a version of a feed holds, and what is other in the next one: by value, never by the ids of a file format."""

import re
from pathlib import Path

import msgspec

from scanner.feeds import files, load
from scanner.feeds.catalogue import Entry
from scanner.feeds.enrich import enrich
from scanner.feeds.model import Feed

HTML = re.compile(
    rb"(?:(?:<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->)\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
RULE = re.compile(r"^[ \t]*(?:(?:global|private)\s+)*rule\s+([A-Za-z_]\w*)", re.MULTILINE)
LOSS = 0.05
"""The part of its values that a feed may lose at once."""
NO_FAMILY = "no family"

Pair = tuple[str, str]
"""A kind and a value in normal form."""
Facts = frozenset[tuple[str, ...]]
"""What a feed says of a value: family, campaign, role and class, once for every entry."""
Content = dict[Pair, Facts]
"""What a version of a feed holds."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A value that came, went, or of which something else is said now."""

    kind: str
    value: str
    families: tuple[str, ...]


class Change(msgspec.Struct, kw_only=True):
    """What is other in a newer version."""

    added: list[Item] = []
    removed: list[Item] = []
    changed: list[Item] = []
    """The same value with another family, campaign, role or class; of a YARA rule, another text."""

    def families(self) -> dict[str, dict[str, int]]:
        """How many values came, went and changed, for every family that is touched."""
        found: dict[str, dict[str, int]] = {}
        for what in ("added", "removed", "changed"):
            items: list[Item] = getattr(self, what)
            for family in (family for item in items for family in item.families):
                counts = found.setdefault(family, {"added": 0, "removed": 0, "changed": 0})
                counts[what] += 1
        return dict(sorted(found.items()))


def content(path: Path, entry: Entry | None = None) -> Content:
    """What a file holds, with what the catalogue knows of its families.

    Raises:
        ValueError: nothing that is a feed: an HTML page, a file that ends too early, or without a single entry.
    """
    data = files.content(path)
    whole(data)
    feeds = load.load([path])
    for feed in feeds:
        enrich(feed, entry)
    found = pairs(feeds)
    if not found and not any(feed.facts.unsupported for feed in feeds):
        problem = next((one.message for feed in feeds for one in feed.facts.problems), "")
        raise ValueError("has no indicators" + (f": {problem}" if problem else ""))
    return found


def whole(data: bytes) -> None:
    """Look for what a broken download leaves and a lenient reader would take.

    Raises:
        ValueError: it is an HTML page, empty, or JSON that ends too early.
    """
    text = data.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        raise ValueError("is empty")
    if HTML.match(text.lstrip()[:8192]):
        raise ValueError("is an HTML page and no feed")
    if text.lstrip()[:1] in {b"{", b"["}:
        try:
            msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if "truncated" in str(error):
                raise ValueError("ends in the middle") from None


def pairs(feeds: list[Feed]) -> Content:
    """The values of loaded feeds, with what is said of them."""
    found: dict[Pair, set[tuple[str, ...]]] = {}
    for feed in feeds:
        for one in feed.indicators:
            said = one.source
            facts = (said.canonical or said.family or NO_FAMILY, said.campaign or "", str(said.role), str(said.threat))
            found.setdefault((str(one.kind), one.value), set()).add(facts)
        for pattern in feed.compounds:
            families = {(one.canonical or one.family or NO_FAMILY,) for one in pattern.sources} or {(NO_FAMILY,)}
            found.setdefault(("pattern", pattern.pattern), set()).update(families)
        for source in feed.yara:
            for name, text in rules(source.text):
                found.setdefault(("yara", name), set()).add((source.source.family or NO_FAMILY, text))
    return {pair: frozenset(facts) for pair, facts in found.items()}


def rules(text: str) -> list[tuple[str, str]]:
    """The rules of a YARA source by name, each with its text; of a source in which none is seen, the whole."""
    starts = list(RULE.finditer(text))
    ends = [one.start() for one in starts[1:]] + [len(text)]
    return [(one[1], text[one.start() : end].strip()) for one, end in zip(starts, ends, strict=True)] or [("*", text)]


def change(old: Content, new: Content) -> Change:
    """What came, went and changed between two versions, in the order of kind and value."""
    return Change(
        added=items(new, new.keys() - old.keys()),
        removed=items(old, old.keys() - new.keys()),
        changed=items(new, {pair for pair in old.keys() & new.keys() if old[pair] != new[pair]}),
    )


def items(held: Content, chosen: set[Pair]) -> list[Item]:
    """Values with their families, in order."""
    return [
        Item(kind=pair[0], value=pair[1], families=tuple(sorted({facts[0] for facts in held[pair]})))
        for pair in sorted(chosen)
    ]


def suspicious(old: Content, new: Content) -> list[str]:
    """Why a newer version should be looked at before it is taken; nothing if it need not.

    Values that are replaced by others are lost as well: what is counted is how many of the old ones are not there.
    """
    lost = len(old.keys() - new.keys())
    why = []
    if lost > LOSS * len(old):
        why.append(f"{lost} of {len(old)} values are missing ({100 * lost / len(old):.0f} %)")
    kinds = {kind for kind, _ in old} - {kind for kind, _ in new}
    why.extend(f"no {kind} is left" for kind in sorted(kinds))
    return why


def counts(held: Content) -> dict[str, int]:
    """Values by kind."""
    found: dict[str, int] = {}
    for kind, _ in sorted(held):
        found[kind] = found.get(kind, 0) + 1
    return found
