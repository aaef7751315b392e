"""Records of what MVT wrote that no other type of record has a place for."""

from typing import ClassVar

from scanner.record import AppId, AwareTime, CertHash, Handle, Hash, Path, Process, Record, Stage, Text


class MvtRow(Record):
    """What MVT read, where no other type of record has a place for it."""

    stage: ClassVar[Stage] = Stage.DELIVERY
    module: str
    time: AwareTime | None = None
    texts: tuple[Text, ...] = ()
    handles: tuple[Handle, ...] = ()
    content: str | None = None
    """All that is left of the row, as JSON."""


class MvtTrace(Record):
    """What such a row names of the phone itself: apps, programs, files."""

    module: str
    time: AwareTime | None = None
    apps: tuple[AppId, ...] = ()
    processes: tuple[Process, ...] = ()
    paths: tuple[Path, ...] = ()
    hashes: tuple[Hash, ...] = ()
    certificates: tuple[CertHash, ...] = ()


class MvtNote(Record):
    """What MVT says of a row that is among its results too: an alert, or a line of its timeline. It is not matched."""

    module: str | None = None
    time: AwareTime | None = None
    level: str | None = None
    message: str | None = None
    indicator: str | None = None
    """The value that MVT matched."""
    content: str | None = None
