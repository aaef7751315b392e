"""Who was given power over an Android phone: accessibility, administration, keyboards, roles, the screen."""

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.artifacts.android.accessibility import AccessibilityService
from scanner.artifacts.android.appops import AppOp, AppOpUse
from scanner.artifacts.android.device_policy import DeviceAdmin
from scanner.artifacts.android.input_methods import InputMethod
from scanner.artifacts.android.media_projection import MediaProjection
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.roles import RoleHolder
from scanner.artifacts.android.settings import Setting
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.origin import Origin, Origins
from scanner.rules.android.powers import ROLES

Grants = dict[str, tuple[Located[Any], int]]
ROLE_SETTINGS = {
    "sms_default_application": "android.app.role.SMS",
    "dialer_default_application": "android.app.role.DIALER",
    "assistant": "android.app.role.ASSISTANT",
}


def count(grants: Grants, app_id: str, at: Located[Any]) -> None:
    """Note that an app has a power; the first record that says so is the one to point at."""
    first, number = grants.get(app_id, (at, 0))
    grants[app_id] = (first, number + 1)


def of_settings(grants: Grants, settings: Iterable[Located[Setting]], name: str) -> None:
    """The apps that a setting names."""
    for one in settings:
        if one.record.name == name:
            for app_id in one.record.apps:
                count(grants, app_id, one)


@correlation("AND006", Severity.MEDIUM, Stage.PRESENCE)
def accessibility_service(
    services: Records[AccessibilityService], settings: Records[Setting], packages: Records[Package]
) -> Iterator[Hit]:
    """An app that is neither the phone's nor a store's may read the screen and act in the owner's place.

    Why: an accessibility service sees all that is on the screen and typed, and can press any button; stalkerware and
        spyware that is installed by hand asks for it first.
    Benign causes: aids for people with disabilities, password managers, automation, remote support, apps of an
        employer or a school. Ask before anything is switched off: somebody may depend on it.
    Base rate: a few phones in a hundred, where apps are installed past the stores.
    Next: ask the owner whether they know the app and switched it on; look at its other findings and its signer. If they
        did not, speak about safety before it is switched off: whoever set it up may notice.
    References: https://developer.android.com/guide/topics/ui/accessibility/service
        https://securitylab.amnesty.org/latest/2024/12/serbia-a-digital-prison-spyware-and-cellebrite-used-on-journalists-and-activists/
    """
    origins, grants = Origins(packages), Grants()
    for one in services:
        if one.record.enabled and one.record.app_id:
            count(grants, one.record.app_id, one)
    of_settings(grants, settings, "enabled_accessibility_services")
    for app_id, (at, number) in grants.items():
        if (origin := origins.of(app_id)) in {Origin.ELSEWHERE, Origin.UNKNOWN}:
            severity = Severity.MEDIUM if origin is Origin.ELSEWHERE else Severity.LOW
            message = f"{app_id} may read the screen and act for the owner, and {origins.told(app_id)}"
            yield Hit(at, message, number, severity=severity)


@correlation("AND007", Severity.MEDIUM, Stage.PRESENCE)
def device_admin(admins: Records[DeviceAdmin], packages: Records[Package]) -> Iterator[Hit]:
    """An app that is neither the phone's nor a store's administers the phone, or one that was made so over a cable.

    Why: an administrator can lock and wipe the phone and hinders its own removal; stalkerware makes itself one. It is
        worth most where an app from elsewhere was made so over a cable, on a phone that nobody else manages.
    Benign causes: phones of an employer or a school, parental control, apps that find a lost phone, Dhizuku and
        Shizuku of owners who adapt their phone, apps in development.
    Base rate: administrators from elsewhere on few private phones; owners of a profile on most phones for work.
    Next: ask who manages the phone; an employer can say whether this is its administrator. Before it is removed, speak
        about safety: whoever installed it may notice.
    References: https://developer.android.com/work/device-admin
        https://developer.android.com/reference/android/app/admin/DevicePolicyManager
    """
    origins, found = Origins(packages), list(admins)
    owners = {one.record.app_id for one in found if one.record.kind != "admin"}
    managed = any(origins.of(app_id) is not Origin.ELSEWHERE for app_id in owners)
    grants: Grants = {}
    for one in sorted(found, key=lambda one: (one.record.kind == "admin", not one.record.test_only)):
        count(grants, one.record.app_id, one)
    for app_id, (at, number) in grants.items():
        tests = any(one.record.test_only for one in found if one.record.app_id == app_id)
        severity = judged(origins.of(app_id), at.record.kind != "admin", tests)
        if severity is Severity.MEDIUM and tests and not managed and origins.of(app_id) is Origin.ELSEWHERE:
            severity = Severity.HIGH
        if severity is not None:
            as_test = ", made so over a cable as only an app for tests can be" if tests else ""
            what = "an administrator" if at.record.kind == "admin" else f"the {at.record.kind}"
            message = f"{app_id} is {what} of user {at.record.user or 0}{as_test}, and {origins.told(app_id)}"
            yield Hit(at, message, number, severity=severity)


