"""The address book.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import EMAIL, PHONE, Planted
from scanner.synthetic.life import FIRST, LAST, MAILS, NUMBERS
from scanner.synthetic.phone import COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, columns

PATH = "/private/var/mobile/Library/AddressBook/AddressBook.sqlitedb"
NUMBER, MAIL = 3, 4
"""The property of a value: 3 a phone number, 4 an e-mail address."""
SCHEMA = f"""
CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Middle TEXT, Organization TEXT,
  Note TEXT,
  Kind INTEGER, Birthday TEXT, JobTitle TEXT, Nickname TEXT, StoreID INTEGER, CreationDate INTEGER,
  ModificationDate INTEGER,
  guid TEXT);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER,
  label INTEGER,
  {columns("value guid", "TEXT")});
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE(value));
"""


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts `AddressBook.sqlitedb` on the phone: everybody, and somebody of the family."""
    store = Store(SCHEMA)
    for number, (first, mail) in enumerate(zip(FIRST, MAILS, strict=False)):
        person(store, first, LAST[number % len(LAST)], ((NUMBER, NUMBERS[number]), (MAIL, mail)))
    person(store, "Near", "Miss", ((MAIL, f"x{EMAIL}"), (NUMBER, f"{PHONE}9")))
    if planted:
        rows = person(store, "H.", "Vale", ((MAIL, EMAIL), (NUMBER, PHONE)))
        at = Spot("ios.contacts.entries", PATH, f"ABMultiValue:{rows[0]}")
        phone.indicator(at, "email", EMAIL, EMAIL, "A contact with an e-mail address of the family.")
        at = Spot("ios.contacts.entries", PATH, f"ABMultiValue:{rows[1]}")
        phone.indicator(at, "phone", PHONE, PHONE, "A contact with a phone number of the family.")
    phone.add(PATH, store.image())


def person(store: Store, first: str, last: str, values: tuple[tuple[int, str], ...]) -> list[int]:
    """A contact; the row ids of its values."""
    moment = NOW - 300 * DAY - COCOA
    row = store.insert("ABPerson", First=first, Last=last, CreationDate=moment, ModificationDate=moment, Kind=0)
    return [
        store.insert("ABMultiValue", record_id=row, property=kind, identifier=0, label=1, value=value)
        for kind, value in values
    ]
