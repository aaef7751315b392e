"""Wi-Fi networks that the phone knows; never their passwords."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import bit_names
from scanner.record import AppId, Dated, Domain, Place, Url

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FIRST = re.compile(
    r'\W{0,9}ID: \d+ SSID: (?:"(.{0,200})"|(\S{0,200})) PROVIDER-NAME: .{0,300}? BSSID: (\S{1,64})'
    r"(?:.{0,999}? HIDDEN: (\w+))?"
)
KEYS = re.compile(r"^\s*KeyMgmt: (.*?)(?: Protocols:|$)")
CREATOR = re.compile(r"\bcname=(\S+)")
PROXY = re.compile(r"HTTP proxy: \[([^\]\s]{1,255})\] (\d{1,5})")
KEY_NAMES = ("NONE", "WPA_PSK", "WPA_EAP", "IEEE8021X", "WPA2_PSK", "OSEN", "FT_PSK", "FT_EAP", "SAE", "OWE")
"""What the bits of the allowed kinds of keys mean, from the lowest."""
CONFIGURED = {"ssid": "ssid", "bssid": "bssid", "key_mgmt": "keys", "scan_ssid": "hidden"}
NO_BSSID = {"null", "any", "<none>", "00:00:00:00:00:00", None}


class WifiNetwork(Dated):
    """A network that the phone would connect to by itself; its time is when it was added."""

    ssid: str | None = None
    bssid: str | None = None
    keys: str | None = None
    """WPA_PSK, SAE, WPA_EAP…; NONE: open."""
    hidden: bool | None = None
    ever_connected: bool | None = None
    creator: AppId | None = None
    """The app that added it, where it was none of the system's."""
    proxy: Domain | None = None
    proxy_port: int | None = None
    proxy_script: Url | None = None


@artifact("dumpsys:/wifi")
def dump(file: File) -> Iterator[WifiNetwork]:
    """Saved networks, from the part of the dump between `Configured networks Begin` and `End`.

    References:
        AOSP, android.net.wifi.WifiConfiguration.toString:
        https://android.googlesource.com/platform/packages/modules/Wifi/
    """
    within, values = False, dict[str, Any]()
    for line, text in file.lines():
        if "Configured networks" in text:
            yield from made(file, values)
            within, values = "Begin" in text, {}
        elif not within:
            continue
        elif found := FIRST.match(text):
            yield from made(file, values)
            ssid, bssid = found[1] if found[1] is not None else found[2], found[3]
            values = {"place": Place(line=line), "ssid": ssid, "bssid": bssid, "hidden": found[4]}
        elif values:
            values |= detail(text)
    yield from made(file, values)


def detail(text: str) -> dict[str, Any]:
    """What a further line of a network says."""
    stripped = text.strip()
    if stripped.startswith("hasEverConnected:"):
        return {"ever_connected": stripped.partition(":")[2].strip()}
    if stripped.startswith("creation time="):
        return {"added": stripped.partition("=")[2]}
    if found := KEYS.match(text):
        return {"keys": found[1]}
    if found := CREATOR.search(text):
        return {"creator": found[1]}
    if found := PROXY.search(text):
        return {"proxy": found[1], "proxy_port": found[2]}
    return {"proxy_script": stripped.partition(": ")[2]} if stripped.startswith("PAC Script: ") else {}


def made(file: File, values: dict[str, Any]) -> Iterator[WifiNetwork]:
    """The record of a network."""
    if not values:
        return
    added, place = values.pop("added", None), values.pop("place")
    when = file.dated(added, place.line) if added else {}
    values["bssid"] = None if values.get("bssid") in NO_BSSID else values["bssid"]
    creator = values.get("creator") or ""
    values["creator"] = creator if creator and ":" not in creator and creator != "null" else None
    yield from file.record(WifiNetwork, place, **values, **when)


@artifact("/data/misc/**/WifiConfigStore.xml", "/data/misc_ce/**/WifiConfigStore.xml")
def stored(file: File) -> Iterator[WifiNetwork]:
    """Saved networks as the phone keeps them, since Android 8; what holds a secret is not read.

    References:
        AOSP, com.android.server.wifi.XmlUtil: https://android.googlesource.com/platform/packages/modules/Wifi/
    """
    for number, network in enumerate(file.xml().iter("Network")):
        known = {name: element for element in network.iter() if (name := element.get("name"))}
        ssid, keys = content(known.get("SSID")), content(known.get("AllowedKeyMgmt"))
        values: dict[str, Any] = {
            "place": Place(key=f"Network.{number}"),
            "ssid": ssid[1:-1] if ssid and ssid.startswith('"') and ssid.endswith('"') else ssid,
            "bssid": content(known.get("BSSID")),
            "keys": key_names(keys) if keys else None,
            "hidden": content(known.get("HiddenSSID")),
            "ever_connected": content(known.get("HasEverConnected")),
            "creator": content(known.get("CreatorName")),
            "proxy": content(known.get("ProxyHost")),
            "proxy_port": content(known.get("ProxyPort")),
            "proxy_script": content(known.get("ProxyPac")),
        }
        if created := content(known.get("CreationTime")):
            values["added"] = created.removeprefix("time=")
        yield from made(file, values)


def content(element: "Element | None") -> str | None:
    """The value of an element, which is its text or its attribute."""
    if element is None or element.tag == "null":
        return None
    return element.get("value") or element.text or None


def key_names(written: str) -> str | None:
    """The kinds of keys that a set of bits allows: hexadecimal, the lowest byte first."""
    try:
        bits = int.from_bytes(bytes.fromhex(written[:64]), "little")
    except ValueError:
        return written
    return " ".join(bit_names(bits, dict(enumerate(KEY_NAMES)))) or None


@artifact("/data/misc/wifi/wpa_supplicant.conf")
def supplicant(file: File) -> Iterator[WifiNetwork]:
    """Saved networks as phones up to Android 7 keep them; what holds a secret is not read.

    References:
        wpa_supplicant.conf: https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf
    """
    values: dict[str, Any] = {}
    for line, text in file.lines():
        stripped = text.strip()
        key, _, value = stripped.partition("=")
        if stripped == "network={":
            yield from made(file, values)
            values = {"place": Place(line=line)}
        elif stripped == "}":
            yield from made(file, values)
            values = {}
        elif values and key in CONFIGURED:
            values[CONFIGURED[key]] = value.strip('"') if key == "ssid" else value
    yield from made(file, values)
