"""`bridle feeds`: what is printed, and the exit codes."""

import json
from pathlib import Path

import pytest

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
    from scanner.feeds.load import bundled

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
