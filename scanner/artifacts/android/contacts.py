"""The address book."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.evidence.file import placed
from scanner.evidence.grouped import joined
from scanner.record import Email, Handle, MilliTime, Phone, Record, Stage, Text, Url

FIELDS = {
    "phone_v2": "phone", "email_v2": "email", "website": "url", "im": "handle", "sip_address": "handle",
    "identity": "handle",
}  # fmt: skip
"""The record's field for each type of value; of other types it is `other`."""
SKIPPED = frozenset({"photo", "group_membership", "name", "nickname", "contact_event"})
"""Values without anything to look for; a contact's name stands in each of its records."""
QUERY = joined(
    """
    SELECT d._id AS _data, d.raw_contact_id AS person, t.mimetype AS type, d.data1, d.data3 AS label, d.data4,
           r.display_name AS name, coalesce(a.account_type, r.account_type) AS account_kind,
           coalesce(a.account_name, r.account_name) AS account,
           c.contact_last_updated_timestamp AS time, nullif(r.last_time_contacted, 0) AS contacted,
           r.times_contacted AS times, r.deleted
    FROM data d
    """,
    "LEFT JOIN mimetypes t ON t._id = d.mimetype_id",
    "LEFT JOIN raw_contacts r ON r._id = d.raw_contact_id",
    "LEFT JOIN contacts c ON c._id = r.contact_id",
    "LEFT JOIN accounts a ON a._id = r.account_id",
)


class ContactEntry(Record):
    """One value of a contact: a number, an address, a page, an account in an app."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: MilliTime | None = None
    """When the contact was last changed."""
    person: int | None = None
    """The contact's row in `raw_contacts`."""
    name: Text | None = None
    kind: str | None = None
    """The type of the value without its prefix: `phone_v2`, `email_v2`, `com.whatsapp.profile`."""
    label: str | None = None
    phone: Phone | None = None
    normalized: Phone | None = None
    """The number with its country code."""
    email: Email | None = None
    url: Url | None = None
    handle: Handle | None = None
    """The account in a messenger."""
    other: Text | None = None
    account: Handle | None = None
    """The owner's account that the contact belongs to."""
    account_kind: str | None = None
    contacted: MilliTime | None = None
    times: int | None = None
    deleted: bool | None = None


@artifact(
    "/data/**/com.android.providers.contacts/databases/contacts2.db",
    "/data/**/com.samsung.android.providers.contacts/databases/contacts2.db",
)
def entries(file: File) -> Iterator[ContactEntry]:
    """Contacts, one record for each of their values; also values whose contact is gone.

    Messengers enter their users as values of a type of their own (`vnd.com.whatsapp.profile`): their accounts too.

    References:
        Android Developers, "ContactsContract.Data":
        https://developer.android.com/reference/android/provider/ContactsContract.Data
        Android Open Source Project, "ContactsDatabaseHelper.java":
        https://android.googlesource.com/platform/packages/providers/ContactsProvider/+/main/src/com/android/providers/contacts/ContactsDatabaseHelper.java
    """
    for table, row in file.raw(ContactEntry, QUERY):
        place = placed(table, row)
        kind, value, more = bare(row.pop("type")), row.pop("data1"), row.pop("data4")
        if value is None or kind in SKIPPED:
            continue
        field = FIELDS.get(kind, "handle" if "." in kind else "other")
        row[field] = value
        yield from file.record(ContactEntry, place, **row, kind=kind, normalized=more if field == "phone" else None)


def bare(kind: object) -> str:
    """A type of value without what all of them begin with."""
    return kind.removeprefix("vnd.android.cursor.item/").removeprefix("vnd.") if isinstance(kind, str) else ""
