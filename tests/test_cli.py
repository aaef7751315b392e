"""The command line: exit codes, options, what is printed, what is written."""

import hashlib
import json
import os
import plistlib
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scanner.synthetic import Phone, bundle, make, write_backup, write_tree
from tests.backups import ADDAILY, HISTORY, LITTLE, PASSWORD, TCC
from tests.conftest import Bridle

STEADY = ("ios.safari.history", "ios.tcc.access", "ios.osanalytics.addaily", "ios.backup.files")
QUICK = ("-j", "1", "--no-default-feeds", "--no-yara", *(word for name in STEADY for word in ("--artifact", name)))
ESCAPE, TURNED = "\x1b[31m\x07\x9b1m", "\u202egpj.\u2066\u200f"
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069]")


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A harmless phone, a planted one plain and encrypted, and the feed of what is planted."""
    root = tmp_path_factory.mktemp("phones")
    planted = make(amount=LITTLE)
    write_backup(make(amount=LITTLE, planted=False), root / "harmless")
    write_backup(planted, root / "planted")
    write_backup(planted, root / "encrypted", password=PASSWORD, double_iterations=1000)
    (root / "chimera.stix2").write_text(json.dumps(bundle()), encoding="utf-8")
    return {path.stem: path for path in root.iterdir()}


@pytest.fixture
def chimera(phones: dict[str, Path]) -> tuple[str, ...]:
    return (*QUICK, "--feeds", str(phones["chimera"]))


def test_0_nothing_found_and_everything_checked(phones: dict[str, Path], bridle: Bridle) -> None:
    ended = bridle("scan", phones["harmless"], *QUICK)
    assert (ended.code, ended.err) == (0, "")
    assert re.search(r"Nothing found in (\d+) of \1 checks that this evidence allows\.", ended.out)


def test_a_harmless_phone_has_no_finding_of_weight(phones: dict[str, Path], bridle: Bridle) -> None:
    """With every artifact, rule and bundled indicator."""
    ended = bridle("scan", phones["harmless"], "--format", "json", "-j", "2")
    heavy = [
        (one["rule"], one["message"])
        for one in json.loads(ended.out)["findings"]
        if one["severity"] not in {"info", "low"}
    ]
    assert not heavy


def test_1_findings(phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle) -> None:
    ended = bridle("scan", phones["planted"], *chimera)
    assert ended.code == 1
    assert "Chimera" in ended.out
    assert "Do not delete, update, restart or reset anything" in ended.out


def test_2_cannot_scan(phones: dict[str, Path], bridle: Bridle, tmp_path: Path) -> None:
    for arguments, words in (
        (("scan", tmp_path / "nowhere"), "there is no"),
        (("scan", phones["harmless"], "--feeds", tmp_path / "nowhere"), "there is no feed"),
        (("scan", phones["harmless"], "--artifact", "ios.nothing"), "no artifact is named ios.nothing"),
        (("scan", phones["harmless"], "--since", "yesterday"), "'yesterday' is no time"),
        (("scan", phones["harmless"], "-j", "0"), "--jobs"),
        (("scan", phones["harmless"], "--fail-on", "never"), "never"),
        (("scan",), "PATH"),
        (("rule", "XYZ999"), "there is no rule XYZ999"),
        (("no-such-command",), "no-such-command"),
    ):
        ended = bridle(*arguments)
        assert (ended.code, ended.out) == (2, ""), arguments
        assert words in ended.err
        assert "Traceback" not in ended.err


def test_3_something_could_not_be_checked(bridle: Bridle, tmp_path: Path) -> None:
    phone = make(amount=LITTLE, planted=False)
    phone.add(ADDAILY, b"no property list")
    write_backup(phone, tmp_path / "damaged")
    ended = bridle("scan", tmp_path / "damaged", *QUICK)
    assert ended.code == 3
    assert f"failed: ios.osanalytics.addaily {ADDAILY}" in ended.out


def test_strict_exits_with_3_for_a_problem_of_a_feed(phones: dict[str, Path], bridle: Bridle, tmp_path: Path) -> None:
    feed = tmp_path / "broken.stix2"
    feed.write_text('{"type": "bundle", "objects": [{"type": "indicator", "pattern": 7}]}')
    scan = ("scan", phones["harmless"], *QUICK, "--feeds", feed)
    assert bridle(*scan).code == 0
    assert bridle(*scan, "--strict").code == 3


def test_fail_on_moves_the_bar(phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle) -> None:
    scan = ("scan", phones["planted"], *chimera, "--format", "json")
    for only, level in (("IOC", "critical"), ("XYZ", "info")):
        ended = bridle(*scan, "--select", only, "--fail-on", level)
        severities = {one["severity"] for one in json.loads(ended.out)["findings"]}
        assert ended.code == (1 if level in severities else 0)
    assert bridle(*scan, "--ignore", "I", "--ignore", "Y", "--fail-on", "critical").code == 0


def rules(out: str) -> set[str]:
    return {one["rule"] for one in json.loads(out)["findings"]}


def test_select_and_ignore_take_beginnings_of_ids(
    phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle
) -> None:
    scan = ("scan", phones["planted"], *chimera, "--format", "json")
    assert {"IOC001", "IOC006"} <= rules(bridle(*scan).out)
    assert rules(bridle(*scan, "--select", "IOC001").out) == {"IOC001"}
    assert all(one.startswith("IOC") for one in rules(bridle(*scan, "--select", "IOC").out))
    assert "IOC001" not in rules(bridle(*scan, "--ignore", "IOC001").out)
    assert rules(bridle(*scan, "--select", "IOC00", "--ignore", "IOC001").out) >= {"IOC006"}


def test_artifact_takes_names_and_globs(phones: dict[str, Path], bridle: Bridle) -> None:
    base = ("scan", phones["planted"], "-j", "1", "--no-default-feeds", "--no-yara", "--format", "json")
    one = json.loads(bridle(*base, "--artifact", "ios.tcc.*").out)
    assert {row["artifact"] for row in one["coverage"] if row["state"] != "skipped"} == {"ios.tcc.access"}
    assert set(STEADY) - {"ios.tcc.access"} <= {row["artifact"] for row in one["coverage"]}, "left out, and said so"
    every = json.loads(bridle(*base).out)
    assert set(STEADY) <= {row["artifact"] for row in every["coverage"]}


def test_since_and_until_bound_the_records(phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle) -> None:
    scan = (
        "scan",
        phones["planted"],
        *chimera,
        "--artifact",
        "ios.safari.history",
        "--format",
        "json",
        "--select",
        "IOC",
    )

    def times(*bounds: str) -> set[str]:
        found = json.loads(bridle(*scan, *bounds).out)["findings"]
        return {one["time"] for one in found if one["locator"]["artifact"] == "ios.safari.history"}

    every = times()
    middle = sorted(every)[len(every) // 2]
    assert times("--since", middle) == {one for one in every if one >= middle}
    assert times("--until", middle) <= {one for one in every if one <= middle}
    assert times("--since", "2024-06-11", "--until", "2024-06-12T02:00+02:00") <= every
    assert not times("--since", "2030-01-01")


def test_json_is_what_the_schema_says(phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle) -> None:
    schema = bridle("schema", "report")
    report = bridle("scan", phones["planted"], *chimera, "--format", "json")
    assert (schema.code, report.code) == (0, 1)
    validator = jsonschema.Draft202012Validator(json.loads(schema.out))
    validator.check_schema(validator.schema)
    document = json.loads(report.out)
    validator.validate(document)
    assert document["findings"]
    del document["verdict"]
    assert not validator.is_valid(document), "the schema demands what a report holds"


def test_two_scans_give_the_same_report_but_for_the_run(
    phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle
) -> None:
    first, second = (
        json.loads(bridle("scan", phones["planted"], *chimera, "--format", "json", "-j", jobs).out) for jobs in "12"
    )
    assert first.pop("run") != second.pop("run")
    assert first == second


@pytest.mark.parametrize("style", ["planted", "encrypted"])
def test_a_case_holds_report_records_and_the_hashes_of_what_was_read(
    style: str, phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    printed = bridle("scan", phones[style], *chimera, "-o", case, "--format", "json", BRIDLE_PASSWORD=PASSWORD)
    assert (case.stat().st_mode & 0o777 == 0o700) or sys.platform == "win32"
    assert json.loads((case / "report.json").read_text(encoding="utf-8")) == json.loads(printed.out)
    manifest: dict[str, Any] = json.loads((case / "manifest.json").read_text(encoding="utf-8"))
    files = {path.relative_to(case).as_posix(): path for path in case.rglob("*") if path.is_file()}
    assert manifest["written"] == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items() if name != "manifest.json"
    }
    assert any(name.startswith("records/") for name in files)
    phone = make(amount=LITTLE)
    (read,) = manifest["read"].values()
    for path in (HISTORY, TCC, ADDAILY):
        assert read[path] == hashlib.sha256(phone.items[path].read()).hexdigest()
    assert manifest["feeds"] == {str(phones["chimera"]): hashlib.sha256(phones["chimera"].read_bytes()).hexdigest()}


def test_a_case_that_exists_is_refused_unless_forced(
    phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    assert bridle("scan", phones["planted"], *chimera, "-q", "-o", case).code == 1
    before = {path: path.read_bytes() for path in case.rglob("*") if path.is_file()}
    refused = bridle("scan", phones["harmless"], *QUICK, "-o", case)
    assert (refused.code, refused.out) == (2, "")
    assert "--force" in refused.err
    assert {path: path.read_bytes() for path in case.rglob("*") if path.is_file()} == before
    forced = bridle("scan", phones["harmless"], *QUICK, "-q", "-o", case, "--force", "--no-keep-records")
    assert forced.code == 0
    assert not list((case / "records").rglob("*.zst")), "records of the scan before would be believed"


def test_no_keep_records_keeps_none(phones: dict[str, Path], bridle: Bridle, tmp_path: Path) -> None:
    assert bridle("scan", phones["harmless"], *QUICK, "-q", "-o", tmp_path / "case", "--no-keep-records").code == 0
    assert not [path for path in (tmp_path / "case" / "records").rglob("*") if path.is_file()]
    assert (tmp_path / "case" / "report.json").is_file()


def test_quiet_prints_nothing(phones: dict[str, Path], chimera: tuple[str, ...], bridle: Bridle) -> None:
    assert bridle("scan", phones["planted"], *chimera, "-q") == (1, "", "")


def hostile() -> Phone:
    """A phone whose name, sites, senders and messages try to steer the terminal and turn the line."""
    phone = make(amount=LITTLE)
    process = f"chimerad{ESCAPE}\r\n{TURNED}"
    baseline = {"chimerad": "odd", process: [1, 2]}
    phone.add(ADDAILY, plistlib.dumps({"netUsageBaseline": baseline}, fmt=plistlib.FMT_BINARY))
    phone.add(f"/private/var/mobile/Library/Caches/{ESCAPE}/lantern-stage2.bin", b"x")
    for path in (HISTORY, "/private/var/mobile/Library/SMS/sms.db"):
        image = phone.items[path].read()
        for host, steering in ((b"parcel-lantern", TURNED.encode()[:3]), (b"tidewater-gate", b"\x1b[1")):
            image = re.sub(host + rb"\.example/[!-~]{3}", host + b".example/" + steering, image)  # as long as before
        phone.add(path, image)
    return phone


@pytest.mark.parametrize("verbose", [(), ("-v",)])
def test_hostile_texts_do_not_reach_the_terminal(
    verbose: tuple[str, ...], phones: dict[str, Path], bridle: Bridle, tmp_path: Path
) -> None:
    write_backup(hostile(), tmp_path / "hostile")
    name = {"Device Name": f"Mara{ESCAPE}{TURNED}", "Product Version": f"17{ESCAPE}"}
    (tmp_path / "hostile" / "Info.plist").write_bytes(plistlib.dumps(name, fmt=plistlib.FMT_BINARY))
    named = tmp_path / f"tree{ESCAPE}{TURNED}"
    write_tree(make(amount=LITTLE), named)
    feeds = ("--feeds", phones["chimera"], "--no-default-feeds", "-j", "2")
    scanned = bridle("scan", tmp_path / "hostile", named, *feeds, *verbose)
    if verbose:  # else only the first findings of each rule are shown
        assert "tidewater-gate.example/\\x1b[1" in scanned.out
        assert "parcel-lantern.example/\\u202e" in scanned.out
    for ended in (
        scanned,
        bridle("scan", named / "private" / "nowhere", *feeds),
        bridle("evidence", tmp_path / "hostile"),
    ):
        assert "\\x1b[31m" in ended.out + ended.err
        assert not UNSAFE.findall(ended.out + ended.err)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names of files are text here")
def test_names_that_are_no_text_can_be_reported(bridle: Bridle, tmp_path: Path) -> None:
    tree = Path(os.fsdecode(os.fsencode(tmp_path) + b"/phone\xff"))
    write_tree(make(amount=LITTLE, planted=False), tree)
    app = tree / "private/var/mobile/Containers/Data/Application/example.odd"
    (app / "Library").mkdir(parents=True)
    Path(os.fsdecode(os.fsencode(app) + b"/Library/odd\xfe.plist")).write_bytes(b"bplist00 no property list")
    ended = bridle("scan", tree, "-j", "1", "--yara", "all", "--format", "json", "-o", tmp_path / "case")
    assert json.loads(ended.out)["evidence"][0]["id"] == "phone\\udcff"
    assert bridle("scan", tree, *QUICK).out.startswith("folder: ")


def test_evidence_is_never_named_by_dots(
    phones: dict[str, Path], bridle: Bridle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`bridle scan ..` must not make `records/..`."""
    monkeypatch.chdir(next(phones["harmless"].glob("??")))
    assert bridle("scan", "..", *QUICK, "-q", "-o", tmp_path / "case").code == 0
    assert {path.name for path in (tmp_path / "case" / "records").iterdir()} == {"harmless"}


