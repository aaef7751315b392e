"""MISP: events in all their wrappings, objects, composites, tags, and damage."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from scanner.feeds import misp
from scanner.feeds.load import load
from scanner.feeds.model import Entry, Indicator, Unsupported, YaraSource
from scanner.finding import Problem
from scanner.record import Kind
from tests.mutants import mutants

UUID = "11111111-2222-4333-8444-555555555555"
SHA256, MD5, SHA1 = "ab" * 32, "cd" * 16, "EF" * 20


def attribute(said: str, value: object, **more: Any) -> dict[str, Any]:
    return {"uuid": UUID, "type": said, "value": value, "to_ids": True, "category": "Network activity", **more}


def event(*attributes: object, objects: tuple[object, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "uuid": UUID,
        "info": "A campaign",
        "date": "2026-01-02",
        "Attribute": list(attributes),
        "Object": list(objects),
        **more,
    }


def read(value: object) -> list[Entry]:
    return list(misp.read(json.dumps(value).encode(), "feed"))


def values(entries: list[Entry]) -> list[tuple[str, str]]:
    assert not [one for one in entries if isinstance(one, Problem)]
    return [(one.kind.value, one.value) for one in entries if isinstance(one, Indicator)]


@pytest.mark.parametrize(
    ("said", "value", "expected"),
    [
        ("domain", "Evil[.]Example", [("domain", "evil.example")]),
        ("hostname", "c2.evil.example", [("domain", "c2.evil.example")]),
        ("domain|ip", "evil.example|192.0.2.7", [("domain", "evil.example"), ("ip", "192.0.2.7")]),
        ("ip-dst|port", "192.0.2.7|443", [("ip", "192.0.2.7")]),
        ("hostname|port", "c2.evil.example|8443", [("domain", "c2.evil.example")]),
        ("url", "hxxps://evil.example/a?b=1", [("url", "https://evil.example/a?b=1")]),
        ("email-src", "A@Evil.example", [("email", "a@evil.example")]),
        ("filename|sha256", f"a|b.apk|{SHA256}", [("file_name", "a|b.apk"), ("sha256", SHA256)]),
        ("malware-sample", f"b.apk|{MD5}", [("file_name", "b.apk"), ("md5", MD5)]),
        ("mobile-application-id", "com.Evil.app", [("app_id", "com.evil.app")]),
        ("x509-fingerprint-sha1", SHA1, [("cert_sha1", SHA1.lower())]),
        ("phone-number", "+15550100", [("phone", "+15550100")]),
    ],
)
def test_types(said: str, value: str, expected: list[tuple[str, str]]) -> None:
    assert values(read({"Event": event(attribute(said, value))})) == expected


def test_parts_that_say_little_are_weak() -> None:
    """An address that a domain pointed to, a file name beside its hash."""
    found = read(event(attribute("domain|ip", "evil.example|192.0.2.7"), attribute("filename|md5", f"x.apk|{MD5}")))
    weak = {one.kind: one.source.weak for one in found if isinstance(one, Indicator)}
    assert not weak[Kind.DOMAIN]
    assert not weak[Kind.MD5]
    assert weak[Kind.IP]
    assert weak[Kind.FILE_NAME]


def test_wrappings() -> None:
    one = event(attribute("domain", "evil.example"))
    answer = [{"Event": one}, {"Event": one}]
    for value, count in ((one, 1), ({"Event": one}, 1), ({"response": answer}, 2), (answer, 2)):
        assert values(read(value)) == [("domain", "evil.example")] * count
    places = [one.source.place for one in read({"response": answer}) if isinstance(one, Indicator)]
    assert places == [f"[0].Attribute[0] {UUID}", f"[1].Attribute[0] {UUID}"]


def test_attributes_found_by_a_search() -> None:
    """Each names its event."""
    found = read({"response": {"Attribute": [attribute("domain", "evil.example", Event={"info": "Another"})]}})
    assert [one.source.campaign for one in found if isinstance(one, Indicator)] == ["Another"]


def test_only_for_detection() -> None:
    """What is not marked, deleted or no value for a phone is left out; an event with nothing marked says so."""
    found = read(
        event(
            attribute("domain", "no.example", to_ids=False),
            attribute("domain", "gone.example", deleted=True),
            attribute("domain", "evil.example", to_ids="1"),
            attribute("regkey", "HKLM"),
        )
    )
    assert values(found) == [("domain", "evil.example")]
    assert [one.what for one in found if isinstance(one, Unsupported)] == ["regkey"]
    (problem,) = read(event(attribute("domain", "no.example", to_ids=False)))
    assert isinstance(problem, Problem)
    assert "none of its 1 attributes" in problem.message


def test_objects() -> None:
    app = {
        "name": "android-app",
        "Attribute": [
            attribute("text", "Evil App", object_relation="name", to_ids=False),
            attribute("text", "com.evil.app", object_relation="appid", to_ids=False),
            attribute("sha1", SHA1, object_relation="certificate"),
            attribute("sha256", SHA256, object_relation="sha256"),
        ],
    }
    process = {"name": "process", "Attribute": [attribute("text", "evild", object_relation="name")]}
    file = {"name": "file", "Attribute": [attribute("text", "/var/tmp/evil", object_relation="path")]}
    found = read(event(objects=(app, process, file), info="Stalkerware apps"))
    assert values(found) == [
        ("app_id", "com.evil.app"),
        ("cert_sha1", SHA1.lower()),
        ("sha256", SHA256),
        ("process", "evild"),
        ("path", "/var/tmp/evil"),
    ]
    assert isinstance(found[0], Indicator)
    source = found[0].source
    assert (source.family, source.threat, source.campaign) == ("Evil App", "stalkerware", "Stalkerware apps")
    assert source.place == f"Object[0].Attribute[1] {UUID}"


def test_what_an_event_says_of_its_values() -> None:
    galaxy = {"type": "mitre-malware", "GalaxyCluster": [{"value": "Pegasus for iOS - S0289"}]}
    (found,) = [
        one
        for one in read(
            event(
                attribute("link", "https://lab.example/report", to_ids=False),
                attribute(
                    "domain", "evil.example", comment="C2 server", first_seen="2025-05-05", Tag=[{"name": "tlp:red"}]
                ),
                Tag=[{"name": "tlp:green"}],
                Galaxy=[galaxy],
            )
        )
        if isinstance(one, Indicator)
    ]
    said = found.source
    assert (said.family, said.canonical, said.threat) == ("Pegasus for iOS", said.canonical, said.threat)
    assert (said.role, said.first_seen, said.tlp) == ("c2", "2025-05-05", "red")
    assert said.reports == ("https://lab.example/report",)
    tagged = event(attribute("domain", "evil.example"), Tag=[{"name": 'misp-galaxy:stalkerware="Evil"'}])
    (one,) = read(tagged)
    assert isinstance(one, Indicator)
    assert (one.source.family, one.source.threat) == ("Evil", "stalkerware")


def test_yara() -> None:
    (found,) = read(event(attribute("yara", "rule x { condition: true }")))
    assert isinstance(found, YaraSource)
    assert found.source.campaign == "A campaign"


def test_one_bad_entry_costs_no_other() -> None:
    bad = (
        5,
        None,
        attribute("domain", 7),
        attribute("domain", "no dot"),
        attribute("domain|ip", "x"),
        {"to_ids": True},
    )
    found = read(event(*bad, attribute("domain", "evil.example"), objects=(3, {"name": [], "Attribute": {}})))
    assert [one.value for one in found if isinstance(one, Indicator)] == ["evil.example"]
    rows = [one.row for one in found if isinstance(one, Problem)]
    assert len(rows) == len(bad) + 1
    assert all(rows)


def test_damaged() -> None:
    """A truncated event, and one with a broken object in the middle, give what is whole."""
    objects = tuple({"name": "file", "Attribute": [attribute("domain", f"e{at}.example")]} for at in range(9))
    data = json.dumps(event(attribute("domain", "first.example"), objects=objects)).encode()
    cut = list(misp.read(data[: data.index(b"e7.example")], "feed"))
    assert [one.value for one in cut if isinstance(one, Indicator)] == [
        "first.example",
        *(f"e{at}.example" for at in range(7)),
    ]
    broken = list(misp.read(data.replace(b'"e3.example"', b'"e3.example'), "feed"))
    kept = {one.value for one in broken if isinstance(one, Indicator)}
    assert {f"e{at}.example" for at in (0, 1, 2, 5, 6, 7, 8)} <= kept
    assert any("damaged" in one.message for one in broken if isinstance(one, Problem))


def test_feed_folder(tmp_path: Path) -> None:
    """A manifest says which events are missing; the cache of hashes beside it is no feed of values."""
    other = UUID.replace("1", "9")
    (tmp_path / "manifest.json").write_text(json.dumps({UUID: {"info": "x", "Orgc": {}}, other: {"info": "y"}}))
    (tmp_path / f"{UUID}.json").write_text(json.dumps({"Event": event(attribute("domain", "evil.example"))}))
    (tmp_path / "hashes.csv").write_text(f"{MD5},{UUID}\n" * 3)
    feeds = {feed.facts.id: feed for feed in load([tmp_path])}
    assert feeds[UUID].facts.indicators == 1
    assert [problem.row for problem in feeds["manifest"].facts.problems] == [other]
    assert not feeds["hashes"].facts.problems
    assert not feeds["hashes"].indicators


def test_mutations() -> None:
    """Damage gives problems or fewer entries, and nothing raises."""
    app = {
        "name": "android-app",
        "Attribute": [attribute("text", "a.b", object_relation="appid"), attribute("sha1", SHA1)],
    }
    data = json.dumps(event(*(attribute("domain|ip", "evil.example|192.0.2.1"),) * 3, objects=(app,) * 3)).encode()
    whole = len(list(misp.read(data, "feed")))
    assert any(len(list(misp.read(made, "feed"))) != whole for made in mutants(data, 400))


def test_wrong_types() -> None:
    """Any value of an event may be of any type."""
    chance = random.Random(5)
    thing = {"name": "android-app", "Attribute": [attribute("sha1", SHA1, Tag=[{"name": "tlp:red"}])]}
    galaxy = [{"type": "tool", "GalaxyCluster": [{"value": "x"}]}]
    for _ in range(400):
        made: Any = json.loads(
            json.dumps({"response": [{"Event": event(attribute("url", "x"), objects=(thing,), Galaxy=galaxy)}]})
        )
        holders: list[Any] = [made]
        for holder in holders:
            holders += [
                one for one in (holder.values() if isinstance(holder, dict) else holder) if isinstance(one, dict | list)
            ]
        for holder in chance.sample(holders, 2):
            key = (
                chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder) or 1)) if holder else None
            )
            if key is not None:
                holder[key] = chance.choice(
                    [None, 5, -1.5, "x", "", [], [[]], {}, {"Attribute": {}}, True, [None], "\ud800"]
                )
        assert all(isinstance(one, Indicator | Problem | Unsupported) for one in read(made))
