"""How much network each process used.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
    Plaso documentation, supported formats: https://plaso.readthedocs.io/en/latest/sources/user/Supported-formats.html
"""

from scanner.synthetic.indicators import LONG_PROCESS, PROCESS, Planted
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, columns

PATH = "/private/var/wireless/Library/Databases/DataUsage.sqlite"
ARTIFACT = "ios.datausage.usage"
CORE = "Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER"
SCHEMA = f"""
CREATE TABLE ZPROCESS ({CORE}, ZFIRSTTIMESTAMP TIMESTAMP, ZTIMESTAMP TIMESTAMP, ZBUNDLENAME VARCHAR, ZPROCNAME VARCHAR);
CREATE TABLE ZLIVEUSAGE ({CORE}, {columns("ZKIND ZMETADATA ZTAG ZHASPROCESS", "INTEGER")}, ZBILLCYCLEEND TIMESTAMP,
  ZTIMESTAMP TIMESTAMP, {columns("ZWIFIIN ZWIFIOUT ZWWANIN ZWWANOUT", "FLOAT")});
CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX INTEGER);
CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY, Z_UUID VARCHAR(255), Z_PLIST BLOB);
"""
ORDINARY = (
    ("mDNSResponder", None), ("nsurlsessiond", None), ("apsd", None), ("locationd", None), ("timed", None), ("trustd",
    None),
    ("mobileassetd", None), ("itunesstored", None), ("cloudd", None), ("identityservicesd", None), ("imagent", None),
    ("MobileSafari", "com.apple.mobilesafari"), ("com.apple.WebKit.Networking", "com.apple.mobilesafari"),
    ("MobileSMS", "com.apple.MobileSMS"), ("WhatsApp", "net.whatsapp.WhatsApp"), ("AppStore", "com.apple.AppStore"),
    ("Maps", "com.apple.Maps"), ("Ferryclock", "example.ferryclock.app"), ("chimeradx", "example.gardenledger.app"),
)  # fmt: skip
"""Processes and their bundles; the last one's name only begins like the family's."""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts `DataUsage.sqlite` on the phone."""
    random, store = phone.random("datausage"), Store(SCHEMA)
    for name, bundle in ORDINARY:
        first = NOW - random.randrange(30, 300) * DAY
        use(store, process(store, name, bundle, first), first + DAY, random.uniform(1e3, 1e8))
    if planted:
        attack(phone, store)
    process(store, "backupd", None, NOW - DAY)
    highest = store.connection.execute("SELECT max(Z_PK) FROM ZPROCESS").fetchone()[0]
    store.insert("Z_PRIMARYKEY", Z_ENT=6, Z_NAME="Process", Z_SUPER=0, Z_MAX=highest)
    phone.add(PATH, store.image(), modified=NOW - 3600)


def process(store: Store, name: str, bundle: str | None, moment: float) -> int:
    """A process; its row id."""
    time = moment - COCOA
    return store.insert(
        "ZPROCESS", Z_ENT=6, Z_OPT=1, ZFIRSTTIMESTAMP=time, ZTIMESTAMP=time, ZBUNDLENAME=bundle, ZPROCNAME=name
    )


def use(store: Store, process: int, moment: float, amount: float) -> int:
    """The traffic of a process; its row id."""
    time = moment - COCOA
    return store.insert(
        "ZLIVEUSAGE", Z_ENT=5, ZKIND=0, ZHASPROCESS=process, ZTIMESTAMP=time, ZWIFIIN=amount, ZWIFIOUT=amount / 9,
        ZWWANIN=0.0,
        ZWWANOUT=amount / 3,
    )  # fmt: skip


def attack(phone: Phone, store: Store) -> None:
    """Processes of the family, with and without traffic; traffic whose process was deleted, which leaves a gap."""
    row = use(store, process(store, PROCESS, None, ATTACK + 180), ATTACK + 900, 4.2e7)
    what = "A process of the family used the network."
    phone.indicator(Spot(ARTIFACT, PATH, f"ZLIVEUSAGE:{row}"), "process", PROCESS, PROCESS, what)
    row = process(store, LONG_PROCESS, None, ATTACK + 200)
    what = "A process of the family is listed without traffic."
    phone.indicator(Spot(ARTIFACT, PATH, f"ZPROCESS:{row}"), "process", LONG_PROCESS, LONG_PROCESS, what)
    gone = process(store, "deleted", None, ATTACK + 220)
    row = use(store, gone, ATTACK + 950, 9.9e6)
    store.connection.execute("DELETE FROM ZPROCESS WHERE Z_PK = ?", (gone,))
    what = "Traffic of a process whose row was deleted."
    phone.heuristic(Spot(ARTIFACT, PATH, f"ZLIVEUSAGE:{row}"), "IOS005", str(gone), what, "high")
    what = "A number is missing between the numbers of the processes."
    phone.heuristic(Spot(ARTIFACT, PATH, f"ZPROCESS:{gone - 1}"), "IOS006", str(gone), what, "low")
    # A later process keeps SQLite from giving the number again.
    store.insert("ZPROCESS", Z_PK=gone + 1, Z_ENT=6, ZFIRSTTIMESTAMP=ATTACK + DAY - COCOA, ZPROCNAME="softwareupdated")
