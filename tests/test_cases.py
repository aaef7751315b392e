"""Cases on disk: verified, replayed, resumed after a kill, shown."""

import csv
import io
import json
import plistlib
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanner import chain, journal
from scanner.journal import Ended, Journal
from scanner.synthetic import bundle, make, write_backup, write_tree
from tests.backups import HISTORY, LITTLE, PASSWORD
from tests.conftest import Bridle

Damage = Callable[[Path], None]


@dataclass
class Made:
    """A phone, what is planted in it, two pairs of keys, and a signed case that keeps its feeds."""

    phone: Path
    feed: Path
    key: Path
    public: Path
    stranger: Path
    case: Path

    def scan(self, case: Path, *more: str) -> list[str]:
        """The arguments of a scan."""
        base = ["scan", str(self.phone), "--feeds", str(self.feed), "--no-default-feeds", "-j", "2", "-q"]
        return [*base, "--no-cache", "--no-progress", "-o", str(case), *more]


def keys(folder: Path, name: str) -> tuple[Path, Path]:
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    key = Ed25519PrivateKey.generate()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*form))
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


def command(*arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "scanner.cli", *map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    root = tmp_path_factory.mktemp("cases")
    write_tree(make(amount=LITTLE), root / "phone")
    (root / "chimera.stix2").write_text(json.dumps(bundle()), encoding="utf-8")
    key, public = keys(root, "ours")
    found = Made(root / "phone", root / "chimera.stix2", key, public, keys(root, "strange")[1], root / "case")
    with command(*found.scan(found.case, "--keep-feeds", "--sign", str(key))) as process:
        assert process.wait() == 1
    return found


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Made:
    """The same, to be damaged."""
    shutil.copytree(made.case, tmp_path / "case")
    shutil.copytree(made.phone, tmp_path / "phone")
    return Made(tmp_path / "phone", made.feed, made.key, made.public, made.stranger, tmp_path / "case")


def test_everything_is_confirmed(made: Made, bridle: Bridle) -> None:
    ended = bridle("verify", made.case, made.phone, "--key", made.public, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    checks = json.loads(ended.out)
    assert {one["became"] for one in checks} == {"confirmed"}
    findings = json.loads((made.case / "report.json").read_text(encoding="utf-8"))["findings"]
    assert {one["id"] for one in findings} <= {one["what"].split()[0] for one in checks}
    unsigned = bridle("verify", made.case)
    assert unsigned.code == 2, "the signature was not looked at"
    assert "give the public key with --key" in unsigned.out


def change_row(phone: Path) -> None:
    with closing(sqlite3.connect(phone / HISTORY[1:])) as history, history:
        changed = history.execute("UPDATE history_items SET url = url || 'x' WHERE url LIKE '%parcel-lantern%'")
        assert changed.rowcount


def remove_row(phone: Path) -> None:
    with closing(sqlite3.connect(phone / HISTORY[1:])) as history, history:
        sql = (
            "DELETE FROM history_visits WHERE history_item IN (SELECT id FROM history_items WHERE url LIKE '%lantern%')"
        )
        assert history.execute(sql).rowcount


@pytest.mark.parametrize(("damage", "said"), [(change_row, "says something else"), (remove_row, "nothing stands at")])
def test_a_changed_and_a_removed_row_are_found(damage: Damage, said: str, copy: Made, bridle: Bridle) -> None:
    damage(copy.phone)
    ended = bridle("verify", copy.case, copy.phone, "--key", copy.public)
    assert ended.code == 1
    assert said in ended.out
    assert HISTORY in ended.out
    assert all(HISTORY in line for line in ended.out.splitlines()[:-1]), "nothing else is different"


def flip(path: Path, at: int = -40) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def flip_shard(case: Path) -> None:
    flip(max((case / "records").rglob("*.zst"), key=lambda one: one.stat().st_size))


def drop_shard(case: Path) -> None:
    next((case / "records").rglob("*.zst")).unlink()


def drop_line(case: Path) -> None:
    lines = (case / "log.jsonl").read_bytes().splitlines(keepends=True)
    (case / "log.jsonl").write_bytes(b"".join(lines[:3] + lines[4:]))


def add_file(case: Path) -> None:
    (case / "records" / "more.jsonl.zst").write_bytes(b"x")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda case: flip(case / "report.json"), "changed: report.json: its SHA-256"),
        (flip_shard, ".jsonl.zst: its SHA-256"),
        (drop_shard, "gone: records/"),
        (drop_line, "line 4 does not follow"),
        (add_file, "changed: records/more.jsonl.zst: the manifest does not name it"),
        (lambda case: flip(case / "manifest.json"), "the signature of manifest.json"),
        (lambda case: flip(case / "manifest.json.sig"), "the signature of manifest.json"),
        (lambda case: (case / "manifest.json.sig").unlink(), "is not signed"),
    ],
)  # fmt: skip
def test_what_was_changed_in_a_case_is_found(damage: Damage, said: str, copy: Made, bridle: Bridle) -> None:
    damage(copy.case)
    ended = bridle("verify", copy.case, "--key", copy.public)
    assert ended.code == 1
    assert said in ended.out


