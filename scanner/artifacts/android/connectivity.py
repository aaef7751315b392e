"""Connections of the phone to networks: interfaces, name servers, proxies, VPNs."""

import re
from collections.abc import Iterator
from typing import Any

from scanner.artifact import artifact
from scanner.artifacts.android.vpn import Vpn, capabilities
from scanner.evidence import File
from scanner.record import Domain, Place, Record, Url

TRANSPORTS = re.compile(r"\bTransports: ([A-Z_|]+)")
INTERFACE = re.compile(r"\bInterfaceName: ([^\s{}]+)")
NAME_SERVERS = re.compile(r"\bDnsAddresses: \[([^\]]{0,2000})\]")
PRIVATE = re.compile(r"\bPrivateDnsServerName: ([^\s{}]+)")
PROXY = re.compile(r"\bHttpProxy: (.*?)(?: xl=| exclList|\}|$)")
HOST = re.compile(r"\[([^\]\s]{1,255})\] (\d{1,5})")
SCRIPT = re.compile(r"PAC Script: (\S+)")
EXTRA = re.compile(r"\bextra: VPN:([\w.]+)")
GLOBAL = ("global proxy:", "mglobalproxy:", "default proxy:", "mdefaultproxy:")
STATE = re.compile(r"\bni\{(?:\w+ |\[type: [^,]{0,60}, state: )(CONNECTED|CONNECTING|DISCONNECTED)")


class Network(Record):
    """A network that the phone was connected to when the report was made."""

    transports: str | None = None
    """WIFI, CELLULAR, WIFI|VPN…"""
    interface: str | None = None
    name_servers: tuple[Domain, ...] = ()
    private_dns: Domain | None = None
    """The host that names are asked from over TLS, where one was set."""
    proxy: Domain | None = None
    proxy_port: int | None = None
    proxy_script: Url | None = None
    """Where a script that chooses proxies comes from."""


class Proxy(Record):
    """A proxy that all apps shall use."""

    scope: str
    """`global`: set for all networks, by an administrator or over adb; `default`: of the current network."""
    host: Domain | None = None
    port: int | None = None
    script: Url | None = None


@artifact("dumpsys:/connectivity")
def dump(file: File) -> Iterator[Network | Vpn | Proxy]:
    """Networks that the phone was connected to, VPNs among them with their owner, and proxies.

    `NetworkAgentInfo{ ni{[type: VPN[], state: CONNECTED/CONNECTED …` in Android 5 to 10, `ni{VPN CONNECTED extra:
    VPN:<package>}` since; the owner's uid since Android 11.

    References:
        AOSP, com.android.server.connectivity.NetworkAgentInfo.toString:
        https://android.googlesource.com/platform/packages/modules/Connectivity/
    """
    current, seen = False, set[str]()
    for line, text in file.lines():
        stripped = text.lstrip()
        if stripped.startswith("Current Networks"):
            current = True
        elif stripped.startswith("NetworkAgentInfo") and current and stripped not in seen:
            seen.add(stripped)
            yield from network(file, line, stripped)
        elif stripped and not text[0].isspace():
            current = False
        if stripped.lower().startswith(GLOBAL):
            yield from proxies(file, line, stripped)


def network(file: File, line: int, text: str) -> Iterator[Network | Vpn]:
    """A network, and the VPN where it is one."""
    transports = TRANSPORTS.search(text)
    if transports is None and INTERFACE.search(text) is None:
        file.problem("a network could not be read", line)
        return
    values: dict[str, Any] = {"transports": transports[1].rstrip("|") if transports else None}
    values["interface"] = found[1] if (found := INTERFACE.search(text)) else None
    if servers := NAME_SERVERS.search(text):
        values["name_servers"] = tuple(one.strip().lstrip("/") for one in servers[1].split(",") if one.strip())
    private = PRIVATE.search(text)
    values["private_dns"] = private[1] if private and private[1] != "null" else None
    if proxy := PROXY.search(text):
        host, port, script = address(proxy[1])
        values |= {"proxy": host, "proxy_port": port, "proxy_script": script}
    yield from file.record(Network, Place(line=line), **values)
    if "VPN" in (values["transports"] or "").split("|"):
        yield from vpn(file, line, text)


def vpn(file: File, line: int, text: str) -> Iterator[Vpn]:
    """The VPN that a network is."""
    package, state = EXTRA.search(text), STATE.search(text)
    values: dict[str, Any] = {"app_id": package[1] if package else None}
    values["active"] = state[1] == "CONNECTED" if state else None
    yield from file.record(Vpn, Place(line=line), **values | capabilities(text))


def address(text: str) -> tuple[str | None, str | None, str | None]:
    """Host, port and script of a proxy as it is printed; three times None for none."""
    host, script = HOST.search(text), SCRIPT.search(text)
    return host[1] if host else None, host[2] if host else None, script[1] if script else None


def proxies(file: File, line: int, text: str) -> Iterator[Proxy]:
    """A proxy for all apps; none where none is set."""
    key, _, value = text.partition(":")
    host, port, script = address(value)
    if host or script:
        scope = "global" if "global" in key.lower() else "default"
        yield from file.record(Proxy, Place(line=line), scope=scope, host=host, port=port, script=script)
