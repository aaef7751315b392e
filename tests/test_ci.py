"""What a CI job does, step by step, with a server of feeds on this computer; and the files that wire it."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner import ci
from scanner.cli.app import main
from scanner.synthetic import make, write_backup
from scanner.synthetic.indicators import INJECTION
from tests.backups import LITTLE
from tests.conftest import Bridle
from tests.feed_server import Server, serving, status, stix

ROOT = Path(__file__).parent.parent
QUICK = ("--no-yara", "--artifact", "ios.safari.history", "-j", "1")
HARMLESS = [f"d{number}.nowhere.example" for number in range(40)]
NAMES = ("CASES", "PATHS", "ARGS", "UPDATE", "NEW_ONLY", "ON_INCOMPLETE", "SARIF", "JUNIT")
Job = Callable[..., tuple[int, str, dict[str, str]]]


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ci") / "phone"
    write_backup(make(amount=LITTLE), folder)
    return folder


@pytest.fixture
def case(backup: Path, bridle: Bridle, tmp_path: Path) -> Path:
    """A case of a phone with an attack that no feed knew when it was scanned."""
    made = tmp_path / "cases" / "mara"
    assert bridle("scan", backup, "-o", made, "-q", *QUICK).code in {0, 1}
    return made


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        one.pages["/feed.stix2"] = stix(HARMLESS, processes=())
        yield one


@pytest.fixture
def job(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Run a job: its exit code, its summary, its outputs."""
    feeds = tmp_path / "feeds.yaml"
    entry = {"id": "night", "url": f"{server.url}/feed.stix2", "licence": "CC0-1.0", "families": ["Chimera"]}
    feeds.write_text(yaml.safe_dump({"feeds": [entry]}), encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    def run(**wanted: object) -> tuple[int, str, dict[str, str]]:
        shown, outputs = tmp_path / "summary", tmp_path / "outputs"
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(shown))
        monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
        given = dict.fromkeys(NAMES, "") | {"CATALOGUE": feeds, "OUTPUT": tmp_path / "results"} | wanted
        for name, value in given.items():
            monkeypatch.setenv(ci.PREFIX + name, str(value))
        for path in (shown, outputs):
            path.unlink(missing_ok=True)
        with pytest.raises(SystemExit) as ended:
            ci.main()
        assert isinstance(ended.value.code, int)
        read = outputs.read_text(encoding="utf-8").splitlines() if outputs.exists() else []
        text = shown.read_text(encoding="utf-8") if shown.exists() else ""
        return ended.value.code, text, dict(line.split("=", 1) for line in read)

    return run


def test_green_then_red_then_incomplete(case: Path, job: Job, server: Server, tmp_path: Path) -> None:
    code, summary, outputs = job(CASES=tmp_path / "cases" / "*")
    assert (code, outputs["verdict"], outputs["new-findings"]) == (0, "green", "0"), summary
    assert summary.startswith("# 🟢 Green")

    server.pages["/feed.stix2"] = stix([*HARMLESS, INJECTION], processes=())
    code, summary, outputs = job(CASES=case, SARIF="true", JUNIT="true")
    assert (code, outputs["verdict"], outputs["exit-code"]) == (1, "findings", "1")
    assert int(outputs["new-findings"]) >= 1
    assert summary.startswith("# 🔴 Findings")
    assert INJECTION in summary
    results = tmp_path / "results"
    (log,) = json.loads((results / "report-1.sarif").read_text(encoding="utf-8"))["runs"]
    assert (log["automationDetails"]["id"], bool(log["results"])) == (f"bridle/{case}/", True)
    assert INJECTION in (results / "report-1.xml").read_text(encoding="utf-8")

    assert job(CASES=case)[0] == 0, "what was there at the last look is not new"
    assert job(CASES=case, NEW_ONLY="false")[0] == 1

    server.pages["/feed.stix2"] = status(500)
    code, summary, outputs = job(CASES=case)
    assert (code, outputs["verdict"]) == (3, "incomplete")
    assert summary.startswith("# 🟡 Incomplete")
    assert "feeds are not all up to date" in summary
    assert job(CASES=case, ON_INCOMPLETE="warn")[0] == 0
    assert job(CASES=case, NEW_ONLY="false")[0] == 1, "a feed that fails hides no finding"


def test_a_scan_of_evidence(backup: Path, job: Job, server: Server, tmp_path: Path) -> None:
    options = {"PATHS": backup, "ARGS": shlex.join((*QUICK, "--select", "IOC"))}
    assert job(**options)[0] == 0
    server.pages["/feed.stix2"] = stix([*HARMLESS, INJECTION], processes=())
    code, summary, _ = job(**options)
    assert (code, INJECTION in summary) == (1, True)
    assert not (tmp_path / "results" / "case").exists()


