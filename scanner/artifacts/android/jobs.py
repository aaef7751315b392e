"""Jobs that apps have the phone run for them, and the last that ran."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from scanner.artifact import artifact
from scanner.evidence import File
from scanner.formats.android_text import later, milliseconds, uid, user
from scanner.formats.indented import pairs
from scanner.record import AppId, Dated, Place, Record, Stage

JOB = re.compile(r"  JOB (?:(\S*):)?#(\w+)/(-?\d{1,10}): \w+ (.+)")
RUN = re.compile(r"(-\S+) +([A-Z-]+): (?:(\S*):)?#(\w+)/(-?\d{1,10}) (\S+)(?: (.+))?")
NOW = re.compile(r"Current stats at (\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d) \((\S+)\)")
COMPONENT = re.compile(r"([A-Za-z]\w*(?:\.\w+)*)/[\w.$]+")


class ScheduledJob(Record):
    """A job that an app has registered with the system."""

    component: str
    package: AppId | None = None
    uid: int | None = None
    user: int | None = None
    number: int | None = None
    period: int | None = None
    """Seconds between its runs, of one that repeats."""
    persisted: bool = False
    """Whether it outlives a restart of the phone."""
    network: bool = False


class JobRun(Dated):
    """A job that the system started or stopped shortly before the report."""

    stage: ClassVar[Stage] = Stage.EXECUTION
    event: str
    """`START`, `STOP`; with `-P` of a job that repeats."""
    component: str
    package: AppId | None = None
    uid: int | None = None
    user: int | None = None
    reason: str | None = None


@artifact("dumpsys:/jobscheduler")
def jobscheduler(file: File) -> Iterator[ScheduledJob | JobRun]:
    """The jobs that apps have registered, and the history of the last runs.

    Times of runs are counted back from the dump's moment, which its statistics tell, or else from the report's date.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/apex/jobscheduler/service/java/com/android/server/job/JobSchedulerService.java
    """
    now, said = file.clock.now, "the report's date"
    job: dict[str, Any] | None = None
    past, seen, made = False, 0, 0
    for number, text in file.lines():
        if text.startswith("  JOB "):
            seen += 1
            yield from finished(file, job)
            job = started(text, number)
            made += job is not None
        elif job is not None and text.startswith("   "):
            detail(job, text.strip())
        elif text:
            yield from finished(file, job)
            job = None
            if found := NOW.match(text):
                date, hour, minute, second, ago = found.groups()
                begun, before = file.local(f"{date} {hour}:{minute}:{second}"), milliseconds(ago)
                if (moment := later(begun, None if before is None else -before)) is not None:
                    now, said = moment, "the dump's own moment"
            elif text.startswith("  Job history:"):
                past = True
            elif past and text.startswith("   "):
                yield from run(file, text, number, (now, said))
    yield from finished(file, job)
    if seen != made:
        file.problem(f"{seen} jobs are listed, {made} could be read")


def started(text: str, number: int) -> dict[str, Any] | None:
    """What a job's headline says."""
    if not (found := JOB.match(text)):
        return None
    who = uid(found[2])
    values = {"uid": who, "user": user(who), "number": found[3], "component": found[4]}
    return {**values, "package": owner(found[4]), "place": Place(line=number)}


def owner(component: str) -> str | None:
    """The app in `com.x/.Y`, also behind a namespace or tag."""
    found = COMPONENT.search(component)
    return found[1] if found else None


def detail(job: dict[str, Any], text: str) -> None:
    """Take one of the lines below a job's headline."""
    if text.startswith("Source: "):
        job["package"] = pairs(text).get("pkg", job["package"])
    elif text.startswith("Service: "):
        job["component"] = text.removeprefix("Service: ")
    elif text.startswith("PERIODIC: "):
        period = milliseconds(pairs(text).get("interval", ""))
        job["period"] = None if period is None else period // 1000
    elif text.startswith("PERSISTED"):
        job["persisted"] = True
    elif text.startswith("Network type: "):
        job["network"] = True


def finished(file: File, job: dict[str, Any] | None) -> Iterator[ScheduledJob]:
    """The record of a job that was read."""
    if job is not None:
        yield from file.record(ScheduledJob, job.pop("place"), **job)


def run(file: File, text: str, number: int, now: tuple[datetime | None, str]) -> Iterator[JobRun]:
    """The record of a run."""
    if not (found := RUN.match(text.strip())):
        return
    ago, event, _, who, _, component, reason = found.groups()
    moment, said = now
    time: dict[str, Any] = {"written": ago}
    if (ran := later(moment, milliseconds(ago))) is not None:
        time |= {"time": ran, "clock": f"counted back from {said}"}
    values = {"event": event, "component": component, "package": owner(component), "reason": reason}
    yield from file.record(JobRun, Place(line=number), uid=uid(who), user=user(uid(who)), **values, **time)
