"""Configuration profiles and what happened to them.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
    Apple, "Device Management": https://developer.apple.com/documentation/devicemanagement
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from scanner.synthetic.certificate import root
from scanner.synthetic.indicators import CONTROL, PROCESS, PROFILE, Planted
from scanner.synthetic.phone import ATTACK, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.plist import binary, date

GROUP = "systemgroup.com.apple.configurationprofiles"
FOLDER = f"/private/var/containers/Shared/SystemGroup/{GROUP}/Library/ConfigurationProfiles"
EVENTS = f"{FOLDER}/MCProfileEvents.plist"
SCHOOL = "0D0C5EED-0000-4000-8000-000000000001"
MANAGEMENT = "0D0C5EED-0000-4000-8000-000000000002"
ROOT = "0D0C5EED-0000-4000-8000-000000000003"
NOTIFICATIONS = "0D0C5EED-0000-4000-8000-000000000004"


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts profiles and their log of events on the phone."""
    wifi = {"PayloadType": "com.apple.wifi.managed", "SSID_STR": "Riverbank School", "EncryptionType": "WPA2"}
    profile(phone, SCHOOL, "Riverbank School Wi-Fi", NOW - 200 * DAY, [wifi])
    events: list[dict[str, object]] = [event(SCHOOL, "install", "Preferences", NOW - 200 * DAY)]
    if planted:
        attack(phone)
        events.append(event(PROFILE, "install", PROCESS, ATTACK + 420))
        at = Spot("ios.profiles.events", EVENTS, "ProfileEvents.1")
        phone.indicator(at, "process", PROCESS, PROCESS, "A process of the family installed a profile.")
        phone.indicator(at, "profile", PROFILE, PROFILE, "A profile of the family was installed.")
    phone.add(EVENTS, binary({"ProfileEvents": events}))


def profile(phone: Phone, identity: str, name: str, moment: float, contents: Sequence[Mapping[str, object]]) -> Spot:
    """An installed profile; its place."""
    payloads: list[dict[str, object]] = [
        {
            "PayloadIdentifier": f"example.profile.{number}",
            "PayloadUUID": f"{identity[:-2]}F{number}",
            "PayloadVersion": 1,
            **content,
        }
        for number, content in enumerate(contents)
    ]
    path = f"{FOLDER}/profile-{sha256(identity.encode()).hexdigest()}.stub"
    body = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadUUID": identity,
        "PayloadIdentifier": f"example.profile.{identity[:8].lower()}",
        "PayloadDisplayName": name,
        "PayloadOrganization": name,
        "PayloadRemovalDisallowed": False,
        "InstallDate": date(moment),
        "PayloadContent": payloads,
    }
    phone.add(path, binary(body), modified=int(moment))
    return Spot("ios.profiles.installed", path)


def event(identity: str, operation: str, process: str, moment: float) -> dict[str, object]:
    """One entry of the log."""
    return {identity: {"timestamp": date(moment), "operation": operation, "process": process}}


def attack(phone: Phone) -> None:
    """A profile of the family, a device management, a root certificate, and one that silences notifications."""
    at = profile(phone, PROFILE, "Network Settings", ATTACK + 420, [{"PayloadType": "com.apple.wifi.managed"}])
    phone.indicator(at, "profile", PROFILE, PROFILE, "A profile of the family.")
    server = f"https://{CONTROL}/mdm/checkin"
    managed = {"PayloadType": "com.apple.mdm", "ServerURL": server, "CheckInURL": server, "AccessRights": 8191}
    at = profile(phone, MANAGEMENT, "Carrier Services", ATTACK + 430, [managed])
    phone.heuristic(at, "IOS013", MANAGEMENT, "A profile puts the phone under remote management.")
    phone.indicator(at, "domain", CONTROL, server, "The management's server is of the family.")
    certificate = {"PayloadType": "com.apple.security.root", "PayloadContent": root("Trust Root CA")}
    at = profile(phone, ROOT, "Trust", ATTACK + 440, [certificate])
    phone.heuristic(at, "IOS014", ROOT, "A profile makes the phone trust another certificate authority.")
    quiet = {"PayloadType": "com.apple.notificationsettings", "NotificationSettings": []}
    at = profile(phone, NOTIFICATIONS, "Focus", ATTACK + 450, [{"PayloadType": "com.apple.webClip.managed"}, quiet])
    phone.heuristic(at, "IOS012", NOTIFICATIONS, "A profile changes notifications, in its second payload.")
