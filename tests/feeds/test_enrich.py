"""What is known of a feed beyond its file is filled in, and what it says itself stays."""

import copy
from typing import Any

import pytest

from scanner.feeds import catalogue, enrich
from scanner.feeds.compound import compile as compiled
from scanner.feeds.model import Feed, Indicator, Threat, YaraSource
from scanner.finding import FeedFacts, Source
from scanner.record import Kind


def feed(*sources: Source, path: str = "x.txt", name: str = "lab") -> Feed:
    made = [Indicator(kind=Kind.DOMAIN, value=f"evil{at}.example", source=one) for at, one in enumerate(sources)]
    return Feed(facts=FeedFacts(id=name, name=name, path=path, sha256=""), indicators=made)


def entry(**more: Any) -> catalogue.Entry:
    given = {"id": "lab", "licence": "MIT", "families": ["Hermit"], "threat": Threat.MERCENARY} | more
    return catalogue.Entry(**given)


def test_what_is_open_is_filled_in() -> None:
    one = feed(Source(feed="lab"))
    enrich.enrich(one, entry(reports=["https://lab.example/report"]))
    source = one.indicators[0].source
    assert (source.family, source.canonical, source.threat) == ("Hermit", "Hermit", "mercenary")
    assert (source.licence, source.reports, source.private) == ("MIT", ("https://lab.example/report",), False)


def test_what_is_said_stays() -> None:
    said = Source(feed="lab", family="Qustodio", threat="stalkerware", licence="CC0", reports=("https://a.example",))
    one = feed(said)
    enrich.enrich(one, entry(reports=["https://lab.example/report"]))
    source = one.indicators[0].source
    assert (source.family, source.canonical, source.threat) == ("Qustodio", "Qustodio", "stalkerware")
    assert (source.licence, source.reports) == ("CC0", ("https://a.example",))


@pytest.mark.parametrize(
    ("family", "threat"), [("Reign", "mercenary"), ("mSpy", "stalkerware"), ("Life360", "watchware"), ("?", "unknown")]
)
def test_the_class_comes_from_the_family(family: str, threat: str) -> None:
    one = feed(Source(feed="lab", family=family))
    enrich.enrich(one)
    assert one.indicators[0].source.threat == threat


def test_a_feed_of_many_families_names_none() -> None:
    one = feed(Source(feed="lab"))
    enrich.enrich(one, entry(families=["*"], threat=Threat.STALKERWARE, licence="none stated"))
    source = one.indicators[0].source
    assert (source.family, source.canonical, source.threat, source.licence) == (None, None, "stalkerware", None)


def test_twice_is_once() -> None:
    one = feed(Source(feed="lab", family="QuaDream", tlp="green"), Source(feed="lab"))
    enrich.enrich(one, entry(), private=True)
    before = copy.deepcopy(one)
    enrich.enrich(one, entry())
    enrich.enrich(one)
    assert one == before


def test_the_users_entry_takes_the_place_of_ours() -> None:
    one = feed(Source(feed="lab"), Source(feed="lab", family="QuaDream", licence="CC0"))
    ours = entry(reports=["https://lab.example/report"])
    enrich.enrich(one, ours)
    users = entry(licence="by contract", families=["mSpy"], threat=Threat.STALKERWARE)
    for _ in range(2):
        enrich.enrich(one, users, instead_of=ours)
        filled, said = (each.source for each in one.indicators)
        assert (filled.family, filled.threat, filled.licence) == ("mSpy", "stalkerware", "by contract")
        assert (said.canonical, said.licence) == ("KingsPawn", "CC0")
        assert filled.reports == ("https://lab.example/report",)


def test_what_the_users_entry_leaves_open_stays_ours() -> None:
    one = feed(Source(feed="lab"))
    enrich.enrich(one, entry())
    before = copy.deepcopy(one.indicators)
    enrich.enrich(one, catalogue.Entry(id="lab", url="https://elsewhere.example/"), instead_of=entry())
    assert one.indicators == before


def test_private_and_markings_go_to_everything() -> None:
    one = feed(Source(feed="lab", tlp="green"), Source(feed="lab", tlp="amber+strict"), Source(feed="lab"))
    one.yara = [YaraSource(name="r", text="", source=Source(feed="lab", tlp="amber"))]
    pattern = compiled("[app:id='a.b' AND app:id='c.d']")
    one.compounds = [type(pattern)(pattern.pattern, pattern.observations, pattern.tree, (Source(feed="lab"),))]
    enrich.enrich(one, private=True)
    assert (one.facts.tlp, one.facts.private) == ("amber+strict", True)
    assert all(each.source.private for each in one.indicators)
    assert one.yara[0].source.private
    assert one.compounds[0].sources[0].private


@pytest.mark.parametrize(
    ("name", "path", "want"),
    [
        ("mvt-candiru", "/x/y.stix2", "mvt-candiru"),
        ("y", "/x/mvt_candiru.stix2", "mvt-candiru"),
        ("y", "/mvt-candiru/x/y.stix2", "mvt-candiru"),
        ("candiru", "/x/candiru.stix2", None),
        ("iocs", "/a/b/c/iocs.csv", None),
    ],
)
def test_a_feed_is_known_by_its_id(name: str, path: str, want: str | None) -> None:
    found = enrich.catalogued(feed(name=name, path=path).facts)
    assert (found.id if found else None) == want
