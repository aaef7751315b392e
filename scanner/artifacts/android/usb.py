"""USB: what the phone's port does, and which devices were plugged in."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats import dual_dump
from scanner.formats.android_text import whole
from scanner.formats.dual_dump import Block
from scanner.record import MilliTime, Place, Record

STATES = {
    "current_functions": "functions", "Current Functions": "functions", "connected": "connected",
    "mConnected": "connected", "configured": "configured", "mConfigured": "configured",
    "host_connected": "host_connected", "kernel_function_list": "kernel_functions", "screen_locked": "screen_locked",
}  # fmt: skip
OLD = re.compile(r"\s*([\w ]+): (.*)$")
DEVICE = {
    "name": "name", "vendor_id": "vendor", "product_id": "product", "manufacturer_name": "manufacturer",
    "manufacturer": "manufacturer", "product_name": "model", "model": "model", "description": "description",
    "serial_number": "serial", "serial": "serial", "version": "version", "uri": "uri",
}  # fmt: skip


class UsbState(Record):
    """What the phone's USB port did when the report was made."""

    functions: str | None = None
    """`mtp,adb` or FUNCTION_ADB…: what a computer may do."""
    kernel_functions: str | None = None
    connected: bool | None = None
    configured: bool | None = None
    host_connected: bool | None = None
    screen_locked: bool | None = None


class UsbDevice(Record):
    """A device or accessory that was plugged into the phone."""

    time: MilliTime | None = None
    kind: str
    """`device`: the phone was its host; `accessory`: it was the phone's host; `connect`, `disconnect`: the log."""
    name: str | None = None
    vendor: int | None = None
    product: int | None = None
    manufacturer: str | None = None
    model: str | None = None
    description: str | None = None
    serial: str | None = None
    version: str | None = None
    uri: str | None = None


@artifact("dumpsys:/usb")
def dump(file: File) -> Iterator[UsbState | UsbDevice]:
    """The state of the USB port, devices and accessories, and the log of connections.

    Nested objects since Android 9, `Current Functions:` and `mConnected:` before.

    References:
        AOSP, com.android.server.usb.UsbService.dump:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/usb/
    """
    lines = list(file.lines())
    if not any(text.strip() == "{" for _, text in lines[:5]):
        yield from old(file, lines)
        return
    root, problem = dual_dump.read(lines)
    if problem:
        file.problem(problem)
    for handler in root.named("handler"):
        functions = ", ".join(handler.texts("current_functions")) or None
        values = {name: handler.get(key) for key, name in STATES.items() if handler.get(key) is not None}
        yield from file.record(UsbState, Place(line=handler.line), **values | {"functions": functions})
    for name, kind in (("devices", "device"), ("current_accessory", "accessory")):
        for block in root.named(name):
            yield from device(file, kind, block)
    for block in root.named("connections"):
        yield from connection(file, block)


def old(file: File, lines: list[tuple[int, str]]) -> Iterator[UsbState]:
    """The state as Android printed it up to 8."""
    values: dict[str, Any] = {}
    for _, text in lines:
        if (found := OLD.match(text)) and found[1].strip() in STATES:
            values.setdefault(STATES[found[1].strip()], found[2].strip())
    if values:
        yield from file.record(UsbState, Place(line=1), **values)
    else:
        file.problem("it has no state of the USB port")


def device(file: File, kind: str, block: Block) -> Iterator[UsbDevice]:
    """A device or an accessory."""
    values = {DEVICE[key]: value for _, key, value in block.values if key in DEVICE and value not in {"", "null"}}
    if values:
        yield from file.record(UsbDevice, Place(line=block.line), kind=kind, **values)


def connection(file: File, block: Block) -> Iterator[UsbDevice]:
    """One entry of the log of connections."""
    mode = (block.get("mode") or "").lower()
    if not mode:
        return
    kind = "disconnect" if mode.endswith("disconnect") else "connect"
    values: dict[str, Any] = {"name": block.get("device_address"), "vendor": block.get("manufacturer")}
    values |= {"product": block.get("product"), "time": whole(block.get("timestamp"))}
    yield from file.record(UsbDevice, Place(line=block.line), kind=kind, **values)
