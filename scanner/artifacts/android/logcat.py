"""The phone's logs: what apps and the system wrote."""

from collections.abc import Iterator
from typing import cast

from scanner.artifact import artifact
from scanner.artifacts.android.log_reading import LogRecord, records
from scanner.evidence import File


@artifact(
    "section:/SYSTEM LOG",
    "section:/LAST LOGCAT",
    "section:/RADIO LOG",
    "androidqf:/logcat.txt",
    "androidqf:/logcat_old.txt",
    "/data/misc/logd/logcat",
    "/data/misc/logd/logcat.*",
)
def lines(file: File) -> Iterator[LogRecord]:
    """The logs of apps, system and modem: crashes, installations, opened screens and links, denied access.

    Of other lines those are kept that hold a dotted name, a path, a link, an address or a hash which no line of the
    same hour of the log held: whatever an indicator can meet is met, to the hour, and the repetitions cost nothing.
    Apps ask for others' packages and files to tell rooted phones and rivals; what a line says is not there counts not.
    The formats `threadtime`, `time` and `brief` are read, with or without year, zone and user.

    References:
        "logcat command-line tool": https://developer.android.com/tools/logcat
    """
    yield from cast("Iterator[LogRecord]", records(file))
