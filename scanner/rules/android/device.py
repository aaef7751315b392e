"""How a phone is set up: Play Protect, debugging, settings, users."""

from collections.abc import Iterator

from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.properties import Property
from scanner.artifacts.android.settings import Setting
from scanner.artifacts.android.sockets import Socket
from scanner.artifacts.android.users import PhoneUser
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Records, correlation, rule
from scanner.rules.counted import Hits, add

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
DISABLED = frozenset({2, 3, 4})
"""Disabled; disabled by the user; disabled until used."""


@correlation("AND012", Severity.MEDIUM, Stage.NONE)
def protection_off(settings: Records[Setting], packages: Records[Package]) -> Iterator[Hit]:
    """Play Protect, the maker's own check of apps, or the updates of the system are switched off.

    Why: whoever installs stalkerware or spyware by hand switches this check off first, or it would name the app.
    Benign causes: phones without Google's services; developers; owners who do not want Google to check their apps,
        which is a choice like any other; a maker or an operator who removed an app that others keep.
    Base rate: some phones in a hundred.
    Next: ask whether the owner switched it off. When the evidence is safe, it can be switched on (Play Store, Play
        Protect, settings) and asked to check; it may then remove apps, which whoever put them there may notice.
    References: https://developers.google.com/android/play-protect/phacategories
    """
    found: Hits = {}
    for one in settings:
        if said := PLAY_PROTECT.get((one.record.name, one.record.value or "")):
            by = f", set by {one.record.changed_by}" if one.record.changed_by else ""
            add(found, one.record.name, Hit(one, f"{said} ({one.record.name}={one.record.value}{by})"))
    for package in packages:
        record = package.record
        does, disabled = PROTECTORS.get(record.app_id), record.enabled in DISABLED
        if does and (disabled or record.installed is False) and not record.user:
            by = f" by {record.disabled_by}" if record.disabled_by and disabled else ""
            state = f"is disabled{by}" if disabled else "was removed for the owner"
            add(found, record.app_id, Hit(package, f"{record.app_id}, which {does}, {state}"))
    yield from found.values()


ANY_SOURCE, BY_HAND = "install_non_market_apps", "com.android.settings"
UNSAFE = {
    ("package_verifier_state", "0"): "the check of apps before they are installed is switched off",
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
    Next: compare with when the phone was in other hands; change it back together with the owner.
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
ADB_PORT = 5555
NO_PORT = frozenset({"", "0", "-1"})


@correlation("AND016", Severity.MEDIUM, Stage.NONE)
def debugging_open(
    properties: Records[Property], settings: Records[Setting], sockets: Records[Socket]
) -> Iterator[Hit]:
    """The phone can be debugged: over the network, without a question, or with root.

    Why: debugging gives a computer nearly everything; over the network it needs no cable. Worms have come in that way,
        and so have people who wanted to watch somebody close to them.
    Benign causes: owners who develop apps, or use tools that need it (Shizuku, screen mirroring): it stays on until
        somebody switches it off; a build for developers.
    Base rate: rare outside of developers' phones.
    Next: ask the owner whether they use it. If not, and when the evidence is safe, switch off wireless debugging and
        revoke the authorisations (developer options).
    References: https://developer.android.com/tools/adb
    """
    found: Hits = {}
    for one in (*properties, *settings, *sockets):
        if said := open_to(one.record):
            add(found, said, Hit(one, said))
    yield from found.values()


def open_to(record: Property | Setting | Socket) -> str | None:
    """What a fact opens the phone to."""
    if isinstance(record, Setting):
        on = record.name == "adb_wifi_enabled" and record.value == "1"
        return "wireless debugging is on (adb_wifi_enabled=1)" if on else None
    if isinstance(record, Socket):
        listens = record.local_port == ADB_PORT and record.listens
        return f"something listens at port {ADB_PORT}, which is adb's" if listens else None
    if record.name in NETWORK_PORTS and record.value not in NO_PORT:
        return f"adb listens on the network at port {record.value} ({record.name})"
    said = DEBUGGING.get((record.name, record.value))
    return f"{said} ({record.name}={record.value})" if said else None


@rule("AND037", Severity.INFO, Stage.NONE, once="user")
def another_user(user: PhoneUser) -> str | None:
    """The phone has another user or profile, of which this evidence may hold less.

    Why: apps and files of a work profile, a secure folder or a second user do not stand among those of the owner;
        AndroidQF and backups hold the first user only. What was not looked at is not clean.
    Benign causes: work profiles, second copies of messengers, secure folders and guests are ordinary.
    Base rate: on many phones.
    Next: ask the owner what it is for; where it matters, collect the same from that user.
    References: https://source.android.com/docs/devices/admin/multi-user
    """
    if user.user == 0:
        return None
    kind = (user.type or "").rpartition(".")[2].lower() or ", ".join(user.flags).lower() or "no details"
    return f"user {user.user}{f' ({user.name})' if user.name else ''}: {kind}"
