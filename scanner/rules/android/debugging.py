"""Computers that were allowed to debug an Android phone."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.adb import AdbKey
from scanner.artifacts.android.boot import Bugreport
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.acquisitions import inside, taken
from scanner.rules.moments import utc

KIT = re.compile(
    r"cellebrite|\bufed|graykey|grayshift|\bmsab\b|\bxry\b|oxygen ?forensic|magnet ?forensic|\baxiom\b", re.IGNORECASE
)
"""Names of makers of devices that extract phones; a comment is free text, and most such devices change theirs."""
BEFORE, AFTER = timedelta(hours=24), timedelta(hours=1)
"""A connection in this time around the acquisition is taken for the acquisition's own."""


@correlation("AND033", Severity.MEDIUM, Stage.NONE)
def foreign_computer(
    keys: Records[AdbKey], acquisitions: Records[Acquisition], reports: Records[Bugreport]
) -> Iterator[Hit]:
    """A computer other than the one that took the evidence may debug the phone.

    Why: over a cable spyware is installed within a minute once the phone is unlocked; forensic devices that open
        phones in custody leave their key behind. It is worth less where it is not known when the computer last
        connected; a single such key is taken for the one of the computer that took the evidence.
    Benign causes: computers of the owner, of a developer or a repair shop; the examiner's own other computer.
    Base rate: most phones of developers, few others.
    Next: ask whose computer it is; compare the time with when the phone was out of the owner's hands; revoke all keys
        (developer options) when the evidence is safe.
    References: https://developer.android.com/tools/adb
        https://securitylab.amnesty.org/latest/2024/12/serbia-a-digital-prison-spyware-and-cellebrite-used-on-journalists-and-activists/
    """
    windows = taken(acquisitions, reports, before=BEFORE, after=AFTER)
    found: dict[str, Located[AdbKey]] = {}
    for one in keys:
        before = found.get(one.record.sha256)
        if before is None or later(one.record.time, before.record.time):
            found[one.record.sha256] = one
    own = [key for key in found.values() if inside(key.record.time, windows)]
    timeless = [key for key in found.values() if key.record.time is None and not named_kit(key)]
    if windows and not own and len(timeless) == 1:
        own = timeless
    for key in found.values():
        if key not in own:
            known = key.record.time is not None and bool(windows)
            yield Hit(key, message(key.record), severity=Severity.MEDIUM if known or named_kit(key) else Severity.LOW)


def named_kit(key: Located[AdbKey]) -> bool:
    """Whether a computer calls itself by the name of a forensic device."""
    return KIT.search(key.record.comment or "") is not None


def message(key: AdbKey) -> str:
    """What is said of a computer."""
    who = f"{key.comment!r}" if key.comment else "that does not name itself"
    last = f"it last connected {utc(key.time)}" if key.time else "when it last connected is not known"
    kit = "; its name is that of a forensic device" if KIT.search(key.comment or "") else ""
    return f"a computer {who} (key {key.fingerprint}) may debug the phone; {last}{kit}"


def later(time: datetime | None, than: datetime | None) -> bool:
    """Whether a time is known, and later than another that may not be."""
    return time is not None and (than is None or time > than)
