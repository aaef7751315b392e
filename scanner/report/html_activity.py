"""How much happened when: the bars of the activity charts, over everything and over the busiest time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log1p

from scanner.report.html_text import moment, zoned

Mark = tuple[datetime, str]
"""When a finding is, and its severity."""
SECOND, HOUR, DAY = 1, 3600, 86400
STEPS = (
    SECOND, 5, 10, 30, 60, 300, 600, 1800, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 91 * DAY,
    365 * DAY,
)  # fmt: skip
MOST_BARS = 96
HEIGHT = 100.0
SEVERITIES = ("info", "low", "medium", "high", "critical")
CLUSTER, CROWD, FEWEST = 0.6, 20, 5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    """The findings of one severity in a bar."""

    severity: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One step of time."""

    x: int
    start: str
    count: int
    records: int
    shade: float
    """Height of the records behind."""
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Chart:
    """Bars from left to right, each one wide; the tallest is 100 high."""

    start: str
    end: str
    width: int
    count: int
    most: int
    bars: tuple[Bar, ...]


def chart(marks: Sequence[Mark], records: Sequence[int] = ()) -> Chart | None:
    """The chart of findings, over records (microseconds since 1970, in order) where they are given."""
    seconds = [(second(time), severity) for time, severity in marks]
    every = [time for time, _ in seconds] + ([records[0] // 10**6, records[-1] // 10**6] if records else [])
    if not every:
        return None
    low, high = min(every), max(every)
    step = steps(high - low)
    start = low - low % step
    width = (high - start) // step + 1
    shades = [0] * width
    for time in records:
        shades[(time // 10**6 - start) // step] += 1
    counts = counted(seconds, start, step)
    return Chart(
        start=named(low), end=named(high), width=width, count=len(marks),
        most=max((sum(one.values()) for one in counts.values()), default=0),
        bars=tuple(bars(start, step, counts, shades)),
    )  # fmt: skip


def counted(seconds: Iterable[tuple[int, str]], start: int, step: int) -> dict[int, dict[str, int]]:
    """How many findings of each severity each bar has."""
    counts: dict[int, dict[str, int]] = {}
    for time, severity in seconds:
        bar = counts.setdefault((time - start) // step, {})
        bar[severity] = bar.get(severity, 0) + 1
    return counts


def bars(start: int, step: int, counts: dict[int, dict[str, int]], shades: Sequence[int]) -> Iterable[Bar]:
    """The bars that are not empty; records are drawn on a logarithmic scale, there are so many more of them."""
    most = max((sum(one.values()) for one in counts.values()), default=1)
    darkest = log1p(max(shades, default=0)) or 1.0
    for x, records in enumerate(shades):
        if not records and x not in counts:
            continue
        count = counts.get(x, {})
        yield Bar(
            x=x, start=named(start + x * step), count=sum(count.values()), records=records,
            shade=round(HEIGHT * log1p(records) / darkest, 2), parts=tuple(stacked(count, most)),
        )  # fmt: skip


def stacked(count: dict[str, int], most: int) -> Iterable[Part]:
    """The parts of a bar, the worst at the foot."""
    y = HEIGHT
    for severity in reversed(SEVERITIES):
        if number := count.get(severity, 0):
            height = round(HEIGHT * number / most, 2)
            y -= height
            yield Part(severity, round(max(y, 0.0), 2), height)


def busiest(marks: Sequence[Mark]) -> list[Mark]:
    """The findings of the shortest time that holds most of them, if they crowd; else nothing."""
    ordered = sorted(marks)
    size = int(len(ordered) * CLUSTER)
    if size < FEWEST:
        return []
    spans = [(ordered[at + size - 1][0] - ordered[at][0], at) for at in range(len(ordered) - size + 1)]
    width, at = min(spans)
    if width * CROWD > ordered[-1][0] - ordered[0][0]:
        return []
    margin = max(width / 4, timedelta(minutes=1))
    low, high = ordered[at][0] - margin, ordered[at + size - 1][0] + margin
    return [mark for mark in ordered if low <= mark[0] <= high]


def second(time: datetime) -> int:
    """Seconds since 1970."""
    return (zoned(time) - EPOCH) // timedelta(seconds=1)


def named(seconds: int) -> str:
    """A time for people."""
    try:
        return moment(EPOCH + timedelta(seconds=seconds))
    except OverflowError:  # the bar's begin may lie before the first year
        return moment(datetime.min.replace(tzinfo=UTC))


def steps(span: int) -> int:
    """The width of a bar in seconds, so that there are not too many."""
    return next((step for step in STEPS if span // step < MOST_BARS - 1), span // (MOST_BARS - 2) + 1)
