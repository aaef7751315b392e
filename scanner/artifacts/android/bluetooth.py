"""Bluetooth: devices that the phone is paired with."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.record import Place, Record, Time

BONDED = re.compile(r"((?:[0-9A-Fa-fX]{2}:){5}[0-9A-Fa-f]{2})\s*(?:\[ ?([^\]]*?) ?\])?\s*(?:\[ ?([^\]]*?) ?\])?\s*(.*)")
SECTION = re.compile(r"\[((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})\]$")
KEYS = {"Name": "name", "Timestamp": "time", "DevClass": "device_class", "DevType": "type", "Manufacturer": "maker"}


class BluetoothDevice(Record):
    """A device that the phone is, or was, paired with."""

    time: Time | None = None
    """When the phone last dealt with it."""
    address: str
    name: str | None = None
    type: str | None = None
    """BR/EDR, LE, DUAL; or 1, 2, 3 for these."""
    device_class: str | None = None
    maker: int | None = None
    paired: bool | None = None


@artifact("dumpsys:/bluetooth_manager")
def dump(file: File) -> Iterator[BluetoothDevice]:
    """Devices that the phone is paired with; newer phones hide the first half of their addresses.

    References:
        AOSP, com.android.bluetooth.btservice.AdapterProperties.dump:
        https://android.googlesource.com/platform/packages/modules/Bluetooth/
    """
    within = False
    for line, text in file.lines():
        stripped = text.strip()
        if stripped == "Bonded devices:":
            within = True
        elif within and (found := BONDED.match(stripped)):
            kind, name = (found[2] or "").strip() or None, found[4].strip() or None
            values = {"address": found[1], "type": kind, "device_class": found[3], "name": name}
            yield from file.record(BluetoothDevice, Place(line=line), paired=True, **values)
        elif within:
            within = False


@artifact("/data/misc/bluedroid/bt_config.conf")
def stored(file: File) -> Iterator[BluetoothDevice]:
    """Devices that the phone knows, as its Bluetooth keeps them; keys of the connections are left out.

    References:
        AOSP, system/bt, btif_config: https://android.googlesource.com/platform/packages/modules/Bluetooth/
    """
    values: dict[str, Any] = {}
    for line, text in file.lines():
        stripped = text.strip()
        if stripped.startswith("["):
            yield from known(file, values)
            found = SECTION.match(stripped)
            values = {"address": found[1], "place": Place(line=line), "paired": False} if found else {}
        elif values:
            key, _, value = (part.strip() for part in stripped.partition("="))
            if key in KEYS:
                values[KEYS[key]] = int(value) if key == "Timestamp" and value.isdecimal() else value
            elif key in {"LinkKey", "LE_KEY_PENC", "LE_KEY_LENC"}:
                values["paired"] = True
    yield from known(file, values)


def known(file: File, values: dict[str, Any]) -> Iterator[BluetoothDevice]:
    """The record of a section."""
    if values:
        yield from file.record(BluetoothDevice, values.pop("place"), **values)
