"""How far a phone's security patches are behind."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.boot import Bugreport
from scanner.artifacts.android.properties import Property
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Records, correlation
from scanner.rules.android.build import build


class Known(NamedTuple):
    """A vulnerability that was exploited, and the patch level that closes it."""

    cve: str
    fixed: str
    where: str
    maker: str | None = None


EXPLOITED = (
    Known("CVE-2024-43093", "2024-11-01", "Framework"),
    Known("CVE-2024-53104", "2025-02-05", "USB video driver"),
    Known("CVE-2024-50302", "2025-03-05", "HID driver"),
    Known("CVE-2024-53197", "2025-04-05", "USB audio driver"),
    Known("CVE-2024-53150", "2025-04-05", "USB audio driver"),
    Known("CVE-2025-21042", "2025-04-01", "image decoder", "samsung"),
    Known("CVE-2025-27363", "2025-05-01", "FreeType"),
    Known("CVE-2025-48543", "2025-09-01", "Android Runtime"),
    Known("CVE-2025-38352", "2025-09-05", "kernel timers"),
    Known("CVE-2025-21043", "2025-09-01", "image decoder", "samsung"),
    Known("CVE-2025-48633", "2025-12-01", "Framework"),
    Known("CVE-2025-48572", "2025-12-01", "Framework"),
)
"""From CISA's catalogue; the months as in Android's and Samsung's bulletins."""
LEVELS = {
    "ro.build.version.security_patch": "the security patch level",
    "ro.vendor.build.security_patch": "the patch level of the maker's own parts",
}
LATE_MONTHS, YEAR = 12, 12
MAY_BE_AHEAD = 2
"""Makers date a patch level up to so many months ahead."""


@correlation("AND034", Severity.LOW, Stage.NONE)
def patches_missing(
    properties: Records[Property], acquisitions: Records[Acquisition], reports: Records[Bugreport]
) -> Iterator[Hit]:
    """The phone lacks security patches, among them those for holes that are known to be exploited.

    Why: without them the phone is open to attacks that need no help from its owner.
    Benign causes: phones that the maker no longer supports, which is no fault of their owners; updates that wait for
        Wi-Fi or free space. By itself this is no sign of an attack. Parts that Google updates through the Play Store
        are not in the patch level.
    Base rate: most phones older than four years.
    Next: install the updates when the evidence is safe. Where the maker has none any more, a newer phone protects
        better, if the owner can have one.
    References: https://source.android.com/docs/security/bulletin
        https://www.cisa.gov/known-exploited-vulnerabilities-catalog
        https://security.samsungmobile.com/securityUpdate.smsb
    """
    when = taken(acquisitions, reports)
    if when is None:
        return
    maker = (build(properties).manufacturer or "").lower()
    seen = set[str]()
    for one in properties:
        name, level = one.record.name, day(one.record.value)
        if name not in LEVELS or name in seen or level is None:
            continue
        seen.add(name)
        late = months(level, when)
        if late < -MAY_BE_AHEAD:
            yield Hit(one, f"{LEVELS[name]} {level} lies after the day of the acquisition and is not to be believed")
            continue
        holes = missing(level, when, maker) if name.startswith("ro.build.") else ()
        if late > LATE_MONTHS or holes:
            named = f"; exploited and not closed: {', '.join(holes)}" if holes else ""
            age = f"{late} months old" if late else "of this month"
            yield Hit(one, f"{LEVELS[name]} {level} was {age} at the acquisition{named}")


def missing(level: date, when: date, maker: str) -> tuple[str, ...]:
    """The exploited holes that were known on a day and that a patch level leaves open."""
    return tuple(
        f"{one.cve} ({one.where})"
        for one in EXPLOITED
        if (one.maker is None or one.maker == maker) and level < date.fromisoformat(one.fixed) <= when
    )


def taken(acquisitions: Records[Acquisition], reports: Records[Bugreport]) -> date | None:
    """The day on which the evidence was taken."""
    times: list[datetime | None] = [one.record.completed or one.record.started for one in acquisitions]
    times += [one.record.time for one in reports]
    return max((time.date() for time in times if time), default=None)


def day(text: str) -> date | None:
    """A patch level as a day."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def months(early: date, late: date) -> int:
    """Whole months from one day's month to another's."""
    return (late.year - early.year) * YEAR + late.month - early.month
