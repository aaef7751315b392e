"""The phone's apps, as `dumpsys package`, `packages.xml` and AndroidQF's `packages.json` tell of them."""

import hashlib
import json
from xml.etree.ElementTree import Element, SubElement

from scanner.synthetic.android import indicators
from scanner.synthetic.android.phone import AndroidPhone, App, lines, local
from scanner.synthetic.android_abx import dumps
from scanner.synthetic.phone import ATTACK, DAY, NOW, Spot

PLATFORM, GMS = "8d3b2a10", "5c6d7e8f"
VENDING, SHELL = "com.android.vending", "com.android.shell"
PERMISSIONS = ("android.permission.INTERNET", "android.permission.ACCESS_NETWORK_STATE")
DUMP, LIST = "dumpsys:/package", "androidqf:/packages.json"


def known() -> list[App]:
    """The apps of a phone on which nothing is wrong."""
    system = [
        App("android", 1000, "/system/framework/framework-res", PLATFORM, version="14", code=34, system=True),
        App("com.android.systemui", 10_080, "/system_ext/priv-app/SystemUI", PLATFORM, system=True),
        App("com.android.settings", 1000, "/system_ext/priv-app/Settings", PLATFORM, system=True),
        App(SHELL, 2000, "/system/priv-app/Shell", PLATFORM, system=True, launcher=False),
        App("com.android.phone", 1001, "/system/priv-app/TeleService", PLATFORM, system=True, launcher=False),
        App("com.google.android.gms", 10_090, "/product/priv-app/GmsCore", GMS, system=True, launcher=False),
        App(VENDING, 10_091, "/product/priv-app/Phonesky", GMS, system=True),
        App("com.android.chrome", 10_092, "/product/app/Chrome", "f1a2b3c4", VENDING, system=True),
    ]
    user = [
        ("com.whatsapp", "38a0f7d5", ("android.permission.RECORD_AUDIO", "android.permission.READ_CONTACTS")),
        ("org.example.passwords", "77aa11bc", ("android.permission.USE_BIOMETRIC",)),
        ("example.moorland.radio", "0b1c2d3e", ("android.permission.FOREGROUND_SERVICE",)),
        ("org.example.timetable", "4f5e6d7c", ("android.permission.ACCESS_COARSE_LOCATION",)),
    ]
    return system + [
        App(
            name,
            10_150 + at,
            f"/data/app/~~b{at}==/{name}-c{at}==",
            signature,
            VENDING,
            "2.4",
            240,
            NOW - (90 - at) * DAY,
            more,
        )
        for at, (name, signature, more) in enumerate(user)
    ]


def chimera() -> App:
    """The implant: installed over adb, without an icon."""
    folder = f"/data/app/~~x9==/{indicators.APP}-y9=="
    return App(
        indicators.APP,
        10_199,
        folder,
        "9e8d7c6b",
        None,
        "1.3",
        13,
        ATTACK + 600,
        indicators.PERMISSIONS,
        launcher=False,
    )


def add(phone: AndroidPhone, planted: bool) -> None:
    """The apps, everywhere they are listed."""
    phone.apps = known() + ([chimera()] if planted else [])
    phone.add(DUMP, dumpsys(phone.apps))
    phone.add("/data/system/packages.xml", dumps(stored(phone.apps)))
    phone.add("/data/system/packages.list", lines(*map(listed, phone.apps)))
    phone.add(LIST, json.dumps([collected(app, planted=planted) for app in phone.apps], indent=1))
    if not planted:
        return
    path = chimera().apk
    phone.add(path, indicators.APK)
    phone.add(f"androidqf:/apks/{indicators.APP}.apk", indicators.APK)
    for artifact, place in (
        ("android.package_dump.dumpsys", DUMP),
        ("android.packages.xml", "/data/system/packages.xml"),
        ("android.packages.listed", "/data/system/packages.list"),
        ("android.packages_androidqf.packages", LIST),
        ("android.apk.packages", path),
        ("android.apk.packages", f"androidqf:/apks/{indicators.APP}.apk"),
    ):
        phone.indicator(Spot(artifact, place), "app_id", indicators.APP, "the implant is installed")
    phone.heuristic(
        "AND003", Spot("android.package_dump.dumpsys", DUMP), "a sideloaded app with several powers", "high"
    )
    phone.heuristic(
        "AND004", Spot("android.package_dump.dumpsys", DUMP), "installed over adb, no icon, starts itself", "high"
    )


