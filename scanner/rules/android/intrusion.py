"""Intrusion logs: gaps in them, the phone in other hands, and a system that is not as its maker signed it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

from scanner.artifacts.android.acquisition import Acquisition
from scanner.artifacts.android.boot import Bugreport
from scanner.artifacts.android.intrusion_logs import ConnectEvent, DnsEvent, SecurityEvent
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import Hit, Located, Records, correlation
from scanner.rules.android.acquisitions import Spans, inside, taken
from scanner.rules.moments import utc

Event = Located[SecurityEvent]

HOLE = timedelta(hours=24)
HOUR = 3600
ADB = frozenset({"adb_shell_interactive", "adb_shell_cmd", "adb_sync_send_file", "adb_sync_recv_file"})
MARGIN = timedelta(minutes=15)
"""How far an acquisition's own commands may lie outside the times that it states."""
LONGEST_ACQUISITION = timedelta(hours=12)
SESSION = timedelta(hours=1)
"""Commands over adb with less time between them are one use of it."""
COLLECTOR = ("/data/local/tmp/collector", "androidqf")
BURST, BURST_TIME = 5, timedelta(minutes=10)
OPENED_WITHIN, ADB_WITHIN = timedelta(minutes=30), timedelta(hours=1)
MAX_EVENTS = 500_000
SHOWN = 160
BROKEN = {
    "key_integrity_violation": ("a key was found damaged or changed", Severity.MEDIUM),
    "wipe_failure": ("the phone was to be wiped, and could not be", Severity.MEDIUM),
    "crypto_self_test_completed": ("the test of the phone's own cryptography failed", Severity.MEDIUM),
    "cert_validation_failure": ("a certificate of a Wi-Fi network was not valid", Severity.LOW),
}


def events(records: Records[SecurityEvent], names: frozenset[str] | set[str]) -> list[Event]:
    """The events of some names by time, each once: files of several days overlap. Those without a time are left out."""
    found: dict[tuple[object, ...], Event] = {}
    for one in records:
        event = one.record
        if event.event in names and event.time and len(found) < MAX_EVENTS:
            key = event.time, event.number, event.event, event.package, event.command, event.path, event.success
            found.setdefault(key, one)
    return sorted(found.values(), key=moment)


def moment(one: Event) -> datetime:
    """When an event was; those without a time are left out before."""
    return one.record.time or datetime.max.replace(tzinfo=UTC)


@correlation("AND060", Severity.LOW, Stage.NONE)
def hole_in_intrusion_log(
    security: Records[SecurityEvent], lookups: Records[DnsEvent], connections: Records[ConnectEvent]
) -> Iterator[Hit]:
    """The intrusion log was stopped, or nothing stands in it for more than a day.

    Why: who holds the phone can switch the log off; while it is on, a phone in use notes something every few minutes.
    Benign causes: the phone was off or had no charge (a shutdown before the hole is taken as that); logs of some days
        were not downloaded; Advanced Protection was switched off by the owner.
    Base rate: holes are common where only some days were downloaded; a stop of the log is rare.
    Next: ask the owner for these days; download the missing logs; look for adb, keyguard and package events beside the
        hole.
    References: https://developer.android.com/reference/android/app/admin/SecurityLog
        https://docs.mvt.re/en/latest/android/intrusion_logs/
    """
    told = events(security, {"logging_stopped", "logging_started", "log_buffer_size_critical", "os_shutdown"})
    for number, one in enumerate(told):
        if one.record.event == "logging_stopped":
            after = next((next_ for next_ in told[number + 1 :] if next_.record.event == "logging_started"), None)
            again = f"and started again at {utc(moment(after))}" if after else "and not started again"
            yield Hit(one, f"the log was stopped at {utc(moment(one))} {again}", severity=Severity.MEDIUM)
    lost = [one for one in told if one.record.event == "log_buffer_size_critical"]
    if lost:
        yield Hit(lost[0], "the log was almost full, and events may be lost", len(lost))
    off = [moment(one) for one in told if one.record.event == "os_shutdown"]
    for before, beyond in holes(hours(security, lookups, connections)):
        last, next_ = before.record.time, beyond.record.time
        if last and next_ and not any(last - MARGIN <= time <= last + MARGIN for time in off):
            length = (next_ - last).total_seconds() / HOUR
            yield Hit(beyond, f"nothing stands in the log for {length:.0f} hours, from {utc(last)} to {utc(next_)}")


