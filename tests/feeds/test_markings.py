"""Whom feeds let know: markings in all the ways that they are written in, and what else a source says of itself."""

import json
from typing import Any

import pytest

from scanner.feeds import curated, markings, stix
from scanner.feeds.model import Indicator
from scanner.finding import Problem, Source

PREFIX = "marking-definition--"
GREEN, RED = PREFIX + "34098fce-860f-48ae-8e50-ebd3cc5e41da", PREFIX + "e828b379-4e03-4974-9ac4-e53a884c97c1"
STRICT = PREFIX + "939a9414-2ddd-4d32-a0cd-375ea402b003"


def sources(*objects: dict[str, Any], **more: Any) -> list[Source]:
    one = {"type": "indicator", "id": "indicator--1", "pattern": "[domain-name:value='evil.example']", **more}
    document = {"type": "bundle", "objects": [one, *objects]}
    return [each.source for each in stix.read(json.dumps(document).encode(), "lab") if isinstance(each, Indicator)]


def curated_sources(text: str) -> list[Any]:
    return [one.source if isinstance(one, Indicator) else one for one in curated.read(text.encode(), "lab")]


@pytest.mark.parametrize(
    ("word", "want"),
    [
        ("TLP:WHITE", "clear"), ("tlp:clear", "clear"), ("green", "green"), ("TLP: Amber", "amber"),
        ("tlp:amber+strict", "amber+strict"), ("TLP:AMBER STRICT", "amber+strict"), ("TLP:2.0:RED", "red"),
        ("red", "red"), ("purple", None), ("tlp:", None), ("redder", None), (None, None), (7, None), ("", None),
    ],
)  # fmt: skip
def test_words(word: object, want: str | None) -> None:
    assert markings.level(word) == want


def test_labels_count_only_as_markings() -> None:
    assert markings.tagged(["red", "green team", 7, "tlp:green", "TLP:AMBER"]) == "amber"
    assert markings.tagged(["red", "amber"]) is None


@pytest.mark.parametrize(
    ("more", "want"),
    [
        ({}, None),
        ({"object_marking_refs": [GREEN]}, "green"),
        ({"object_marking_refs": [GREEN, STRICT, "marking-definition--unknown", 5]}, "amber+strict"),
        ({"granular_markings": [{"marking_ref": RED, "selectors": ["pattern"]}, None]}, "red"),
        ({"labels": ["malicious-activity", "tlp:amber"]}, "amber"),
        ({"object_marking_refs": "x", "granular_markings": {}, "labels": 5}, None),
    ],
)
def test_an_indicator_is_marked(more: dict[str, Any], want: str | None) -> None:
    assert [one.tlp for one in sources(**more)] == [want]


@pytest.mark.parametrize(
    ("definition", "want"),
    [
        ({"definition_type": "tlp", "definition": {"tlp": "amber"}}, "amber"),
        ({"definition_type": "statement", "definition": {"statement": "TLP:RED"}}, "red"),
        ({"definition_type": "statement", "definition": {"statement": "Copyright, a red company"}}, None),
        ({"extensions": {markings.EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}}},
         "amber+strict"),
        ({"name": "TLP:GREEN"}, "green"),
        ({"name": 5, "definition": [], "extensions": {markings.EXTENSION: 7}}, None),
    ],
)  # fmt: skip
def test_a_definition_of_the_bundle(definition: dict[str, Any], want: str | None) -> None:
    made = {"type": "marking-definition", "id": PREFIX + "own", **definition}
    assert [one.tlp for one in sources(made, object_marking_refs=[PREFIX + "own"])] == [want]


def test_a_bundle_cannot_loosen_a_standard_marking() -> None:
    made = {"type": "marking-definition", "id": RED, "definition": {"tlp": "white"}}
    assert [one.tlp for one in sources(made, object_marking_refs=[RED])] == ["red"]


def test_the_marking_of_the_report_holds_for_what_is_in_it() -> None:
    report = {"type": "report", "id": "report--1", "object_refs": ["indicator--1"], "object_marking_refs": [RED]}
    assert [one.tlp for one in sources(report)] == ["red"]
    assert [one.tlp for one in sources(report, object_marking_refs=[GREEN])] == ["green"]


def test_stix_says_when_and_how_sure() -> None:
    seen = [
        {"type": "sighting", "id": f"sighting--{at}", "sighting_of_ref": "indicator--1", "last_seen": when}
        for at, when in enumerate(["2024-01-02T00:00:00Z", "2023-01-02T00:00:00Z", "never", 5])
    ]
    malware = {"type": "malware", "id": "malware--1", "name": "Reign"}
    (one,) = sources(*seen, malware, valid_until="2020-01-01T00:00:00Z", confidence=15, revoked=True, labels=["benign"])
    assert (one.family, one.canonical, one.threat) == ("Reign", "KingsPawn", "mercenary")
    assert (one.valid_until, one.last_seen) == ("2020-01-01T00:00:00Z", "2024-01-02T00:00:00Z")
    assert one.weak == (
        "revoked; expired on 2020-01-01; low confidence of its feed: 15 of 100; its feed says that it is benign"
    )


@pytest.mark.parametrize("confidence", [0, 30, 100, None, "15", -4, True])
def test_other_confidence_is_no_doubt(confidence: object) -> None:
    (one,) = sources(confidence=confidence)
    assert one.weak is None


def test_a_weak_name_and_an_expired_one_are_both_said() -> None:
    (one,) = sources(pattern="[process:name='bh']", valid_until="2020-01-01T00:00:00Z")
    assert one.weak == "expired on 2020-01-01; a name of 2 characters"


def test_curated() -> None:
    first, second, bad, worse = curated_sources(
        "family: Examplespy\nsynonyms: [Reign]\nsource: 'Lab (MIT); Other Lab (CC-BY)'\ntlp: green\nindicators:\n"
        "- {kind: app_id, value: a.b, tlp: TLP:AMBER, valid_until: 2020-01-31, last_seen: 2021-01-01, revoked: moved}\n"
        "- {kind: app_id, value: a.c, valid_until: 2999-01-31, revoked: no}\n"
        "- {kind: app_id, value: a.d, tlp: purple}\n"
        "- {kind: app_id, value: a.e, valid_until: soon}\n"
    )
    assert (first.canonical, first.licence, first.tlp) == ("KingsPawn", "MIT; CC-BY", "amber")
    assert (first.valid_until, first.last_seen) == ("2020-01-31", "2021-01-01")
    assert first.weak == "revoked: moved; expired on 2020-01-31"
    assert (second.tlp, second.weak) == ("green", None)
    assert isinstance(bad, Problem)
    assert "unknown marking 'purple'" in bad.message
    assert isinstance(worse, Problem)
    assert "is no date" in worse.message
