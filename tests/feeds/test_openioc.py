"""OpenIOC: terms, logic, values in odd places, and hostile XML."""

import pytest

from scanner.feeds import openioc
from scanner.feeds.model import Entry, Indicator, Unsupported
from scanner.finding import Problem
from tests.mutants import mutants

MD5 = "ab" * 16


def item(term: str, value: str, name: str = "i", **more: str) -> str:
    extra = "".join(f' {key}="{said}"' for key, said in ({"condition": "is"} | more).items())
    document = term.partition("/")[0]
    return (
        f'<IndicatorItem id="{name}"{extra}><Context document="{document}" search="{term}" type="mir"/>'
        f"<Content type='string'>{value}</Content></IndicatorItem>"
    )


def file(*items: str, operator: str = "OR") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="x">'
        "<short_description>Event #1</short_description><description>Exploits for phones</description>"
        "<authored_date>2026-01-02T00:00:00</authored_date>"
        '<links><link rel="family">Pegasus</link><link rel="report" href="https://lab.example/r"/></links>'
        f'<definition><Indicator operator="{operator}" id="top">{"".join(items)}</Indicator></definition></ioc>'
    )


def read(text: str) -> list[Entry]:
    assert openioc.sniff(text.encode())
    return list(openioc.read(text.encode(), "feed"))


def values(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.value) for one in entries if isinstance(one, Indicator)]


@pytest.mark.parametrize(
    ("term", "value", "kind"),
    [
        ("Network/DNS", "evil.example", "domain"),
        ("UrlHistoryItem/URL", "http://evil.example/x", "url"),
        ("FileItem/Md5sum", MD5, "md5"),
        ("FileItem/Sha1sum", "ab" * 20, "sha1"),
        ("FileItem/Sha256sum", "ab" * 32, "sha256"),
        ("FileItem/FileName", "evil.dylib", "file_name"),
        ("FileItem/FullPath", "/var/tmp/evil", "path"),
        ("RouteEntryItem/Destination", "192.0.2.1", "ip"),
        ("PortItem/remoteIP", "192.0.2.1", "ip"),
        ("Email/From", "a@evil.example", "email"),
        ("ProcessItem/name", "evild", "process"),
    ],
)
def test_terms(term: str, value: str, kind: str) -> None:
    assert values(read(file(item(term, value)))) == [(kind, value)]


def test_what_a_file_says_of_its_values() -> None:
    (found,) = read(file(item("Network/DNS", "evil.example", "i7")))
    assert isinstance(found, Indicator)
    said = found.source
    assert (said.family, said.threat, said.campaign) == ("Pegasus", "mercenary", "Exploits for phones")
    assert (said.reports, said.place) == (("https://lab.example/r",), "IndicatorItem i7")


def test_version_1_1() -> None:
    text = file(item("Network/DNS", "evil.example")).replace("<ioc ", "<OpenIOC ").replace("</ioc>", "</OpenIOC>")
    assert values(read(text.replace("definition>", "criteria>"))) == [("domain", "evil.example")]


def test_the_value_as_the_id() -> None:
    """Some write the value as the id; a real id is none."""
    uuid = "11111111-2222-4333-8444-555555555555"
    found = read(file(item("Network/DNS", "", "evil.example"), item("Network/DNS", "", uuid)))
    assert values(found) == [("domain", "evil.example")]
    assert [one.row for one in found if isinstance(one, Problem)] == [f"IndicatorItem {uuid}"]


def test_logic() -> None:
    """OR is taken apart at any depth; AND of several, NOT and parts of names are Unsupported."""
    a, b = item("Network/DNS", "a.example"), item("Network/DNS", "b.example")
    both, one = (f'<Indicator operator="AND" id="and">{inner}</Indicator>' for inner in (a + b, a))
    assert values(read(file(f'<Indicator operator="OR">{one}</Indicator>', b))) == [
        ("domain", "a.example"),
        ("domain", "b.example"),
    ]
    for items in (
        (both,),
        (item("Network/DNS", "a.example", condition="isnot"),),
        (item("Network/DNS", "a.example", negate="true"),),
        (item("FileItem/FileName", "evil", condition="contains"),),
        (item("RegistryItem/Path", "x"),),
    ):
        (found,) = read(file(*items))
        assert isinstance(found, Unsupported)
    (found,) = read(file(a, b, operator="AND"))
    assert isinstance(found, Unsupported)


def test_damaged() -> None:
    """What comes before the damage counts; of an AND that is cut nobody knows what else it asks for."""
    text = file(item("Network/DNS", "a.example"), item("Network/DNS", "no dot"), item("Network/DNS", "b.example"))
    found = read(text[: text.rindex("b.example")])
    assert values(found) == [("domain", "a.example")]
    assert "invalid XML" in " ".join(one.message for one in found if isinstance(one, Problem))
    text = file(item("Network/DNS", "a.example"), item("Network/DNS", "b.example"), operator="AND")
    assert not values(read(text[: text.rindex("b.example") - 300]))


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE ioc [<!ENTITY a "evil.example">]>' + file(item("Network/DNS", "&a;")).partition("?>")[2],
        '<!DOCTYPE ioc SYSTEM "http://evil.example/x.dtd"><ioc ></ioc>',
        "<ioc >" + "<a>" * 5000,
        "<ioc ></ioc>",
        '<?xml version="1.0" encoding="no-such"?><ioc ></ioc>',
    ],
)
def test_hostile(text: str) -> None:
    found = read(text)
    assert found
    assert all(isinstance(one, Problem) for one in found)


def test_mutations() -> None:
    items = (item("Network/DNS", "a.example"), item("FileItem/Md5sum", MD5), item("Email/From", "a@evil.example")) * 3
    data = file(*items).encode()
    assert any(len(list(openioc.read(made, "feed"))) != len(items) for made in mutants(data, 400))
