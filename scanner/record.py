"""Records: the typed rows that artifacts yield, what in them can be matched, and how evidence writes time."""

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec


class Kind(StrEnum):
    """What an indicator can name, and so what a record's field can expose.

    The last five are kinds of fields only: they hold values that indicators of several other kinds can match.
    """

    DOMAIN = "domain"
    URL = "url"
    IP = "ip"
    CIDR = "cidr"
    EMAIL = "email"
    PHONE = "phone"
    PROCESS = "process"
    FILE_NAME = "file_name"
    PATH = "path"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    APP_ID = "app_id"
    PROFILE = "profile"
    ANDROID_PROPERTY = "android_property"
    CERT_MD5 = "cert_md5"
    CERT_SHA1 = "cert_sha1"
    CERT_SHA256 = "cert_sha256"
    CERT_ORGANISATION = "cert_organisation"
    HANDLE = "handle"
    CLIENT = "client"
    HASH = "hash"
    CERT_HASH = "cert_hash"
    TEXT = "text"


Url = Annotated[str, Kind.URL]
Domain = Annotated[str, Kind.DOMAIN]
"""A host name or an IP address."""
Email = Annotated[str, Kind.EMAIL]
Phone = Annotated[str, Kind.PHONE]
Handle = Annotated[str, Kind.HANDLE]
"""A phone number, an e-mail address or an account name: who sent, called or was called."""
Process = Annotated[str, Kind.PROCESS]
"""The name or the path of something that ran."""
Path = Annotated[str, Kind.PATH]
FileName = Annotated[str, Kind.FILE_NAME]
AppId = Annotated[str, Kind.APP_ID]
Client = Annotated[str, Kind.CLIENT]
"""A bundle id, a process name or an executable's path."""
ProfileId = Annotated[str, Kind.PROFILE]
Hash = Annotated[str, Kind.HASH]
"""A hash of a file in hexadecimal; its length tells which."""
CertHash = Annotated[str, Kind.CERT_HASH]
"""A hash of a certificate in hexadecimal, with or without colons; its length tells which."""
CertOrganisation = Annotated[str, Kind.CERT_ORGANISATION]
"""Whom a certificate names as its subject's organisation."""
Text = Annotated[str, Kind.TEXT]
"""Free text, searched for links, bare domains, e-mail addresses and hashes."""


class Clock(StrEnum):
    """How evidence writes a time; the value is the clock's description in the reference."""

    UNIX = "seconds since 1970 (milli- or microseconds where too large for that)"
    UNIX_MILLI = "milliseconds since 1970"
    UNIX_MICRO = "microseconds since 1970"
    COCOA = "seconds (nanoseconds since iOS 11) since 2001"
    WEBKIT = "microseconds since 1601"
    AWARE = "a date with its zone"


Time = Annotated[datetime, Clock.UNIX]
MilliTime = Annotated[datetime, Clock.UNIX_MILLI]
MicroTime = Annotated[datetime, Clock.UNIX_MICRO]
CocoaTime = Annotated[datetime, Clock.COCOA]
WebkitTime = Annotated[datetime, Clock.WEBKIT]
AwareTime = Annotated[datetime, Clock.AWARE]
"""Already a time: a property list's date (UTC) or an RFC 3339 text."""

COCOA_EPOCH = 978_307_200
WEBKIT_EPOCH = -11_644_473_600_000_000
NANOSECOND_COCOA = 1e11
"""Messages writes nanoseconds since iOS 11; as seconds this would be after the year 5000."""

MILLISECOND_UNIX, MICROSECOND_UNIX = 1e11, 1e14
"""From here on a number is no count of seconds, or of milliseconds, since 1970."""


def cocoa(value: float) -> float:
    """Seconds since 1970 of seconds, or nanoseconds, since 2001."""
    if -NANOSECOND_COCOA < value < NANOSECOND_COCOA:
        return value + COCOA_EPOCH
    return value / 1e9 + COCOA_EPOCH


def unix(value: float) -> float:
    """Seconds since 1970 of seconds, or of milli- or microseconds where seconds would be after the year 5000."""
    if -MILLISECOND_UNIX < value < MILLISECOND_UNIX:
        return value
    return value / (1e3 if -MICROSECOND_UNIX < value < MICROSECOND_UNIX else 1e6)


