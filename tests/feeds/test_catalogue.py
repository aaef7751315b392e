"""The catalogue: ours is sound, the user's goes before it, and a hostile one is refused with a sentence."""

from pathlib import Path

import pytest

from scanner.feeds import catalogue
from scanner.feeds.catalogue import Document, Entry
from scanner.feeds.model import Threat


def test_ours_is_sound() -> None:
    found = catalogue.entries()
    assert len(found) >= 60
    for entry in found.values():
        assert entry.url.startswith("https://"), entry.id
        assert entry.threat is not Threat.UNKNOWN, entry.id
        assert entry.families, entry.id
        assert entry.publisher, entry.id
        assert entry.on or entry.off_because, f"{entry.id} is off without a word why"
        assert not (entry.default and entry.non_commercial), entry.id
    assert sum(entry.on for entry in found.values()) >= 25
    assert found["citizenlab-nso-2016"].non_commercial


@pytest.mark.parametrize("licence", ["CC BY-NC-SA 4.0", "CC BY-NC 4.0", "Non-commercial use only", "noncommercial"])
def test_a_licence_that_forbids_commercial_use_is_off(licence: str) -> None:
    entry = Entry(id="some", url="https://feeds.example/a", licence=licence, default=True)
    assert not entry.on
    assert entry.off_because == f"its licence ({licence}) forbids commercial use"


@pytest.mark.parametrize("licence", ["CC-BY 4.0", "MIT", "none stated", "BSD-2-Clause"])
def test_others_are_as_they_say(licence: str) -> None:
    assert Entry(id="some", url="https://feeds.example/a", licence=licence).on
    assert not Entry(id="some", url="https://feeds.example/a", licence=licence, default=False).on


def test_the_users_catalogue_goes_before_ours(tmp_path: Path) -> None:
    own = tmp_path / "feeds.yaml"
    mine = Entry(id="amnesty-pegasus", url="https://mirror.example/pegasus", threat=Threat.MERCENARY, private=True)
    more = Entry(id="mine", url="https://feeds.example/mine", families=["Chimera"], title="mine: é")
    catalogue.write(own, Document(feeds=[mine, more], off=["mvt-predator"]))
    found = catalogue.entries(own)
    assert found["amnesty-pegasus"] == mine
    assert found["mine"] == more
    assert not found["mvt-predator"].on
    assert "remove" in found["mvt-predator"].off_because
    assert catalogue.entries()["mvt-predator"].on


def test_there_need_be_none(tmp_path: Path) -> None:
    assert catalogue.entries(tmp_path / "none.yaml") == catalogue.entries()


@pytest.mark.parametrize(
    "text",
    [
        "- a", "feeds: 3", "feeds: [{id: A}]", "feeds: [{id: ../a}]", "feeds: [{id: nul}]", "feeds: [{url: a}]",
        "feeds: [{id: a}, {id: a}]", "feeds: [{id: a, class: bad}]", "feeds: [{id: a, odd: 1}]",
        "a: !!python/name:os.system",
        "\x00", "[" * 5000, "feeds: &a [*a]", "feeds: [{id: a, url: [x]}]",
    ],
)  # fmt: skip
def test_what_is_no_catalogue(tmp_path: Path, text: str) -> None:
    own = tmp_path / "feeds.yaml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="cannot be read"):
        catalogue.entries(own)


def test_addresses_are_shown_without_secrets() -> None:
    assert catalogue.shown_url("https://me:secret@feeds.example/a?token=1#x") == "https://feeds.example/a"
