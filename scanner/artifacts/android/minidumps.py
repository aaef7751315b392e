"""Minidumps: native crashes as apps themselves kept them: WhatsApp, Chrome, others with Breakpad or Crashpad."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.folders import app_of
from scanner.artifacts.android.tombstones import Crash, values
from scanner.evidence import File
from scanner.formats.minidump import minidump
from scanner.record import Place

CLOCK = "UTC, as the dump says"


@artifact("/data/**/*.dmp")
def crashes(file: File) -> Iterator[Crash]:
    """Native crashes in an app's own minidumps, which outlast the few tombstones that the phone keeps.

    Apps delete them when they have sent them. A crash that the phone has a tombstone of too has the same `identity`,
    and is counted once. Dumps that an app made without a crash are passed over.

    References:
        Breakpad, "Getting started": https://chromium.googlesource.com/breakpad/breakpad/+/HEAD/docs/getting_started_with_breakpad.md
    """
    found = minidump(file.read())
    for problem in found.crash.problems:
        file.problem(problem)
    if found.crashed:
        told = values(found.crash) | {"process": found.crash.process or app_of(file.path)}
        yield from file.record(Crash, Place(offset=0), time=found.written, clock=CLOCK, **told)
