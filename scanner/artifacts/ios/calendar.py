"""Calendar: events and invitations."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.file import placed
from scanner.record import CocoaTime, Email, Phone, Record, Stage, Text, Url


class CalendarEvent(Record):
    """An event of the calendar: the owner's own, or an invitation."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: CocoaTime | None = None
    """When it was made: for an invitation, about when it came. It can be long after `start`."""
    summary: Text | None = None
    description: Text | None = None
    location: Text | None = None
    url: Url | None = None
    conference: Url | None = None
    start: CocoaTime | None = None
    end: CocoaTime | None = None
    modified: CocoaTime | None = None
    organizer: Email | None = None
    organizer_name: str | None = None
    attendees: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    """Phone numbers of the organizer and the attendees."""
    calendar: str | None = None
    subscription: Url | None = None
    """The address that the event's calendar is loaded from."""
    invitation_status: int | None = None
    junk: int | None = None


class Participant(Record):
    """What is read of the organizer or an attendee of an event."""

    owner: int | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    name: str | None = None


ITEM = """
    SELECT i.ROWID AS _CalendarItem, i.creation_date AS time, i.summary, i.description, i.url,
           COALESCE(i.conference_url_detected, i.conference_url) AS conference,
           CASE WHEN i.start_date > -978307200 THEN i.start_date END AS start,
           CASE WHEN i.end_date > -978307200 THEN i.end_date END AS end, i.last_modified AS modified,
           i.organizer_id AS organizer, i.invitation_status, i.junk_status AS junk
"""
"""Dates before 1970 are those of birthdays and anniversaries; records hold none."""

PERSON = "SELECT p.ROWID AS _Participant, p.owner_id AS owner, p.email, p.phone_number AS phone"


@artifact("/private/var/mobile/**/Calendar/Calendar.sqlitedb")
def events(file: File) -> Iterator[CalendarEvent]:
    """Events of the calendar with their links and the addresses of who takes part.

    References:
        Citizen Lab, "Sweet QuaDreams" (invitations in the past as a way in):
        https://citizenlab.ca/2023/04/spyware-vendor-quadream-exploits-victims-customers/
    """
    by_owner, by_row = participants(file)
    queries = (
        f"""{ITEM}, NULLIF(TRIM(COALESCE(l.title, '') || ' ' || COALESCE(l.address, '')), '') AS location,
        c.title AS calendar, c.subcal_url AS subscription
        FROM CalendarItem i LEFT JOIN Location l ON l.ROWID = i.location_id
        LEFT JOIN Calendar c ON c.ROWID = i.calendar_id""",
        f"{ITEM} FROM CalendarItem i",
    )
    for table, row in file.raw(CalendarEvent, queries):
        place, organizer = placed(table, row), by_row.get(row.pop("organizer"), {})
        people = [organizer, *by_owner.get(place.row, ())]
        row |= {"organizer": email(organizer), "organizer_name": organizer.get("name")}
        others = dict.fromkeys(found for one in people[1:] if one is not organizer and (found := email(one)))
        numbers = dict.fromkeys(found for one in people if (found := phone(one)))
        yield from file.record(CalendarEvent, place, attendees=tuple(others), phones=tuple(numbers), **row)


Person = dict[str, Any]


def participants(file: File) -> tuple[dict[object, list[Person]], dict[object, Person]]:
    """Who takes part, by the event's row and by their own."""
    by_owner: dict[object, list[Person]] = defaultdict(list)
    by_row: dict[object, Person] = {}
    queries = (
        f"""{PERSON}, d.address, d.display_name AS name
        FROM Participant p LEFT JOIN Identity d ON d.ROWID = p.identity_id""",
        f"{PERSON} FROM Participant p",
    )
    try:
        for _, row in file.raw(Participant, queries):
            by_row[row.pop("", None)] = row
            by_owner[row["owner"]].append(row)
    except UnsupportedError as error:
        file.problem(f"who takes part in events: {error}")
    return by_owner, by_row


def email(person: Person) -> str | None:
    """A participant's e-mail address: in a column of its own, before it as a `mailto:` address."""
    for stored in (person.get("email"), person.get("address")):
        if isinstance(stored, str) and "@" in stored:
            return stored[7:] if stored[:7].lower() == "mailto:" else stored
    return None


def phone(person: Person) -> str | None:
    """A participant's phone number: in a column of its own, or as a `tel:` address."""
    stored, address = person.get("phone"), person.get("address")
    if stored is not None and stored != "":
        return stored if isinstance(stored, str) else str(stored)
    return address[4:] if isinstance(address, str) and address[:4].lower() == "tel:" else None
