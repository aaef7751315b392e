"""Process statistics: which processes ran in each of the last periods of some hours."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import uid, user
from scanner.record import AppId, AwareTime, Dated, Place, Process, Stage

PERIOD = re.compile(r"(?:.* FROM |period,|.*since )(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")
PROCESS = re.compile(r"  \* (\S+) / (\w+) / v(\d{1,18}):")
MAX_PROCESSES = 200_000


class ProcessPeriod(Dated):
    """A process that ran, with the version of its app; `time` is the beginning of the first period in which it did."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    process: Process
    package: AppId | None = None
    uid: int | None = None
    user: int | None = None
    version: int | None = None
    last: AwareTime | None = None
    """The beginning of the last such period."""
    periods: int = 1


class Key(NamedTuple):
    """What is counted together."""

    process: str
    package: str | None
    uid: int | None
    version: str


class Runs:
    """The processes that were found, and the period that is being read."""

    def __init__(self, file: File) -> None:
        """None yet."""
        self.file, self.found = file, dict[Key, dict[str, Any]]()
        self.period: dict[str, Any] = {}

    def begin(self, found: re.Match[str], line: int) -> None:
        """A period begins."""
        date, hour, minute, second = found.groups()
        self.period = self.file.dated(f"{date} {hour}:{minute}:{second}", line)

    def add(self, key: Key, line: int) -> None:
        """A process ran in it."""
        if (known := self.found.get(key)) is None:
            if len(self.found) < MAX_PROCESSES:
                self.found[key] = {"line": line, "first": self.period, "in": self.period, "periods": 1}
        elif self.period and known["in"] is not self.period:
            known["in"] = self.period
            known["periods"] += 1
            self.span(known)

    def span(self, known: dict[str, Any]) -> None:
        """Take the period that is being read into a process's first and last."""
        time, first = self.period.get("time"), known["first"].get("time")
        if time is None:
            return
        if first is None or time < first:
            known["first"] = self.period
        known["last"] = max(one for one in (known.get("last"), first, time) if one is not None)

    def records(self) -> Iterator[ProcessPeriod]:
        """A record for each."""
        for key, values in self.found.items():
            yield from self.file.record(
                ProcessPeriod,
                Place(line=values["line"]),
                **key._asdict(),
                user=user(key.uid),
                last=values.get("last"),
                periods=values["periods"],
                **values["first"],
            )


@artifact("dumpsys:/procstats", "section:/CHECKIN PROCSTATS")
def procstats(file: File) -> Iterator[ProcessPeriod]:
    """The processes of the last day or two, in periods of three hours, since Android 4.4.

    The check-in form also says which app's code ran in a process. A version of 0 stands where it is not known.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/com/android/internal/app/procstats/ProcessStats.java
    """
    runs = Runs(file)
    for number, text in file.lines():
        if text.startswith("  * "):
            if found := PROCESS.fullmatch(text):
                runs.add(Key(found[1], None, uid(found[2]), found[3]), number)
        elif text.startswith("pkgproc,"):
            parts = text.split(",", 5)
            if len(parts) > len(("pkgproc", "package", "uid", "version")) and PROCESS.fullmatch(told(parts)):
                package, who, version, process = parts[1:5]
                runs.add(Key(process or package, package, uid(who), version), number)
        elif text[:1].isalpha():
            if period := PERIOD.match(text):
                runs.begin(period, number)
            elif text.startswith(("CURRENT ", "AGGREGATED ")):
                runs.period = {}  # sums of periods, which are listed one by one before
    yield from runs.records()


def told(parts: list[str]) -> str:
    """A row of the check-in form as the other form has it."""
    return f"  * {parts[1]} / {parts[2]} / v{parts[3]}:"