Known = Located[SecurityEvent] | Located[DnsEvent] | Located[ConnectEvent]


def hours(
    *sources: Records[SecurityEvent] | Records[DnsEvent] | Records[ConnectEvent],
) -> dict[int, tuple[Known, Known]]:
    """The first and the last event of each hour, so that a log of any size fits."""
    found: dict[int, tuple[Known, Known]] = {}
    for source in sources:
        for one in source:
            if time := one.record.time:
                hour = int(time.timestamp()) // HOUR
                first, last = found.get(hour, (one, one))
                first = one if (first.record.time or time) > time else first
                last = one if (last.record.time or time) < time else last
                found[hour] = first, last
    return found


def holes(found: dict[int, tuple[Known, Known]]) -> Iterator[tuple[Known, Known]]:
    """The events before and after each hole."""
    for one, other in pairwise(sorted(found)):
        before, after = found[one][1], found[other][0]
        if before.record.time and after.record.time and after.record.time - before.record.time > HOLE:
            yield before, after


def windows(acquisitions: Records[Acquisition], reports: Records[Bugreport]) -> Spans:
    """When evidence was taken; a bug report tells it only where the zone of the phone's clock is known."""
    sure = [one for one in reports if "unknown" not in (one.record.clock or "")]
    return taken(acquisitions, sure, before=MARGIN, after=MARGIN, longest=LONGEST_ACQUISITION)


@correlation("AND061", Severity.MEDIUM, Stage.PRESENCE)
def adb_outside_acquisition(
    security: Records[SecurityEvent], acquisitions: Records[Acquisition], reports: Records[Bugreport]
) -> Iterator[Hit]:
    """A computer gave the phone commands (over adb), at a time when no evidence was taken.

    Why: adb is how spyware is put onto a phone that somebody has in hands (NoviSpy, ResidentBat) and how forensic kits
        take its data.
    Benign causes: the owner develops apps, transferred data, or uses tools that need adb; a shop or somebody who
        helped; an earlier acquisition: one by AndroidQF counts as low, and so does everything where this one does not
        say when it was made.
    Base rate: rare on phones of people who do not develop.
    Next: ask who had the phone at that time; read the commands; look for packages installed and files sent.
    References: https://securitylab.amnesty.org/latest/2024/12/serbia-a-digital-prison-spyware-and-cellebrite-used-on-journalists-and-activists/
        https://developer.android.com/reference/android/app/admin/SecurityLog
    """
    spans = windows(acquisitions, reports)
    used = [one for one in events(security, ADB) if not inside(moment(one), spans)]
    for session in sessions(used):
        first, last = session[0], session[-1]
        ours = any(
            word in (one.record.command or one.record.path or "").lower() for one in session for word in COLLECTOR
        )
        began, ended = utc(moment(first)), utc(moment(last))
        text = f"adb was used {f'at {began}' if began == ended else f'from {began} to {ended}'}: {shown(session)}"
        why = "; it looks like AndroidQF" if ours else "" if spans else "; when the evidence was taken is not known"
        yield Hit(first, text + why, len(session), severity=Severity.LOW if why else None)


def sessions(found: list[Event]) -> Iterator[list[Event]]:
    """Events with less than an hour between them, together."""
    session: list[Event] = []
    for one in found:
        if session and moment(one) - moment(session[-1]) > SESSION:
            yield session
            session = []
        session.append(one)
    if session:
        yield session


def shown(session: list[Event]) -> str:
    """What was done over adb, as far as a message has room."""
    words = {"adb_sync_send_file": "sent ", "adb_sync_recv_file": "fetched ", "adb_shell_interactive": "a shell"}
    done = [words.get(one.record.event, "") + (one.record.command or one.record.path or "") for one in session]
    text = "; ".join(one for one, _ in groupby(done))
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


@correlation("AND064", Severity.MEDIUM, Stage.PRESENCE)
def authority_installed(security: Records[SecurityEvent]) -> Iterator[Hit]:
    """A certificate authority was added to those that the phone trusts.

    Why: who holds its key can read and change encrypted traffic; spyware has added some.
    Benign causes: work, school and ad-blocker profiles, and proxies of developers.
    Base rate: rare.
    Next: ask the owner; compare the subject with the authorities that the phone lists; look who installed it.
    References: https://developer.android.com/reference/android/app/admin/SecurityLog
        https://docs.mvt.re/en/latest/android/intrusion_logs/
    """
    found: dict[str | None, list[Event]] = {}
    for one in events(security, {"cert_authority_installed"}):
        if one.record.success is not False:
            found.setdefault(one.record.subject, []).append(one)
    for subject, added in found.items():
        yield Hit(added[0], f"the authority {subject or 'without a name'} was installed", len(added))


