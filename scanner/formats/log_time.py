"""The times of a log's lines: quickly, for most lines are of the same minute, and with a word about doubtful clocks."""

from collections.abc import Callable
from datetime import UTC, datetime

from scanner.formats.wall_clock import Moment

DAY = 86_400.0
UNSET = ("01-01", "01-02", "01-06", "1970-", "1980-")
"""What a clock says that was not set: days after 1970-01-01 or 1980-01-06, whose year most logs leave out."""
RECENT = 30 * DAY


class LogTime:
    """Turns the times of a log into seconds since 1970, and watches for steps of the clock."""

    def __init__(self, read: Callable[[str], Moment], now: datetime | None) -> None:
        """Take what reads a time, and when the log was collected."""
        self.read = read
        self.now = (now or datetime.now(UTC)).timestamp()
        self.minute, self.base = "", 0.0
        self.clock, self.doubt = "", ""
        self.first: float | None = None
        self.last: float | None = None
        self.backward = self.forward = 0
        """Steps of more than a day."""

    def __call__(self, stamp: str) -> float:
        """Seconds since 1970 of a time as written.

        Raises:
            ValueError: it is none.
        """
        colon = stamp.find(":")
        minute = stamp[: colon + 3]
        if minute != self.minute:
            self.turn(minute)
        try:
            return self.base + float(stamp[colon + 4 :])
        except ValueError:
            moment = self.read(stamp)  # a zone stands behind it
            self.minute, self.clock = "", moment.clock + self.doubt
            return moment.time.timestamp()

    def turn(self, minute: str) -> None:
        """Another minute: read it, and compare it with the one before."""
        moment = self.read(f"{minute}:00")
        before, self.base, self.minute = self.last, moment.time.timestamp(), minute
        step = 0.0 if before is None else self.base - before
        if step < -DAY:
            self.backward += 1
            self.doubt = "; low confidence: the clock was set back by more than a day in this log"
        elif step > DAY:
            self.forward += 1
            self.doubt = ""
        if minute.startswith(UNSET) and self.now - self.base > RECENT:
            self.doubt = "; low confidence: the clock may not have been set yet"
        self.clock = moment.clock + self.doubt
        self.first = self.base if self.first is None else self.first
        self.last = self.base
