"""The call history of Phone and FaceTime.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import EMAIL, PHONE, Planted
from scanner.synthetic.life import NUMBERS, times
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, columns

PATH = "/private/var/mobile/Library/CallHistoryDB/CallHistory.storedata"
TELEPHONE, FACETIME = "com.apple.Telephony", "com.apple.FaceTime"
NUMBERED = "ZANSWERED ZCALLTYPE ZDISCONNECTED_CAUSE ZHANDLE_TYPE ZNUMBER_AVAILABILITY ZORIGINATED ZREAD"
SCHEMA = f"""
CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, {columns(NUMBERED, "INTEGER")},
  ZDATE TIMESTAMP, ZDURATION FLOAT, {columns("ZADDRESS ZDEVICE_ID ZISO_COUNTRY_CODE ZLOCATION ZNAME", "VARCHAR")},
  ZSERVICE_PROVIDER VARCHAR, ZUNIQUE_ID VARCHAR, ZFACE_TIME_DATA BLOB);
"""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts `CallHistory.storedata` on the phone."""
    random, store = phone.random("calls"), Store(SCHEMA)
    for moment in times(random, 40, NOW - 200 * DAY, ATTACK - DAY):
        call(store, random.choice(NUMBERS), TELEPHONE, moment, random.choice((0.0, random.uniform(3, 1200))))
    if planted:
        row = call(store, EMAIL, FACETIME, ATTACK - 600, 0.0)
        what = "A missed FaceTime call from an e-mail address of the family."
        phone.indicator(Spot("ios.calls.history", PATH, f"ZCALLRECORD:{row}"), "email", EMAIL, EMAIL, what)
        row = call(store, PHONE, TELEPHONE, ATTACK - 500, 0.0)
        what = "A missed call from a phone number of the family."
        phone.indicator(Spot("ios.calls.history", PATH, f"ZCALLRECORD:{row}"), "phone", PHONE, PHONE, what)
    phone.add(PATH, store.image(), modified=NOW - 3600)


def call(store: Store, other: str, service: str, moment: float, duration: float) -> int:
    """An incoming call, missed if it did not last; its row id."""
    return store.insert(
        "ZCALLRECORD", Z_ENT=2, Z_OPT=1, ZANSWERED=int(duration > 0), ZCALLTYPE=1 if service == TELEPHONE else 8,
        ZORIGINATED=0,
        ZREAD=1, ZDATE=moment - COCOA, ZDURATION=duration, ZADDRESS=other, ZISO_COUNTRY_CODE="us",
        ZSERVICE_PROVIDER=service,
        ZHANDLE_TYPE=2, ZUNIQUE_ID=f"5EED0000-0000-4000-8000-{int(moment):012X}",
    )  # fmt: skip