@correlation("AND065", Severity.MEDIUM, Stage.PRESENCE)
def start_not_verified(security: Records[SecurityEvent]) -> Iterator[Hit]:
    """The phone started with a system that is not verified as its maker's.

    Why: verified boot tells when the system was changed; red means that it was found damaged.
    Benign causes: yellow is a system signed with the owner's own key (GrapheneOS, CalyxOS), orange a boot loader that
        the owner unlocked.
    Base rate: rare on phones that nobody changed.
    Next: ask the owner which system is on the phone; a change from green to another state needs an explanation.
    References: https://source.android.com/docs/security/features/verifiedboot/boot-flow
    """
    found: dict[tuple[str, str], list[Event]] = {}
    for one in events(security, {"os_startup"}):
        state, verity = (one.record.boot_state or "").lower(), (one.record.verity or "").lower()
        if state not in {"", "green"} or verity not in {"", "enforcing"}:
            found.setdefault((state, verity), []).append(one)
    for (state, verity), starts in found.items():
        text = f"the phone started with verified boot {state or 'unknown'}, dm-verity {verity or 'unknown'}"
        yield Hit(starts[0], text, len(starts), severity=Severity.HIGH if state == "red" else None)


@correlation("AND066", Severity.MEDIUM, Stage.PRESENCE)
def forced_unlocking(
    security: Records[SecurityEvent], acquisitions: Records[Acquisition], reports: Records[Bugreport]
) -> Iterator[Hit]:
    """Many failed tries to unlock, then one that succeeded, then commands of a computer (over adb).

    Why: that is what a phone notes whose code is guessed and which is then searched or infected over a cable.
    Benign causes: an owner who mistyped the code and then connected the phone to a computer; the acquisition itself,
        which is left out.
    Base rate: rare.
    Next: ask who had the phone at that time, in particular whether it was in custody; read the commands over adb.
    References: https://securitylab.amnesty.org/latest/2024/12/serbia-a-digital-prison-spyware-and-cellebrite-used-on-journalists-and-activists/
    """
    spans = windows(acquisitions, reports)
    tries = events(security, {"keyguard_dismiss_auth_attempt"})
    used = [one for one in events(security, ADB) if not inside(moment(one), spans)]
    failed: list[Event] = []
    for one in tries:
        if one.record.success is False:
            failed.append(one)
            continue
        burst = [each for each in failed if moment(one) - moment(each) <= OPENED_WITHIN]
        failed = []
        after = next((each for each in used if timedelta() <= moment(each) - moment(one) <= ADB_WITHIN), None)
        if one.record.success and after and dense(burst):
            text = (
                f"{len(burst)} tries to unlock failed, one succeeded at {utc(moment(one))}, "
                f"adb was used at {utc(moment(after))}"
            )
            yield Hit(one, text)


def dense(burst: list[Event]) -> bool:
    """Whether enough failed tries lie close together."""
    return any(
        moment(last) - moment(first) <= BURST_TIME for first, last in zip(burst, burst[BURST - 1 :], strict=False)
    )


@correlation("AND067", Severity.MEDIUM, Stage.NONE)
def protection_failed(security: Records[SecurityEvent]) -> Iterator[Hit]:
    """A protection of the phone failed: of its keys, of wiping, of certificates.

    Why: damaged keys and a wipe that does not work can mean that somebody changed the phone; a network whose
        certificate is not valid may be a false one.
    Benign causes: faults of the hardware or of an update; networks of offices and schools whose certificate ran out.
    Base rate: certificates of networks are common, the others rare.
    Next: look at the time for adb, keyguard and package events; ask which network it was.
    References: https://developer.android.com/reference/android/app/admin/SecurityLog
        https://docs.mvt.re/en/latest/android/intrusion_logs/
    """
    found: dict[tuple[str, str | None], list[Event]] = {}
    for one in events(security, set(BROKEN)):
        event = one.record
        if event.event != "crypto_self_test_completed" or event.success is False:
            found.setdefault((event.event, event.key or event.reason), []).append(one)
    for (name, what), each in found.items():
        text, severity = BROKEN[name]
        yield Hit(each[0], f"{text}{f': {what[:SHOWN]}' if what else ''}", len(each), severity=severity)
