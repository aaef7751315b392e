"""How a phone is set up and how far it is behind: Play Protect, debugging, settings, patch level."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.boot import Bugreport
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.properties import Property
from scanner.artifacts.android.settings import Setting
from scanner.artifacts.android.sockets import Socket
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation, rule
from scanner.rules.android_build import build

PLAY_PROTECT = {
    ("package_verifier_user_consent", "-1"): "Play Protect is switched off",
    ("package_verifier_enable", "0"): "the check of apps before they are installed is switched off",
    ("verifier_verify_adb_installs", "0"): "apps that are installed by cable are not checked",
    ("package_verifier_state", "-1"): "the check of apps before they are installed is switched off",
}
CHECKS, UPDATES, LOGS = "looks for harmful apps", "brings updates of the system", "watches over the system"
PROTECTORS = {
    "com.google.android.gms": CHECKS,
    "com.android.vending": CHECKS,
    "com.samsung.android.sm": CHECKS,
    "com.samsung.android.sm.devicesecurity": CHECKS,
    "com.miui.guardprovider": CHECKS,
    "com.miui.securitycenter": CHECKS,
    "com.huawei.systemmanager": CHECKS,
    "com.coloros.safecenter": CHECKS,
    "com.samsung.android.securitylogagent": LOGS,
    "com.policydm": UPDATES,
    "com.wssyncmldm": UPDATES,
    "com.sec.android.soagent": UPDATES,
    "com.android.updater": UPDATES,
    "com.huawei.android.hwouc": UPDATES,
    "com.lge.lgdmsclient": UPDATES,
    "com.motorola.ccc.ota": UPDATES,
    "com.oppo.ota": UPDATES,
    "com.transsion.systemupdate": UPDATES,
}
"""Apps of the system whose absence leaves it open, and what each does."""
Hits = dict[str, tuple[Located[Setting] | Located[Package], str, int]]
DISABLED = frozenset({2, 3, 4})
"""Disabled; disabled by the user; disabled until used."""


@correlation("AND012", Severity.MEDIUM, Stage.NONE)
def protection_off(settings: Records[Setting], packages: Records[Package]) -> Iterator[Hit]:
    """Play Protect, the maker's own check of apps, or the updates of the system are switched off.

    Why: whoever installs stalkerware or spyware by hand switches this check off first, or it would name the app.
    Benign causes: phones without Google's services; developers; owners who do not want Google to check their apps.
    Base rate: some phones in a hundred.
    Next: ask who switched it off; switch it on (Play Store, Play Protect, settings) and let it check.
    References: https://developers.google.com/android/play-protect/phacategories
    """
    hits: Hits = {}
    for one in settings:
        if said := PLAY_PROTECT.get((one.record.name, one.record.value or "")):
            by = f", set by {one.record.changed_by}" if one.record.changed_by else ""
            add(hits, one.record.name, one, f"{said} ({one.record.name}={one.record.value}{by})")
    for package in packages:
        record = package.record
        does, disabled = PROTECTORS.get(record.app_id), record.enabled in DISABLED
        if does and (disabled or record.installed is False) and not record.user:
            by = f" by {record.disabled_by}" if record.disabled_by and disabled else ""
            state = f"is disabled{by}" if disabled else "was removed for the owner"
            add(hits, record.app_id, package, f"{record.app_id}, which {does}, {state}")
    for at, message, count in hits.values():
        yield Hit(at, message, count)


def add(hits: Hits, subject: str, at: Located[Setting] | Located[Package], message: str) -> None:
    """Count one more sign of a subject; the first is the one that is shown."""
    first, said, count = hits.get(subject, (at, message, 0))
    hits[subject] = first, said, count + 1


ANY_SOURCE, BY_HAND = "install_non_market_apps", "com.android.settings"
UNSAFE = {
    ("upload_apk_enable", "0"): "unknown apps are not sent to Google for a check",
    ("adb_install_need_confirm", "0"): "apps can be installed by cable without a question on the screen",
    ("send_security_reports", "0"): "security reports are not sent to the maker",
    ("send_action_app_error", "0"): "crashes of apps are not reported",
    ("samsung_errorlog_agree", "0"): "errors are not reported to Samsung",
    (ANY_SOURCE, "1"): "apps from any source may be installed",
    ("lockscreen.disabled", "1"): "the screen is not locked",
}


@rule("AND041", Severity.LOW, Stage.NONE, once="name")
def insecure_setting(setting: Setting) -> str | None:
    """A setting that makes the phone easier to attack, or an attack harder to notice.

    Why: who prepares a phone for spyware by hand changes such settings.
    Benign causes: owners who do not want to send reports; a maker's default; developers.
    Base rate: one or two of these on many phones.
    Next: compare with when the phone was in other hands; change it back.
    References: https://developer.android.com/reference/android/provider/Settings
    """
    if setting.value == setting.default and setting.default_from_system:
        return None
    if setting.name == ANY_SOURCE and setting.changed_by != BY_HAND:
        return None  # since Android 8 it is always 1 and means nothing
    said = UNSAFE.get((setting.name, setting.value or ""))
    return f"{said} ({setting.name}={setting.value})" if said else None


DEBUGGING = {
    ("ro.debuggable", "1"): "every app can be debugged, and adb can get root",
    ("ro.secure", "0"): "adb runs as root",
    ("ro.adb.secure", "0"): "adb does not ask before it trusts a computer",
    ("service.adb.root", "1"): "adb runs as root",
    ("persist.sys.root_access", "1"): "apps can get root",
    ("persist.sys.root_access", "2"): "adb can get root",
    ("persist.sys.root_access", "3"): "apps and adb can get root",
}
NETWORK_PORTS = frozenset({"service.adb.tcp.port", "persist.adb.tcp.port", "persist.sys.adb.tcp.port"})
ADB_PORT, LISTENING = 5555, frozenset({"LISTEN", "LISTENING"})
NO_PORT = frozenset({"", "0", "-1"})


@correlation("AND016", Severity.MEDIUM, Stage.NONE)
def debugging_open(
    properties: Records[Property], settings: Records[Setting], sockets: Records[Socket]
) -> Iterator[Hit]:
    """The phone can be debugged: over the network, without a question, or with root.

    Why: debugging gives a computer nearly everything; over the network it needs no cable, and worms and jealous
        partners use it.
    Benign causes: developers; a build for developers.
    Base rate: rare outside of developers' phones.
    Next: ask the owner. Switch off wireless debugging and revoke the authorisations (developer options).
    References: https://developer.android.com/tools/adb
    """
    found = dict[str, tuple[Located[Any], int]]()
    for one in (*properties, *settings, *sockets):
        if said := open_to(one.record):
            first, count = found.get(said, (one, 0))
            found[said] = first, count + 1
    for said, (first, count) in found.items():
        yield Hit(first, said, count)


def open_to(record: Property | Setting | Socket) -> str | None:
    """What a fact opens the phone to."""
    if isinstance(record, Setting):
        on = record.name == "adb_wifi_enabled" and record.value == "1"
        return "wireless debugging is on (adb_wifi_enabled=1)" if on else None
    if isinstance(record, Socket):
        listens = record.local_port == ADB_PORT and record.state in LISTENING
        return f"something listens at port {ADB_PORT}, which is adb's" if listens else None
    if record.name in NETWORK_PORTS and record.value not in NO_PORT:
        return f"adb listens on the network at port {record.value} ({record.name})"
    said = DEBUGGING.get((record.name, record.value))
    return f"{said} ({record.name}={record.value})" if said else None


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
    Benign causes: phones that the maker no longer supports; owners who put updates off. Nothing was found by this.
        Parts that Google updates through the Play Store are not in the patch level.
    Base rate: most phones older than four years.
    Next: install the updates; where the maker has none any more, use another phone.
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
