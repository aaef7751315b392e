"""Apps from outside the stores, and what they hide or may do."""

from collections import defaultdict
from collections.abc import Iterator

from scanner.artifacts.android.accessibility import AccessibilityService
from scanner.artifacts.android.appops import AppOp, AppOpUse
from scanner.artifacts.android.device_policy import DeviceAdmin
from scanner.artifacts.android.notifications import NotificationListener
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.permissions import AppPermission
from scanner.artifacts.android.resolvers import IntentFilter
from scanner.artifacts.android.roles import RoleHolder
from scanner.artifacts.android.uids import app_number
from scanner.artifacts.android.vpn import Vpn
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Records, correlation
from scanner.rules.android import powers
from scanner.rules.android.apps import App, apps, installed, sideloaded
from scanner.rules.android.components import Components, components
from scanner.rules.android.permissions import dangerous

FEW, MANY = 2, 3
"""Powers together from which on an app deserves a look, and from which on it can watch nearly everything."""
DANGEROUS = 10
FOR_TESTS = {"DEBUGGABLE", "TEST_ONLY"}


@correlation("AND003", Severity.HIGH, Stage.PRESENCE)
def sideloaded_with_powers(  # noqa: PLR0917 - what it correlates
    packages: Records[Package],
    services: Records[AccessibilityService],
    listeners: Records[NotificationListener],
    admins: Records[DeviceAdmin],
    vpns: Records[Vpn],
    roles: Records[RoleHolder],
    modes: Records[AppOp],
    uses: Records[AppOpUse],
) -> Iterator[Hit]:
    """An app from outside the stores has several powers over the phone at once.

    Why: stalkerware and spyware that somebody installs by hand needs the accessibility service, the notifications,
        the administration or sensors in the background; few honest apps from outside the stores have several of them.
    Benign causes: password managers, automation (Tasker), KDE Connect, parental control, apps of an employer, screen
        readers, apps that their own authors distribute.
    Base rate: none on most phones; a few where the owner likes free software from outside the stores.
    Next: ask the owner about each app; look when it was installed, and keep the APK before anything is removed. Where
        somebody close may have installed it, speak about safety first: they may notice when it is gone.
    References: https://attack.mitre.org/techniques/T1453/ https://attack.mitre.org/techniques/T1517/
        https://stopstalkerware.org/
    """
    found = apps(packages)
    held: powers.Powers = defaultdict(set)
    for part in (
        powers.of_components(services, listeners, admins),
        powers.of_system(vpns, roles),
        powers.of_operations(modes, uses),
    ):
        for app_id, names in part.items():
            held[app_id] |= names
    for app_id, names in held.items():
        app, strong = found.get(app_id), powers.independent(names)
        if app is None or strong < FEW or not sideloaded(app, found) or not installed(app):
            continue
        message = f"{app_id}, {app.how}: {', '.join(sorted(names))}"
        yield Hit(app.at, message, severity=None if strong >= MANY else Severity.MEDIUM)


@correlation("AND004", Severity.HIGH, Stage.PRESENCE)
def starts_itself_unseen(packages: Records[Package], filters: Records[IntentFilter]) -> Iterator[Hit]:
    """An app from outside the stores has nothing that its owner could open, and starts itself with the phone.

    Why: what is installed over a cable and never shows itself was meant to stay unseen.
    Benign causes: parts of the maker that are not marked as the system's; plug-ins; parental control; builds of
        developers, which count less where they are marked as such.
    Base rate: none on most phones; one or two on developers' phones.
    Next: look who installed it and when, what it may do, and whether it was running. Keep the APK.
    References: https://attack.mitre.org/techniques/T1628/001/
        https://attack.mitre.org/techniques/T1624/001/
    """
    found, known = apps(packages), components(filters)
    for app in found.values():
        if not unseen(app, known) or not known.autostart(app.app_id) or not sideloaded(app, found):
            continue
        sure = app.from_file and not app.flags & FOR_TESTS
        message = f"{app.app_id}, {app.how}, has nothing to open and starts with the phone"
        yield Hit(app.at, message, severity=None if sure else Severity.MEDIUM)


def unseen(app: App, known: Components) -> bool:
    """Whether an installed app has no activity that a launcher could show, in a dump that lists activities."""
    return known.complete and installed(app) and not app.overlay and not known.main(app.app_id)


@correlation("AND005", Severity.MEDIUM, Stage.PRESENCE)
def hidden_with_permissions(
    packages: Records[Package], filters: Records[IntentFilter], permissions: Records[AppPermission]
) -> Iterator[Hit]:
    """An app without an icon, or whose icon was switched off, has many of the dangerous permissions.

    Why: stalkerware switches its icon off after it was set up, and keeps the permissions for all that it collects.
    Benign causes: plug-ins, keyboards, widgets, companions of watches and cars.
    Base rate: none or one on most phones.
    Next: look who installed it, when, and whether it was running; ask the owner. Before it is removed, speak about
        safety: whoever installed it may notice.
    References: https://attack.mitre.org/techniques/T1628/001/ https://stopstalkerware.org/
    """
    found, known = apps(packages), components(filters)
    held: dict[str, set[str]] = defaultdict(set)
    by_number = {app_number(each.uid): app.app_id for app in found.values() for each in app.records if each.uid}
    for one in permissions:
        record = one.record
        app_id = record.app_id or by_number.get(app_number(record.uid or 0))
        if app_id and record.granted and dangerous(record.permission):
            held[app_id].add(record.permission)
    for app_id, names in held.items():
        app = found.get(app_id)
        if app is None or len(names) < DANGEROUS or app.system is not False or not known.complete:
            continue
        off = {part for one in app.records for part in one.disabled_components}
        if installed(app) and known.icon_hidden(app_id, off):
            level = Severity.LOW if app.from_store else None
            yield Hit(app.at, f"{app_id}, {app.how}, shows no icon and has {len(names)} permissions", severity=level)


@correlation("AND032", Severity.LOW, Stage.PRESENCE)
def sideloaded_listens(packages: Records[Package], filters: Records[IntentFilter]) -> Iterator[Hit]:
    """An app from outside the stores is told of text messages or calls, and of the phone's start.

    Why: that is how stalkerware learns of messages and calls. A priority of 999 and more gets a message before others.
    Benign causes: other apps for messages and calls, call blockers, automation.
    Base rate: one or two where the owner installs apps from outside the stores.
    Next: look what else the app may do.
    References: https://attack.mitre.org/techniques/T1636/004/ https://attack.mitre.org/techniques/T1624/001/
    """
    found, known = apps(packages), components(filters)
    for app in found.values():
        if (told := known.told(app.app_id)) and known.autostart(app.app_id) and sideloaded(app, found):
            first = ", before other apps" if known.first(app.app_id) else ""
            yield Hit(app.at, f"{app.app_id}, {app.how}, is told of {' and '.join(told)}{first}")