def judged(origin: Origin, owner: bool, tests: bool) -> Severity | None:
    """How much an administrator of an origin is worth, None for nothing."""
    if origin is Origin.ELSEWHERE or tests:
        return Severity.MEDIUM
    if origin is Origin.UNKNOWN:
        return Severity.LOW
    return Severity.INFO if owner and origin is Origin.STORE else None


@correlation("AND027", Severity.MEDIUM, Stage.PRESENCE)
def keyboard(methods: Records[InputMethod], settings: Records[Setting], packages: Records[Package]) -> Iterator[Hit]:
    """The keyboard in use did not come with the phone.

    Why: a keyboard sees everything that is typed, passwords too. From a store this is a note; from elsewhere a
        question.
    Benign causes: keyboards that owners like better, for other languages or for people with disabilities.
    Base rate: from a store on one phone in ten; from elsewhere on very few.
    Next: ask the owner whether they chose it.
    References: https://developer.android.com/develop/ui/views/touch-and-input/creating-input-method
    """
    origins, grants = Origins(packages), Grants()
    for one in methods:
        if one.record.default:
            count(grants, one.record.app_id, one)
    of_settings(grants, settings, "default_input_method")
    worth = {Origin.ELSEWHERE: Severity.MEDIUM, Origin.UNKNOWN: Severity.LOW, Origin.STORE: Severity.INFO}
    for app_id, (at, number) in grants.items():
        origin = Origin.SYSTEM if builtin(at) else origins.of(app_id)
        if (severity := worth.get(origin)) is not None:
            message = f"{app_id} is the keyboard in use, and {origins.told(app_id)}"
            yield Hit(at, message, number, severity=severity)


def builtin(at: Located[Any]) -> bool:
    """Whether a keyboard's package lies in the phone's system."""
    apk = getattr(at.record, "apk", None)
    return isinstance(apk, str) and not apk.startswith("/data/")


@correlation("AND028", Severity.MEDIUM, Stage.PRESENCE)
def role(holders: Records[RoleHolder], settings: Records[Setting], packages: Records[Package]) -> Iterator[Hit]:
    """An app that is neither the phone's nor a store's is the phone app, the app for text messages or the like.

    Why: these roles give all calls, text messages with their codes, or what the owner says, to one app.
    Benign causes: free messengers and home screens that owners take from their makers' sites.
    Base rate: a few phones in a hundred, mostly for home screens.
    Next: ask the owner whether they chose it; look at its other findings.
    References: https://developer.android.com/reference/android/app/role/RoleManager
    """
    origins, found = Origins(packages), dict[str, dict[str, Located[Any]]]()
    for one in holders:
        if one.record.role in ROLES:
            found.setdefault(one.record.app_id, {}).setdefault(one.record.role, one)
    for setting in settings:
        if setting.record.name in ROLE_SETTINGS:
            for app_id in setting.record.apps:
                found.setdefault(app_id, {}).setdefault(ROLE_SETTINGS[setting.record.name], setting)
    for app_id, roles in found.items():
        if origins.of(app_id) is Origin.ELSEWHERE:
            names = ", ".join(ROLES[name] for name in roles)
            yield Hit(next(iter(roles.values())), f"{app_id} is {names}, and {origins.told(app_id)}", len(roles))


@correlation("AND030", Severity.MEDIUM, Stage.EXECUTION)
def screen_capture(
    projections: Records[MediaProjection], ops: Records[AppOp], uses: Records[AppOpUse], packages: Records[Package]
) -> Iterator[Hit]:
    """An app that did not come with the phone captures the screen, or may without being asked again.

    Why: who captures the screen reads every message on it, encrypted ones too.
    Benign causes: casting to a television, recordings by the owner, remote support, conferences.
    Base rate: from a store common; from elsewhere on few phones.
    Next: ask whether the owner was casting or recording when the evidence was taken.
    References: https://developer.android.com/media/grow/media-projection
    """
    origins, grants, running = Origins(packages), Grants(), set[str]()
    for one in projections:
        running.add(one.record.app_id)
        count(grants, one.record.app_id, one)
    for op in ops:
        if op.record.op == "PROJECT_MEDIA" and op.record.mode == "allow" and op.record.app_id:
            count(grants, op.record.app_id, op)
    for use in uses:
        if use.record.op == "PROJECT_MEDIA" and use.record.kind != "reject" and use.record.app_id:
            count(grants, use.record.app_id, use)
    for app_id, (at, number) in grants.items():
        origin, active = origins.of(app_id), app_id in running
        if origin is Origin.ELSEWHERE or (active and origin is not Origin.SYSTEM):
            does = "was capturing the screen" if active else "may capture the screen"
            severity = Severity.MEDIUM if origin is Origin.ELSEWHERE else Severity.LOW
            yield Hit(at, f"{app_id} {does}, and {origins.told(app_id)}", number, severity=severity)
