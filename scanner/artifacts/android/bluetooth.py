"""Bluetooth: devices that the phone is paired with."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import whole
from scanner.record import Place, Record, Time

ADDRESS = r"(?:[0-9A-Fa-fX]{2}:){5}[0-9A-Fa-fX]{2}"
BONDED = re.compile(
    rf"(\(Connected\)\s*)?({ADDRESS})(?:\s*=>\s*({ADDRESS}))?"
    r"\s*(?:\[ ?([^\]]*?) ?\])?\s*(?:\[ ?([^\]]*?) ?\])?\s*(.*)"
)
SERVICES = re.compile(r"\s*\([^()]*\)$")
SECTION = re.compile(r"\[((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})\]$")
KEYS = {"Name": "name", "Timestamp": "time", "DevClass": "device_class", "DevType": "type", "Manufacturer": "maker"}


class BluetoothDevice(Record):
    """A device that the phone is, or was, paired with."""

    time: Time | None = None
    """When the phone last dealt with it."""
    address: str
    identity: str | None = None
    """The address that stays, where the other is one that changes."""
    name: str | None = None
    type: str | None = None
    """BR/EDR, LE, DUAL; or 1, 2, 3 for these."""
    device_class: str | None = None
    maker: int | None = None
    paired: bool | None = None
    connected: bool | None = None


@artifact("dumpsys:/bluetooth_manager")
def dump(file: File) -> Iterator[BluetoothDevice]:
    """Devices that the phone is paired with; newer phones hide the first half of their addresses.

    References:
        AOSP, com.android.bluetooth.btservice.AdapterProperties.dump:
        https://android.googlesource.com/platform/packages/modules/Bluetooth/
    """
    depth: int | None = None
    for line, text in file.lines():
        stripped = text.strip()
        indent = len(text) - len(text.lstrip())
        if stripped == "Bonded devices:":
            depth = indent
        elif depth is not None and (not stripped or indent <= depth):
            depth = None
        elif depth is not None and (found := BONDED.fullmatch(stripped)):
            yield from file.record(BluetoothDevice, Place(line=line), paired=True, **bonded(found))
        elif depth is not None:
            file.problem("not a device that the phone is paired with", line)
    yield from configured(file, keyless=None)


def bonded(found: re.Match[str]) -> dict[str, Any]:
    """What a line of the list says; since Android 13 it ends with the device's services."""
    name = SERVICES.sub("", found[6]) if found[5] else found[6]
    return {
        "connected": True if found[1] else None,
        "address": found[2],
        "identity": found[3],
        "type": (found[4] or "").strip() or None,
        "device_class": found[5],
        "name": name.strip() or None,
    }


@artifact("/data/misc/bluedroid/bt_config.conf")
def stored(file: File) -> Iterator[BluetoothDevice]:
    """Devices that the phone knows, as its Bluetooth keeps them; keys of the connections are left out.

    References:
        AOSP, system/bt, btif_config: https://android.googlesource.com/platform/packages/modules/Bluetooth/
    """
    yield from configured(file, keyless=False)


def configured(file: File, keyless: bool | None) -> Iterator[BluetoothDevice]:
    """Devices of a configuration: of its file, or as some makers' dumps hold it, with whole addresses but no keys."""
    values: dict[str, Any] = {}
    for line, text in file.lines():
        stripped = text.strip()
        if not stripped or stripped.startswith("["):
            yield from known(file, values)
            found = SECTION.match(stripped)
            values = {"address": found[1], "place": Place(line=line), "paired": keyless} if found else {}
        elif values:
            key, _, value = (part.strip() for part in stripped.partition("="))
            if key in KEYS:
                values[KEYS[key]] = (whole(value) or value) if key == "Timestamp" else value
            elif key in {"LinkKey", "LE_KEY_PENC", "LE_KEY_LENC"}:
                values["paired"] = True
    yield from known(file, values)


def known(file: File, values: dict[str, Any]) -> Iterator[BluetoothDevice]:
    """The record of a section."""
    if values:
        yield from file.record(BluetoothDevice, values.pop("place"), **values)
