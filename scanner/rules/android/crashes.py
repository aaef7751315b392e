"""Native crashes that an attack may have left: in what reads what strangers send, and restarts after them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from scanner.artifacts.android.dropbox import DropboxEntry
from scanner.artifacts.android.kernel_log import KernelEvent
from scanner.artifacts.android.log_records import PhoneEvent
from scanner.artifacts.android.properties import Property
from scanner.artifacts.android.samsung_logs import PowerEvent
from scanner.artifacts.android.shutdown import ShutdownRequest
from scanner.artifacts.android.tombstones import Crash
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.crash_signs import corrupted, distinct, package, suspicious

DAY = timedelta(hours=24)
SOON = timedelta(minutes=30)
FIXED = {
    "libimagecodec.quram": ("2025-09", "CVE-2025-21043"),
    "libwebp": ("2023-10", "CVE-2023-4863"),
    "libfreetype": ("2025-05", "CVE-2025-27363"),
    "libft2": ("2025-05", "CVE-2025-27363"),
}
"""Security patch levels that fixed an exploited flaw of a library, and which."""
REBOOTS = frozenset({"SYSTEM_BOOT", "SYSTEM_RESTART", "SYSTEM_LAST_KMSG", "APANIC_CONSOLE", "SYSTEM_AUDIT_PANIC"})


@correlation("AND022", Severity.LOW, Stage.DELIVERY)
def crash_while_reading(crashes: Records[Crash], properties: Records[Property]) -> Iterator[Hit]:
    """A messenger or the system crashed while it read something that it was sent.

    Why: attacks without a click arrive as a picture, a sound, a font or a call that breaks the library which reads it.
        Attempts that fail leave crashes of just these libraries, at addresses that are no accident; memory tagging and
        GWP-ASan see the mistake itself.
    Benign causes: apps crash daily, and damaged files crash the same libraries. One such crash is noise; several within
        a day, or one that memory tagging saw, deserve a look.
    Base rate: a healthy phone keeps up to a dozen crashes of any kind, of which hardly one is of this kind.
    Next: compare the time with messages, calls and files that came minutes before it, of unknown senders above all.
        Keep the tombstone: it names the flaw.
    References: https://source.android.com/docs/security/test/memory-safety/mte-reports
        https://nvd.nist.gov/vuln/detail/CVE-2025-21043
        https://nvd.nist.gov/vuln/detail/CVE-2025-27363
        https://nvd.nist.gov/vuln/detail/CVE-2023-4863
    """
    found: dict[tuple[str, str], list[Located[Crash]]] = defaultdict(list)
    for one in distinct(crashes):
        if library := suspicious(one.record):
            found[package(one.record.process), library].append(one)
    patch = next((one.record.value for one in properties if one.record.name == "ro.build.version.security_patch"), "")
    for (process, library), group in found.items():
        group.sort(key=lambda one: (one.record.time is None, one.record.time))
        saw = next((said for one in group if (said := corrupted(one.record))), None)
        cluster = clustered(group)
        fixed, flaw = next((fix for name, fix in FIXED.items() if library.startswith(name)), ("", ""))
        exposed = bool(patch) and patch[: len(fixed)] < fixed
        severity = Severity.MEDIUM if saw or cluster else Severity.LOW
        message = f"{process} crashed in {library}" + (f", as {saw} saw" if saw else " at a wild address")
        message += f"; {cluster} times within a day" if cluster else ""
        if exposed and severity is Severity.MEDIUM:
            severity = Severity.HIGH
            message += f"; the phone's patches of {patch} do not mend {flaw}"
        yield Hit(group[0], message, len(group), severity=severity)


def clustered(group: list[Located[Crash]]) -> int:
    """The most crashes within a day, if there are at least two; they are in the order of time."""
    times = [one.record.time for one in group if one.record.time]
    most = max((sum(first <= time <= first + DAY for time in times) for first in times), default=0)
    return most if most > 1 else 0


@correlation("AND024", Severity.MEDIUM, Stage.EXECUTION)
def restart_after_crash(  # noqa: PLR0917 - one argument for each kind of record
    crashes: Records[Crash],
    entries: Records[DropboxEntry],
    events: Records[PhoneEvent],
    kernel: Records[KernelEvent],
    requests: Records[ShutdownRequest],
    power: Records[PowerEvent],
) -> Iterator[Hit]:
    """The phone restarted soon after a suspicious crash.

    Why: an attack that gets further breaks the kernel, or the system that a messenger's crash takes with it. A restart
        that nobody asked for, minutes after a crash of the kind that AND022 is about, makes an accident less likely.
    Benign causes: an empty battery, a hot or broken phone, an update of the system that restarts it at night.
    Base rate: restarts without a request happen monthly on many phones; within half an hour of such a crash, hardly.
    Next: read the last kernel log and the drop box's entry of the boot, and compare with what came before the crash.
    References: https://source.android.com/docs/core/tests/debug/read-bug-reports
        https://developer.android.com/reference/android/os/DropBoxManager
    """
    boots = [one.record.time for one in entries if one.record.tag in REBOOTS and one.record.time]
    boots += [one.record.time for one in events if one.record.event == "boot_progress_start" and one.record.time]
    boots += [one.record.time for one in kernel if one.record.event in {"panic", "oops"} and one.record.time]
    boots += [one.record.time for one in power if one.record.event in {"ON", "KP"} and one.record.time]
    asked = [one.record.time for one in requests if one.record.time]
    asked += [one.record.time for one in power if one.record.reason == "userrequested" and one.record.time]
    for one in distinct(crashes):
        time = one.record.time
        if time is None or not suspicious(one.record):
            continue
        after = min((boot for boot in boots if time < boot <= time + SOON), default=None)
        if after and not any(time <= request <= after for request in asked):
            minutes = int((after - time) / timedelta(minutes=1))
            yield Hit(one, f"the phone restarted {minutes} minutes after {package(one.record.process)} crashed")
