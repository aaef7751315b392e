"""Wi-Fi: the networks that the phone knows."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.convert import part
from scanner.evidence import File
from scanner.record import AwareTime, Place, Record, Stage, Text, Url

FOLDER = "/private/var/preferences/"
LISTS = ("List of known networks", "List of scanned networks with private mac")
PORTAL = ("CaptivePortalAPI", "UserPortalURL", "VenueInfoURL")
JOINED = ("JoinedBySystemAt", "JoinedByUserAt", "lastJoined", "lastAutoJoined")


class KnownNetwork(Record):
    """A Wi-Fi network that the phone joined or was set up for."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: AwareTime | None = None
    """When it was last joined, by the owner or by itself."""
    ssid: Text | None = None
    bssids: tuple[str, ...] = ()
    added: AwareTime | None = None
    joined_by_user: AwareTime | None = None
    joined_by_system: AwareTime | None = None
    updated: AwareTime | None = None
    discovered: AwareTime | None = None
    security: str | None = None
    open: bool | None = None
    hidden: bool | None = None
    captive: bool | None = None
    portals: tuple[Url, ...] = ()
    """Pages of its captive portal."""
    private_address: str | None = None
    """The hardware address that the phone showed to this network."""
    added_by: str | None = None
    """The app or profile that set it up."""


class AccessPoint(Record):
    """An access point of a known network, and when the phone was last connected to it."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: AwareTime | None = None
    ssid: Text | None = None
    bssid: str
    channel: int | None = None
    router: str | None = None
    """Address and hardware address of the router behind it."""


@artifact(
    FOLDER + "com.apple.wifi.known-networks.plist",
    FOLDER + "SystemConfiguration/com.apple.wifi.plist",
    FOLDER + "SystemConfiguration/com.apple.wifi-networks.plist.backup",
    FOLDER + "SystemConfiguration/com.apple.wifi-private-mac-networks.plist",
)
def known_networks(file: File) -> Iterator[KnownNetwork | AccessPoint]:
    """Known Wi-Fi networks with their access points.

    Since iOS 14 they are in com.apple.wifi.known-networks.plist, by name; before, in a list in com.apple.wifi.plist.
    The list of private addresses keeps networks that the phone was told to forget.

    References:
        Apple, "Use private Wi-Fi addresses": https://support.apple.com/en-us/102509
    """
    found = file.dictionary()
    if file.path.endswith("known-networks.plist"):
        for key, place, network in file.dictionaries(found):
            yield from known(file, place, network, key.removeprefix("wifi.network.ssid."))
    for key in LISTS:
        for place, network in file.members(found, key) if key in found else ():
            yield from known(file, place, network, None)


def known(file: File, place: Place, network: dict[str, Any], name: str | None) -> Iterator[KnownNetwork | AccessPoint]:
    """One network, in any of the forms."""
    ssid = first(network, "SSID", "SSID_STR") or name
    captive = part(network, "CaptiveProfile")
    portals = tuple(url for key in PORTAL if isinstance(url := captive.get(key), str))
    points = network.get("BSSList", [])
    if not isinstance(points, list):
        file.problem(f"{place.key}.BSSList: not a list but {type(points).__name__}", place.key)
        points = []
    yield from file.record(
        KnownNetwork, place, ssid=ssid, bssids=tuple(addresses([network, *points])), portals=portals,
        time=latest(network.get(key) for key in JOINED), added=first(network, "AddedAt", "addedAt"),
        joined_by_user=first(network, "JoinedByUserAt", *(() if "PRIVATE_MAC_ADDRESS" in network else ("lastJoined",))),
        joined_by_system=first(network, "JoinedBySystemAt", "lastAutoJoined"),
        updated=first(network, "UpdatedAt", "lastUpdated"), discovered=network.get("LastDiscoveredAt"),
        security=first(network, "SupportedSecurityTypes", "SecurityMode"), open=network.get("IsOpenNetwork"),
        hidden=first(network, "Hidden", "HIDDEN_NETWORK"),
        captive=first(captive, "CaptiveNetwork") if captive else network.get("CaptiveNetwork"),
        private_address=hardware(part(network, "PRIVATE_MAC_ADDRESS").get("PRIVATE_MAC_ADDRESS_VALUE")),
        added_by=first(network, "BundleID", "AddedByBundleID", "CarrierName"),
    )  # fmt: skip
    for number, point in enumerate(points):
        at = Place(key=f"{place.key}.BSSList.{number}")
        if not isinstance(point, dict):
            file.problem(f"{at.key}: not a dictionary but {type(point).__name__}", at.key)
            continue
        yield from file.record(
            AccessPoint, at, time=point.get("LastAssociatedAt"), ssid=ssid, bssid=point.get("BSSID"),
            channel=point.get("Channel"), router=point.get("IPv4NetworkSignature"),
        )  # fmt: skip


def first(content: dict[str, Any], *keys: str) -> Any:
    """The value under the first of the keys that is there."""
    return next((content[key] for key in keys if key in content), None)


def latest(values: Iterable[Any]) -> datetime | None:
    """The latest of the values that are dates."""
    return max((value for value in values if isinstance(value, datetime)), default=None)


def addresses(points: list[Any]) -> Iterator[str]:
    """The hardware addresses of access points, each once."""
    found = (point.get("BSSID") for point in points if isinstance(point, dict))
    return iter(dict.fromkeys(address for address in found if isinstance(address, str)))


def hardware(value: object) -> str | None:
    """A hardware address of its bytes."""
    return value.hex(":") if isinstance(value, bytes) else None
