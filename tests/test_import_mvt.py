"""`bridle import-mvt`: what MVT wrote becomes a case in which later feeds find what MVT did not look for."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from scanner import past
from scanner.artifacts.mvt_row import leaves
from scanner.artifacts.mvt_rows import TIME
from scanner.cli.import_mvt import import_mvt
from scanner.evidence import EvidenceError
from scanner.finding import Report
from scanner.mvt_results import imported
from scanner.rescan import rescan
from scanner.scan import Request
from scanner.synthetic import bundle, make, write_backup
from scanner.synthetic.indicators import APP, CONTROL, DELIVERY, INJECTION, PAYLOAD_SHA256, PROCESS, RICH
from scanner.synthetic.typedstream import attributed_body
from tests.backups import LITTLE
from tests.feed_server import stix

WHEN = "2024-06-11 03:12:00.000000"
VISITS = [
    {"id": 1, "url": "http://weathervane.example/", "visit_id": 1, "isodate": WHEN, "redirect_destination": 2},
    {"id": 2, "url": f"https://{INJECTION}/x", "visit_id": 2, "isodate": "2024-06-11 03:12:00.200000"},
]
IPHONE: dict[str, Any] = {
    "info.json": {"mvt_version": "2026.1.1", "target_path": "backup", "date": WHEN, "ioc_files": [], "hashes": []},
    "backup_info.json": {"Device Name": "A phone", "Product Version": "17.5", "Installed Applications": [APP]},
    "sms.json": [
        {"text": f"look: https://{DELIVERY}/a", "phone_number": "+15550100101", "isodate": WHEN, "is_from_me": 0},
        {"text": None, "attributedBody": b64encode(attributed_body(f"https://{RICH}/b")).decode(), "isodate": WHEN},
        7,
        {"text": "a word", "is_from_me": "perhaps", "isodate": "yesterday"},
    ],
    "datausage.json": [{"proc_name": f"{PROCESS}/org.example.app", "isodate": WHEN, "proc_id": 4, "wifi_in": 5.0}],
    "tcc.json": [{"service": "kTCCServiceCamera", "client": APP, "auth_value": "allowed", "last_modified": WHEN}],
    "safari_history.json": VISITS,
    "webkit_session_resource_log.json": {"x": [{"origin": "a.example", "redirect_source": [{"origin": CONTROL}]}]},
    "urls.json": [{"url": "https://short.example/1", "expanded_url": f"https://{CONTROL}/long", "source": "sms"}],
    "novel_module.json": [{"when": WHEN, "inner": {"file": {"sha256": PAYLOAD_SHA256, "path": "/private/var/x"}}}],
    "alerts.json": [{"level": "HIGH", "module": "sms", "message": f"found {DELIVERY}", "event_time": WHEN}],
}


def folder(root: Path, files: dict[str, Any]) -> Path:
    root.mkdir(parents=True)
    for name, value in files.items():
        (root / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return root


def case(results: Path, made: Path, *feeds: Path) -> Report:
    return imported(Request(paths=(results,), output=made, feeds=feeds, default_feeds=False, yara=None, jobs=1))


def found(report: Report) -> set[tuple[str, str]]:
    return {(one.indicator.value, one.locator.path) for one in report.findings if one.indicator}


@pytest.fixture
def chimera(tmp_path: Path) -> Path:
    path = tmp_path / "chimera.stix2"
    path.write_text(json.dumps(bundle()), encoding="utf-8")
    return path


def test_a_later_feed_finds_what_was_imported(tmp_path: Path, chimera: Path) -> None:
    results, made = folder(tmp_path / "mvt", IPHONE), tmp_path / "case"
    first = case(results, made)
    assert found(first) == set()
    assert [one.rule for one in first.findings] == ["IOS001"], "the redirect is seen without any feed"
    assert (first.evidence[0].kind, first.evidence[0].device.version) == ("MVT results", "17.5")
    looked = rescan(made, Request(paths=(), feeds=(chimera,), default_feeds=False))
    want = {
        (DELIVERY, "sms"), (RICH, "sms"), (PROCESS, "datausage"), (APP, "tcc"), (APP, "backup_info"),
        (INJECTION, "safari_history"), (CONTROL, "webkit_session_resource_log"), (CONTROL, "urls"),
        (PAYLOAD_SHA256, "novel_module"),
    }  # fmt: skip
    assert found(looked.report) == {(value, f"mvt:/results/{name}.json") for value, name in want}
    assert {one.id for one in looked.new} == {one.id for one in looked.report.findings if one.rule != "IOS001"}
    fresh = case(results, tmp_path / "fresh", chimera)
    assert msgspec.to_builtins(fresh.findings) == msgspec.to_builtins(looked.report.findings)


def test_a_bad_row_is_a_problem_with_its_place(tmp_path: Path) -> None:
    made = case(folder(tmp_path / "mvt", IPHONE), tmp_path / "case")
    problems = {(one.path, one.row): one.message for one in made.problems}
    assert "not a row but int" in problems["mvt:/results/sms.json", 2]
    assert "does not fit" in problems["mvt:/results/sms.json", 3]
    assert "a word" in {record["text"] for record in kept(tmp_path / "case") if record.get("text")}
    assert made.verdict.incomplete == 1


def kept(made: Path) -> Iterator[dict[str, Any]]:
    case_ = past.read(made)
    for task in case_.tasks:
        for one in task.outcomes:
            for kind, records in past.kept(case_.records, one):
                yield from ({"": kind.__name__, **msgspec.to_builtins(record)} for record in records)


def test_what_mvt_says_twice_is_found_once(tmp_path: Path, chimera: Path) -> None:
    timeline = f'"UTC Timestamp","Plugin","Event","Description"\n"{WHEN}","SMS","sms_received","https://{DELIVERY}/a"\n'
    both = case(folder(tmp_path / "mvt", IPHONE | {"timeline.csv": timeline}), tmp_path / "case", chimera)
    assert [path for value, path in found(both) if value == DELIVERY] == ["mvt:/results/sms.json"]
    notes = [one for one in kept(tmp_path / "case") if one[""] == "MvtNote"]
    assert {one.get("message") for one in notes} >= {f"found {DELIVERY}", f"sms_received: https://{DELIVERY}/a"}
    alone = case(folder(tmp_path / "alone", {"timeline.csv": timeline, "alerts.json": []}), tmp_path / "b", chimera)
    assert found(alone) == {(DELIVERY, "mvt:/results/timeline.csv")}
    assert alone.findings[0].time is not None


@pytest.mark.parametrize(
    "content", ["", "{", "7", "[" * 100_000, '[{"text": "\\ud800", "isodate": 1e999}]', f'[{{"ROWID": {"9" * 5000}}}]']
)
def test_hostile_results_are_problems(tmp_path: Path, content: str) -> None:
    deep = "[" + '{"a": [' * 300 + '"x"' + "]}" * 300 + "]"
    files = IPHONE | {"sms.json": content, "deep.json": deep, "timeline.csv": '\0"\n' * 50}
    made = case(folder(tmp_path / "mvt", files), tmp_path / "case")
    (row,) = (one for one in made.coverage if one.path == "mvt:/results/sms.json")
    assert row.state != "checked" or content.startswith('[{"text"')
    (row,) = (one for one in made.coverage if one.path == "mvt:/results/deep.json")
    assert row.state == "partial", "what is too deep to be kept is said"


def test_errors_of_mvt_are_gaps(tmp_path: Path) -> None:
    log = "2026-01-01 00:00:00,000 - mvt.ios.modules.mixed.tcc - ERROR - file is not a database\n"
    made = case(folder(tmp_path / "mvt", IPHONE | {"command.log": log * 2}), tmp_path / "case")
    assert [one.message for one in made.problems if one.where == "mvt"] == [
        "MVT could not read something: mvt.ios.modules.mixed.tcc - ERROR - file is not a database"
    ]


def test_the_command(tmp_path: Path, chimera: Path) -> None:
    app = typer.Typer()
    app.command()(import_mvt)
    results = folder(tmp_path / "mvt", IPHONE)
    options = ["-o", str(tmp_path / "case"), "--no-default-feeds", "--feeds", str(chimera), "--format", "json"]
    ended = CliRunner().invoke(app, [str(results), *options])
    assert ended.exit_code == 1, ended.output
    assert json.loads(ended.stdout)["findings"]
    manifest = json.loads((tmp_path / "case" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["read"]["mvt"]) >= {"mvt:/results/sms.json", "mvt:/said/alerts.json"}


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no folder of MVT's results"):
        case(folder(tmp_path / "mvt", {"info.json": {"x": 1}, "notes.json": []}), tmp_path / "case")
    assert not (tmp_path / "case").exists()


ANDROID: dict[str, Any] = {
    "info.json": {"mvt_version": "2026.1.1", "date": WHEN},
    "aqf_get_prop.json": [{"name": "persist.sys.timezone", "value": "Europe/Berlin"}],
    "aqf_packages.json": [
        {"name": APP, "installer": "null", "uid": 10199, "files": [{"path": "/data/x.apk", "sha256": PAYLOAD_SHA256}]}
    ],
    "dumpsys_packages.json": [
        {"package_name": APP, "app_id": 10199, "users": [{"user_id": 10, "first_install_time": "2024-06-11 05:22:00"}]}
    ],
    "processes.json": [{"user": "root", "pid": 7, "command": PROCESS}],
    "dns_event.json": [{"event_time": 1718076240000, "hostname": CONTROL, "ip_addresses": ["/203.0.113.9"]}],
    "sms.json": [{"address": "PARCEL", "body": f"https://{DELIVERY}/p", "date": "1718075520000", "type": "2"}],
}


def test_an_android_phone(tmp_path: Path, chimera: Path) -> None:
    made = case(folder(tmp_path / "mvt", ANDROID), tmp_path / "case", chimera)
    want = {
        (APP, "aqf_packages"), (PAYLOAD_SHA256, "aqf_packages"), (APP, "dumpsys_packages"), (PROCESS, "processes"),
        (CONTROL, "dns_event"), (DELIVERY, "sms"),
    }  # fmt: skip
    assert found(made) == {(value, f"mvt:/results/{name}.json") for value, name in want}
    records = list(kept(tmp_path / "case"))
    (app,) = (one for one in records if one[""] == "Package" and one.get("user") == 10)
    assert (app["time"], app["uid"]) == ("2024-06-11T03:22:00Z", 1_010_199), "the phone's own clock"
    (message,) = (one for one in records if one[""] == "TextMessage")
    assert (message["time"], message["from_me"]) == ("2024-06-11T03:12:00Z", True)


TAKEN = frozenset({"file_id", "mode", "relative_path", "client_type", "record_type", "direction", "user", "value"})
"""Of the iPhone's modules: what is written in another form."""
NAMED = frozenset({"First", "Middle", "Last"})
BLOBS = frozenset({"attributedBody", "payload_data", "message_summary_info"})


