"""What Google's apps for well-being and for the battery keep: when which app was used, and the battery's level."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.usagestats import UsageEvent
from scanner.artifacts.android.usagestats_files import UsageName
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.formats.android_text import since_1970
from scanner.formats.usage_events import word
from scanner.record import MilliTime, Record

EVENTS = """
SELECT e._id AS _events, e.timestamp AS written, e.type AS type, p.package_name AS package, r.package_name AS root
FROM events AS e
LEFT JOIN packages AS p ON p._id = e.package_id
LEFT JOIN packages AS r ON r._id = e.task_root_package_id
"""
OLD_EVENTS = """
SELECT e._id AS _events, e.timestamp AS written, e.type AS type, p.package_name AS package
FROM events AS e LEFT JOIN packages AS p ON p._id = e.package_id
"""
NAMES = "SELECT _id AS _packages, _id AS token, package_name AS package FROM packages"
LEVELS = """
SELECT rowid AS _battery_event, timestamp_millis AS time, battery_level AS level, charge_type AS charging,
       timezone AS zone
FROM battery_event
"""


class BatteryLevel(Record):
    """The battery's level, and the phone's time zone, at a moment."""

    time: MilliTime | None = None
    level: int | None = None
    charging: int | None = None
    """0 not, 1 by a charger, 2 by USB, 4 wireless."""
    zone: str | None = None


@artifact("/data/**/com.google.android.apps.wellbeing/databases/app_usage")
def app_usage(file: File) -> Iterator[UsageEvent | UsageName]:
    """Google's Digital Wellbeing: which app came to the screen when, for weeks, the phone's starts, and apps' names.

    References:
        https://developer.android.com/reference/android/app/usage/UsageEvents.Event
    """
    for table, row in file.raw(UsageEvent, (EVENTS, OLD_EVENTS)):
        time, code = row.pop("written"), row.get("type")
        row["type"] = word(code) if isinstance(code, int) else None
        yield from file.record(UsageEvent, placed(table, row), **row, **since_1970(time))
    yield from file.rows(UsageName, NAMES)


@artifact("/data/**/com.google.android.apps.turbo/databases/turbo.db")
def turbo(file: File) -> Iterator[BatteryLevel]:
    """Google's Device Health Services: the battery's level over weeks, with the time zone the phone was in.

    References:
        https://thebinaryhick.blog/2020/07/22/android-battery-usage-and-device-health-services-turbo/
    """
    yield from file.rows(BatteryLevel, LEVELS)
