"""The calendar.

References:
    MVT documentation, "Records extracted by check-backup": https://docs.mvt.re/en/latest/ios/records/
"""

from scanner.synthetic.indicators import CONTROL, EMAIL, Planted
from scanner.synthetic.life import MAILS, uuid
from scanner.synthetic.phone import ATTACK, COCOA, DAY, NOW, Amount, Phone, Spot
from scanner.synthetic.sqlite import Store, Value, columns

PATH = "/private/var/mobile/Library/Calendar/Calendar.sqlitedb"
ARTIFACT = "ios.calendar.events"
NUMBERED = (
    "location_id all_day calendar_id orig_item_id organizer_id self_attendee_id status invitation_status availability "
    "privacy_level sequence_num hidden has_recurrences has_attendees entity_type priority created_by_id modified_by_id"
)
SCHEMA = f"""
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, description TEXT, start_date REAL,
  start_tz TEXT,
  end_date REAL, end_tz TEXT, url TEXT, last_modified REAL, creation_date REAL, {columns(NUMBERED, "INTEGER")},
  unique_identifier TEXT, UUID TEXT, external_id TEXT, conference_url TEXT);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, {columns("entity_type type status role", "INTEGER")},
  identity_id INTEGER, owner_id INTEGER, UUID TEXT, email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT,
  last_modified REAL);
CREATE TABLE Identity (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, display_name TEXT, address TEXT, first_name TEXT,
  last_name TEXT);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, store_id INTEGER, title TEXT, flags INTEGER,
  color TEXT, type TEXT);
"""
HARMLESS = (
    ("Dentist", None), ("Meeting", "Quarter figures"), ("Choir", "Bring the notes"), ("Lunch", None), ("Meeting", None),
    ("Notes", "Notes"), ("Ferry", "https://ferryclock.example/ticket/9"),
)  # fmt: skip


def add(phone: Phone, amount: Amount, planted: Planted) -> None:  # noqa: ARG001
    """Puts `Calendar.sqlitedb` on the phone."""
    random, store = phone.random("calendar"), Store(SCHEMA)
    store.insert("Calendar", store_id=1, title="Home", flags=0)
    for number, (summary, notes) in enumerate(HARMLESS):
        event(store, summary, notes, NOW - (40 + number) * DAY, MAILS[number], UUID=uuid(random))
    if planted:
        attack(phone, store)
    phone.add(PATH, store.image())


def event(store: Store, summary: str, notes: str | None, moment: float, organizer: str, **more: Value) -> int:
    """An hour's event that somebody invites to; its row id."""
    time = moment - COCOA
    row = store.insert(
        "CalendarItem", summary=summary, description=notes, start_date=time, end_date=time + 3600,
        start_tz="Europe/Paris",
        calendar_id=1, last_modified=time - DAY, creation_date=time - DAY, has_attendees=1, entity_type=2, **more,
    )  # fmt: skip
    identity = store.insert("Identity", display_name=organizer, address=f"mailto:{organizer}")
    person = store.insert(
        "Participant", entity_type=8, type=1, identity_id=identity, owner_id=row, email=organizer, is_self=0
    )
    store.connection.execute("UPDATE CalendarItem SET organizer_id = ? WHERE ROWID = ?", (person, row))
    return row


def attack(phone: Phone, store: Store) -> None:
    """The invitation that an exploit came in, one from an address of the family, and one with a link."""
    row = event(store, "Meeting", "Notes", ATTACK - 100 * DAY, MAILS[1], UUID="5EED-1")
    what = 'An invitation "Meeting" with the notes "Notes", in the past.'
    at = Spot(ARTIFACT, PATH, f"CalendarItem:{row}")
    phone.heuristic(at, "IOS007", "Meeting/Notes", what, "high")
    row = event(store, "Delivery", None, ATTACK + DAY, EMAIL, UUID="5EED-2")
    at = Spot(ARTIFACT, PATH, f"CalendarItem:{row}")
    phone.indicator(at, "email", EMAIL, EMAIL, "An invitation from an e-mail address of the family.")
    address = f"https://{CONTROL}/join"
    row = event(store, "Call", None, ATTACK + DAY, MAILS[2], UUID="5EED-3", url=address)
    at = Spot(ARTIFACT, PATH, f"CalendarItem:{row}")
    phone.indicator(at, "domain", CONTROL, address, "An event with a link of the family.")