REAL = pytest.mark.skipif(not shutil.which("mvt-ios"), reason="MVT is not installed here")


def mvt(folder: Path, *arguments: object) -> None:
    """Run MVT in a folder, without the network; its check-iocs may well end with a traceback."""
    program = shutil.which("mvt-ios")
    options = ("--disable-update-check", "--disable-indicator-update-check")
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "MVT_NETWORK_ACCESS_ALLOWED": "false"}
    command = [str(program), *options, *map(str, arguments)]
    subprocess.run(command, check="check-iocs" not in command, capture_output=True, cwd=folder, env=environment)


@REAL
def test_nothing_of_real_output_is_lost(tmp_path: Path) -> None:
    write_backup(make(amount=LITTLE), tmp_path / "phone")
    mvt(tmp_path, "check-backup", "-o", "mvt", "phone")
    case(tmp_path / "mvt", tmp_path / "case")
    held = {value for record in kept(tmp_path / "case") for value in written(record)}
    for path in sorted((tmp_path / "mvt").glob("*.json")):
        if path.name in {"alerts.json", "info.json"} or path.name.endswith("_detected.json"):
            continue
        for key, value in leaves(json.loads(path.read_text(encoding="utf-8"))):
            last = key.rpartition(".")[2]
            if isinstance(value, str) and value and not TIME.match(value) and last not in TAKEN | NAMED | BLOBS:
                assert value in held, (path.name, key)


