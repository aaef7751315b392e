"""How severe the rules on powers find what they find: HIGH only where their page says so."""

from collections.abc import Iterator
from typing import Any

import pytest

from scanner.artifacts.android.accessibility import AccessibilityService
from scanner.artifacts.android.adb import AdbKey
from scanner.artifacts.android.device_policy import DeviceAdmin
from scanner.artifacts.android.input_methods import InputMethod
from scanner.artifacts.android.packages import Package
from scanner.artifacts.android.vpn import Vpn
from scanner.finding import Severity
from scanner.record import Record
from scanner.rule import Hit, Located, Records, load
from scanner.rules.android.origin import Origin, Origins

APP = "com.example.app"
FILE = Package(app_id=APP, system=False)
STORE = Package(app_id=APP, system=False, installer="com.android.vending")
SYSTEM = Package(app_id=APP, system=True)


def hits(rule_id: str, *records: Record) -> list[Hit]:
    def of(kind: type[Record]) -> Records[Any]:
        def located() -> Iterator[Located[Record]]:
            return (Located(one, "example", "/example", None) for one in records if type(one) is kind)

        return Records(located)

    rule = load()[rule_id]
    return list(rule.check(*(of(kind) for kind in rule.inputs)))


SERVICE = AccessibilityService(app_id=APP, enabled=True)
ADMIN, TEST = DeviceAdmin(app_id=APP, kind="admin"), DeviceAdmin(app_id=APP, kind="admin", test_only=True)
OWNER = DeviceAdmin(app_id="com.example.work", kind="profile owner", user=10)
TUNNEL, ALWAYS = Vpn(app_id=APP, active=True), Vpn(app_id=APP, active=True, always_on=True)
KEYBOARD = InputMethod(app_id=APP, default=True)
OTHER = Package(app_id="com.example.work", system=True)


@pytest.mark.parametrize(
    ("rule_id", "records", "severity"),
    [
        ("AND006", (SERVICE, FILE), Severity.MEDIUM),
        ("AND006", (SERVICE,), Severity.LOW),
        ("AND007", (ADMIN, FILE), Severity.MEDIUM),
        ("AND007", (TEST, FILE), Severity.HIGH),
        ("AND007", (TEST, FILE, OWNER, OTHER), Severity.MEDIUM),
        ("AND007", (DeviceAdmin(app_id=APP, kind="device owner", user=0), TEST, FILE), Severity.HIGH),
        ("AND007", (TEST, STORE), Severity.MEDIUM),
        ("AND007", (DeviceAdmin(app_id=APP, kind="device owner"), STORE), Severity.INFO),
        ("AND007", (ADMIN,), Severity.LOW),
        ("AND026", (TUNNEL, FILE), Severity.HIGH),
        ("AND026", (ALWAYS, STORE), None),
        ("AND027", (KEYBOARD, FILE), Severity.MEDIUM),
        ("AND027", (KEYBOARD, STORE), Severity.INFO),
        ("AND033", (AdbKey(fingerprint="AA", sha256="aa"),), Severity.LOW),
        ("AND033", (AdbKey(fingerprint="AA", sha256="aa", comment="x@UFED"),), Severity.MEDIUM),
    ],
)
def test_severity(rule_id: str, records: tuple[Record, ...], severity: Severity | None) -> None:
    assert [hit.severity for hit in hits(rule_id, *records)] == [severity]


def test_an_app_is_said_once_however_many_sources_name_it() -> None:
    (hit,) = hits("AND006", SERVICE, SERVICE, FILE, FILE)
    assert hit.count == 2


@pytest.mark.parametrize(
    ("packages", "origin"),
    [
        ((), Origin.UNKNOWN),
        ((Package(app_id=APP),), Origin.UNKNOWN),
        ((Package(app_id=APP), FILE), Origin.ELSEWHERE),
        ((FILE, SYSTEM), Origin.SYSTEM),
        ((STORE,), Origin.STORE),
        ((Package(app_id=APP, system=False, initiating="com.android.shell"), STORE), Origin.ELSEWHERE),
        ((Package(app_id=APP, installer="com.example.browser"),), Origin.ELSEWHERE),
    ],
)
def test_origin(packages: tuple[Package, ...], origin: Origin) -> None:
    located = (Located(one, "example", "/example", None) for one in packages)
    assert Origins(located).of(APP) is origin
