"""Permissions that deserve a word: sensors that were used unseen, and who may install apps."""

from collections import Counter
from collections.abc import Iterator

from scanner.artifacts.android.appops import AppOp, AppOpUse
from scanner.artifacts.android.packages import Package
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation, rule
from scanner.rules.android.apps import apps, sideloaded
from scanner.rules.android.powers import SENSORS, own_doing
from scanner.rules.android.stores import BY_HAND, STORES

PREFIX = "android.permission."
ASKED_FOR = """
READ_CALENDAR WRITE_CALENDAR CAMERA READ_CONTACTS WRITE_CONTACTS GET_ACCOUNTS ACCESS_FINE_LOCATION
ACCESS_COARSE_LOCATION ACCESS_BACKGROUND_LOCATION RECORD_AUDIO READ_PHONE_STATE READ_PHONE_NUMBERS CALL_PHONE
ANSWER_PHONE_CALLS READ_CALL_LOG WRITE_CALL_LOG ADD_VOICEMAIL USE_SIP PROCESS_OUTGOING_CALLS BODY_SENSORS
BODY_SENSORS_BACKGROUND ACTIVITY_RECOGNITION SEND_SMS RECEIVE_SMS READ_SMS RECEIVE_WAP_PUSH RECEIVE_MMS
READ_CELL_BROADCASTS READ_EXTERNAL_STORAGE WRITE_EXTERNAL_STORAGE READ_MEDIA_IMAGES READ_MEDIA_VIDEO READ_MEDIA_AUDIO
READ_MEDIA_VISUAL_USER_SELECTED ACCESS_MEDIA_LOCATION NEARBY_WIFI_DEVICES BLUETOOTH_CONNECT BLUETOOTH_SCAN
BLUETOOTH_ADVERTISE UWB_RANGING ACCEPT_HANDOVER
"""
DANGEROUS = frozenset(ASKED_FOR.split())
"""Android's dangerous permissions, which the owner is asked for (without the one for notifications)."""
OFTEN = 10
"""Times in a day from which on the location in the background is worth a word; once is enough for the others."""
INSTALLS = "REQUEST_INSTALL_PACKAGES"


def dangerous(permission: str) -> bool:
    """Whether Android counts a permission as dangerous."""
    return permission.startswith(PREFIX) and permission[len(PREFIX) :] in DANGEROUS


@correlation("AND011", Severity.MEDIUM, Stage.EXECUTION)
def sensors_in_the_background(packages: Records[Package], uses: Records[AppOpUse]) -> Iterator[Hit]:
    """An app used microphone or camera, or often the location, while its owner could not see it.

    Why: to listen and to follow unseen is what such tools are for.
    Benign causes: assistants that wait for their word, navigation, recorders of calls, fitness, companions of watches
        and cars. Apps of the system are left out; those from a store count less.
    Base rate: location on most phones; microphone or camera on few.
    Next: compare the times with what the owner did; look whether the app had a notification on the screen.
    References: https://attack.mitre.org/techniques/T1429/ https://attack.mitre.org/techniques/T1512/
        https://attack.mitre.org/techniques/T1430/
    """
    found = apps(packages)
    seen: dict[tuple[str, str], Located[AppOpUse]] = {}
    days: Counter[tuple[str, str, object]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for one in uses:
        record = one.record
        app = found.get(record.app_id or "")
        if app is not None and app.system is False and own_doing(record):
            subject = (app.app_id, record.op)
            seen.setdefault(subject, one)
            total[subject] += 1
            days[(*subject, record.time.date() if record.time else None)] += 1
    for (app_id, op), at in seen.items():
        most = max(count for (name, other, _), count in days.items() if (name, other) == (app_id, op))
        if op == "FINE_LOCATION" and most < OFTEN:
            continue
        times = f"{total[app_id, op]} times, up to {most} a day" if total[app_id, op] > 1 else "once"
        message = f"{app_id} used the {SENSORS[op]} in the background: {times} that the phone still knows of"
        level = None if sideloaded(found[app_id], found) else Severity.LOW
        yield Hit(at, message, total[app_id, op], severity=level)


@rule("AND036", Severity.LOW, Stage.PRESENCE, once="app_id")
def may_install_apps(op: AppOp) -> str | None:
    """An app other than a store may install apps: what it downloads can become an app.

    Why: a link in a message leads to a file; where the browser or messenger may install, two touches are enough.
    Benign causes: the owner once allowed it to install an app from a file, which Android then leaves allowed.
    Base rate: one or two on many phones.
    Next: ask the owner which apps they installed in that way; where it is not needed any more, take the
        permission back.
    References: https://developer.android.com/reference/android/Manifest.permission#REQUEST_INSTALL_PACKAGES
        https://attack.mitre.org/techniques/T1660/
    """
    if op.op != INSTALLS or op.mode != "allow" or not op.app_id or op.app_id in STORES | BY_HAND:
        return None
    return f"{op.app_id} may install apps"
