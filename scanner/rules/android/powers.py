"""What power over the phone and its owner an app has, of all that the evidence tells."""

from collections import defaultdict
from collections.abc import Iterable

from scanner.artifacts.android.accessibility import AccessibilityService
from scanner.artifacts.android.appops import AppOp, AppOpUse
from scanner.artifacts.android.device_policy import DeviceAdmin
from scanner.artifacts.android.notifications import NotificationListener
from scanner.artifacts.android.roles import RoleHolder
from scanner.artifacts.android.vpn import Vpn
from scanner.rule import Located

BACKGROUND = frozenset({"bg", "cch"})
SENSORS = {"RECORD_AUDIO": "microphone", "CAMERA": "camera", "FINE_LOCATION": "location"}
ROLES = {
    "android.app.role.ASSISTANT": "the assistant",
    "android.app.role.CALL_REDIRECTION": "the app that redirects calls",
    "android.app.role.CALL_SCREENING": "the app that screens calls",
    "android.app.role.DIALER": "the phone app",
    "android.app.role.HOME": "the home screen",
    "android.app.role.SMS": "the app for text messages",
}
POWERFUL_ROLES = frozenset({"android.app.role.DIALER", "android.app.role.SMS"})
"""Roles that give an app all calls or messages."""
ALLOWED = {
    "SYSTEM_ALERT_WINDOW": "draws over other apps",
    "PROJECT_MEDIA": "records the screen",
    "REQUEST_INSTALL_PACKAGES": "installs other apps",
    "MANAGE_EXTERNAL_STORAGE": "reads all files",
    "GET_USAGE_STATS": "watches which apps are used",
}
WEAK = frozenset(ALLOWED.values()) - {"draws over other apps", "records the screen"}
"""Powers that say little alone: file managers and launchers have them."""

IN_THE_BACKGROUND = frozenset(f"used the {sensor} in the background" for sensor in SENSORS.values())

Powers = dict[str, set[str]]


def independent(names: set[str]) -> int:
    """How many powers an app has that count: weak ones do not, and sensors in the background are one together."""
    return len(names - WEAK - IN_THE_BACKGROUND) + bool(names & IN_THE_BACKGROUND)


def own_doing(use: AppOpUse) -> bool:
    """Whether an app itself used a sensor while nobody saw it."""
    return use.op in SENSORS and use.kind != "reject" and use.state in BACKGROUND and use.by in {None, "s"}


def of_components(
    services: Iterable[Located[AccessibilityService]],
    listeners: Iterable[Located[NotificationListener]],
    admins: Iterable[Located[DeviceAdmin]],
) -> Powers:
    """Accessibility, notifications, administration, by app."""
    found: Powers = defaultdict(set)
    for service in services:
        if service.record.app_id and (service.record.enabled or service.record.bound):
            found[service.record.app_id].add("reads the screen (accessibility)")
    for listener in listeners:
        one = listener.record
        if one.kind == "listener" and (one.allowed or one.enabled or one.live):
            found[one.app_id].add("reads the notifications")
    for admin in admins:
        found[admin.record.app_id].add("administers the phone")
    return found


def of_system(vpns: Iterable[Located[Vpn]], roles: Iterable[Located[RoleHolder]]) -> Powers:
    """Traffic and roles, by app."""
    found: Powers = defaultdict(set)
    for vpn in vpns:
        if vpn.record.app_id and (vpn.record.active is not False or vpn.record.always_on):
            found[vpn.record.app_id].add("carries the traffic (VPN)")
    for role in roles:
        if role.record.role in POWERFUL_ROLES:
            found[role.record.app_id].add(f"is {ROLES[role.record.role]}")
    return found


def of_operations(modes: Iterable[Located[AppOp]], uses: Iterable[Located[AppOpUse]]) -> Powers:
    """What apps may do, and what they did in the background, by app."""
    found: Powers = defaultdict(set)
    for mode in modes:
        if mode.record.app_id and mode.record.mode == "allow" and (power := ALLOWED.get(mode.record.op)):
            found[mode.record.app_id].add(power)
    for use in uses:
        if use.record.app_id and own_doing(use.record):
            found[use.record.app_id].add(f"used the {SENSORS[use.record.op]} in the background")
    return found
