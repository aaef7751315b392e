"""Worker processes: a task that dies, hangs or fills the memory costs itself only."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner import rule, workers
from scanner.context import Context
from scanner.engine import plan
from scanner.evidence import Evidence
from scanner.feeds.model import YaraSource
from scanner.finding import Source
from scanner.matching.index import Index
from scanner.matching.yara import Yara
from scanner.scan import Request, artifacts, load_feeds, scan
from scanner.synthetic import bundle, make, write_backup, write_tree
from scanner.workers import Lost, run
from tests.backups import LITTLE, PASSWORD
from tests.conftest import Opened

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="no signals here")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux only")


@dataclass(frozen=True)
class Tell:
    """A task that does as it is told; its context is a folder for the marks that show how often it was tried."""

    do: str
    number: int = 0

    def run(self, context: Path) -> str:
        with (context / f"{self.number}").open("a") as mark:
            mark.write(".")
        tries = (context / f"{self.number}").stat().st_size
        match self.do:
            case "exit":
                os._exit(7)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "die once" if tries == 1:
                os._exit(9)
            case "raise":
                sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the traceback is meant
                raise RuntimeError("a fault of ours")
            case "hang":
                time.sleep(60)
            case "slow":
                time.sleep(0.5)
            case "fill":
                try:
                    bytearray(workers.MEMORY * 2)
                except MemoryError:
                    return "MemoryError"
        return self.do


def done(folder: Path, *what: str, jobs: int = 2, seconds: float = 30) -> dict[int, str | Lost]:
    return dict(run([Tell(one, number) for number, one in enumerate(what)], folder, jobs, seconds))


def tries(folder: Path, number: int) -> int:
    return (folder / f"{number}").stat().st_size


@POSIX
@pytest.mark.parametrize(
    ("what", "code"), [("exit", "exit code 7"), ("kill", "exit code -9"), ("raise", "exit code 1")]
)
def test_a_task_that_kills_its_process_is_tried_twice_and_lost(what: str, code: str, tmp_path: Path) -> None:
    results = done(tmp_path, "a", what, "b", "c")
    lost = results.pop(1)
    assert isinstance(lost, Lost)
    assert (lost.timed_out, code in lost.reason) == (False, True)
    assert results == {0: "a", 2: "b", 3: "c"}
    assert (tries(tmp_path, 1), tries(tmp_path, 0)) == (2, 1)


def test_a_task_that_dies_once_is_done_at_the_second_try(tmp_path: Path) -> None:
    assert done(tmp_path, "die once", "a") == {0: "die once", 1: "a"}
    assert tries(tmp_path, 0) == 2


def test_many_deaths_do_not_stop_the_others(tmp_path: Path) -> None:
    results = done(tmp_path, *["exit", "a"] * 6)
    assert [isinstance(results[number], Lost) for number in range(12)] == [True, False] * 6


def test_a_task_that_hangs_is_ended_and_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "GRACE", 0.3)
    begun = time.monotonic()
    results = done(tmp_path, "a", "hang", "b", seconds=0.2)
    assert time.monotonic() - begun < 10
    assert results == {0: "a", 1: Lost("it did not end in time", timed_out=True), 2: "b"}
    assert tries(tmp_path, 1) == 1


@LINUX
def test_a_task_that_fills_the_memory_fails_alone(tmp_path: Path) -> None:
    assert done(tmp_path, "fill", "a") == {0: "MemoryError", 1: "a"}


def test_results_come_as_they_end(tmp_path: Path) -> None:
    results = run([Tell("slow", 0), Tell("a", 1), Tell("b", 2)], tmp_path, 2, 30)
    assert [number for number, _ in results] == [1, 2, 0]


@pytest.mark.parametrize(("jobs", "tasks"), [(1, 0), (4, 0), (1, 5), (8, 2), (2, 40)])
def test_any_number_of_jobs_does_every_task_once(jobs: int, tasks: int, tmp_path: Path) -> None:
    assert done(tmp_path, *["a"] * tasks, jobs=jobs) == dict.fromkeys(range(tasks), "a")
    assert all(tries(tmp_path, number) == 1 for number in range(tasks))


def test_progress_is_told_while_tasks_run(tmp_path: Path) -> None:
    ticks: list[int] = []
    list(run([Tell("a", 0), Tell("b", 1)], tmp_path, 1, 30, lambda: ticks.append(1)))
    assert len(ticks) >= 2


def test_workers_end_with_the_one_who_asked(tmp_path: Path) -> None:
    results = run([Tell("a", 0), Tell("hang", 1)], tmp_path, 2, 30)
    assert next(results) == (0, "a")
    assert isinstance(results, Iterator)
    results.close()  # type: ignore[attr-defined]
    import multiprocessing

    assert not multiprocessing.active_children()


@LINUX
def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, multiprocessing\n"
        "from tests.test_workers import Tell, run\n"
        f"results = run([Tell('a', 0), Tell('b', 1), Tell('slow', 2)], pathlib.Path({str(tmp_path)!r}), 2, 30)\n"
        "next(results)\n"
        "print(*(one.pid for one in multiprocessing.active_children()), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, timeout=60, check=False)
    pids = [int(pid) for pid in ended.stdout.split()]
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while (alive := [pid for pid in pids if running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive


def running(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody has asked after does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z " in status.read_text())


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "method", lambda: "spawn")


@pytest.mark.usefixtures("spawned")
def test_processes_that_are_spawned_do_the_same(tmp_path: Path) -> None:
    results = done(tmp_path, "a", "exit", jobs=1)
    assert results[0] == "a"
    assert isinstance(results[1], Lost)


@pytest.mark.usefixtures("spawned")
def test_a_whole_scan_in_spawned_processes(tmp_path: Path) -> None:
    """What a task needs travels: evidence with its keys, indicators, rules and YARA."""
    write_tree(make(amount=LITTLE), tmp_path / "tree")
    (tmp_path / "own.yar").write_text('rule chimera { strings: $a = "harmless stand-in" condition: $a }')
    (tmp_path / "chimera.stix2").write_text(json.dumps(bundle()))
    paths, feeds = (tmp_path / "tree",), (tmp_path / "own.yar", tmp_path / "chimera.stix2")
    report = scan(Request(paths=paths, feeds=feeds, default_feeds=False, artifacts=("ios.tcc.*", "contents"), jobs=1))
    assert any(row.artifact == "ios.tcc.access" and row.state == "checked" for row in report.coverage)
    assert {"YAR001", "IOC006"} <= {found.rule for found in report.findings}


def test_the_context_of_a_scan_can_be_sent(tmp_path: Path, opened: Opened) -> None:
    write_backup(make(amount=LITTLE), tmp_path / "backup", password=PASSWORD, double_iterations=1000)
    evidence: Evidence = opened(tmp_path / "backup")
    index = Index(one for feed in load_feeds(Request(paths=())) for one in feed.indicators)
    index.prepare()
    source = YaraSource(name="own.yar", text="rule any { condition: filesize > 0 }", source=Source(feed="own"))
    context = Context(evidence=evidence, index=index, rules=rule.chosen(), yara=Yara.compile([source])[0])
    tasks = plan(context, artifacts("iOS", ("ios.tcc.access", "ios.backup.files")), "all").tasks
    there, sent = pickle.loads(pickle.dumps((context, tasks)))  # noqa: S301 - our own
    for here, task in zip(tasks, sent, strict=True):
        assert repr(task.run(there)) == repr(here.run(context))
    assert len(sent) >= 2
    there.evidence.close()