def test_what_cannot_be_read_is_not_green(case: Path, job: Job, tmp_path: Path) -> None:
    (tmp_path / "cases" / "broken").mkdir()
    code, summary, _ = job(CASES=tmp_path / "cases" / "*", UPDATE="false")
    assert (code, "could not be checked" in summary) == (3, True)
    code, summary, outputs = job(CASES=tmp_path / "cases" / "broken", UPDATE="false")
    assert (code, outputs["verdict"], "is no case" in summary) == (2, "failed", True)
    for wrong in ({"CASES": ""}, {"CASES": "nothing/*"}, {"CASES": case, "NEW_ONLY": "maybe"}):
        assert job(**wrong)[0] == 2, wrong


def test_no_input_is_a_command_or_an_option(job: Job, tmp_path: Path) -> None:
    owned = tmp_path / "owned"
    code, _, _ = job(CASES=f"x; touch {owned}\n$(touch {owned})\n--help", ARGS=f"'; touch {owned}'", UPDATE="false")
    assert (code, owned.exists()) == (2, False)
    assert next(iter(ci.found("CASES", ["--help"]))) == "./--help"


def test_evidence_gives_github_no_command(
    case: Path, job: Job, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ci, "updated", lambda _: ci.Part("feeds", 3, said="::set-output name=x::y"))
    job(CASES=case)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert len(lines) == 2
    assert lines[0].removeprefix("::stop-commands::") == lines[1].strip(":")


def test_the_worst_counts() -> None:
    def code(*codes: int, feeds: int = 0) -> int:
        looks = [ci.Part(f"case {number}", one) for number, one in enumerate(codes)]
        return ci.verdict([ci.Part("feeds", feeds), *looks])

    assert [code(0), code(0, 3), code(0, 2), code(2), code(2, 3, 1), code(0, feeds=3)] == [0, 3, 3, 2, 1, 3]


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_action_hands_every_input_over_by_the_environment() -> None:
    action = load("action.yml")
    steps = action["runs"]["steps"]
    commands = "\n".join(step.get("run", "") for step in steps)
    assert "${{" not in commands, "an input in a command could be a command"
    (look,) = (step for step in steps if step.get("id") == "bridle")
    handed = {value for value in look["env"].values() if "inputs." in value}
    assert handed == {f"${{{{ inputs.{name} }}}}" for name in action["inputs"].keys() - {"python"}}
    known = (ROOT / "scanner" / "ci.py").read_text(encoding="utf-8")
    gitlab = load("templates/bridle.gitlab-ci.yml")["bridle"]
    for name in (*look["env"], *(name for name in gitlab["variables"] if name.startswith(ci.PREFIX))):
        assert f'"{name.removeprefix(ci.PREFIX)}"' in known, name
    outputs = {value["value"].rpartition(".")[2].strip(" }") for value in action["outputs"].values()}
    assert outputs == {"exit-code", "verdict", "new-findings", "results"}
    assert gitlab["allow_failure"] == {"exit_codes": [ci.INCOMPLETE]}


def test_every_option_exists(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (hook,) = load(".pre-commit-hooks.yaml")
    assert hook["entry"] == "bridle feeds lint"
    used: dict[str, set[str]] = {
        "scan": {"--no-progress", "--format", "--fail-on", "--feeds"}, "rescan": {"--new-only", "--format", "--feeds"},
        "feeds update": {"--catalogue"}, "feeds lint": set(), "report": {"--force", "--format"},
    }  # fmt: skip
    pages = [ROOT / "docs" / "ci.md", ROOT / "action.yml", ROOT / "templates" / "bridle.gitlab-ci.yml"]
    for page in pages:
        for command, rest in re.findall(r"bridle (feeds \w+|[a-z-]+)([^\n`]*)", page.read_text(encoding="utf-8")):
            options = set(re.findall(r"(?<!\S)--[a-z-]+", rest))
            if options:
                used.setdefault(command, set()).update(options)
    for command, options in used.items():
        monkeypatch.setattr("sys.argv", ["bridle", *command.split(), "--help"])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr().out
        assert (ended.value.code, sorted(one for one in options if one not in shown)) == (0, []), command


@pytest.mark.parametrize("name", ["chimera.stix2", "list.csv", "deep/feed.json", "rules/a.yar"])
def test_the_hook_looks_at_feeds(name: str) -> None:
    (hook,) = load(".pre-commit-hooks.yaml")
    assert re.search(hook["files"], name)
    assert not re.search(hook["exclude"], name)
    assert re.search(hook["exclude"], ".github/workflow.yml")
