"""Fixtures that several modules of tests use."""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from scanner.cli.app import main
from scanner.evidence import Evidence
from scanner.evidence.open import recognise
from scanner.evidence.secret import Secret
from scanner.feeds import cache
from tests.android_acquisitions import acquired  # noqa: F401 - a fixture
from tests.backups import PASSWORD


class Ended(NamedTuple):
    """How a command ended: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Bridle = Callable[..., Ended]
Opened = Callable[[Path], Evidence]


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tests' own cache folder, also for the processes that they start."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setattr(cache, "folder", lambda: folder / "bridle")
        yield


@pytest.fixture
def bridle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bridle:
    """Run the console script in this process, without a terminal; keywords are environment variables."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "no-feeds"))

    def run(*arguments: object, stdin: str = "", **environment: str) -> Ended:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["bridle", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            patch.delenv("BRIDLE_PASSWORD", raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        assert isinstance(code, int)
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def opened() -> Iterator[Opened]:
    """What opens evidence, with the tests' password where it needs one; all is closed at the end."""
    kept: list[Evidence] = []

    def open_(folder: Path) -> Evidence:
        found = recognise(folder)
        kept.append(found.open(Secret(PASSWORD) if found.encrypted else Secret()))
        return kept[-1]

    yield open_
    for evidence in kept:
        evidence.close()
