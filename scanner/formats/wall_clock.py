"""A phone's own clock: texts of local time, often without year and zone, as instants, with what had to be assumed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
CLOCK = r"(?P<time>\d\d:\d\d:\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
NUMERIC = re.compile(
    rf"(?:(?P<year>\d{{4}})-)?(?P<month>\d\d)-(?P<day>\d\d)[T ]+{CLOCK}\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
)
NAMED = re.compile(
    rf"(?:\w{{3}}\s+)?(?P<name>[A-Z][a-z]{{2}})\s+(?P<day>\d\d?)\s+{CLOCK}\s+(?:(?P<zone>[A-Z][\w:+-]*)\s+)?(?P<year>\d{{4}})"
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ABSOLUTE = frozenset({"Z", "UTC", "GMT"})
EARLIEST = 2008
"""No Android phone existed before: what is older was written before the clock was set."""


@dataclass(frozen=True)
class Moment:
    """An instant that a text of local time stands for."""

    time: datetime
    """In UTC."""
    clock: str
    """How it was found: which zone was taken, and whether the year was inferred."""


@dataclass(frozen=True)
class WallClock:
    """A phone's clock: its zone, if it is known, and the moment at which its texts were written."""

    zone: str | None = None
    """A name of the IANA database (`Europe/Berlin`), or an offset (`GMT+03:00`)."""
    now: datetime | None = None
    """When the texts were written, in UTC: what says the year where they do not."""

    @cached_property
    def tz(self) -> tzinfo | None:
        """The zone, if this system knows its name."""
        if not self.zone:
            return None
        try:
            return ZoneInfo(self.zone)
        except (ValueError, OSError, LookupError):
            return offset(self.zone.removeprefix("GMT").removeprefix("UTC"))

    @cached_property
    def assumed(self) -> str:
        """What is said of a time whose text names no zone."""
        if self.tz is not None:
            return f"zone {self.zone}"
        return f"zone {self.zone} is not known here, taken as UTC" if self.zone else "zone unknown, taken as UTC"

    def read(self, text: str) -> Moment:
        """The instant that a text stands for.

        Raises:
            ValueError: it is no time.
        """
        if found := NUMERIC.fullmatch(text := text.strip()):
            month = int(found["month"])
        elif found := NAMED.fullmatch(text):
            month = MONTHS.index(found["name"]) + 1 if found["name"] in MONTHS else 0
        else:
            raise ValueError(f"no time: {text[:60]!r}")
        hour, minute, second = map(int, found["time"].split(":"))
        micro = int((found["fraction"] or "0")[:6].ljust(6, "0"))
        parts = (month, int(found["day"]), hour, minute, min(second, 59), micro)
        zone, said = self.zoned(found["zone"])
        if found["year"]:
            time = self.utc((int(found["year"]), *parts), zone)
        else:
            time, said = self.dated(parts, zone), f"{said}; year from the report"
        if time.year < EARLIEST:
            said += "; the clock was not set"
        return Moment(time, said)

    def zoned(self, written: str | None) -> tuple[tzinfo, str]:
        """The zone of a text, and how it is known."""
        if written in ABSOLUTE:
            return UTC, "zone as written"
        if written and (found := offset(written.removeprefix("GMT").removeprefix("UTC"))):
            return found, "zone as written"
        return self.tz or UTC, self.assumed  # an abbreviation such as CST is several zones

    def dated(self, parts: tuple[int, ...], zone: tzinfo) -> datetime:
        """A time without its year: the last such day that was not after the text was written."""
        now = self.now or datetime.now(UTC)
        for year in (now.year + 1, now.year, *range(now.year - 1, now.year - 9, -1)):
            try:
                time = self.utc((year, *parts), zone)
            except ValueError:
                continue  # the 29th of February
            if time <= now + DAY:
                return time
        raise ValueError("no such day")

    def utc(self, parts: tuple[int, ...], zone: tzinfo) -> datetime:
        """A local time as an instant."""
        year, month, day, hour, minute, second, micro = parts
        try:
            return datetime(year, month, day, hour, minute, second, micro, tzinfo=zone).astimezone(UTC)
        except OverflowError as error:
            raise ValueError(f"no time: {error}") from error


def offset(text: str) -> tzinfo | None:
    """A zone of an offset: `+0200`, `+02:00`, `-3:30`."""
    if not (found := re.fullmatch(r"([+-])(\d{1,2}):?(\d\d)", text)):
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes >= 24 * 60:
        return None
    return datetime.strptime(f"{found[1]}{minutes // 60:02}{minutes % 60:02}", "%z").tzinfo