def test_another_key_is_found(made: Made, bridle: Bridle) -> None:
    ended = bridle("verify", made.case, "--key", made.stranger)
    assert ended.code == 1
    assert "is not signed with this key" in ended.out


def test_what_cannot_be_verified(made: Made, bridle: Bridle, tmp_path: Path) -> None:
    for arguments, said in (
        (("verify", tmp_path), "has no manifest.json"),
        (("verify", made.case, "--key", made.feed), "no public key"),
        (("verify", made.case, tmp_path / "none"), "there is no"),
    ):
        ended = bridle(*arguments)
        assert ended.code == 2
        assert said in ended.err


def test_later_reports_are_held_by_the_log(copy: Made, bridle: Bridle) -> None:
    rescan = ("rescan", copy.case, "--no-default-feeds", "--no-cache", "-q", "--sign", copy.key)
    assert bridle(*rescan).code in {0, 1}
    assert bridle("verify", copy.case, "--key", copy.public).code == 0
    (later,) = (copy.case / "reports").glob("*.json")
    shutil.copy(later, later.with_name("invented.json"))
    flip(later)
    ended = bridle("verify", copy.case, "--key", copy.public)
    assert ended.code == 1
    assert f"changed: reports/{later.name}: its SHA-256" in ended.out
    assert "reports/invented.json: the log does not name it" in ended.out
    assert f"the signature of reports/{later.name}" in ended.out


def test_a_replay_is_the_same_report(made: Made, bridle: Bridle, tmp_path: Path) -> None:
    ended = bridle("replay", made.case, "-o", tmp_path / "again.json")
    assert (ended.code, ended.err) == (0, "")
    before, now = (json.loads(path.read_text()) for path in (made.case / "report.json", tmp_path / "again.json"))
    assert list(before) == list(now)
    for document in (before, now):
        del document["run"]
    assert json.dumps(before) == json.dumps(now)


def test_a_replay_says_what_differs(copy: Made, bridle: Bridle) -> None:
    report = copy.case / "report.json"
    report.write_text(report.read_text(encoding="utf-8").replace('"severity": "critical"', '"severity": "high"', 1))
    ended = bridle("replay", copy.case)
    assert ended.code == 1
    assert "differs in findings" in ended.out
    (copy.case / "feeds.json.zst").unlink()
    ended = bridle("replay", copy.case)
    assert ended.code == 2
    assert "--keep-feeds" in ended.err


