"""Who was given power over the phone: accessibility, administration, notifications, operations, keys."""

from scanner.synthetic.android import indicators
from scanner.synthetic.android.phone import AndroidPhone, lines, local
from scanner.synthetic.phone import ATTACK, NOW, Spot

APP = indicators.APP
READER = "org.example.passwords"


def add(phone: AndroidPhone, planted: bool) -> None:
    """All of them."""
    phone.add("dumpsys:/accessibility", accessibility(planted=planted))
    phone.add("dumpsys:/device_policy", device_policy(planted=planted))
    phone.add("dumpsys:/notification", notification(planted=planted))
    phone.add("dumpsys:/appops", appops(planted=planted))
    phone.add("dumpsys:/connectivity", lines("NetworkProviders for:", "", "Active default network: 104"))
    phone.add("dumpsys:/role", roles())
    phone.add("dumpsys:/user", users())
    if not planted:
        return
    for artifact, service, what in (
        ("android.accessibility.services", "accessibility", "an accessibility service of the implant"),
        ("android.device_policy.dump", "device_policy", "the implant administers the phone"),
        ("android.notifications.dump", "notification", "the implant reads notifications"),
        ("android.appops.dumpsys", "appops", "the implant used the microphone"),
    ):
        phone.indicator(Spot(artifact, f"dumpsys:/{service}"), "app_id", APP, what)
    phone.heuristic("AND006", Spot("android.accessibility.services", "dumpsys:/accessibility"), "not from a store")
    phone.heuristic("AND007", Spot("android.device_policy.dump", "dumpsys:/device_policy"), "an unknown administrator")
    phone.heuristic("AND011", Spot("android.appops.dumpsys", "dumpsys:/appops"), "the microphone in the background")


def accessibility(*, planted: bool) -> str:
    """`dumpsys accessibility`."""
    services = [f"{READER}/{READER}.Fill"] + ([f"{APP}/{APP}.Watcher"] if planted else [])
    enabled = ", ".join(f"{{{one}}}" for one in services)
    return lines(
        "ACCESSIBILITY MANAGER (dumpsys accessibility)",
        "",
        "currentUserId=0",
        "User state[",
        f"     attributes:{{id=0, touchExplorationEnabled=false, installedServiceCount={len(services)}}}",
        "     Bound services:{}",
        f"     Enabled services:{{{enabled}}}",
        "     Binding services:{}",
        "     Crashed services:{}]",
    )


def device_policy(*, planted: bool) -> str:
    """`dumpsys device_policy`."""
    admin = [
        f"    {APP}/.Admin:",
        "      uid=10199",
        "      testOnlyAdmin=false",
        "      policies:",
        "        wipe-data",
        "        force-lock",
        "      passwordQuality=0x0",
    ]
    return lines(
        "Current Device Policy Manager state:",
        "",
        "  Enabled Device Admins (User 0, provisioningState: 0):",
        *(admin if planted else []),
        " ",
        "    mPasswordOwner=-1",
    )


def notification(*, planted: bool) -> str:
    """`dumpsys notification`."""
    listeners = ["com.android.systemui/com.android.systemui.Listener"] + ([f"{APP}/{APP}.Notices"] if planted else [])
    return lines(
        "Current Notification Manager state:",
        "  Notification List:",
        "  ",
        "  Notification listeners:",
        "    Allowed notification listeners:",
        f"      {':'.join(listeners)} (user: 0 isPrimary: true)",
        f"    All notification listeners ({len(listeners)}) enabled for current profiles:",
        *(f"      ComponentInfo{{{one}}}" for one in listeners),
        f"    Live notification listeners ({len(listeners)}):",
        *(
            f"      ComponentInfo{{{one}}} (user 0): android.service.notification.INotificationListener$Stub$Proxy@1a"
            for one in listeners
        ),
    )


def appops(*, planted: bool) -> str:
    """`dumpsys appops`: what every phone shows, also one that a developer connected, and the implant's use."""
    nightly = tuple(f"[bg-s] {local(ATTACK + 3600 * hour)}.250 (-9d3h0m0s0ms) duration=+3m12s0ms" for hour in range(12))
    implant = used("u0a199", "cch", APP, "RECORD_AUDIO (allow): ", *nightly)
    return lines(
        "Current AppOps Service state:",
        *used(
            "2000",
            "cch",
            "com.android.shell",
            "WRITE_SETTINGS (allow): ",
            f"[cch-s] {local(NOW - 9_000)}.000 (-2h30m0s0ms)",
        ),
        *used("u0a92", "top", "com.android.chrome", "REQUEST_INSTALL_PACKAGES (default): "),
        *used(
            "u0a150",
            "fg",
            "com.whatsapp",
            "RECORD_AUDIO (allow): ",
            f"[top-s] {local(NOW - 86_400)}.000 (-1d0h0m0s0ms)",
        ),
        *(implant if planted else []),
    )


def used(uid: str, state: str, package: str, operation: str, *accesses: str) -> list[str]:
    """One package, one operation, and when it was used."""
    return [
        f"  Uid {uid}:",
        f"    state={state}",
        f"    Package {package}:",
        f"      {operation}",
        "        null=[",
        *(f"          Access: {access}" for access in accesses),
        "        ]",
    ]


def roles() -> str:
    """`dumpsys role`."""
    holders = {"android.app.role.DIALER": "com.android.phone", "android.app.role.BROWSER": "com.android.chrome"}
    return lines(
        "ROLE MANAGER STATE (dumpsys role):",
        "user_states=[",
        "  {",
        "    user_id=0",
        "    version=1",
        "    roles=[",
        *(
            line
            for role, holder in holders.items()
            for line in ("      {", f"        name={role}", f"        holders={holder}", "      }")
        ),
        "    ]",
        "  }",
        "]",
    )


def users() -> str:
    """`dumpsys user`."""
    return lines(
        "Current user: 0",
        "Users:",
        "  UserInfo{0:Owner:4c13} serialNo=0 isPrimary=true",
        "    Type: android.os.usertype.full.SYSTEM",
        "    State: RUNNING_UNLOCKED",
    )
