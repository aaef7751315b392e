"""Signal: its store is encrypted; settings, and what somebody decrypted before."""

from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.evidence.grouped import joined
from scanner.evidence.reader import Reader
from scanner.record import Email, Handle, MilliTime, Phone, Place, Record, Stage, Text

SQLITE = b"SQLite format 3\0"
PAGE, SAMPLES = 4096, 5
EVEN = 200
"""Different bytes in a page of 4096: chance gives all 256."""
SECRET = ("secret", "key", "password", "token", "pin", "salt")
"""A setting with one of these in its name is not read: it could open the owner's messages."""
MESSAGES = tuple(
    query
    for table in ("message", "sms")
    for query in joined(
        f"""
        SELECT m._id AS _{table}, coalesce(nullif(m.date_received, 0), m.date) AS time, m.date_sent AS sent, m.body,
               m.type & 31 IN (2, 11, 21, 22, 23, 24, 25, 26) AS from_me, m.type,
               coalesce(r.e164, r.phone) AS sender, coalesce(r.profile_joined_name, r.system_joined_name) AS name,
               m.thread_id AS thread, m.remote_deleted AS deleted
        FROM {table} m
        """,  # noqa: S608 - all of it is ours
        f"LEFT JOIN recipient r ON r._id = m.{'from_recipient_id' if table == 'message' else 'address'}",
    )
)
PEOPLE = """
    SELECT _id AS _recipient, coalesce(e164, phone) AS phone, coalesce(aci, uuid) AS account, email, username,
           coalesce(profile_joined_name, system_joined_name, system_display_name) AS name, blocked, registered
    FROM recipient
"""


class SignalSetting(Record):
    """A setting of Signal that is not encrypted."""

    name: str
    value: Text | None = None


class SignalMessage(Record):
    """A message in Signal, from a store that was decrypted."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    time: MilliTime | None = None
    sent: MilliTime | None = None
    sender: Handle | None = None
    name: Text | None = None
    from_me: bool | None = None
    body: Text | None = None
    type: int | None = None
    thread: int | None = None
    deleted: bool | None = None


class SignalPerson(Record):
    """Somebody that Signal has met, from a store that was decrypted."""

    stage: ClassVar[Stage] = Stage.CONTACT
    phone: Phone | None = None
    account: str | None = None
    email: Email | None = None
    username: Handle | None = None
    name: Text | None = None
    blocked: bool | None = None
    registered: int | None = None


@artifact("/data/**/org.thoughtcrime.securesms/databases/signal.db")
def messages(file: File) -> Iterator[SignalMessage | SignalPerson]:
    """Signal's messages and people, if the store was decrypted before; as the phone keeps it, it cannot be read.

    References:
        Signal for Android, "SignalDatabase.kt": https://github.com/signalapp/Signal-Android
        Zetetic, "SQLCipher Design": https://www.zetetic.net/sqlcipher/design/
    """
    reader = file.open()
    sealed = encrypted(reader)
    reader.close()
    if sealed:
        raise UnsupportedError(
            "encrypted with SQLCipher; its key (pref_database_encrypted_secret) is sealed by the phone's keystore, "
            "so it opens on this phone only, or with a dump of that keystore"
        )
    yield from file.rows(SignalMessage, *MESSAGES)
    with suppress(UnsupportedError):
        yield from file.rows(SignalPerson, PEOPLE)


def encrypted(reader: Reader) -> bool:
    """Whether each page that is looked at is as even as chance makes it; a damaged database still has empty space."""
    pages = {reader.size * part // SAMPLES // PAGE * PAGE for part in range(SAMPLES)}
    found = [reader.read(at, PAGE) for at in sorted(pages)]
    return found[0][: len(SQLITE)] != SQLITE and all(len(set(page)) >= EVEN for page in found)


@artifact(
    "/data/**/org.thoughtcrime.securesms/shared_prefs/org.thoughtcrime.securesms_preferences.xml",
    "/data/**/org.thoughtcrime.securesms/shared_prefs/SecureSMS-Preferences.xml",
)
def settings(file: File) -> Iterator[SignalSetting]:
    """Signal's settings; those that hold keys are left out.

    References:
        Signal for Android, "TextSecurePreferences.java": https://github.com/signalapp/Signal-Android
    """
    for number, one in enumerate(file.xml()):
        name = one.get("name")
        if name and not any(word in name.lower() for word in SECRET):
            inner = " ".join(part.text or "" for part in one) if one.tag == "set" else one.text
            yield from file.record(SignalSetting, Place(key=str(number)), name=name, value=one.get("value") or inner)


@artifact("/storage/**/signal-*.backup")
def backups(file: File) -> Iterator[SignalMessage]:
    """Backups that Signal writes into the shared storage: encrypted with a number of 30 digits that the owner noted.

    References:
        Signal, "Backup and Restore Messages": https://support.signal.org/hc/en-us/articles/360007059752
    """
    reader = file.open()
    size = reader.size
    reader.close()
    raise UnsupportedError(f"{size} bytes, encrypted with the 30 digits that Signal showed the owner: not read")
    yield  # what makes it an iterator
