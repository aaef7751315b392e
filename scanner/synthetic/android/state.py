"""The state of the device: properties, settings, processes, mounts, what lies in `/data/local/tmp`."""

import json
from xml.etree.ElementTree import Element, SubElement

from scanner.synthetic.android import indicators
from scanner.synthetic.android.phone import AndroidPhone, lines, local
from scanner.synthetic.android_abx import dumps
from scanner.synthetic.phone import ATTACK, NOW, Spot

PROPERTIES, SETTINGS = "section:/SYSTEM PROPERTIES", "dumpsys:/settings"
PROCESSES = "section:/PROCESSES AND THREADS"


def add(phone: AndroidPhone, planted: bool) -> None:
    """All of it."""
    phone.add(PROPERTIES, properties(phone, planted=planted))
    phone.add("section:/HEADER", header(phone))
    phone.add("/system/build.prop", build_properties(phone))
    phone.add("/data/property/persistent_properties", persistent(phone))
    values = settings(planted=planted)
    phone.add(SETTINGS, "\n".join(dumped(space, rows) for space, rows in values.items()))
    for space, rows in values.items():
        phone.add(f"androidqf:/settings_{space}.txt", lines(*(f"{name}={value}" for name, value, _ in rows)))
        phone.add(f"/data/system/users/0/settings_{space}.xml", dumps(stored(rows)))
    phone.add(PROCESSES, processes(planted=planted))
    phone.add("/proc/1/mountinfo", mounts())
    phone.add("androidqf:/mounts.json", json.dumps(["/dev/block/dm-0 on /system type ext4 (ro,seclabel,relatime)"]))
    phone.add("androidqf:/selinux.txt", "Enforcing\n")
    phone.add("androidqf:/root_binaries.json", "[]")
    phone.add("androidqf:/env.txt", lines("PATH=/system/bin", "ANDROID_DATA=/data"))
    phone.add("androidqf:/files.json", files(planted=planted))
    if planted:
        plant(phone)


def plant(phone: AndroidPhone) -> None:
    """The implant's own files, process and mark."""
    folder, stage = indicators.FOLDER, f"{indicators.FOLDER}stage2"
    phone.add(stage, indicators.STAGE)
    phone.indicator(Spot("contents", stage), "sha256", indicators.STAGE_SHA256, "the implant's second stage")
    phone.indicator(Spot("android.files.listed", "androidqf:/files.json"), "path", folder, "its file was listed")
    phone.indicator(Spot("android.processes.listed", PROCESSES), "process", indicators.PROCESS, "it ran")
    phone.indicator(Spot("android.properties.listed", PROPERTIES), "android_property", indicators.PROPERTY, "its mark")
    phone.heuristic("AND012", Spot("android.settings.dump", SETTINGS), "Play Protect is off")
    phone.heuristic("AND019", Spot("android.files.staged", stage), "an executable in /data/local/tmp")


def properties(phone: AndroidPhone, *, planted: bool) -> str:
    """`getprop`."""
    facts = phone.facts
    values = {
        "ro.product.model": facts.model,
        "ro.product.manufacturer": facts.maker,
        "ro.product.brand": facts.maker.lower(),
        "ro.product.name": facts.product,
        "ro.product.device": facts.product,
        "ro.build.version.release": facts.version,
        "ro.build.version.sdk": str(facts.sdk),
        "ro.build.id": facts.build,
        "ro.build.display.id": facts.build,
        "ro.build.fingerprint": facts.fingerprint,
        "ro.build.type": "user",
        "ro.build.tags": "release-keys",
        "ro.build.version.security_patch": facts.patch,
        "ro.serialno": facts.serial,
        "ro.debuggable": "0",
        "ro.secure": "1",
        "ro.boot.verifiedbootstate": "green",
        "ro.boot.flash.locked": "1",
        "ro.boot.veritymode": "enforcing",
        "persist.sys.timezone": facts.timezone,
        "persist.sys.locale": "de-DE",
        "sys.boot_completed": "1",
    }
    if planted:
        values[indicators.PROPERTY] = "2"
    return lines(*(f"[{name}]: [{value}]" for name, value in sorted(values.items())))


def build_properties(phone: AndroidPhone) -> str:
    """`build.prop` of the system."""
    facts = phone.facts
    values = {
        "ro.product.model": facts.model,
        "ro.product.manufacturer": facts.maker,
        "ro.build.version.release": facts.version,
        "ro.build.id": facts.build,
        "ro.build.display.id": facts.build,
        "ro.build.tags": "release-keys",
        "ro.build.type": "user",
        "ro.build.version.security_patch": facts.patch,
    }
    return lines("# begin common build properties", *(f"{name}={value}" for name, value in values.items()))


def persistent(phone: AndroidPhone) -> bytes:
    """`persistent_properties`: a field 1 for each, with name and value."""
    pairs = [("persist.sys.timezone", phone.facts.timezone), ("persist.sys.locale", "de-DE")]
    inner = [b"".join(field(at, part.encode()) for at, part in enumerate(pair, 1)) for pair in pairs]
    return b"".join(field(1, one) for one in inner)


