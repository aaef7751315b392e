"""Private feeds: those that are given so, and those that the user's catalogue calls so."""

from pathlib import Path

import pytest

from scanner.feeds import private
from scanner.feeds.load import load

FEED = "family: Evil\nindicators:\n- {kind: domain, value: evil.example}\n- {kind: domain, value: x}\n"


def test_given_feeds_are_private_and_have_ids_of_their_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lab.yaml").write_text(FEED)
    first, second = private.feeds([tmp_path / "a", tmp_path / "b"], ["lab"])
    assert [first.facts.id, second.facts.id] == ["private-lab", "b-lab"]
    assert first.facts.private
    assert first.indicators[0].source.private
    assert first.indicators[0].source.feed == first.facts.problems[0].path == "private-lab"


def test_the_users_catalogue_says_what_is_private(tmp_path: Path) -> None:
    kept, other = tmp_path / "feeds", tmp_path / "other"
    for folder in (kept, other):
        folder.mkdir()
        (folder / "lab.yaml").write_text(FEED)
    loaded = load([kept, other])
    private.own(loaded, tmp_path)
    assert not loaded[0].facts.private
    (tmp_path / "feeds.yaml").write_text("feeds:\n- {id: lab, licence: ours, private: true}\n")
    private.own(loaded, tmp_path)
    assert [one.facts.private for one in loaded] == [True, False]
    assert (loaded[0].indicators[0].source.private, loaded[0].indicators[0].source.licence) == (True, "ours")


def test_a_broken_catalogue_is_said(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: 5\n")
    with pytest.raises(ValueError, match="cannot be read"):
        private.own([], tmp_path)