@REAL
def test_rescan_finds_what_check_iocs_does_not_write(tmp_path: Path) -> None:
    write_backup(make(amount=LITTLE), tmp_path / "phone")
    mvt(tmp_path, "check-backup", "-o", "mvt", "phone")
    case(tmp_path / "mvt", tmp_path / "case")
    feed = tmp_path / "late.stix2"
    feed.write_bytes(stix([DELIVERY, RICH, CONTROL, INJECTION], processes=(PROCESS,)))
    before = {path.name: path.read_bytes() for path in (tmp_path / "mvt").iterdir()}
    mvt(tmp_path, "check-iocs", "-i", feed, "mvt")
    assert {path.name: path.read_bytes() for path in (tmp_path / "mvt").iterdir()} == before
    looked = rescan(tmp_path / "case", Request(paths=(), feeds=(feed,), default_feeds=False))
    observed = {one.indicator.observed for one in looked.new if one.indicator}
    blobs = {f"https://{DELIVERY}/body", f"https://a.b.{RICH}/photos", f"https://{RICH}/before-edit", PROCESS}
    assert observed >= blobs, "what stands in blobs that MVT only copies, too"


def written(record: dict[str, Any]) -> Iterator[str]:
    for source in (record, json.loads(record.get("content") or "null")):
        yield from (value for _, value in leaves(source) if isinstance(value, str))
