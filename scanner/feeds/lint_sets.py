"""Rules of lint about values among others: duplicates, what a parent covers, what everybody uses, what never fires."""

from collections import Counter
from collections.abc import Iterator

from scanner.feeds import allowlist, warninglists
from scanner.feeds.lint_model import Level, Said, Subject, rule
from scanner.feeds.model import Indicator, Role, Threat
from scanner.record import Kind

HARMLESS = frozenset({Threat.WATCHWARE.value, Threat.DUAL_USE.value})
VISITED = frozenset({Role.WEBSITE.value, Role.DISTRIBUTION.value})


@rule("FEED020", Level.WARNING)
def duplicate(subject: Subject) -> Iterator[Said]:
    """A value is listed more than once, for the same family and role; for several families it is a note.

    An entry that holds something new beside it is no duplicate: each sample of an app names the app again.
    """
    new = {one.source.place for one in subject.values.values()}
    again: dict[tuple[Kind, str], list[Indicator]] = {}
    for one in subject.feed.indicators:
        if one.source.place not in new:
            again.setdefault((one.kind, one.value), []).append(one)
    for (kind, value), repeated in again.items():
        first, times = subject.values[kind, value].source, len({one.source.place for one in repeated}) + 1
        said = Counter((one.family, one.role, one.place) for one in (first, *(each.source for each in repeated)))
        same = len({(family, role) for family, role, _ in said}) < len(said)
        message = f"{kind} {value} is listed {times} times, first at {first.place}"
        yield Said(message, repeated[0].source.place, value, None if same else Level.NOTE)


@rule("FEED021", Level.NOTE)
def covered(subject: Subject) -> Iterator[Said]:
    """A domain is below another one of the same feed, which is met wherever it is."""
    for (kind, value), one in subject.values.items():
        if kind is Kind.DOMAIN:
            for parent in warninglists.parents(value):
                if (kind, parent) in subject.values:
                    yield Said(f"{value} is below {parent}", one.source.place, value)
                    break


@rule("FEED022", Level.ERROR)
def allowed(subject: Subject) -> Iterator[Said]:
    """A value is one that Bridle's own list of harmless names has, or a domain above one of them.

    Only a warning for watchware, dual-use tools and the pages of vendors: there the name is what it is listed for. A
    note, where the value is only below such a name.
    """
    for (kind, value), one in subject.values.items():
        if (why := allowlist.reason(kind, value)) is not None:
            mild = one.source.threat in HARMLESS or one.source.role in VISITED
            level = Level.NOTE if why.startswith("below ") else Level.WARNING if mild else None
            yield Said(f"{kind} {value} is a name that everybody meets: {why}", one.source.place, value, level)


@rule("FEED023", Level.WARNING)
def warned(subject: Subject) -> Iterator[Said]:
    """A value is in one of the MISP warning lists that were given, or a domain above one of their names.

    A note, where it is only below such a name: a host of somebody at a large provider.
    """
    if subject.options.warninglists is None:
        return
    for each in warninglists.misp(subject.options.warninglists):
        for (kind, value), one in subject.values.items():
            if (why := each.collision(kind, value)) is not None:
                yield Said(f"{kind} {value} {why}", one.source.place, value)
            elif (why := each.below(kind, value)) is not None:
                yield Said(f"{kind} {value} {why}", one.source.place, value, Level.NOTE)


@rule("FEED024", Level.NOTE)
def dead(subject: Subject) -> Iterator[Said]:
    """Indicators of a kind that no artifact of this version shows: they can never fire."""
    if (exposed := subject.options.exposed) is not None:
        counts = Counter(kind for kind, _ in subject.values)
        for kind, count in sorted(counts.items()):
            if kind not in exposed:
                yield Said(f"{count} indicators of the kind {kind}, which nothing that this version reads can show")


@rule("FEED025", Level.NOTE)
def unsupported(subject: Subject) -> Iterator[Said]:
    """Entries that are sound, but that this version cannot match."""
    if count := subject.feed.facts.unsupported:
        yield Said(f"{count} entries that this version cannot match")
