"""Each folder of tests/artifacts is one case: `in/` a small device, `want.jsonl` what its artifact yields.

`UPDATE=1 pytest tests/test_artifacts.py -k NAME` writes `want.jsonl` anew; read the difference before it is kept.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner import artifact
from scanner.evidence import open_file
from tests.devices import build

CASES = sorted((Path(__file__).parent / "artifacts").glob("*/*/in"))


def outcome(case: Path, device: Path) -> Iterator[dict[str, Any]]:
    """What the case's artifact makes of its device: records, then problems."""
    evidence, parser = build(case, device), artifact.load()[case.parts[-3]]
    find = artifact.Finder({parser.id: parser})
    beside = ("-wal", "-shm", ".keep")
    for entry in evidence.entries():
        if entry.path.endswith(beside):
            continue
        assert find(entry.path) == [parser], f"{parser.id} does not read {entry.path}"
        file = open_file(evidence, entry)
        try:
            for record in parser.parse(file):
                yield {type(record).__name__: msgspec.to_builtins(record)}
        except ValueError as error:
            yield {"failed": str(error)}
        finally:
            file.close()
        yield from ({"problem": message, "row": row} for message, row in file.problems)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "/".join(case.parts[-3:-1]))
def test_artifact(case: Path, tmp_path: Path) -> None:
    got = [json.loads(json.dumps(row)) for row in outcome(case, tmp_path / "device")]
    want = case.parent / "want.jsonl"
    if os.environ.get("UPDATE"):
        want.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in got), encoding="utf-8")
    assert got == [json.loads(line) for line in want.read_text(encoding="utf-8").splitlines()]
    assert got, "a case that yields nothing shows nothing"


def test_every_artifact_has_a_case() -> None:
    assert {case.parts[-3] for case in CASES} == set(artifact.load())


def test_every_record_type_has_a_name_of_its_own() -> None:
    types = {record for parser in artifact.load().values() for record in parser.records}
    assert len({record.__name__ for record in types}) == len(types)


@pytest.mark.parametrize("parser", artifact.load().values(), ids=lambda parser: parser.id)
def test_every_artifact_says_what_it_is(parser: artifact.Artifact) -> None:
    assert parser.doc, "an artifact's docstring is its documentation"
    assert parser.where
    assert all(record.__doc__ for record in parser.records)
