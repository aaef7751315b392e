"""The address book."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.convert import text
from scanner.evidence import File
from scanner.evidence.grouped import Row, grouped, joined, several
from scanner.record import CocoaTime, Email, Handle, Phone, Place, Record, Stage, Text, Url

FIELDS = {3: "phone", 4: "email", 22: "url"}
"""The record's field for each property of a value; every other property goes to `other`."""
NAMES = ("first", "middle", "last")
ACCOUNT = "username"
ENTRY = """
    SELECT v.UID AS _ABMultiValue, p.ROWID AS person, p.First AS first, p.Middle AS middle, p.Last AS last,
           p.Nickname AS nickname, p.Organization AS organization, p.JobTitle AS job, p.Note AS note,
           nullif(p.CreationDate, 0) AS time, nullif(p.ModificationDate, 0) AS modified, v.property, v.value,
           l.value AS label, e.value AS part, k.value AS key
    FROM ABPerson p {values}
"""
VALUES = "FULL JOIN ABMultiValue v ON v.record_id = p.ROWID"
JOINS = (
    "LEFT JOIN ABMultiValueLabel l ON l.ROWID = v.label",
    "LEFT JOIN ABMultiValueEntry e ON e.parent_id = v.UID",
    "LEFT JOIN ABMultiValueEntryKey k ON k.ROWID = e.key",
)


class AddressBookEntry(Record):
    """One value of a contact: a number, an address, a page; or a contact that has none."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: CocoaTime | None = None
    """When the contact was made."""
    modified: CocoaTime | None = None
    person: int | None = None
    """The contact's row in `ABPerson`."""
    name: Text | None = None
    nickname: Text | None = None
    organization: Text | None = None
    job: Text | None = None
    note: Text | None = None
    property: int | None = None
    """3 telephone, 4 e-mail, 5 postal address, 13 instant messenger, 22 page, 46 social network."""
    label: str | None = None
    phone: Phone | None = None
    email: Email | None = None
    url: Url | None = None
    handle: Handle | None = None
    """The account in an instant messenger or a social network."""
    other: Text | None = None
    """Any other value."""


@artifact("/private/var/mobile/Library/AddressBook/AddressBook.sqlitedb")
def entries(file: File) -> Iterator[AddressBookEntry]:
    """Contacts, one record for each of their values; also values whose contact is gone and contacts without values.

    References:
        The Apple Wiki, "Address Book": https://theapplewiki.com/wiki/Filesystem:/private/var/mobile/Library/AddressBook
    """
    queries = (*joined(ENTRY.format(values=VALUES), *JOINS), ENTRY.format(values=""))
    for place, rows in grouped(file, AddressBookEntry, *queries):
        row = rows[0]
        person = Place(table="ABPerson", row=number(row["person"]), recovered=place.recovered)
        name = " ".join(text(part) for key in NAMES if (part := row.pop(key)) is not None).strip() or None
        yield from file.record(AddressBookEntry, person if place.row is None else place, **valued(rows), name=name)


def valued(rows: list[Row]) -> dict[str, Any]:
    """What a contact's value is, from the rows of its parts."""
    row = dict(rows[0])
    parts = {one["key"]: one["part"] for one in rows}
    value, label = row.pop("value"), row["label"]
    del row["part"], row["key"]
    if isinstance(label, str):
        row["label"] = label.removeprefix("_$!<").removesuffix(">!$_")
    row[FIELDS.get(row["property"], "other")] = value
    if value is None:
        row["handle"] = parts.pop(ACCOUNT, None)
        row["other"] = ", ".join(several(one["part"] for one in rows if one["key"] != ACCOUNT)) or None
    return row


def number(value: object) -> int | None:
    """A row number, if it is one."""
    return value if isinstance(value, int) else None
