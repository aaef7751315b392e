"""One synthetic Android phone as a bug report, an AndroidQF acquisition, a file system and an adb backup."""

import json
from pathlib import Path

import pytest
import zstandard

from scanner.evidence.open import recognise
from scanner.evidence.secret import Secret
from scanner.finding import SEVERITIES, Report, Severity
from scanner.scan import Request, scan
from scanner.synthetic import android
from scanner.synthetic.android import AndroidPhone

SHAPES = ("bugreport", "androidqf", "dump", "backup")


def written(phone: AndroidPhone, root: Path) -> dict[str, Path]:
    """Every acquisition of a phone, by its shape."""
    root.mkdir()
    (root / "bugreport").write_bytes(android.bugreport(phone))
    (root / "backup").write_bytes(android.backup(phone))
    android.write(android.androidqf(phone), root / "androidqf")
    android.write(android.file_system(phone), root / "dump")
    return {shape: root / shape for shape in SHAPES}


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, dict[str, Path]]:
    root = tmp_path_factory.mktemp("android")
    return {planted: written(android.make(planted), root / str(planted)) for planted in (True, False)}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


@pytest.fixture(scope="module")
def reports(phones: dict[bool, dict[str, Path]], cases: Path) -> dict[tuple[bool, str], Report]:
    feed = cases / "chimera.stix2"
    feed.write_text(json.dumps(android.bundle()), encoding="utf-8")
    return {
        (planted, shape): scan(
            Request((path,), cases / f"{planted}-{shape}", feeds=(feed,), default_feeds=False, jobs=2)
        )
        for planted, shapes in phones.items()
        for shape, path in shapes.items()
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_everything_planted_is_found(
    shape: str, reports: dict[tuple[bool, str], Report], phones: dict[bool, dict[str, Path]]
) -> None:
    report = reports[True, shape]
    evidence = recognise(phones[True][shape]).open(Secret())
    there = {entry.path for entry in evidence.entries()}
    evidence.close()
    hits = {(one.locator.artifact, one.locator.path, one.indicator.value) for one in report.findings if one.indicator}
    wanted = {(one.artifact, one.path, one.value) for one in android.make().truth if not one.rule and one.path in there}
    assert wanted
    assert wanted <= hits
    fired = {one.rule for one in report.findings}
    assert {
        one.rule for one in android.make().truth if one.rule and one.path in there and shape == "androidqf"
    } <= fired
    assert not report.verdict.incomplete, [row for row in report.coverage if row.problems]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_harmless_phone_is_quiet(shape: str, reports: dict[tuple[bool, str], Report]) -> None:
    report = reports[False, shape]
    assert not [one for one in report.findings if SEVERITIES[one.severity] >= Severity.MEDIUM]
    assert not report.verdict.incomplete


@pytest.mark.parametrize("shape", SHAPES)
def test_the_phone_is_named(shape: str, reports: dict[tuple[bool, str], Report]) -> None:
    device = reports[True, shape].evidence[0].device
    assert device.os == "Android"
    if shape in {"bugreport", "androidqf"}:
        assert (device.model, device.version, device.timezone) == ("Moorland 5", "14", "Europe/Berlin")
        assert str(reports[True, shape].evidence[0].acquired) == "2024-06-20 12:00:00+00:00"


SHARED = (
    "android.package_dump.dumpsys", "android.accessibility.services", "android.appops.dumpsys", "android.settings.dump",
    "android.properties.listed", "android.processes.listed", "android.tombstones.crashes",
    "android.sms_backup.messages",
)  # fmt: skip


def shards(case: Path, artifact: str) -> set[bytes]:
    """What one artifact yielded in a scan, every record once."""
    found = set[bytes]()
    for path in case.rglob(f"{artifact}/*.zst"):
        with zstandard.open(path, "rb") as file:
            found |= set(file.read().splitlines())
    return found


@pytest.mark.parametrize("artifact", SHARED)
@pytest.mark.usefixtures("reports")
def test_the_records_are_the_same_in_every_acquisition(artifact: str, cases: Path) -> None:
    found = [shards(cases / f"True-{shape}", artifact) for shape in SHAPES]
    held = [one for one in found if one]
    assert len(held) > 1
    assert all(one == held[0] for one in held)
