"""Preferences that keep traces: network use per process, looked-up identities, global settings, Wi-Fi networks.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
    Plaso documentation, supported formats: https://plaso.readthedocs.io/en/latest/sources/user/Supported-formats.html
"""

from scanner.synthetic.indicators import EMAIL, PROCESS, Planted
from scanner.synthetic.life import MAILS, NUMBERS
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.plist import binary, date

FOLDER = "/private/var/mobile/Library/Preferences"
WIFI = "/private/var/preferences/com.apple.wifi.known-networks.plist"
ADDAILY = (
    "mDNSResponder",
    "apsd",
    "com.apple.mobilesafari",
    "net.whatsapp.WhatsApp",
    "timed",
    "BackupAgent2",
    "cloudd",
)


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts the property lists on the phone."""
    addaily(phone, planted)
    identities(phone, planted)
    settings = {"AppleLocale": "en_FR", "AppleLanguages": ["en-FR", "de-FR"], "LDMGlobalEnabled": False}
    phone.add(f"{FOLDER}/.GlobalPreferences.plist", binary(settings))
    networks = {f"wifi.network.ssid.{name}": network(name) for name in ("Riverbank", "Ferry Lounge")}
    phone.add(WIFI, binary(networks))


def addaily(phone: Phone, planted: Planted) -> None:
    """com.apple.osanalytics.addaily.plist: a baseline of traffic for each process."""
    path, random = f"{FOLDER}/com.apple.osanalytics.addaily.plist", phone.random("addaily")
    baseline: dict[str, list[object]] = {}
    for name in ADDAILY:
        baseline[name] = [date(NOW - random.randrange(3, 90) * DAY), *(random.uniform(0, 1e7) for _ in range(4))]
    if planted:
        baseline[PROCESS] = [date(ATTACK + 900), 0.0, 0.0, 14e6, 31e6]
        at = Spot("ios.osanalytics.addaily", path, f"netUsageBaseline.{PROCESS}")
        phone.indicator(at, "process", PROCESS, PROCESS, "A process of the family used the network.")
    phone.add(path, binary({"netUsageBaseline": baseline, "lastAggregationDate": date(NOW - DAY)}))


def identities(phone: Phone, planted: Planted) -> None:
    """The cache of which addresses can be reached by iMessage; one key has NUL bytes, as an exploit left it."""
    path, app = f"{FOLDER}/com.apple.identityservices.idstatuscache.plist", "com.apple.madrid"
    looked = {f"tel:{number}": lookup(NOW - 50 * DAY) for number in NUMBERS[:6]}
    looked |= {f"mailto:{mail}": lookup(NOW - 40 * DAY) for mail in MAILS[:4]}
    if planted:
        at = Spot("ios.idstatuscache.lookups", path, f"{app}.mailto:{EMAIL}")
        looked[f"mailto:{EMAIL}"] = lookup(ATTACK - 40)
        what = "The phone looked up an e-mail address of the family for iMessage."
        phone.indicator(at, "email", EMAIL, f"mailto:{EMAIL}", what)
        odd = "mailto:q\0\0uill@postbox.example"
        looked[odd] = lookup(ATTACK - 35)
        what = "A looked-up address holds NUL bytes."
        phone.heuristic(Spot(at.artifact, path, f"{app}.{odd}"), "IOS008", odd, what, "high")
    other = {f"tel:{NUMBERS[0]}": lookup(NOW - 20 * DAY)}
    phone.add(path, binary({app: looked, "com.apple.private.alloy.facetime.video": other, "CacheVersion": 5}))


def lookup(moment: float) -> dict[str, object]:
    """One entry of the cache; 1 means that the address can be reached."""
    return {"LookupDate": moment - COCOA, "IDStatus": 1}


def network(name: str) -> dict[str, object]:
    """A Wi-Fi network that the phone knows."""
    return {
        "SSID": name.encode(),
        "AddedAt": date(NOW - 300 * DAY),
        "JoinedByUserAt": date(NOW - 300 * DAY),
        "JoinedBySystemAt": date(NOW - DAY),
        "UpdatedAt": date(NOW - DAY),
        "SupportedSecurityTypes": "WPA2 Personal",
        "Hidden": False,
        "CaptiveProfile": {"CaptiveNetwork": name == "Ferry Lounge"},
        "BSSList": [{"BSSID": "02:00:5e:10:00:01", "Channel": 36, "LastAssociatedAt": date(NOW - DAY)}],
    }
