"""How serious rules on crashes and logs are: by what saw the mistake, how often, the patch level and the build."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.artifacts.android.log_records import SelinuxDenial
from scanner.artifacts.android.properties import Property
from scanner.artifacts.android.tombstones import Crash
from scanner.finding import Severity
from scanner.record import Record
from scanner.rule import Hit, Located, Records, load
from scanner.rules.android.crash_signs import distinct

THEN = datetime(2025, 3, 1, 10, tzinfo=UTC)
QURAM = "/system/lib64/libimagecodec.quram.so (QuramDng::opcode(int)+60)"


def crash(**values: Any) -> Crash:
    """A crash of Samsung's messages in the library that reads pictures."""
    given: dict[str, Any] = {"process": "com.samsung.android.messaging", "pid": 1, "tid": 2, "time": THEN}
    given |= {"clock": "zone as written", "signal_name": "SIGSEGV", "fault_address": "0x41414141", "frames": (QURAM,)}
    return Crash(**(given | values))


def hits(name: str, *made: Record) -> list[Hit]:
    """What a rule says of records."""
    one = load()[name]

    def of(kind: type[Record]) -> Records[Record]:
        return Records(
            lambda: (Located(record, "example", "/example", None) for record in made if type(record) is kind)
        )

    return list(one.check(*map(of, one.inputs)))


def patch(level: str) -> Property:
    """A patch level."""
    return Property(name="ro.build.version.security_patch", value=level)


@pytest.mark.parametrize(
    ("records", "severity"),
    [
        ([crash()], Severity.LOW),
        ([crash(), patch("2025-02-01")], Severity.LOW),
        ([crash(code_name="SEGV_MTESERR")], Severity.MEDIUM),
        ([crash(code_name="SEGV_MTESERR"), patch("2025-02-01")], Severity.HIGH),
        ([crash(code_name="SEGV_MTESERR"), patch("2025-09-01")], Severity.MEDIUM),
        ([crash(), crash(pid=7, time=THEN + timedelta(hours=23))], Severity.MEDIUM),
        ([crash(), crash(pid=7, time=THEN + timedelta(hours=25))], Severity.LOW),
        ([crash(), crash(selinux_label="u:r:platform_app:s0")], Severity.LOW),
        ([crash(), crash(time=THEN + timedelta(seconds=2), clock="UTC, as the dump says")], Severity.LOW),
        ([crash(tid=None), crash(tid=None, time=THEN + timedelta(hours=1))], Severity.MEDIUM),
    ],
)
def test_a_crash_while_reading(records: list[Record], severity: Severity) -> None:
    (hit,) = hits("AND022", *records)
    assert hit.severity == severity


def test_the_same_crash_from_a_log_gains_the_time_of_another_source() -> None:
    early = crash(time=None, clock=None)
    found = distinct([Located(one, "example", "/example", None) for one in (early, crash(clock="zone unknown"))])
    assert [one.record.time for one in found] == [THEN]


def test_a_minidump_and_a_tombstone_are_one_crash() -> None:
    (hit,) = hits("AND022", crash(), crash(time=THEN + timedelta(seconds=2), clock="UTC, as the dump says"))
    assert hit.count == 1


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("/data/user/0/com.other.example/files/a.so", None),
        ("/memfd:loader (deleted)", None),
        ("/data/adb/modules/a/b.so", Severity.MEDIUM),
        ("/data/local/tmp/re.frida.server/frida-agent-64.so", Severity.MEDIUM),
    ],
)
def test_foreign_code(path: str, severity: Severity | None) -> None:
    (hit,) = hits("AND021", Crash(process="com.messenger.example", pid=1, mapped=(path,)))
    assert hit.severity == severity


def test_a_process_of_another_name_runs_its_own_app() -> None:
    own = ("/data/app/~~a==/com.odd.example-b==/base.apk", "/data/user/0/com.odd.example/files/a.so")
    (hit,) = hits("AND021", Crash(process="com.worker.example", pid=1, mapped=own))
    assert hit.severity == Severity.MEDIUM


@pytest.mark.parametrize(
    ("kind", "severity"), [("user", Severity.HIGH), ("userdebug", Severity.LOW), ("", Severity.MEDIUM)]
)
def test_rules_that_did_not_hold(kind: str, severity: Severity) -> None:
    denial = SelinuxDenial(permissive=True, domain="untrusted_app")
    (hit,) = hits("AND042", denial, Property(name="ro.build.type", value=kind))
    assert hit.severity == severity
