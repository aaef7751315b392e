"""Which applications may use camera, microphone, contacts and photos.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import APP, Planted
from scanner.synthetic.phone import ATTACK, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store

PATH = "/private/var/mobile/Library/TCC/TCC.db"
DENIED, ALLOWED = 0, 2
SCHEMA = """
CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL,
  auth_value INTEGER NOT NULL,
  auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
  indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
  indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL,
  PRIMARY KEY (service, client, client_type, indirect_object_identifier));
CREATE TABLE expired (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, csreq BLOB,
  last_modified INTEGER NOT NULL, expired_at INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (service, client, client_type));
"""
GRANTS = (
    ("kTCCServiceCamera", "net.whatsapp.WhatsApp", ALLOWED), ("kTCCServiceMicrophone", "net.whatsapp.WhatsApp",
    ALLOWED),
    ("kTCCServicePhotos", "net.whatsapp.WhatsApp", ALLOWED), ("kTCCServiceAddressBook", "net.whatsapp.WhatsApp",
    ALLOWED),
    ("kTCCServiceCamera", "example.paperboat.shop", DENIED), ("kTCCServicePhotosAdd", "com.google.chrome.ios", ALLOWED),
    ("kTCCServiceCalendar", "example.ferryclock.app", ALLOWED), ("kTCCServiceMotion", "com.apple.Health", ALLOWED),
    ("kTCCServiceUserTracking", "example.paperboat.shop", DENIED), ("kTCCServiceBluetoothAlways",
    "example.moorland.radio", ALLOWED),
)  # fmt: skip


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts `TCC.db` on the phone, as of iOS 14 and later."""
    random, store = phone.random("tcc"), Store(SCHEMA)
    store.insert("admin", key="version", value=26)
    for service, client, value in GRANTS:
        grant(store, service, client, value, NOW - random.randrange(20, 500) * DAY)
    if planted:
        for service in ("kTCCServiceMicrophone", "kTCCServiceCamera"):
            row = grant(store, service, APP, ALLOWED, ATTACK + 240)
            what = "An app of the family may use microphone or camera."
            phone.indicator(Spot("ios.tcc.access", PATH, f"access:{row}"), "app_id", APP, APP, what)
    phone.add(PATH, store.image())


def grant(store: Store, service: str, client: str, value: int, moment: int) -> int:
    """A permission given or refused by the owner; its row id."""
    return store.insert(
        "access", service=service, client=client, client_type=0, auth_value=value, auth_reason=2, auth_version=1,
        flags=0,
        last_modified=moment,
    )  # fmt: skip
