"""What ran, and when: battery history, usage, boxes of crashes, logs, a tombstone."""

from scanner.synthetic.android import indicators
from scanner.synthetic.android.phone import AndroidPhone, lines, local
from scanner.synthetic.phone import ATTACK, NOW, Spot

APP = indicators.APP
BATTERY, USAGE, LOG = "dumpsys:/batterystats", "dumpsys:/usagestats", "section:/SYSTEM LOG"
CALL = ATTACK + 120
"""When the unknown caller rang."""
CRASH = CALL + 45
STARS = " ".join(["***"] * 16)
ORDINARY = "/data/tombstones/tombstone_01"
TOMBSTONE = "/data/tombstones/tombstone_00"


def add(phone: AndroidPhone, planted: bool) -> None:
    """All of it."""
    phone.add(BATTERY, battery(planted=planted))
    phone.add(USAGE, usage(planted=planted))
    phone.add(LOG, log(planted=planted))
    phone.add("section:/EVENT LOG", events())
    phone.add(ORDINARY, ordinary(phone))
    phone.add("dumpsys:/dropbox", dropbox(planted=planted))
    if not planted:
        return
    phone.add(TOMBSTONE, tombstone(phone))
    phone.indicator(Spot("android.battery.batterystats", BATTERY), "app_id", APP, "its installation")
    phone.indicator(Spot("android.usagestats.usagestats", USAGE), "app_id", APP, "it ran")
    phone.indicator(Spot("android.logcat.lines", LOG), "domain", indicators.CONTROL, "it named its server")
    phone.heuristic("AND023", Spot("android.whatsapp_calls.calls", ""), "a crash after an unknown call", "high")


def battery(*, planted: bool) -> str:
    """`dumpsys batterystats`: the history."""
    implant = [
        f'  {local(ATTACK + 600, "%m-%d %H:%M:%S")}.000 071 pkginst=13:"{APP}"',
        f'  {local(ATTACK + 700, "%m-%d %H:%M:%S")}.000 071 +job=u0a199:"{APP}/.Upload"',
    ]
    return lines(
        "Battery History [Format: 2] (12% used, 480KB used of 4096KB, 151 strings using 7967):",
        f"  {local(ATTACK - 7200, '%m-%d %H:%M:%S')}.000 RESET:TIME: {local(ATTACK - 7200, '%Y-%m-%d-%H-%M-%S')}",
        f'  {local(ATTACK - 3600, "%m-%d %H:%M:%S")}.000 072 +top=u0a150:"com.whatsapp"',
        *(implant if planted else []),
        f"  {local(NOW - 60, '%m-%d %H:%M:%S')}.000 064 -running",
        "",
    )


def usage(*, planted: bool) -> str:
    """`dumpsys usagestats`."""
    names = ["com.whatsapp", "com.android.chrome"]
    background = [
        f'    time="{local(NOW - 4000)}" type=FOREGROUND_SERVICE_START package={APP} class={APP}.Upload flags=0x0 '
    ]
    return lines(
        "user=0 ",
        '  Last 24 hour events (timeRange="6/19/2024, 2:00 PM – 6/20/2024, 2:00 PM" )',
        *(
            f'    time="{local(NOW - 7000 + at)}" type=ACTIVITY_RESUMED package={name} class={name}.Main flags=0x0 '
            for at, name in enumerate(names)
        ),
        *(background if planted else []),
        "  In-memory daily stats",
        "    packages",
    )


def log(*, planted: bool) -> str:
    """`logcat -v threadtime`."""
    rows = [
        (
            NOW - 900,
            "I",
            "ActivityTaskManager",
            "START u0 {act=android.intent.action.MAIN cmp=com.whatsapp/.Main} from uid 10080",
        ),
        (NOW - 600, "D", "Radio", "station example.moorland.radio tuned"),
    ]
    if planted:
        rows.append((NOW - 300, "W", "Upload", f"connect to {indicators.CONTROL} timed out"))
    return lines(
        "--------- beginning of main",
        *(f"{local(when, '%m-%d %H:%M:%S')}.000  1204  1204 {level} {tag}: {text}" for when, level, tag, text in rows),
    )


def events() -> str:
    """`logcat -b events`."""
    return lines(
        "--------- beginning of events",
        f"{local(NOW - 900, '%m-%d %H:%M:%S')}.000  1204  1300 I am_proc_start: "
        "[0,4120,10150,com.whatsapp,activity,com.whatsapp/.Main]",
    )


def dropbox(*, planted: bool) -> str:
    """`dumpsys dropbox`."""
    boxes = [(NOW - 1_300_000 + 100_000 * at, "storage_trim (text, 528 bytes)") for at in range(12)]
    if planted:
        boxes.append((CRASH, "SYSTEM_TOMBSTONE (compressed text, 6298 bytes)"))
    return lines(
        f"Drop box contents: {len(boxes)} entries",
        "Max entries: 1000",
        "",
        *(
            line
            for when, what in sorted(boxes)
            for line in (f"{local(when)} {what}", "    Build: fernhill/moorland ...")
        ),
    )


def ordinary(phone: AndroidPhone) -> str:
    """A crash as every phone has some: the camera's own process gives up."""
    return lines(
        STARS,
        f"Build fingerprint: '{phone.facts.fingerprint}'",
        "Revision: '0'",
        "ABI: 'arm64'",
        f"Timestamp: {local(NOW - 400_000)}.223456789+0200",
        "Process uptime: 12s",
        "Cmdline: /vendor/bin/hw/android.hardware.camera.provider-service",
        "pid: 801, tid: 877, name: provider@2.7  >>> /vendor/bin/hw/android.hardware.camera.provider-service <<<",
        "uid: 1047",
        "signal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------",
        "Abort message: 'sensor did not answer'",
        "backtrace:",
        "      #00 pc 00000000000511f0  /apex/com.android.runtime/lib64/bionic/libc.so (abort+164) (BuildId: 0a1b)",
    )


def tombstone(phone: AndroidPhone) -> str:
    """A crash of WhatsApp in its library for calls."""
    return lines(
        STARS,
        f"Build fingerprint: '{phone.facts.fingerprint}'",
        "Revision: '0'",
        "ABI: 'arm64'",
        f"Timestamp: {local(CRASH)}.123456789+0200",
        "Process uptime: 900s",
        "Cmdline: com.whatsapp",
        "pid: 4120, tid: 4188, name: voip_signaling  >>> com.whatsapp <<<",
        "uid: 10150",
        "signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0041414141414141",
        "    x0  0041414141414141  x1  0000000000000010  x2  0000000000000000  x3  0000000000000000",
        "backtrace:",
        "      #00 pc 00000000000a1b2c  /data/app/~~b0==/com.whatsapp-c0==/lib/arm64/libwhatsapp.so (BuildId: 0a1b)",
        "      #01 pc 00000000000a2b3c  /data/app/~~b0==/com.whatsapp-c0==/lib/arm64/libwhatsapp.so (BuildId: 0a1b)",
    )
