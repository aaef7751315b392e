"""Fixtures that several modules of tests use."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from scanner.cli.app import main


class Ended(NamedTuple):
    """How a command ended: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Bridle = Callable[..., Ended]


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
