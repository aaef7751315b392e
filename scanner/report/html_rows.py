"""The timeline's rows for the browser: sorted, cut into blocks, compressed; a block is unpacked when it is looked at.

A million rows as elements would take the browser minutes and gigabytes; compressed blocks are text to it.

References:
    Compression Streams: https://compression.spec.whatwg.org/
"""

import gzip
from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape

from scanner.report.html_stories import Hit, severity
from scanner.report.html_text import moment, visible, zoned
from scanner.stories import WITHIN

Record = tuple[datetime | None, str, str]
"""When, of which artifact, and what a person reads of it."""
Row = tuple[int, int, int, int, str]
"""Microseconds since 1970; the artifact's number; 0 or the finding's severity from 1; the finding's number; text."""
BLOCK = 4096
MAX_ROWS = 2_000_000
MAX_TEXT = 240
MAX_AROUND = 8
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LEVEL = 6


@dataclass(frozen=True)
class Timeline:
    """Records and findings in the order of their times."""

    artifacts: list[str]
    rows: list[Row]
    left_out: int
    """Records without a time, or above what a page can hold."""

    @property
    def times(self) -> list[int]:
        """Every row's microseconds since 1970."""
        return [row[0] for row in self.rows]

    @property
    def index(self) -> Markup:
        """What the browser needs to find a row: as JSON that cannot end the element that it stands in."""
        from jinja2.utils import htmlsafe_json_dumps

        starts = [self.rows[at][0] for at in range(0, len(self.rows), BLOCK)]
        facts = {"count": len(self.rows), "block": BLOCK, "starts": starts, "artifacts": self.artifacts}
        return htmlsafe_json_dumps(facts)

    @property
    def blocks(self) -> Iterator[Markup]:
        """The rows, compressed: the alphabet of base64 and nothing else."""
        for at in range(0, len(self.rows), BLOCK):
            lines = "\n".join("\t".join(map(str, row)) for row in self.rows[at : at + BLOCK])
            packed = gzip.compress(lines.encode("utf-8", "backslashreplace"), LEVEL, mtime=0)
            yield escape(b64encode(packed).decode("ascii"))

    def around(self, time: datetime, times: list[int]) -> list[tuple[str, str, str]]:
        """The records nearest to a time, within ten minutes before and after: time, artifact, text."""
        middle, reach = micro(time), WITHIN // MICROSECOND
        first, last = bisect_left(times, middle), bisect_right(times, middle)
        low = max(bisect_left(times, middle - reach), first - MAX_AROUND)
        high = min(bisect_right(times, middle + reach), last + MAX_AROUND)
        near = self.rows[low : min(first + MAX_AROUND, high)] + self.rows[max(last, first + MAX_AROUND) : high]
        return [(clock(row[0]), self.artifacts[row[1]], row[4]) for row in near if not row[2]]


def timeline(records: Iterable[Record], hits: Iterable[Hit]) -> Timeline:
    """Put records and findings in order."""
    numbers: dict[str, int] = {}
    rows: list[Row] = []
    left_out = 0
    for time, artifact, text in records:
        if time is None or len(rows) >= MAX_ROWS:
            left_out += 1
            continue
        number = numbers.setdefault(artifact, len(numbers))
        rows.append((micro(time), number, 0, 0, visible(text, MAX_TEXT)))
    for hit in hits:
        one = hit.finding
        if one.time:
            number = numbers.setdefault(one.locator.artifact, len(numbers))
            text = visible(f"{one.rule} {one.message or one.title}", MAX_TEXT)
            rows.append((micro(one.time), number, severity(one.severity) + 1, hit.number, text))
    rows.sort()
    return Timeline([visible(name, MAX_TEXT) for name in numbers], rows, left_out)


def micro(time: datetime) -> int:
    """Microseconds since 1970."""
    return (zoned(time) - EPOCH) // MICROSECOND


def clock(micros: int) -> str:
    """A time for people."""
    return moment(EPOCH + timedelta(microseconds=micros))


def told(record: dict[str, Any], limit: int = MAX_TEXT) -> str:
    """What a person reads of a record in one line: its values but the times, each with its name.

    This makes rows of records that a case keeps.
    """
    shown = (
        f"{name}={value}" for name, value in record.items()
        if value not in (None, "", [], {}) and name not in {"time", "written", "clock", "place"}
    )  # fmt: skip
    return "  ".join(shown)[: limit + 1]
