"""The event log: what the system's services did, in numbers and names."""

from collections.abc import Iterator
from typing import cast

from scanner.artifact import artifact
from scanner.artifacts.android.log_reading import LogRecord, records
from scanner.evidence import File


@artifact("section:/EVENT LOG")
def events(file: File) -> Iterator[LogRecord]:
    """Processes that were started, killed or died, crashes, opened screens, boots; processes of a second stand here.

    Events that are none of these are kept as lines, where they name something that no line of the same hour named.

    References:
        Android Open Source Project, tags and their values:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/am/EventLogTags.logtags
    """
    yield from cast("Iterator[LogRecord]", records(file))
