"""Sightings of a pattern's observations joined as the pattern says: AND, OR, FOLLOWEDBY, WITHIN, REPEATS, START, STOP.

What meets a part of a pattern is a span: some records, from the first's time to the last's. Of spans with times those
that hold another one inside are left out: whatever the larger one would meet, the smaller one meets too. So a part has
never more spans than there are sightings, and no combinations are tried. Records without a time meet only what asks for
no time; records are never used twice in one span, as STIX asks for different observations.

References:
    STIX 2.1, section 9.5 (qualifiers, observation operators): https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from scanner.feeds.compound import Compound, Expression, Joined, Qualified, Seen

MAX_SIGHTINGS = 10_000
"""Of one observation."""
MAX_SPANS = 20_000
TRIED = 8
"""Neighbours that are looked at for one that shares no record."""


class Span(NamedTuple):
    """Records that meet a part of a pattern together; seconds since 1970, or None where one has no time."""

    start: float | None
    end: float | None
    records: tuple[int, ...]


Spans = list[Span]


class Timed(NamedTuple):
    """Spans with times, by start and so by end, and the two columns to look in."""

    spans: Spans
    starts: list[float]
    ends: list[float]


def join(compound: Compound, sightings: Sequence[Sequence[tuple[datetime | None, int]]]) -> tuple[int, ...] | None:
    """The records that together meet a pattern, in the order of their times; the earliest that do.

    Args:
        compound: The pattern.
        sightings: For each of its observations: time and number of every record that meets it.
    """
    points = [[point(*one) for one in seen[:MAX_SIGHTINGS]] for seen in sightings]
    found = evaluate(compound.tree, points)
    if not found:
        return None
    return min(found, key=lambda span: (span.end is None, span.end or 0.0, span.records)).records


def point(time: datetime | None, record: int) -> Span:
    """One record."""
    second = time.timestamp() if time is not None else None
    return Span(second, second, (record,))


def evaluate(node: Expression, points: list[Spans]) -> Spans:
    """The spans of a part of a pattern."""
    if isinstance(node, Seen):
        return smallest(points[node.number])
    if isinstance(node, Qualified):
        return qualified(node, evaluate(node.operand, points))
    return joined(node, [evaluate(part, points) for part in node.operands])


def joined(node: Joined, parts: list[Spans]) -> Spans:
    """The spans of observations joined."""
    if node.operator == "OR":
        return smallest(span for part in parts for span in part)
    found = parts[0]
    for part in parts[1:]:
        found = smallest(followed(found, part) if node.operator == "FOLLOWEDBY" else both(found, part))
    return found


def smallest(spans: Iterable[Span]) -> Spans:
    """Spans in order, without those that hold a smaller one; those without times come last."""
    timed, untimed = list[Span](), list[Span]()
    for span in dict.fromkeys(spans):
        (untimed if span.start is None else timed).append(span)
    kept: Spans = []
    for span in sorted(timed, key=lambda one: (-(one.start or 0.0), one.end or 0.0)):
        if not kept or (span.end or 0.0) < (kept[-1].end or 0.0) or span[:2] == kept[-1][:2]:
            kept.append(span)
    return [*reversed(kept[:MAX_SPANS]), *untimed[:MAX_SPANS]]


def columns(spans: Spans) -> Timed:
    """The spans that have times."""
    timed = [span for span in spans if span.start is not None]
    return Timed(timed, [span.start or 0.0 for span in timed], [span.end or 0.0 for span in timed])


def hull(first: Span, second: Span) -> Span:
    """Two spans as one."""
    records = first.records + second.records
    if first.start is None or first.end is None or second.start is None or second.end is None:
        return Span(None, None, records)
    if second.start < first.start:
        records = second.records + first.records
    return Span(min(first.start, second.start), max(first.end, second.end), records)


def apart(span: Span, others: Iterable[Span]) -> Iterator[Span]:
    """The first of some spans that shares no record with another one."""
    for other in others:
        if set(span.records).isdisjoint(other.records):
            yield other
            return


def followed(first: Spans, second: Spans) -> Iterator[Span]:
    """Each span of the first and the nearest of the second that begins no earlier than it ends."""
    later = columns(second)
    for span in columns(first).spans:
        at = bisect_left(later.starts, span.end or 0.0)
        yield from (hull(span, other) for other in apart(span, later.spans[at : at + TRIED]))


def both(first: Spans, second: Spans) -> Iterator[Span]:
    """Each span of either and those of the other that are nearest before and after it."""
    for some, others in ((first, columns(second)), (second, columns(first))):
        for span in columns(some).spans:
            at = bisect_right(others.ends, span.end or 0.0)
            before, after = others.spans[max(at - TRIED, 0) : at], others.spans[at : at + TRIED]
            yield from (hull(span, other) for other in apart(span, reversed(before)))
            yield from (hull(span, other) for other in apart(span, after))
    yield from without_times(first, second)


def without_times(first: Spans, second: Spans) -> Iterator[Span]:
    """Pairs of which one at least has no time; each record without one is used once."""
    for some, others in ((first, second), (second, first)):
        for at, span in enumerate(one for one in some if one.start is None):
            yield from (hull(span, other) for other in apart(span, [*others[at : at + TRIED], *others[:TRIED]]))


def qualified(node: Qualified, spans: Spans) -> Spans:
    """The spans that a qualifier leaves."""
    if node.times is not None:
        return smallest(repeated(spans, node.times))
    timed = columns(spans).spans
    if node.within is not None:
        return [span for span in timed if (span.end or 0.0) - (span.start or 0.0) <= node.within]
    start = node.start.timestamp() if node.start else float("-inf")
    stop = node.stop.timestamp() if node.stop else float("inf")
    return [span for span in timed if start <= (span.start or 0.0) and (span.end or 0.0) < stop]


def repeated(spans: Spans, times: int) -> Iterator[Span]:
    """So many spans in a row that share no record; of those without times, if there are not enough with them."""
    timed = distinct(span for span in spans if span.start is not None)
    for at in range(len(timed) - times + 1):
        window = timed[at : at + times]
        records = tuple(record for span in window for record in span.records)
        yield Span(window[0].start, max(span.end or 0.0 for span in window), records)
    if len(timed) < times <= len(every := distinct(spans)):
        yield Span(None, None, tuple(record for span in every[:times] for record in span.records))


def distinct(spans: Iterable[Span]) -> Spans:
    """Spans in order, each with records of its own."""
    used, found = set[int](), list[Span]()
    for span in spans:
        if used.isdisjoint(span.records):
            used.update(span.records)
            found.append(span)
    return found