def dumpsys(apps: list[App]) -> str:
    """`dumpsys package`."""
    return lines(
        "Receiver Resolver Table:",
        "  Non-Data Actions:",
        "      android.intent.action.BOOT_COMPLETED:",
        *(f"        1a2b3c4 {app.package}/.Boot" for app in apps if BOOT in app.permissions),
        "",
        "Activity Resolver Table:",
        "  Non-Data Actions:",
        "      android.intent.action.MAIN:",
        *(line for app in apps if app.launcher for line in launched(app)),
        "",
        "Known Packages:",
        "  System:",
        "    android",
        "  Verifier:",
        f"    {VENDING}",
        "",
        "Packages:",
        *(line for app in apps for line in entry(app)),
    )


BOOT = "android.permission.RECEIVE_BOOT_COMPLETED"


def launched(app: App) -> list[str]:
    """An app's icon in the table of activities."""
    return [
        f"        5d6e7f8 {app.package}/.Main filter 9a8b7c6",
        '          Action: "android.intent.action.MAIN"',
        '          Category: "android.intent.category.LAUNCHER"',
    ]


def entry(app: App) -> list[str]:
    """An app in the list of packages."""
    flags = "[ SYSTEM HAS_CODE ]" if app.system else "[ HAS_CODE ALLOW_CLEAR_USER_DATA ]"
    when, asked = local(app.installed), (*PERMISSIONS, *app.permissions)
    return [
        f"  Package [{app.package}] (5a6b7c8):",
        f"    appId={app.uid}",
        f"    pkg=Package{{1d2e3f4 {app.package}}}",
        f"    codePath={app.folder}",
        f"    versionCode={app.code} minSdk=26 targetSdk=34",
        f"    versionName={app.version}",
        f"    flags={flags}",
        f"    timeStamp={when}",
        f"    lastUpdateTime={when}",
        f"    installerPackageName={app.installer or 'null'}",
        f"    initiatingPackageName={app.installer or (None if app.system else SHELL) or 'null'}",
        "    originatingPackageName=null",
        f"    packageSource={2 if app.installer else 0}",
        f"    signatures=PackageSignatures{{2b3c4d5 version:3, signatures:[{app.signature}], past signatures:[]}}",
        f"    pkgFlags={flags}",
        "    requested permissions:",
        *(f"      {name}" for name in asked),
        "    install permissions:",
        *(f"      {name}: granted=true" for name in PERMISSIONS),
        "    User 0: ceDataInode=2370 deDataInode=1 installed=true hidden=false suspended=false stopped=false "
        "notLaunched=false enabled=0 instant=false virtual=false",
        f"      firstInstallTime={when}",
        "      runtime permissions:",
        *(f"        {name}: granted=true, flags=[ USER_SET ]" for name in app.permissions),
    ]


def stored(apps: list[App]) -> Element:
    """`packages.xml`."""
    root = Element("packages")
    for app in apps:
        when = f"{app.installed * 1000:x}"
        values = {
            "name": app.package,
            "codePath": app.folder,
            "publicFlags": "1" if app.system else "0",
            "ft": when,
            "ut": when,
            "version": str(app.code),
            "userId": str(app.uid),
        }
        if app.installer:
            values["installer"] = app.installer
        SubElement(root, "package", values)
    return root


def listed(app: App) -> str:
    """A line of `packages.list`."""
    return f"{app.package} {app.uid} 0 /data/user/0/{app.package} default:targetSdkVersion=34 none 0 {app.code} 1 @null"


def collected(app: App, *, planted: bool) -> dict[str, object]:
    """What AndroidQF writes of an app."""
    content = indicators.APK if planted and app.package == indicators.APP else app.package.encode()
    hashes = {name: hashlib.new(name, content).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}
    file = {
        "path": app.apk,
        "local_name": "",
        **hashes,
        "error": "",
        "certificate_error": "",
        "trusted_certificate": False,
    }
    return {
        "name": app.package,
        "files": [file],
        "installer": app.installer or "null",
        "uid": app.uid,
        "disabled": False,
        "system": app.system,
        "third_party": not app.system,
    }
