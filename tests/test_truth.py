"""The whole way: everything planted on the synthetic phone is found where it is, and nothing else is.

The same phone as plain backup, encrypted backup and folder gives the same findings.
"""

import json
from collections import Counter

import pytest

from scanner.evidence.secret import Secret
from scanner.finding import SEVERITIES, Finding, Report, Severity
from scanner.scan import Request, scan
from scanner.synthetic import Trace, bundle, make, write_backup, write_tree

PASSWORD = "correct horse"
PHONE = make()
HARMLESS = make(planted=False)
OWN_FILES = "backup:/"
TWICE = {"ios.interactions.contacts", "ios.applications.containers", "ios.backup.domains", "ios.sms.handles"}
"""Artifacts that show again what another artifact of the same phone shows."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """The phone scanned in every container."""
    folder = tmp_path_factory.mktemp("phone")
    feed = folder / "chimera.stix2"
    feed.write_text(json.dumps(bundle()), encoding="utf-8")
    for name in ("plain", "encrypted", "tree", "harmless"):
        (folder / name).mkdir()
    write_backup(PHONE, folder / "plain")
    write_backup(PHONE, folder / "encrypted", password=PASSWORD, double_iterations=1000)
    write_backup(HARMLESS, folder / "harmless")
    write_tree(PHONE, folder / "tree")
    return {
        name: scan(Request(paths=(folder / name,), feeds=(feed,), jobs=2), lambda _: Secret(PASSWORD))
        for name in ("plain", "encrypted", "tree", "harmless")
    }


def of_indicators(report: Report) -> list[Finding]:
    """The findings that an indicator gave."""
    return [one for one in report.findings if one.indicator]


def key(found: Finding) -> tuple[str, str, str]:
    """What a finding and a trace are compared by: artifact, the file, and the indicator or rule."""
    path = found.locator.path
    if found.locator.artifact == "ios.backup.files":
        below = found.indicator is not None and found.indicator.value.endswith("/")
        path = "" if below else str(found.record["path"])
    return found.locator.artifact, path, found.indicator.value if found.indicator else found.rule


def wanted(trace: Trace) -> tuple[str, str, str]:
    """The same of a trace."""
    value = trace.rule or trace.value
    if trace.kind == "path":
        value = trace.value.replace("/private/var", "/var")
    if trace.artifact == "ios.backup.files" and value.endswith("/"):
        return trace.artifact, "", value  # what lies below one folder is one finding
    return trace.artifact, trace.path, value


def test_everything_planted_is_found(reports: dict[str, Report]) -> None:
    found = {key(one) for one in reports["plain"].findings}
    missed = [trace for trace in PHONE.truth if wanted(trace) not in found]
    assert not missed, "\n".join(map(str, missed))


def test_every_planted_row_is_found_at_its_place(reports: dict[str, Report]) -> None:
    places: dict[tuple[str, str, str], set[str]] = {}
    for one in reports["plain"].findings:
        named = places.setdefault(key(one), set())
        rows = [(at.table, at.row, at.key) for at in one.places]
        for table, row, named_by in [(one.locator.table, one.locator.row, one.locator.key), *rows]:
            named.add(f"{table}:{row}" if row is not None else named_by or "")
    for trace in PHONE.truth:
        if trace.where and trace.artifact != "ios.backup.files":
            assert trace.where in places[wanted(trace)], trace


def test_nothing_else_is_found(reports: dict[str, Report]) -> None:
    planted = {wanted(trace) for trace in PHONE.truth}
    values = {value for _, _, value in planted}
    for one in of_indicators(reports["plain"]):
        assert key(one) in planted or (one.locator.artifact in TWICE and key(one)[2] in values), one
    heuristics = {trace.rule for trace in PHONE.truth if trace.rule}
    for one in reports["plain"].findings:
        if not one.indicator and SEVERITIES[one.severity] >= Severity.MEDIUM:
            assert one.rule in heuristics | {"IOS003"}, one


def test_nothing_is_found_on_the_harmless_phone(reports: dict[str, Report]) -> None:
    assert not [one for one in reports["harmless"].findings if SEVERITIES[one.severity] >= Severity.LOW]
    assert reports["harmless"].verdict.incomplete == 0


def test_plain_and_encrypted_give_equal_findings(reports: dict[str, Report]) -> None:
    plain, encrypted = reports["plain"].findings, reports["encrypted"].findings
    assert [(one.id, one.severity, one.message, one.count) for one in plain] == [
        (one.id, one.severity, one.message, one.count) for one in encrypted
    ]


def test_a_folder_gives_the_same_findings_but_for_the_backups_own_files(reports: dict[str, Report]) -> None:
    def of_the_phone(report: Report) -> Counter[tuple[str, str, str]]:
        rows = (one for one in report.findings if not one.locator.path.startswith(OWN_FILES))
        return Counter(key(one) for one in rows if one.rule not in {"IOS016", "IOS018"})

    assert of_the_phone(reports["tree"]) == of_the_phone(reports["plain"])


def test_everything_that_is_there_was_checked(reports: dict[str, Report]) -> None:
    for name in ("plain", "encrypted", "tree"):
        assert reports[name].verdict.incomplete == 0, [row for row in reports[name].coverage if row.problems]
