"""When the evidence was taken, for rules that leave out what the acquisition itself does to a phone."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.boot import Bugreport
from scanner.rule import Located

Spans = list[tuple[datetime, datetime]]
NONE = timedelta()


def taken(
    acquisitions: Iterable[Located[Acquisition]],
    reports: Iterable[Located[Bugreport]] = (),
    *,
    before: timedelta = NONE,
    after: timedelta = NONE,
    longest: timedelta = NONE,
) -> Spans:
    """From when to when evidence was taken, by the acquisitions' own account and the bug reports' heads.

    Args:
        acquisitions: Those of which a beginning is known count.
        reports: Bug reports, made in a moment.
        before: How much of the time before belongs to it.
        after: And of the time after.
        longest: What is taken for an acquisition's length where its end is not known.
    """
    found: Spans = []
    for one in acquisitions:
        if (began := one.record.started) is not None:
            ended = one.record.completed
            found.append((began - before, (ended if ended and ended > began else began + longest) + after))
    return found + [(time - before, time + after) for one in reports if (time := one.record.time)]


def inside(time: datetime | None, spans: Spans) -> bool:
    """Whether a time is known to lie in one of some spans."""
    return time is not None and any(start <= time <= end for start, end in spans)
