"""What was done over the cable: by the shell in the name of whoever connected, and what was installed from nowhere."""

from collections.abc import Iterator
from datetime import timedelta

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.appops import AppOpUse
from scanner.artifacts.android.boot import Bugreport
from scanner.artifacts.android.packages import Package
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.acquisitions import inside, taken
from scanner.rules.android.apps import apps, installed, sideloaded

SHELL = "com.android.shell"
PRIVATE = {
    "RECORD_AUDIO": "the microphone",
    "CAMERA": "the camera",
    "FINE_LOCATION": "the location",
    "COARSE_LOCATION": "the location",
    "READ_SMS": "text messages",
    "READ_CONTACTS": "contacts",
    "READ_CALL_LOG": "the list of calls",
    "PROJECT_MEDIA": "the screen",
}
"""Operations that whoever takes evidence has no need of, and what they are for."""
BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=10)


@correlation("AND043", Severity.MEDIUM, Stage.EXECUTION)
def shell_used_senses(
    uses: Records[AppOpUse], acquisitions: Records[Acquisition], reports: Records[Bugreport]
) -> Iterator[Hit]:
    """The phone's shell used the microphone, the camera, the location or messages.

    Why: the shell acts for whoever connected a computer; tools that watch over a cable work in its name.
    Benign causes: programs that show the phone on a computer's screen; automation; developers. What was done while
        the evidence was taken is left out.
    Base rate: none on phones that no developer uses.
    Next: compare the time with who had the phone, and with the computers that may debug it.
    References: https://developer.android.com/tools/adb
    """
    spans = taken(acquisitions, reports, before=BEFORE, after=AFTER)
    seen: dict[str, tuple[Located[AppOpUse], int]] = {}
    for one in uses:
        record = one.record
        done = record.app_id == SHELL and record.op in PRIVATE and record.kind != "reject"
        if done and not inside(record.time, spans):
            first, times = seen.get(record.op, (one, 0))
            seen[record.op] = first, times + 1
    for op, (first, times) in seen.items():
        yield Hit(first, f"the shell used {PRIVATE[op]} ({op})", times)


@correlation("AND044", Severity.INFO, Stage.PRESENCE)
def from_outside_the_stores(packages: Records[Package]) -> Iterator[Hit]:
    """An app that came from no store: from a file, a browser, or over a cable.

    Why: nobody checked it before it was installed; stalkerware is mostly installed so.
    Benign causes: free software, an employer's apps, apps of another country's store, a developer's own.
    Base rate: none on most phones, some where the owner installs apps from files.
    Next: go through the list with the owner: what is it, who installed it, when.
    References: https://support.google.com/googleplay/answer/2812853
    """
    found = apps(packages)
    for app in found.values():
        if installed(app) and sideloaded(app, found):
            yield Hit(app.at, f"{app.app_id}, {app.how}")
