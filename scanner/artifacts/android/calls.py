"""Calls that the phone itself remembers."""

from collections.abc import Iterator
from typing import ClassVar

from scanner.artifact import artifact
from scanner.evidence import File, UnsupportedError
from scanner.record import AppId, Handle, MilliTime, Record, Stage, Text

TYPES = ("incoming", "outgoing", "missed", "voicemail", "rejected", "blocked", "answered on another device")
"""From 1: the constants of `CallLog.Calls`."""
OUTGOING = 2


def package(column: str) -> str:
    """SQL for the app of a component, `package/class`."""
    return f"substr({column}, 1, instr({column} || '/', '/') - 1)"


CALL = f"""
    SELECT c._id AS _calls, c.date AS time, nullif(c.number, '') AS number, c.duration, c.type,
           CASE c.type {" ".join(f"WHEN {code} THEN '{word}'" for code, word in enumerate(TYPES, 1))} END AS result,
           c.type = {OUTGOING} AS from_me, nullif(c.normalized_number, '') AS normalized, c.name,
           nullif(c.via_number, '') AS via,
           c.countryiso AS country, c.geocoded_location AS location, c.subject, c.transcription,
           coalesce(c.source_package, {package("c.subscription_component_name")}) AS app,
           {package("c.call_screening_component_name")} AS screening,
           c.block_reason, c.features, c.presentation, c.is_read AS read
    FROM calls c
"""  # noqa: S608 - all of it is ours
SAMSUNG = f"""
    SELECT l._id AS _logs, l.date AS time, nullif(l.number, '') AS number, l.duration, l.type,
           CASE l.type {" ".join(f"WHEN {code} THEN '{word}'" for code, word in enumerate(TYPES, 1))} END AS result,
           l.type = {OUTGOING} AS from_me, l.name, l.geocoded_location AS location, l.countryiso AS country,
           l.m_subject AS subject, l.m_content AS content, l.logtype AS log_type
    FROM logs l
"""  # noqa: S608


class PhoneCall(Record):
    """A call over the telephone network, or of another app that enters its calls into the call log."""

    stage: ClassVar[Stage] = Stage.CONTACT
    time: MilliTime | None = None
    number: Handle | None = None
    normalized: Handle | None = None
    """The number with its country code."""
    from_me: bool | None = None
    type: int | None = None
    result: str | None = None
    """The type in a word: incoming (answered), outgoing, missed, voicemail, rejected, blocked."""
    duration: float | None = None
    """Seconds; 0 where nobody answered."""
    name: Text | None = None
    via: Handle | None = None
    """The owner's number that was called or called."""
    app: AppId | None = None
    """The app whose call it was; of the telephone's own `com.android.phone`."""
    screening: AppId | None = None
    """The app that judged the call."""
    block_reason: int | None = None
    features: int | None = None
    """Bits: 1 video, 4 Wi-Fi, 8 assisted, 16 real-time text, 32 VoLTE."""
    presentation: int | None = None
    """1 the number was shown, 2 withheld, 3 unknown, 4 a payphone."""
    country: str | None = None
    location: str | None = None
    subject: Text | None = None
    transcription: Text | None = None
    content: Text | None = None
    """The beginning of a message, where Samsung's log holds messages too."""
    log_type: int | None = None
    """Samsung's kind: 100 call, 200 MMS, 300 SMS, 500 video call, 800 and above other apps."""
    read: bool | None = None


CONTACTS = "/data/**/com.android.providers.contacts/databases/"


@artifact(
    f"{CONTACTS}calllog.db",
    f"{CONTACTS}calllog_shadow.db",
    "/data/**/com.samsung.android.providers.contacts/databases/calllog.db",
)
def history(file: File) -> Iterator[PhoneCall]:
    """Calls that the phone remembers (Android 7 and later); the shadow is written while the phone is locked.

    References:
        Android Developers, "CallLog.Calls": https://developer.android.com/reference/android/provider/CallLog.Calls
        Android Open Source Project, "CallLogDatabaseHelper.java":
        https://android.googlesource.com/platform/packages/providers/ContactsProvider/+/main/src/com/android/providers/contacts/CallLogDatabaseHelper.java
    """
    yield from file.rows(PhoneCall, CALL)


@artifact(f"{CONTACTS}contacts2.db")
def old_history(file: File) -> Iterator[PhoneCall]:
    """Calls in the store of contacts, where Android kept them before version 7.

    References:
        Android Developers, "CallLog.Calls": https://developer.android.com/reference/android/provider/CallLog.Calls
    """
    try:
        yield from file.rows(PhoneCall, CALL)
    except UnsupportedError:
        if file.has_table("calls"):
            raise
        # a sound store of a newer version, whose calls are elsewhere


@artifact("/data/**/com.sec.android.provider.logsprovider/databases/logs.db")
def samsung_history(file: File) -> Iterator[PhoneCall]:
    """Samsung's log of calls and messages of all apps (to about Android 9); it holds the beginning of messages.

    References:
        ALEAPP, "smsmms" and "calllogs" (fields of the stores): https://github.com/abrignoni/ALEAPP
    """
    yield from file.rows(PhoneCall, SAMSUNG)
