"""Chimera on Android: the invented family's indicators there, and their STIX bundle."""

from hashlib import sha256

from scanner.synthetic.android_apk import Service, make_apk
from scanner.synthetic.indicators import (
    ADDRESS,
    APP,
    CONTROL,
    DELIVERY,
    DOMAINS,
    PHONE,
    PROCESS,
    RICH,
)

__all__ = [
    "ADDRESS",
    "APK",
    "APP",
    "CONTROL",
    "DELIVERY",
    "FOLDER",
    "PATTERNS",
    "PERMISSIONS",
    "PHONE",
    "PROCESS",
    "PROPERTY",
    "RICH",
]

FOLDER = "/data/local/tmp/chimera/"
PROPERTY = "sys.lantern.note"
PERMISSIONS = (
    "android.permission.RECORD_AUDIO",
    "android.permission.READ_SMS",
    "android.permission.ACCESS_FINE_LOCATION",
    "android.permission.CAMERA",
    "android.permission.READ_CONTACTS",
    "android.permission.READ_CALL_LOG",
    "android.permission.RECEIVE_BOOT_COMPLETED",
    "android.permission.INTERNET",
)
APK = make_apk(
    APP,
    permissions=PERMISSIONS,
    services=(
        Service(".Watcher"),
        Service(".Notices", "android.permission.BIND_NOTIFICATION_LISTENER_SERVICE"),
        Service(".Admin", "android.permission.BIND_DEVICE_ADMIN", "receiver"),
    ),
    launcher=False,
)
STAGE = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00" + b"Chimera: a harmless stand-in for an implant.\n" * 60
"""The planted file that looks executable: the head of an ELF library for 64-bit ARM, then text."""
STAGE_SHA256 = sha256(STAGE).hexdigest()
PATTERNS: tuple[tuple[str, str, str], ...] = (
    *(("domain", "domain-name:value", value) for value in DOMAINS),
    ("ip", "ipv4-addr:value", ADDRESS),
    ("process", "process:name", PROCESS),
    ("phone", "phone-number:value", PHONE),
    ("path", "file:path", FOLDER),
    ("app_id", "app:id", APP),
    ("android_property", "android-property:name", PROPERTY),
    ("sha256", "file:hashes.'SHA-256'", STAGE_SHA256),
)
