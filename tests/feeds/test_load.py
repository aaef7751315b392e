"""Feed files are known by their content, and none is left out without a word."""

import json
import os
from pathlib import Path

import pytest

from scanner.feeds.load import load

BUNDLE = json.dumps({"type": "bundle", "objects": [{"type": "indicator", "pattern": "[app:id='a.b']"}] * 2})
CURATED = "family: Evil\nindicators:\n- {kind: domain, value: evil.example}\n"
RULE = 'import "pe"\n// a comment\nprivate rule evil : one two\n{ condition: true }\n'


def test_folder(tmp_path: Path) -> None:
    """Names do not matter, order is stable, what is not read is said, documents and pictures are passed over."""
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name, text in {
        "bundle.txt": BUNDLE,
        "b/bundle.json": BUNDLE,
        "evil.yaml": CURATED,
        "rules.yar": RULE,
        "misp.json": '{"Event": {}}',
        "list.csv": "evil.example,domain",
        "picture.png": "x",
        "README.md": "family: x",
        "LICENSE": "x",
        ".hidden.json": BUNDLE,
        ".git/x.json": BUNDLE,
    }.items():
        (tmp_path / name).write_text(text)
    feeds = load([tmp_path], name_for=lambda path: "Named" if path.suffix == ".yaml" else None)
    assert [(one.facts.id, one.facts.indicators, len(one.yara), len(one.facts.problems)) for one in feeds] == [
        ("bundle", 1, 0, 0),
        ("evil", 1, 0, 0),
        ("list", 0, 0, 1),
        ("misp", 0, 0, 1),
        ("rules", 0, 1, 0),
        ("b-bundle", 1, 0, 0),
    ]
    assert feeds[0].indicators[0].source.feed == "bundle"
    assert feeds[1].facts.name == "Named"
    assert len(feeds[0].facts.sha256) == 64
    assert feeds[0].facts.age_days == 0


def test_named_file_of_no_format(tmp_path: Path) -> None:
    """A file that the user names is never passed over."""
    (tmp_path / "README.md").write_text("x")
    (feed,) = load([tmp_path / "README.md"])
    assert "not a format" in feed.facts.problems[0].message


def test_unreadable(tmp_path: Path) -> None:
    """Missing files, forbidden ones and pipes are problems."""
    (tmp_path / "good.json").write_text(BUNDLE)
    paths = [tmp_path / "missing.json", tmp_path / "good.json"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.json")
        paths.append(tmp_path / "pipe.json")
    feeds = load(paths)
    assert [len(one.facts.problems) for one in feeds] == [1, 0, 1][: len(paths)]
    assert feeds[1].facts.indicators == 1


def test_problems_are_bounded(tmp_path: Path) -> None:
    """A feed that is nothing but errors does not fill the report."""
    (tmp_path / "bad.json").write_text('{"objects": [' + ",".join(["5"] * 3000) + "]}")
    (feed,) = load([tmp_path])
    assert len(feed.facts.problems) == 1001
    assert feed.facts.problems[-1].message == "2000 more problems"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_forbidden(tmp_path: Path) -> None:
    """A file without permission is a problem."""
    (tmp_path / "x.json").write_text(BUNDLE)
    (tmp_path / "x.json").chmod(0)
    (feed,) = load([tmp_path])
    assert feed.facts.problems
