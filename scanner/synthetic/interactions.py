"""Who the phone interacted with, as CoreDuet counts it.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import DELIVERY, EMAIL, RICH, Planted
from scanner.synthetic.life import FIRST, MAILS, NUMBERS, times, uuid
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, Value, columns

PATH = "/private/var/mobile/Library/CoreDuet/People/interactionC.db"
CORE = "Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER"
COUNTS = "ZINCOMINGRECIPIENTCOUNT ZINCOMINGSENDERCOUNT ZOUTGOINGRECIPIENTCOUNT ZPERSONIDTYPE ZTYPE"
DATES = (
    "ZCREATIONDATE ZFIRSTINCOMINGRECIPIENTDATE ZFIRSTINCOMINGSENDERDATE ZFIRSTOUTGOINGRECIPIENTDATE "
    "ZLASTINCOMINGRECIPIENTDATE ZLASTINCOMINGSENDERDATE ZLASTOUTGOINGRECIPIENTDATE"
)
TEXTS = (
    "ZACCOUNT ZBUNDLEID ZCONTENTURL ZDERIVEDINTENTIDENTIFIER ZDOMAINIDENTIFIER "
    "ZGROUPNAME ZLOCATIONUUID ZTARGETBUNDLEID ZUUID"
)
SCHEMA = f"""
CREATE TABLE ZINTERACTIONS ({CORE}, {columns("ZDIRECTION ZISRESPONSE ZMECHANISM ZRECIPIENTCOUNT ZSENDER", "INTEGER")},
  {columns("ZCREATIONDATE ZENDDATE ZSTARTDATE", "TIMESTAMP")}, {columns(TEXTS, "VARCHAR")});
CREATE TABLE ZCONTACTS ({CORE}, {columns(COUNTS, "INTEGER")}, {columns(DATES, "TIMESTAMP")},
  {columns("ZCUSTOMIDENTIFIER ZDISPLAYNAME ZIDENTIFIER ZPERSONID", "VARCHAR")});
CREATE TABLE ZATTACHMENT ({CORE}, ZSIZEINBYTES INTEGER, ZIDENTIFIER BLOB,
  {columns("ZCLOUDIDENTIFIER ZCONTENTTEXT ZCONTENTURL ZPHOTOLOCALIDENTIFIER ZUTI", "VARCHAR")});
CREATE TABLE Z_1INTERACTIONS (Z_1ATTACHMENTS INTEGER, Z_3INTERACTIONS INTEGER, PRIMARY KEY (Z_1ATTACHMENTS,
  Z_3INTERACTIONS));
CREATE TABLE Z_2INTERACTIONRECIPIENT (Z_2RECIPIENTS INTEGER, Z_3INTERACTIONRECIPIENT INTEGER,
  PRIMARY KEY (Z_2RECIPIENTS, Z_3INTERACTIONRECIPIENT));
"""
BUNDLES = ("com.apple.MobileSMS", "net.whatsapp.WhatsApp", "com.apple.InCallService", "com.apple.mobilemail")


def add(phone: Phone, amount: Amount, planted: Planted) -> None:
    """Puts `interactionC.db` on the phone."""
    random, store = phone.random("interactions"), Store(SCHEMA)
    people = (*NUMBERS, *MAILS)
    for row, name in enumerate(people, 1):
        contact(store, row, name, FIRST[row % len(FIRST)])
    for row, moment in enumerate(times(random, amount.interactions, NOW - 200 * DAY, ATTACK - 120), 1):
        interact(
            store, row, moment, random.randrange(len(people)) + 1, ZBUNDLEID=random.choice(BUNDLES), ZUUID=uuid(random)
        )
    if planted:
        attack(phone, store, amount.interactions + 1, len(people) + 1)
    phone.add(PATH, store.image(), modified=NOW - 3600)


def contact(store: Store, row: int, name: str, display: str) -> None:
    """Somebody that the phone interacted with."""
    time = NOW - 250 * DAY - COCOA
    store.insert(
        "ZCONTACTS", Z_PK=row, Z_ENT=2, ZCREATIONDATE=time, ZIDENTIFIER=name, ZDISPLAYNAME=display,
        ZINCOMINGSENDERCOUNT=1
    )  # fmt: skip


def interact(store: Store, row: int, moment: float, sender: int, **more: Value) -> None:
    """An incoming interaction."""
    time = moment - COCOA
    store.insert(
        "ZINTERACTIONS", Z_PK=row, Z_ENT=3, Z_OPT=1, ZSENDER=sender, ZSTARTDATE=time, ZENDDATE=time,
        ZCREATIONDATE=time + 1,
        ZDIRECTION=0, ZMECHANISM=13, ZRECIPIENTCOUNT=1, **more,
    )  # fmt: skip


def attack(phone: Phone, store: Store, row: int, stranger: int) -> None:
    """A stranger of the family, a link as content, and a link as attachment."""

    def spot(row: int) -> Spot:
        return Spot("ios.interactions.people", PATH, f"ZINTERACTIONS:{row}")

    contact(store, stranger, EMAIL, "H. Vale")
    interact(store, row, ATTACK - 20, stranger, ZBUNDLEID="com.apple.mobilemail", ZUUID="5EED-1")
    phone.indicator(spot(row), "email", EMAIL, EMAIL, "An interaction with an e-mail address of the family.")
    address = f"https://{RICH}/i"
    interact(store, row + 1, ATTACK - 10, 1, ZBUNDLEID=BUNDLES[0], ZUUID="5EED-2", ZCONTENTURL=address)
    phone.indicator(spot(row + 1), "domain", RICH, address, "An interaction about a page of the family.")
    address = f"https://{DELIVERY}/i"
    interact(store, row + 2, ATTACK - 5, 2, ZBUNDLEID=BUNDLES[0], ZUUID="5EED-3")
    attachment = store.insert("ZATTACHMENT", ZCONTENTURL=address, ZUTI="public.url")
    store.insert("Z_1INTERACTIONS", Z_1ATTACHMENTS=attachment, Z_3INTERACTIONS=row + 2)
    phone.indicator(spot(row + 2), "domain", DELIVERY, address, "An interaction with an attached link of the family.")
