"""The installed applications, as the computer lists them in Info.plist.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import APP, Planted
from scanner.synthetic.phone import ATTACK, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.plist import binary, date

STORE = "com.apple.AppStore"
ORDINARY = (
    ("net.whatsapp.WhatsApp", "WhatsApp Messenger", STORE),
    ("com.google.chrome.ios", "Chrome", f"{STORE}.ProductPageExtension"),
    ("org.mozilla.ios.Firefox", "Firefox", STORE),
    ("example.ferryclock.app", "Ferryclock", STORE),
    ("example.paperboat.shop", "Paperboat", STORE),
    ("example.moorland.radio", "Moorland Radio", STORE),
    ("example.riverbank.school", "Riverbank School", "com.apple.dmd"),
)
"""Bundle id, name, and what installed it."""
INFO = "backup:/Info.plist"
SIDELOADED = "example.tinted.flashlight"
BARE = "example.unlisted.helper"


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts applications in the list: ordinary ones, one of the family, one sideloaded, one without metadata."""
    for number, (bundle, name, source) in enumerate(ORDINARY):
        install(phone, bundle, name, source, NOW - (300 - number) * DAY)
    if not planted:
        return
    at = install(phone, APP, "Companion", STORE, ATTACK + 230)
    phone.indicator(at, "app_id", APP, APP, "An app of the family is installed.")
    at = install(phone, SIDELOADED, "Flashlight", "com.example.sideloader", ATTACK + 235)
    phone.heuristic(at, "IOS009", SIDELOADED, "An app was installed by something else than the App Store.")
    phone.applications[BARE] = {"PlaceholderIcon": b"\x89PNG\r\n\x1a\n"}
    at = Spot("ios.applications.installed", INFO, f"Applications.{BARE}")
    phone.heuristic(at, "IOS011", BARE, "An app without the metadata that the App Store gives.")


def install(phone: Phone, bundle: str, name: str, source: str, moment: float) -> Spot:
    """Puts an application with its metadata in the list; its place."""
    account = {"AppleID": phone.facts.owner, "DSPersonID": 1_000_000_001}
    metadata = {
        "softwareVersionBundleId": bundle,
        "itemName": name,
        "artistName": f"{name} Example Ltd",
        "bundleShortVersionString": "4.2",
        "sourceApp": source,
        "itemId": 1_500_000_000 + len(phone.applications),
        "releaseDate": "2019-03-01T08:00:00Z",
        "com.apple.iTunesStore.downloadInfo": {
            "purchaseDate": date(moment).isoformat() + "Z",
            "accountInfo": account,
        },
    }
    phone.applications[bundle] = {"iTunesMetadata": binary(metadata), "PlaceholderIcon": b"\x89PNG\r\n\x1a\n"}
    return Spot("ios.applications.installed", INFO, f"Applications.{bundle}")
