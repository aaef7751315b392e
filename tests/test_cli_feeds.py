"""`bridle feeds`: what is printed, and the exit codes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner import scan
from scanner.feeds import store
from scanner.synthetic import bundle, make, write_backup
from scanner.synthetic.indicators import CONTROL, DELIVERY
from tests.backups import LITTLE, PASSWORD
from tests.conftest import Bridle

GROUPS = ("list", "show", "diff", "lint", "doctor", "update", "add", "remove", "export", "import")


@pytest.fixture
def chimera(tmp_path: Path) -> Path:
    """The feed of an invented family."""
    path = tmp_path / "chimera.stix2"
    path.write_text(json.dumps(bundle()), encoding="utf-8")
    return path


def only(path: Path) -> tuple[object, ...]:
    return ("--no-default-feeds", "--feeds", path)


def test_the_help_names_every_command(bridle: Bridle) -> None:
    ended = bridle("feeds", "--help")
    assert ended.code == 0
    assert all(f"\n  {name} " in ended.out for name in GROUPS)


def test_list(chimera: Path, bridle: Bridle) -> None:
    ended = bridle("feeds", "list", *only(chimera))
    assert ended.code == 0
    assert "chimera  16 indicators, 0 days old" in ended.out
    assert "domain 5" in ended.out
    (facts,) = json.loads(bridle("feeds", "list", *only(chimera), "--format", "json").out)
    assert (facts["id"], facts["indicators"], facts["kinds"]["domain"]) == ("chimera", 16, 5)
    assert "licence" in bridle("feeds", "list").out


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (CONTROL, 0, f"domain {CONTROL}\n  chimera objects["),
        (f"hxxps://sub.{CONTROL.upper().replace('.', '[.]')}/x?y=1", 0, f"is below\ndomain {CONTROL}"),
        ("chimera", 1, "these hold it"),
        ("nothing-of-that", 1, "no indicator of the loaded feeds"),
    ],
)
def test_show(chimera: Path, bridle: Bridle, asked: str, code: int, words: str) -> None:
    ended = bridle("feeds", "show", asked, *only(chimera))
    assert (ended.code, ended.err) == (code, "")
    assert words in ended.out
    document = json.loads(bridle("feeds", "show", asked, *only(chimera), "--format", "json").out)
    assert bool(document["exact"] or document["above"]) is (code == 0)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder: a list of processes in two versions, and a catalogue that knows it."""
    monkeypatch.setattr(scan, "data_folder", lambda: tmp_path / "data")
    monkeypatch.setattr(store, "folder", lambda: tmp_path / "data" / "feeds")
    made = store.Store()
    for day, names in ((1, b"evilchimerad\ngonechimerad\n"), (2, b"evilchimerad\n")):
        when = datetime(2026, 1, day, tzinfo=UTC)
        known = store.State(sha256=store.digest(names), fetched=when, checked=when)
        made.install("my-processes", made.place("my-processes", "x.txt"), names, known)
    own = "feeds:\n- {id: my-processes, licence: by contract, families: [mSpy], private: true}\n"
    made.own_catalogue.write_text(own, encoding="utf-8")
    return tmp_path / "data"


def test_the_users_catalogue_reaches_list_and_scan(kept: Path, bridle: Bridle) -> None:
    for cached in (True, False, True):
        loaded = scan.load_feeds(scan.Request(paths=(), cache=cached))
        (source,) = (one.source for feed in loaded for one in feed.indicators if one.value == "evilchimerad")
        assert (source.canonical, source.threat, source.licence) == ("mSpy", "stalkerware", "by contract")
        assert source.private
    line = next(one for one in bridle("feeds", "list").out.splitlines() if one.startswith("my-processes"))
    assert " stalkerware, licence by contract, private  " in line
    made = json.loads(bridle("feeds", "list", "--format", "json").out)
    (facts,) = (one for one in made if one["id"] == "my-processes")
    assert (facts["classes"], facts["licence"]) == (["stalkerware"], "by contract")
    (kept / "feeds.yaml").write_text("feeds: 5\n", encoding="utf-8")
    ended = bridle("feeds", "list")
    assert (ended.code, "cannot be read" in ended.err) == (0, True)


def test_show_says_since_when_and_until_when(kept: Path, bridle: Bridle) -> None:
    ended = bridle("feeds", "show", "evilchimerad")
    assert ended.code == 0
    assert ended.out.endswith("process evilchimerad first seen 2026-01-01 or earlier, last seen 2026-01-02\n")
    gone = bridle("feeds", "show", "gonechimerad")
    assert gone.code == 1
    assert gone.out.endswith("last seen 2026-01-01, withdrawn on 2026-01-02\n")
    (past,) = json.loads(bridle("feeds", "show", "gonechimerad", "--format", "json").out)["history"]
    assert (past["feed"], past["withdrawn"]) == ("my-processes", "2026-01-02T00:00:00Z")
    other = bridle("feeds", "show", "gonechimerad", *only(kept / "feeds" / "my-processes.txt"))
    assert "withdrawn" not in other.out


def test_diff(chimera: Path, bridle: Bridle) -> None:
    newer = chimera.with_name("newer.stix2")
    newer.write_text(chimera.read_text().replace("indicator--", "indicator--9").replace(DELIVERY, "other.example"))
    ended = bridle("feeds", "diff", chimera, newer)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("16 indicators before, 16 after: 1 added, 1 removed, 0 changed")
    assert f"\n- domain {DELIVERY} (Chimera)\n" in ended.out
    made = json.loads(bridle("feeds", "diff", chimera, newer, "--format", "json").out)
    assert [one["value"] for one in made["added"]] == ["other.example"]
    assert bridle("feeds", "diff", chimera, chimera.with_name("nowhere")).code == 2


def test_lint(chimera: Path, bridle: Bridle) -> None:
    sound = bridle("feeds", "lint", chimera)
    assert (sound.code, sound.err) == (0, "")
    assert "16 indicators: 0 errors" in sound.out
    bad = chimera.with_name("bad.stix2")
    bad.write_text(chimera.read_text().replace(f"value = '{DELIVERY}'", "value = 'nodot'").replace(DELIVERY, "nodot"))
    ended = bridle("feeds", "lint", chimera, bad)
    assert ended.code == 1
    assert "error FEED002" in ended.out
    log = json.loads(bridle("feeds", "lint", bad, "--format", "sarif").out)
    assert {one["ruleId"] for one in log["runs"][0]["results"] if one["level"] == "error"} == {"FEED002"}
    assert json.loads(bridle("feeds", "lint", bad, "--format", "json").out)["counts"]["error"] == 1
    for arguments in ((), (chimera.with_name("nowhere"),), (chimera, "--warninglists", chimera.parent)):
        assert bridle("feeds", "lint", *arguments).code == 2, arguments


def test_our_own_pack_has_no_error(bridle: Bridle) -> None:
    from scanner.feeds.files import bundled

    ended = bridle("feeds", "lint", *bundled())
    assert ended.code == 0, ended.out


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_doctor(chimera: Path, tmp_path: Path, bridle: Bridle, password: str | None) -> None:
    write_backup(make(amount=LITTLE), tmp_path / "phone", password=password)
    environment = {"BRIDLE_PASSWORD": password} if password else {}
    ended = bridle("feeds", "doctor", tmp_path / "phone", *only(chimera), **environment)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"16 of 16 indicators can fire on {tmp_path / 'phone'}")
    made = json.loads(bridle("feeds", "doctor", *only(chimera), "--format", "json").out)
    assert (made["can"], made["evidence"]) == (16, None)
    assert bridle("feeds", "doctor", tmp_path / "nowhere").code == 2
