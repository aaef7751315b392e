"""What logs say about themselves: whether they can be relied on, and whether the system's rules held."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from scanner.artifacts.android.boot import Bugreport
from scanner.artifacts.android.dropbox import DropboxExtent
from scanner.artifacts.android.log_line import LogSpan
from scanner.artifacts.android.log_records import SelinuxDenial
from scanner.artifacts.android.properties import Property
from scanner.artifacts.android.samsung_logs import RecoveryEntry
from scanner.artifacts.android.shutdown import DumpFailure
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.build import build
from scanner.rules.android.selinux import passed

SHORT = timedelta(hours=1)
UPTIME = re.compile(r"(?:(\d+) weeks?, )?(?:(\d+) days?, )?(\d+) hours?, (\d+) minutes?")
FEW = 5
"""Entries; a drop box keeps up to a thousand, for days."""
LOGS = ("SYSTEM LOG", "LAST LOGCAT", "EVENT LOG", "logcat")
QUIET = {"log.tag", "persist.log.tag"}
SILENT = frozenset({"S", "SUPPRESS", "SILENT"})
MANY = 4
CORE = ("untrusted_app", "isolated_app", "system_server", "zygote", "platform_app", "priv_app", "mediaserver")
"""Domains that no maker of phones lets run without rules."""


def uptime(said: str | None) -> timedelta | None:
    """How long a phone ran: `up 0 weeks, 0 days, 3 hours, 12 minutes`."""
    found = UPTIME.search(said or "")
    if not found:
        return None
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


@correlation("AND035", Severity.INFO, Stage.NONE)
def little_is_kept(  # noqa: PLR0917 - one argument for each kind of record
    spans: Records[LogSpan],
    boxes: Records[DropboxExtent],
    reports: Records[Bugreport],
    failures: Records[DumpFailure],
    properties: Records[Property],
    resets: Records[RecoveryEntry],
) -> Iterator[Hit]:
    """The phone's logs hold little, so that their silence says little.

    Why: logs in memory are lost when the phone restarts, and old ones make room for new ones. Somebody who covers
        traces empties them, switches the log off, or restarts the phone. What is not there was not examined.
    Benign causes: a restart before the acquisition, small buffers, apps that write much, a phone just set up, commands
        that take too long: all of this is ordinary.
    Base rate: most bug reports hold less than an hour of the system's log.
    Next: do not restart a phone before its logs are taken; take them again after some days of use. Logs that are
        switched off, or an empty drop box on a phone that ran for days, deserve a question to the owner.
    References: https://source.android.com/docs/core/tests/debug/read-bug-reports
        https://developer.android.com/tools/logcat
    """
    ran = next(((one, time) for one in reports if (time := uptime(one.record.uptime)) is not None), None)
    if ran and ran[1] < SHORT:
        minutes = int(ran[1] / timedelta(minutes=1))
        yield Hit(ran[0], f"the phone had been started {minutes} minutes before: what was in memory is lost")
    yield from short_logs(spans)
    yield from empty_boxes(boxes, ran[1] if ran else None)
    yield from switched_off(properties)
    late = [one for one in failures if one.record.outcome == "timed out"]
    wiped = [one for one in resets if one.record.wiped]
    if wiped:
        last = max((one for one in wiped), key=lambda one: str(one.record.time or ""))
        yield Hit(last, f"the phone was reset on {last.record.written}: nothing older is on it", len(wiped))
    if late:
        yield Hit(late[0], f"{late[0].record.part} took too long to be collected", len(late))


def short_logs(spans: Iterable[Located[LogSpan]]) -> Iterator[Hit]:
    """Logs that reach back less than an hour, and logs in which the clock was set back."""
    all_logs = list(spans)
    logs = [one for one in all_logs if one.record.log.startswith(LOGS) and one.record.time and one.record.last]
    if logs:
        longest = max(logs, key=reach)
        if reach(longest) < SHORT:
            minutes = int(reach(longest) / timedelta(minutes=1))
            yield Hit(longest, f"the longest of the system's logs reaches back {minutes} minutes only", len(logs))
    stepped = [one for one in all_logs if one.record.set_back]
    if stepped:
        yield Hit(
            stepped[0], "the phone's clock was set back by more than a day while the log was written", len(stepped)
        )


def reach(one: Located[LogSpan]) -> timedelta:
    """How much time a log covers."""
    first, last = one.record.time, one.record.last
    return last - first if first and last else timedelta()


def empty_boxes(boxes: Iterable[Located[DropboxExtent]], ran: timedelta | None) -> Iterator[Hit]:
    """A drop box with next to nothing in it."""
    for one in boxes:
        if one.record.entries <= FEW:
            long = ran is not None and ran > timedelta(days=2)
            message = f"the drop box has {one.record.entries} entries" + (
                " though the phone ran for days" if long else ""
            )
            yield Hit(one, message, severity=Severity.MEDIUM if long else None)
            return


def switched_off(properties: Iterable[Located[Property]]) -> Iterator[Hit]:
    """A log that was switched off."""
    for one in properties:
        name, value = one.record.name, one.record.value
        if (name in QUIET and value.upper() in SILENT) or (name == "init.svc.logd" and value != "running"):
            yield Hit(one, f"the log is switched off: {name} is {value}", severity=Severity.MEDIUM)


@correlation("AND042", Severity.HIGH, Stage.EXECUTION)
def rules_not_enforced(denials: Records[SelinuxDenial], properties: Records[Property]) -> Iterator[Hit]:
    """The log shows access that SELinux's rules forbid and that happened nevertheless.

    Why: SELinux keeps apps and services apart. A line with `permissive=1` says that access was against the rules and
        went through. For many domains, or for that of apps, this is so only where SELinux as a whole is permissive,
        which exploits and root tools bring about and sold phones never are.
    Benign causes: builds for developers, some custom systems, boxes for cars and televisions; one or two domains of the
        maker's are often permissive and do not count.
    Base rate: none on phones as they are sold.
    Next: compare with the mode that the boot parameters and `getenforce` tell. Ask the owner about root and custom
        systems; without them, have the phone examined, and keep what is sensitive off it until then.
    References: https://source.android.com/docs/security/features/selinux
        https://source.android.com/docs/security/features/selinux/validate
    """
    domains = passed(denials)
    core = [name for name in domains if name.startswith(CORE)]
    if not core and len(domains) < MANY:
        return
    first = domains[core[0] if core else next(iter(domains))][0]
    kind = build(properties)
    named = ", ".join([*core, *(name for name in domains if name not in core)][:MANY])
    message = f"forbidden access went through in {len(domains)} domains: {named}"
    severity = Severity.LOW if kind.for_developers else Severity.HIGH if kind.kind == "user" else Severity.MEDIUM
    yield Hit(first, message, sum(map(len, domains.values())), severity=severity)