TO_UNIX: dict[Clock, Callable[[float], float]] = {
    Clock.UNIX: unix,
    Clock.UNIX_MILLI: lambda value: value / 1e3,
    Clock.UNIX_MICRO: lambda value: value / 1e6,
    Clock.COCOA: cocoa,
    Clock.WEBKIT: lambda value: (value + WEBKIT_EPOCH) / 1e6,
    Clock.AWARE: lambda value: value,
}
"""Seconds since 1970 of a number as evidence writes it: SQLite's 64 bits, or a float; no number overflows here."""


class Stage(IntEnum):
    """How far an indicator that stands in a record shows that things went: the ladder from contact to execution."""

    NONE = 0
    CONTACT = 1
    DELIVERY = 2
    VISIT = 3
    PRESENCE = 4
    EXECUTION = 5


class Place(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where in its file a record stands, so that it can be read again."""

    table: str | None = None
    row: int | None = None
    line: int | None = None
    offset: int | None = None
    key: str | None = None
    recovered: bool = False
    """Read from a damaged file, past what its own format would still give."""

    def __str__(self) -> str:
        """What a person reads: `message row 12`, `key Applications.x`, `line 7`."""
        named = ("row", "line", "offset", "key")
        parts = [f"{name} {value}" for name in named if (value := getattr(self, name)) is not None]
        return " ".join(([self.table] if self.table else []) + parts) + " (recovered)" * self.recovered


if TYPE_CHECKING:

    @dataclass_transform(eq_default=False, frozen_default=True, kw_only_default=True)
    class Struct(metaclass=msgspec.StructMeta):
        """What type checkers take a record for: they find the keyword-only rule of a metaclass behind msgspec's own."""

        __struct_fields__: ClassVar[tuple[str, ...]]

else:

    class RecordMeta(msgspec.StructMeta):
        """Every record is a frozen, keyword-only struct that the garbage collector need not visit."""

        def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
            """Such a struct."""
            return super().__new__(mcs, name, bases, namespace, frozen=True, gc=False, kw_only=True, omit_defaults=True)

    class Struct(msgspec.Struct, metaclass=RecordMeta):
        """What a record is."""


class Record(Struct):
    """One row of evidence; subclasses add the fields, and say with `stage` how far an indicator in them goes."""

    stage: ClassVar[Stage] = Stage.PRESENCE
    place: Place | None = None


def plain(hint: Any) -> tuple[Any, tuple[object, ...], bool]:
    """A field's type without `None`, its marks, and whether it holds several values (`tuple[Url, ...]`)."""
    if get_origin(hint) in {UnionType, Union}:
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return *plain(get_args(hint)[0])[:2], True
    return (get_args(hint)[0] if hasattr(hint, "__metadata__") else hint), getattr(hint, "__metadata__", ()), False


@cache
def fields(record: type[Record]) -> dict[str, tuple[Any, tuple[object, ...], bool]]:
    """For each field but `place`: its plain type, its marks, and whether it is a tuple of such."""
    hints = get_type_hints(record, include_extras=True)
    return {name: plain(hints[name]) for name in record.__struct_fields__ if name != "place"}


class Dated(Record):
    """A row whose time the phone wrote by its own clock, often without year or zone."""

    time: AwareTime | None = None
    """In UTC."""
    written: str | None = None
    """The time as the evidence writes it."""
    clock: str | None = None
    """How the time was found: which zone was taken, whether the year was inferred."""


Getter = Callable[[Record], Any]


@cache
def observables(record: type[Record]) -> tuple[tuple[str, Kind, Getter, bool], ...]:
    """The fields of a record type that indicators can match: (name, kind, getter, several values)."""
    return tuple(
        (name, mark, attrgetter(name), many)
        for name, (_, marks, many) in fields(record).items()
        for mark in marks
        if isinstance(mark, Kind)
    )


@cache
def clocks(record: type[Record]) -> dict[str, Clock]:
    """The fields of a record type that are times, and the clock of each."""
    return {name: mark for name, (_, marks, _) in fields(record).items() for mark in marks if isinstance(mark, Clock)}


@cache
def timestamp(record: type[Record]) -> Callable[[Record], datetime | None]:
    """What gives a record's own time: its field `time`, else the first of its times that is set."""
    names = sorted(clocks(record), key=lambda name: name != "time")
    return lambda one: next((value for name in names if (value := getattr(one, name)) is not None), None)


def strings(one: Record) -> Iterator[tuple[str, str]]:
    """Every text field that is set, by name."""
    for name in one.__struct_fields__:
        if isinstance(value := getattr(one, name), str):
            yield name, value