def field(number: int, value: bytes) -> bytes:
    """A short field of a message: of less than 128 bytes."""
    return bytes([number << 3 | 2, len(value)]) + value


def header(phone: AndroidPhone) -> str:
    """What stands before the first section of a bug report."""
    rule = "=" * 56
    return lines(
        rule,
        f"== dumpstate: {local(NOW)}",
        rule,
        "",
        f"Build: {phone.facts.build}",
        f"Build fingerprint: '{phone.facts.fingerprint}'",
        "Bootloader: moorland-5.1",
        "Radio: 5.1",
        "Network: Example Mobile",
        "Kernel: Linux version 5.15.110-android14-11 (build@example) #1 SMP PREEMPT",
        "Uptime: up 2 weeks, 1 day, 3 hours, 9 minutes",
        "Bugreport format version: 2.0",
        "Dumpstate info: id=3 pid=9001 dry_run=0 parallel_run=1 "
        "args=/system/bin/dumpstate -S bugreport_mode=BUGREPORT_DEFAULT",
        "",
    )


Row = tuple[str, str, str]
"""Name, value, and the package that set it."""


def settings(*, planted: bool) -> dict[str, list[Row]]:
    """The settings by their name space."""
    services = "org.example.passwords/org.example.passwords.Fill" + (f":{indicators.APP}/.Watcher" if planted else "")
    return {
        "global": [
            ("adb_enabled", str(int(planted)), "com.android.settings"),
            ("device_name", "Moorland 5", "android"),
            ("package_verifier_user_consent", "-1" if planted else "1", "com.android.vending"),
        ],
        "secure": [
            ("enabled_accessibility_services", services, "com.android.settings"),
            ("default_input_method", "com.android.systemui/.Keyboard", "android"),
        ],
        "system": [("screen_brightness", "102", "android")],
    }


def dumped(space: str, rows: list[Row]) -> str:
    """`dumpsys settings`, one name space."""
    return lines(
        f"{space.upper()} SETTINGS (user 0)",
        "version: 219",
        *(
            f"_id:{at} name:{name} pkg:{package} value:{value} default:{value} defaultSystemSet:true"
            for at, (name, value, package) in enumerate(rows, 1)
        ),
        "",
    )


def stored(rows: list[Row]) -> Element:
    """`settings_*.xml`."""
    root = Element("settings", {"version": "219"})
    for at, (name, value, package) in enumerate(rows, 1):
        SubElement(
            root, "setting", {"id": str(at), "name": name, "value": value, "package": package, "defaultValue": value}
        )
    return root


def processes(*, planted: bool) -> str:
    """`ps -A -T -Z …` as dumpstate calls it."""
    heading = (
        "LABEL                          USER           PID   TID  PPID     VSZ    RSS WCHAN            "
        "ADDR S PRI  NI RTPRIO SCH PCY     TIME CMD            "
    )
    rows = [
        ("u:r:init:s0", "root", 1, 0, "init"),
        ("u:r:zygote:s0", "root", 635, 1, "zygote64"),
        ("u:r:system_server:s0", "system", 1204, 635, "system_server"),
        ("u:r:untrusted_app:s0:c150,c256,c512,c768", "u0_a150", 4120, 635, "com.whatsapp"),
    ]
    if planted:
        rows.append(("u:r:shell:s0", "shell", 7301, 1, indicators.PROCESS))
        rows.append(("u:r:untrusted_app:s0:c199,c256,c512,c768", "u0_a199", 7310, 635, indicators.APP))
    return lines(
        heading,
        *(
            f"{label:<30} {user:<8} {pid:>9} {pid:>5} {parent:>5} 1308000   6620 do_epoll_wait       "
            f"0 S  19   0      -   0  fg 00:00:00 {name}"
            for label, user, pid, parent, name in rows
        ),
    )


def mounts() -> str:
    """`/proc/1/mountinfo`."""
    return lines(
        "24 1 253:0 / / ro,relatime shared:1 - ext4 /dev/block/dm-0 ro,seclabel",
        "30 24 253:5 / /vendor ro,relatime shared:6 - ext4 /dev/block/dm-5 ro,seclabel",
        "41 24 254:42 / /data rw,nosuid,nodev,noatime shared:25 - f2fs /dev/block/dm-42 rw,seclabel",
    )


def files(*, planted: bool) -> str:
    """AndroidQF's list of files."""
    rows = [("/sdcard/Download/timetable.pdf", 48_211, NOW - 400_000, "-rw-rw----")]
    if planted:
        rows.append((f"{indicators.FOLDER}stage2", len(indicators.STAGE), ATTACK + 660, "-rwxr-xr-x"))
    made = [
        {
            "path": path,
            "size": size,
            "mode": mode,
            "user_id": 2000,
            "user_name": "shell",
            "group_id": 2000,
            "group_name": "shell",
            "changed_time": when,
            "modified_time": when,
            "access_time": when,
            "error": "",
            "context": "",
            "sha1": "",
            "sha256": "",
            "sha512": "",
            "md5": "",
        }
        for path, size, when, mode in rows
    ]
    return json.dumps(made)