def report(case: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((case / "report.json").read_text(encoding="utf-8"))
    del found["run"]
    return found


@pytest.mark.parametrize("part", [0.0, 0.2, 0.55, 0.999])
def test_a_scan_goes_on_where_it_was_cut(part: float, copy: Made, made: Made, bridle: Bridle) -> None:
    """As a kill leaves it: half a line in the journal and the log, no manifest, shards without their journal."""
    for name in ("manifest.json", "manifest.json.sig", "report.json", "atoms.sqlite", "feeds.json.zst"):
        (copy.case / name).unlink()
    cut = copy.case / journal.NAME
    data = cut.read_bytes()
    begun = data.index(b"\n") + 1
    cut.write_bytes(data[: begun + int((len(data) - begun) * part)])
    (copy.case / "log.jsonl").write_bytes((copy.case / "log.jsonl").read_bytes()[:-7])
    more = ("--resume", "--keep-feeds", "--sign", str(made.key))
    assert bridle(*made.scan(copy.case, *more)).code == 1
    assert report(copy.case) == report(made.case)
    assert bridle("verify", copy.case, made.phone, "--key", made.public).code == 0
    assert bridle("replay", copy.case).code == 0
    # its atoms were made in the first scan, and are gone: what they are of was read again
    assert bridle("rescan", copy.case, "--no-default-feeds", "--feeds", made.feed, "-q", "--new-only").code in {0, 3}


@pytest.mark.parametrize("tasks", [1, 20])
def test_a_scan_that_was_killed_goes_on(tasks: int, made: Made, bridle: Bridle, tmp_path: Path) -> None:
    path = tmp_path / "case" / journal.NAME
    with command(*made.scan(tmp_path / "case")) as process:
        while process.poll() is None and not (path.exists() and path.read_bytes().count(b"\n") > tasks):
            time.sleep(0.002)
        process.kill()
    if (tmp_path / "case" / "manifest.json").exists():
        pytest.skip("it had ended already")
    assert bridle(*made.scan(tmp_path / "case", "--resume")).code == 1
    assert report(tmp_path / "case") == report(made.case)
    assert bridle("verify", tmp_path / "case", made.phone).code == 0
    assert not [path for path in (tmp_path / "case").rglob("*") if path.suffix in {".part", ".atoms"}]


def test_only_the_same_scan_goes_on(copy: Made, made: Made, bridle: Bridle) -> None:
    ended = bridle(*made.scan(copy.case, "--resume"))
    assert ended.code == 2
    assert "there is nothing to resume" in ended.err
    (copy.case / "manifest.json").unlink()
    for more in (("--ignore", "IOC"), ("--feeds", str(made.public)), ("--no-keep-records",)):
        ended = bridle(*made.scan(copy.case, "--resume", *more))
        assert ended.code == 2
        assert "goes on with the very same scan only" in ended.err
    ended = bridle("scan", made.phone, "--resume")
    assert ended.code == 2


def test_a_journal_takes_texts_that_are_none(tmp_path: Path) -> None:
    from scanner.finding import Outcome

    kept = Journal(tmp_path / "journal")
    kept.write(
        Ended(key="a", outcomes=[Outcome(evidence="e", artifact="x.y", path="/odd\udcff", shards={"A": b"\xff"})])
    )
    kept.close()
    (line,) = journal.read(tmp_path / "journal")
    assert isinstance(line, Ended)
    assert (line.outcomes[0].path, line.outcomes[0].shards) == ("/odd\\udcff", {"A": b"\xff"})


def test_a_log_tells_which_line_was_touched(tmp_path: Path) -> None:
    log = chain.Log(tmp_path / "log")
    for number in range(5):
        log.note("event", number=number)
    log.close()
    assert [line["number"] for line in chain.lines(tmp_path / "log")] == list(range(5))
    text = (tmp_path / "log").read_text(encoding="utf-8")
    (tmp_path / "log").write_text(text.replace('"number": 2', '"number": 9'), encoding="utf-8")
    with pytest.raises(ValueError, match="line 4 does not follow"):
        list(chain.lines(tmp_path / "log"))


def test_show_narrows_down(made: Made, bridle: Bridle) -> None:
    findings = json.loads(bridle("show", made.case, "--format", "json").out)
    assert findings == json.loads((made.case / "report.json").read_text(encoding="utf-8"))["findings"]
    assert len(bridle("show", made.case).out.splitlines()) == len(findings)
    coverage = json.loads(bridle("show", made.case, "coverage", "--format", "json").out)
    assert {"contents", "ios.safari.history"} <= {one["artifact"] for one in coverage}
    some = ("show", made.case, "records", "--artifact", "ios.safari.*", "--since", "2024-06-11", "--text", "LANTERN")
    rows = json.loads(bridle(*some, "--format", "json").out)
    assert rows
    assert all(one["artifact"].startswith("ios.safari.") and one["time"] >= "2024-06-11" for one in rows)
    assert all("lantern" in json.dumps(one["record"]).lower() for one in rows)
    table = list(csv.DictReader(io.StringIO(bridle(*some, "--format", "csv").out)))
    assert [one["path"] for one in table] == [one["path"] for one in rows]
    assert len(bridle(*some, "--limit", "1").out.splitlines()) == 1


def test_an_encrypted_backup_is_read_again_with_its_password(made: Made, bridle: Bridle, tmp_path: Path) -> None:
    write_backup(make(amount=LITTLE), tmp_path / "backup", password=PASSWORD, double_iterations=1000)
    feeds = ("--feeds", made.feed, "--no-default-feeds", "--no-yara", "--artifact", "ios.tcc.*")
    scanned = bridle("scan", tmp_path / "backup", *feeds, "-q", "-o", tmp_path / "case", BRIDLE_PASSWORD=PASSWORD)
    assert scanned.code == 1
    assert bridle("rescan", tmp_path / "case", "--feeds", made.feed, "-q").code == 1, "records need no password"
    again = ("verify", tmp_path / "case", tmp_path / "backup")
    assert bridle(*again, BRIDLE_PASSWORD=PASSWORD).code == 0
    wrong = bridle(*again, BRIDLE_PASSWORD="wrong")
    assert (wrong.code, wrong.out) == (2, "")


def test_evidence_of_another_phone_is_refused(bridle: Bridle, tmp_path: Path) -> None:
    write_backup(make(amount=LITTLE), tmp_path / "backup")
    quick = ("--no-default-feeds", "--no-yara", "--artifact", "ios.tcc.*", "-q")
    bridle("scan", tmp_path / "backup", *quick, "-o", tmp_path / "case")
    info = plistlib.loads((tmp_path / "backup" / "Info.plist").read_bytes())
    info |= {"Serial Number": "OTHER0SYNTH2", "Unique Identifier": "0" * 40, "Target Identifier": "0" * 40}
    (tmp_path / "backup" / "Info.plist").write_bytes(plistlib.dumps(info))
    ended = bridle("verify", tmp_path / "case", tmp_path / "backup")
    assert (ended.code, ended.out) == (2, "")
    assert "this is not the evidence of the case" in ended.err


def test_a_replay_keeps_the_marks_of_persons(made: Made, bridle: Bridle, tmp_path: Path) -> None:
    marks = tmp_path / "suppressions.yaml"
    marks.write_text("suppressions:\n  - {rule: IOC003, reason: looked at}\n  - {rule: IOC099, reason: none}\n")
    more = ("--keep-feeds", "--suppressions", str(marks), "--artifact", "ios.datausage.*")
    bridle(*made.scan(tmp_path / "case", *more))
    assert "looked at" in (tmp_path / "case" / "report.json").read_text(encoding="utf-8")
    assert bridle("replay", tmp_path / "case").code == 0


def test_no_record_is_kept_where_none_shall_be(made: Made, bridle: Bridle, tmp_path: Path) -> None:
    """Not in the journal either, where a scan that is killed would find it again."""
    base = [one for one in made.scan(tmp_path / "case", "--no-keep-records") if one not in {"--feeds", str(made.feed)}]
    bridle(*base)
    lines = list(journal.read(tmp_path / "case" / journal.NAME))
    outcomes = [one for line in lines if isinstance(line, Ended) for one in line.outcomes]
    assert any(one.order for one in outcomes)
    assert not any(one.kept or one.shards or one.sightings for one in outcomes)
    (tmp_path / "case" / "manifest.json").unlink()
    before = report(tmp_path / "case")
    bridle(*base, "--resume")
    assert report(tmp_path / "case") == before
