"""One name for each family, whatever a feed calls it."""

import pytest

from scanner.data import document, root
from scanner.feeds.families import canonical, known, threat_of
from scanner.feeds.model import Threat


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("Pegasus", "Pegasus"), ("PEGASUS", "Pegasus"), ("NSO Group", "Pegasus"), ("Q-Suite", "Pegasus"),
        ("KingSpawn", "KingsPawn"), ("DEV-0196", "KingsPawn"), ("quadream", "KingsPawn"), ("RCSLab", "Hermit"),
        ("OperationTriangulation", "Triangulation"), ("WyrmSpy_DragonEgg", "WyrmSpy and DragonEgg"),
        ("FinFisher (Android)", "FinSpy"), ("Paragon", "Graphite"), ("1TopSpy", "HelloSpy"),
        ("apt_predator", "Predator"),
        ("Examplespy", None), ("", None), ("(x)", None), (None, None),
    ],
)  # fmt: skip
def test_canonical(name: str | None, want: str | None) -> None:
    assert canonical(name) == want


def test_class_by_description_then_by_name() -> None:
    assert threat_of("Pegasus", "Watchware application") is Threat.WATCHWARE
    assert threat_of("nsogroup") is threat_of("Chrysaor") is Threat.MERCENARY
    assert threat_of("Cellebrite") is Threat.DUAL_USE
    assert threat_of("TheTruthSpy") is Threat.STALKERWARE
    assert threat_of("Life360") is Threat.WATCHWARE
    assert threat_of("Examplespy") is threat_of(None) is Threat.UNKNOWN


def test_every_family_of_the_pack_is_known_and_of_its_class() -> None:
    for path in sorted((root() / "curated").glob("*.yaml")):
        one = document(f"curated/{path.name}")
        assert canonical(one["family"]), path
        assert threat_of(one["family"]) == one["class"], path
        for name in one.get("synonyms", ()):
            assert canonical(name) in {canonical(one["family"]), "ScreenTime"}, (path, name)  # two apps of that name


def test_every_family_of_the_catalogue_is_known_unless_a_feed_names_its_own() -> None:
    strange = {"*", "Bad Traffic", "SarangTrap", "ClayRat"}  # a campaign and crime
    named = {family for one in document("feeds.yaml")["feeds"] for family in one["families"]}
    assert {family for family in named - strange if not canonical(family)} == set()


def test_the_table_has_reports_that_are_addresses() -> None:
    assert len(known()) > 300
    assert all(url.startswith("https://") for one in known().values() for url in one.reports)
