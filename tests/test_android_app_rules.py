"""What the rules on Android's apps are worth from case to case; the examples in tests/rules say when they fire."""

from typing import Any

import msgspec
import pytest

from scanner import artifact, rule
from scanner.finding import Severity
from scanner.record import Record
from scanner.rule import Located, Records

TYPES = {record.__name__: record for parser in artifact.load().values() for record in parser.records}
GENUINE = {"Package": {"app_id": "android", "system": True, "signatures": ["aaaa0001"]}}
OPENED = {
    "IntentFilter": {
        "kind": "activity",
        "by": "action",
        "value": "android.intent.action.MAIN",
        "app_id": "com.example.other",
        "component": ".Main",
    }
}
STARTS = {
    "IntentFilter": {
        "kind": "receiver",
        "by": "action",
        "value": "android.intent.action.BOOT_COMPLETED",
        "app_id": "com.example.app",
        "component": ".Boot",
    }
}
READS = {"AccessibilityService": {"app_id": "com.example.app", "enabled": True}}
LISTENS = {"NotificationListener": {"app_id": "com.example.app", "kind": "listener", "allowed": True}}
HEARS, SEES, FOLLOWS = (
    {"AppOpUse": {"app_id": "com.example.app", "op": op, "kind": "access", "state": "bg"}}
    for op in ("RECORD_AUDIO", "CAMERA", "FINE_LOCATION")
)
RULES_PHONE = {"DeviceAdmin": {"app_id": "com.example.app", "kind": "admin"}}


def app(app_id: str = "com.example.app", **values: Any) -> dict[str, Any]:
    """An app that is no part of the system."""
    return {"Package": {"app_id": app_id, "system": False, **values}}


def severities(rule_id: str, *examples: dict[str, Any]) -> list[Severity]:
    """What each finding of a correlation is worth."""
    one = rule.load()[rule_id]
    made = [msgspec.convert(values, TYPES[name]) for each in examples for name, values in each.items()]

    def records(kind: type[Record]) -> Records[Record]:
        """The examples of one type."""
        return Records(lambda: (Located(each, "example", "/example", None) for each in made if type(each) is kind))

    hits = list(one.check(*(records(kind) for kind in one.inputs)))
    return [one.severity if hit.severity is None else hit.severity for hit in hits]


SYSTEM_APP = {"Package": {"app_id": "com.sec.android.easyMover", "system": True, "signatures": ["aaaa0001"]}}
NAMED = "com.google.bat"


@pytest.mark.parametrize(
    ("rule_id", "examples", "worth"),
    [
        ("AND001", [GENUINE, app(NAMED, signatures=["bbbb0002"])], Severity.HIGH),
        ("AND001", [GENUINE, app(NAMED)], Severity.MEDIUM),
        ("AND001", [SYSTEM_APP, app(NAMED, installer="com.sec.android.easyMover", signatures=["b"])], Severity.LOW),
        ("AND002", [app("com.linkedln.service")], Severity.MEDIUM),
        ("AND002", [app("com.linkedln.service", installer="com.android.vending")], Severity.LOW),
        ("AND003", [app(), READS, LISTENS, RULES_PHONE], Severity.HIGH),
        ("AND003", [app(), READS, LISTENS], Severity.MEDIUM),
        ("AND003", [app(), READS, HEARS, SEES, FOLLOWS], Severity.MEDIUM),
        ("AND003", [app(), READS, LISTENS, HEARS], Severity.HIGH),
        ("AND004", [app(initiating="com.android.shell"), OPENED, STARTS], Severity.HIGH),
        ("AND004", [app(initiating="com.android.shell", flags=["TEST_ONLY"]), OPENED, STARTS], Severity.MEDIUM),
        ("AND004", [app(), OPENED, STARTS], Severity.MEDIUM),
        ("AND015", [{"Package": {"app_id": "android", "system": True, "signatures": ["b4addb29"]}}], Severity.HIGH),
        (
            "AND015",
            [
                {"Package": {"app_id": "android", "system": True, "signatures": ["b4addb29"]}},
                {"Property": {"name": "ro.build.type", "value": "userdebug"}},
            ],
            Severity.MEDIUM,
        ),
        ("AND015", [GENUINE, app(signatures=["d7f1f224"])], Severity.MEDIUM),
    ],
)
def test_worth(rule_id: str, examples: list[dict[str, Any]], worth: Severity) -> None:
    assert severities(rule_id, *examples) == [worth]


def test_an_app_is_reported_once_however_many_sources_and_users_have_it() -> None:
    copies = [app(NAMED, user=user, signatures=["bbbb0002"]) for user in (0, 10, 95)]
    assert severities("AND001", GENUINE, *copies, app(NAMED)) == [Severity.HIGH]


def test_what_one_source_does_not_know_another_may() -> None:
    restrictions = {"Package": {"app_id": NAMED, "user": 0, "installed": True}}
    assert severities("AND001", GENUINE, restrictions, app(NAMED, installer="com.android.vending")) == []