def command(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """The console script in a process of its own."""
    start = [sys.executable, "-c", "from scanner.cli.app import main; main()", *map(str, arguments)]
    return subprocess.run(start, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False, **options)


def test_no_colours_where_there_is_no_terminal(phones: dict[str, Path], chimera: tuple[str, ...]) -> None:
    ended = command("scan", phones["planted"], *chimera, stdin=subprocess.DEVNULL)
    assert ended.returncode == 1
    assert "\x1b" not in ended.stdout + ended.stderr
    assert ended.stderr == ""


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom scanner.cli.app import main\n"
        "try:\n main()\nexcept SystemExit as end:\n assert not end.code\n"
        "heavy = {'rich', 'apsw', 'cryptography', 'yara', 'stix2', 'iOSbackup', 'yaml', 'multiprocessing'}\n"
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    begun = time.monotonic()
    ended = subprocess.run(  # the path is that of this interpreter
        [sys.executable, "-c", script, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert time.monotonic() - begun < 5
    assert ended.stderr == ""
    assert "Exit codes" in ended.stdout


def test_standard_output_that_is_closed_is_no_finding(phones: dict[str, Path], chimera: tuple[str, ...]) -> None:
    """`bridle scan … | head -1` must not look like exit code 1."""
    start = [sys.executable, "-c", "from scanner.cli.app import main; main()", "scan", str(phones["planted"]), *chimera]
    with subprocess.Popen(start, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 2
    assert said == b"bridle: standard output was closed before all was printed\n"


def test_an_interrupt_is_no_finding(phones: dict[str, Path], bridle: Bridle, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scanner.scan.recognise", interrupted)
    assert bridle("scan", phones["harmless"]) == (2, "", "bridle: interrupted\n")


def test_the_version_and_the_lists(bridle: Bridle) -> None:
    from scanner import __version__

    assert bridle("--version").out == f"bridle {__version__}\n"
    assert "ios.tcc.access" in bridle("artifacts").out
    assert "IOC001" in bridle("rules").out
    assert "May be harmless" in bridle("rule", "ioc001").out or "enign" in bridle("rule", "IOC001").out


def test_a_demo_finds_what_it_plants(bridle: Bridle, tmp_path: Path) -> None:
    ended = bridle("demo", "-o", tmp_path / "demo")
    assert (ended.code, ended.err) == (0, "")
    assert "Chimera" in ended.out
    assert (tmp_path / "demo" / "case" / "report.json").is_file()
    assert bridle("demo", "-o", tmp_path / "demo").code == 2
    shutil.rmtree(tmp_path / "demo")
