"""Suppressions and baselines: what somebody has judged stays in the report, marked, and counts no more."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from scanner.evidence import EvidenceError
from scanner.finding import Finding, Locator, Matched, Severity
from scanner.gather import exit_code
from scanner.report import text
from scanner.suppress import compared, judged, read, suppressed
from scanner.synthetic import make, write_backup
from tests.backups import LITTLE
from tests.conftest import Bridle
from tests.documents import report

TODAY = date(2026, 5, 1)


def finding(name: str, rule: str = "IOS006", severity: str = "high", **fields: Any) -> Finding:
    place = Locator(evidence="phone", artifact="ios.x.y", path="/x")
    return Finding(
        id=name, rule=rule, title="", severity=severity, stage="none", confidence="", message="", time=None,
        locator=place, **fields,
    )  # fmt: skip


def matched(kind: str, value: str) -> Matched:
    return Matched(kind=kind, value=value, observed=f"https://{value}/x", field="url", sources=())


FINDINGS = (
    finding("a1", record={"app_id": "org.example.app"}),
    finding("b2", "IOC001", "critical", indicator=matched("domain", "x.example"), record={"app_id": "org.example.app"}),
    finding("c3", "IOS009", "medium", record={"phone": "+1 555 0100", "path": "/private/var/tmp/x"}),
)


def file(folder: Path, *entries: str, key: str = "suppressions") -> Path:
    made = folder / "suppressions.yaml"
    made.write_text(f"{key}:\n" + "".join(f"  - {{{one}}}\n" for one in entries), encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("id: a1", "a1"),
        ("rule: IOC001", "b2"),
        ("indicator: {kind: domain, value: x.example}", "b2"),
        ("indicator: {kind: url, value: x.example}", ""),
        ("subject: Org.Example.App", "a1"),
        ("subject: x.example", "b2"),
        ("subject: +1-555-0100", "c3"),
        ("subject: /var/tmp/x/", "c3"),
        ("rule: IOS009, subject: org.example.app", ""),
        ("rule: IOS00", ""),
        ("rule: IOS006, expires: 2026-05-01", "a1"),
        ("rule: IOS006, expires: 2026-04-30", ""),
    ],
)
def test_an_entry_suppresses_what_it_names(tmp_path: Path, entry: str, named: str) -> None:
    made = suppressed(report(*FINDINGS), read(file(tmp_path, f"{entry}, reason: seen, author: H. Analyst")), TODAY)
    assert [one.id for one in made.findings] == ["a1", "b2", "c3"]
    marked = [one for one in made.findings if one.suppressed]
    assert " ".join(one.id for one in marked) == named
    assert all(one.suppressed and one.suppressed.author == "H. Analyst" for one in marked)
    assert len(made.problems) == (not named)
    assert [one.note for one in made.problems] == ["04-30" not in entry][: not named]


def test_what_is_suppressed_counts_neither_for_the_verdict_nor_for_the_exit_code(tmp_path: Path) -> None:
    whole = judged(report(*FINDINGS))
    assert (whole.verdict.level, exit_code(whole, Severity.MEDIUM, strict=False)) == ("critical", 1)
    some = suppressed(whole, read(file(tmp_path, "id: b2, reason: x")), TODAY)
    assert (some.verdict.level, some.counts.critical, some.counts.suppressed) == ("high", 0, 1)
    assert some.verdict.headline.startswith("2 findings to look at in 1 of 1 checks")
    assert some.verdict.headline.endswith("; 1 finding suppressed")
    every = suppressed(whole, read(file(tmp_path, *(f"id: {one.id}, reason: x" for one in FINDINGS))), TODAY)
    assert (every.verdict.level, exit_code(every, Severity.INFO, strict=True)) == ("none", 0)
    assert every.verdict.headline.startswith("nothing found in 1 of 1 checks")


def test_a_wrong_entry_suppresses_nothing_and_is_named_with_its_line(tmp_path: Path) -> None:
    wrong = (
        "id: a1", "reason: x", "id: a1, reason: x, until: 2027-01-01", "id: a1, reason: x, expires: soon",
        "id: a1, reason: x, indicator: {kind: domain}", "id: '', rule: IOS006, reason: x", "rule: [a], reason: x",
    )  # fmt: skip
    given = read(file(tmp_path, *wrong, "id: a1, reason: x"))
    assert [one.id for one in given.entries] == ["a1"]
    assert [one.row for one in given.problems] == list(range(2, 2 + len(wrong)))
    assert given.problems[0].message == "line 2: it has no reason; it suppresses nothing"
    made = suppressed(report(*FINDINGS), given, TODAY)
    assert len(made.problems) == len(wrong)
    assert exit_code(suppressed(report(), read(file(tmp_path, "id: a1")), TODAY), Severity.LOW, strict=True) == 3


@pytest.mark.parametrize("text", ["", "suppressions: 5", "other: []", "- id: a", "a: &x [*x]", "{", "\0"])
def test_what_is_no_file_of_suppressions_is_refused(tmp_path: Path, text: str) -> None:
    (made := tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError, match="no file of suppressions"):
        read(made)


def test_only_what_is_new_counts_against_a_baseline() -> None:
    whole = report(*FINDINGS)
    made = compared(whole, ["b2", "c3"])
    assert [one.known for one in made.findings] == [False, True, True]
    assert made.verdict.level == "critical"
    assert made.verdict.headline.startswith("1 new finding to look at in 1 of 1 checks")
    assert exit_code(made, Severity.CRITICAL, strict=False) == 0
    assert exit_code(made, Severity.HIGH, strict=False) == 1
    none = compared(whole, ["a1", "b2", "c3"])
    assert none.verdict.headline.startswith("nothing new found in")
    assert exit_code(none, Severity.INFO, strict=False) == 0


def test_the_command_takes_both(bridle: Bridle, tmp_path: Path) -> None:
    (tmp_path / "phone").mkdir()
    write_backup(make(amount=LITTLE), tmp_path / "phone")
    few = ("-j", "1", "--no-default-feeds", "--no-yara", "--artifact", "ios.applications.*")
    scan = ("scan", tmp_path / "phone", *few)
    first = bridle(*scan, "-o", tmp_path / "case", "--fail-on", "low")
    assert first.code == 1
    again = bridle(*scan, "--baseline", tmp_path / "case", "--fail-on", "info")
    assert again.code == 0
    assert "Nothing new found in" in again.out
    given = file(tmp_path, "rule: IOS009, reason: ours", "rule: IOS011, reason: ours")
    judged_now = bridle(*scan, "--suppressions", given, "--fail-on", "info", "--strict", "--format", "json")
    assert judged_now.code == 0
    assert all(one["suppressed"]["reason"] == "ours" for one in json.loads(judged_now.out)["findings"])
    assert bridle(*scan, "--suppressions", tmp_path / "none.yaml").code == 2
    assert bridle(*scan, "--baseline", given).code == 2


def test_the_summary_shows_what_was_set_aside_apart(tmp_path: Path) -> None:
    given = read(file(tmp_path, "id: a1, reason: ours, author: Mara"))
    stream = StringIO()
    text.write(suppressed(report(*FINDINGS), given, TODAY), stream)
    assert "Set aside (1):" in stream.getvalue()
    assert "ours (Mara)" in stream.getvalue()
