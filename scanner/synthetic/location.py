"""Which programs asked for the phone's location.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import APP, FOLDER, Planted
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.plist import binary

PATH = "/private/var/root/Library/Caches/locationd/clients.plist"
APPS = ("com.apple.Maps", "com.apple.weather", "example.ferryclock.app", "net.whatsapp.WhatsApp")
BUNDLES = ("IonosphereHarvest", "WRMLinkSelection", "Traffic")
"""Parts of the system; their times alone mean nothing."""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts the property list of locationd's clients on the phone."""
    clients: dict[str, object] = {name: client(name, number) for number, name in enumerate(APPS)}
    for number, name in enumerate(BUNDLES):
        path = f"/System/Library/LocationBundles/{name}.bundle"
        clients[f"com.apple.locationd.bundle-{path}"] = {"BundlePath": path, **moments(NOW - number * DAY)}
    if planted:
        executable = f"{FOLDER}agentd"
        clients["com.example.locationhelper"] = {
            "Executable": executable,
            "Registered": executable,
            **moments(ATTACK + 300),
        }
        at = Spot("ios.location.clients", PATH, "com.example.locationhelper")
        what = "A program in a folder of the family asked for the location."
        phone.indicator(at, "path", FOLDER, executable, what)
        clients[APP] = {"BundleId": APP, "Authorization": 4, **moments(ATTACK + 310)}
        what = "An app of the family asked for the location."
        phone.indicator(Spot(at.artifact, PATH, APP), "app_id", APP, APP, what)
    phone.add(PATH, binary(clients))


def client(name: str, number: int) -> dict[str, object]:
    """An application among the clients."""
    home = "/private/var/containers/Bundle/Application/0B21D1E0-0000-4000-8000-00000000000"
    bundle = f"{home}{number}/{name.rpartition('.')[2]}.app"
    executable = f"{bundle}/{name.rpartition('.')[2]}"
    place = {"BundleId": name, "BundlePath": bundle, "Executable": executable, "Registered": executable}
    return {**place, "Authorization": 2, **moments(NOW - (number + 2) * DAY)}


def moments(unix: float) -> dict[str, object]:
    """When a client used the location, seconds since 2001."""
    time = unix - COCOA
    return {"LocationTimeStarted": time, "LocationTimeStopped": time + 30.0, "FenceTimeStarted": time + 31.0}
