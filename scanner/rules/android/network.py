"""Who can read or steer an Android phone's traffic: added authorities, VPNs, proxies, name servers."""

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.artifacts.android.certificates import AddedAuthority
from scanner.artifacts.android.connectivity import Network, Proxy
from scanner.artifacts.android.device_policy import DeviceAdmin
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.settings import Setting
from scanner.artifacts.android.vpn import Vpn
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.origin import Origin, Origins

Subjects = dict[str, Hit]
PROXIES = {
    "http_proxy": "all traffic over the web goes through the proxy {}",
    "global_http_proxy_host": "all traffic over the web goes through the proxy {}",
    "global_proxy_pac_url": "a script from {} chooses the proxy of all traffic over the web",
    "global_http_proxy_pac": "a script from {} chooses the proxy of all traffic over the web",
}
NO_PROXY = {"", ":0", "null", "0"}
OWNERS = {None, "com.android.settings", "android", "com.android.systemui", "com.android.shell", "root"}
"""Who writes a setting when the owner, or a person at a cable, changes it; the last ones are said as they are."""


@correlation("AND026", Severity.MEDIUM, Stage.NONE)
def traffic(  # noqa: PLR0917 - a correlation's records come in this order
    authorities: Records[AddedAuthority],
    vpns: Records[Vpn],
    admins: Records[DeviceAdmin],
    networks: Records[Network],
    proxies: Records[Proxy],
    settings: Records[Setting],
    packages: Records[Package],
) -> Iterator[Hit]:
    """Somebody can read or steer the phone's traffic: an added authority, a VPN that is always on, a proxy.

    Why: with an authority of its own and a place in between, a third party reads encrypted traffic; name servers and
        proxies alone show which sites are visited and can send a browser elsewhere. It is worth most where the VPN's
        app is neither the phone's nor a store's.
    Benign causes: filters against advertising, VPNs that owners chose, phones of an employer or a school, development.
    Base rate: VPNs from a store are common and not named here unless they are always on; authorities and proxies on
        few private phones.
    Next: ask who set it up; look at the authority's name; compare its hash with what the employer says.
    References: https://support.google.com/pixelphone/answer/2844832
        https://developer.android.com/develop/connectivity/vpn
    """
    origins, found = Origins(packages), Subjects()
    for one in authorities:
        if not one.record.removed:
            name = one.record.subject or f"with the SHA-256 {one.record.sha256}"
            add(found, one.record.sha256, one, f"the certificate authority {name} was added to the phone")
    tunnels(found, origins, vpns, admins, settings)
    for proxy in proxies:
        if proxy.record.scope == "global" and (where := proxy.record.host or proxy.record.script):
            add(found, where, proxy, f"all traffic over the web goes through the proxy {where}")
    of_settings(found, settings)
    for network in networks:
        if where := network.record.proxy or network.record.proxy_script:
            add(found, where, network, f"a network sends traffic over the web through the proxy {where}", Severity.LOW)
    yield from found.values()


def add(found: Subjects, key: str, at: Located[Any], message: str, severity: Severity | None = None) -> None:
    """Note a finding once for each subject."""
    found.setdefault(key.lower(), Hit(at, message, severity=severity))


def tunnels(
    found: Subjects,
    origins: Origins,
    vpns: Iterable[Located[Vpn]],
    admins: Iterable[Located[DeviceAdmin]],
    settings: Iterable[Located[Setting]],
) -> None:
    """VPNs: which are always on, and which were made by an app from elsewhere."""
    always: dict[str, Located[Any]] = {}
    for one in admins:
        if one.record.vpn:
            always.setdefault(one.record.vpn, one)
    for setting in settings:
        if setting.record.name == "always_on_vpn_app":
            for app_id in setting.record.apps or tuple(filter(None, (setting.record.value,))):
                if app_id != "null":
                    always.setdefault(app_id, setting)
    active: dict[str, Located[Any]] = {}
    for vpn in vpns:
        if vpn.record.app_id and vpn.record.always_on:
            always.setdefault(vpn.record.app_id, vpn)
        elif vpn.record.app_id and vpn.record.active:
            active.setdefault(vpn.record.app_id, vpn)
    for app_id, at in (active | always).items():
        origin = origins.of(app_id)
        if app_id in always or origin is Origin.ELSEWHERE:
            how = "is set to be always on" if app_id in always else "was on"
            severity = Severity.HIGH if origin is Origin.ELSEWHERE else None
            add(found, app_id, at, f"the VPN of {app_id} {how}, and the app {origins.told(app_id)}", severity)


def of_settings(found: Subjects, settings: Iterable[Located[Setting]]) -> None:
    """Proxies, and name servers that an app set."""
    for one in settings:
        name, value, by = one.record.name, one.record.value or "", one.record.changed_by
        if name in PROXIES and value not in NO_PROXY and one.record.namespace == "global":
            where = value.partition(":")[0] if name == "http_proxy" else value
            add(found, where, one, PROXIES[name].format(value) + (f", set by {by}" if by else ""))
        elif name == "private_dns_specifier" and value not in NO_PROXY and by not in OWNERS:
            add(found, value, one, f"the app {by} set the server that names are asked from to {value}")
