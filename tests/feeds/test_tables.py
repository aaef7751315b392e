"""Tables: whose columns are named, and what is made of their rows."""

import pytest

from scanner.feeds import tables
from scanner.feeds.model import Entry, Indicator, Unsupported
from scanner.finding import Problem
from tests.mutants import mutants

UUID = "11111111-2222-4333-8444-555555555555"
SHA256 = "ab" * 32
MISP = f"""uuid,event_id,category,type,value,comment,to_ids,date,object_relation,object_name,attribute_tag
{UUID},7,Network activity,domain,"evil.example","C2, first stage",1,20190920,,,tlp:amber
{UUID},7,Network activity,url,"http://no.example/x","",0,20190909,,,
{UUID},7,Payload delivery,url,"https://evil.example/1s/","",1,20190909,,,
{UUID},7,Payload delivery,filename|sha256,"x.apk|{SHA256}","two
lines",1,20190909,,,
{UUID},7,Payload delivery,text,"com.evil.app","",1,20190909,appid,android-app,
{UUID},7,Network activity,user-agent,"hots scot","",1,20190923,,,
"""


def read(text: str) -> list[Entry]:
    return list(tables.read(text.encode(), "feed"))


def values(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.value) for one in entries if isinstance(one, Indicator)]


def test_misp() -> None:
    found = read(MISP)
    assert tables.sniff(MISP.encode())
    assert values(found) == [
        ("domain", "evil.example"),
        ("url", "https://evil.example/1s/"),
        ("file_name", "x.apk"),
        ("sha256", SHA256),
        ("app_id", "com.evil.app"),
    ]
    assert [one.what for one in found if isinstance(one, Unsupported)] == ["user-agent"]
    first, second = (one.source for one in found[:2] if isinstance(one, Indicator))
    assert (first.role, first.tlp, first.first_seen, first.place) == ("c2", "amber", "20190920", f"line 2 {UUID}")
    assert second.role == "infection"
    assert [one.place for one in found if isinstance(one, Unsupported)] == [f"line 8 {UUID}"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffvalue,entity_type,description\nevil.example,hostname,x\n",
        "Indicator;Type;Family\r\nevil[.]example;Domain-Name;Evil\r\n",
        "ioc\ttype\nevil.example\tFQDN\n",
        '# a list\n# "first_seen","ioc_value","ioc_type"\n"2026-01-01","evil.example","domain"\n',
        "first_seen,domain,ip,query\n2026-01-01,evil.example,,GET /\n",
        "value,comment\nhxxp://evil[.]example,\n".replace("hxxp://", ""),
    ],
)
def test_headers(text: str) -> None:
    assert tables.sniff(text.encode())
    assert values(read(text)) == [("domain", "evil.example")]
    assert tables.sniff(text.encode("utf-16"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "evil.example\n",
        "evil.example,domain\n",
        "a,b,c\n1,2,3\n",
        "name,url_count\n",
        "127.0.0.1 evil.example\n",
        "mail\nupdated\n",
        "# domains, ips, urls\nevil.example\n",
        "# domain\nevil.example\n",
    ],
)
def test_no_header(text: str) -> None:
    assert not tables.sniff(text.encode())


def test_a_column_for_each_kind() -> None:
    found = read(
        f"sha256,package name,ip,domain,family\n{SHA256},com.evil.app,192.0.2.1,evil.example,Evil\n,,,,\n,,,,Evil\n"
    )
    assert values(found) == [
        ("sha256", SHA256),
        ("app_id", "com.evil.app"),
        ("ip", "192.0.2.1"),
        ("domain", "evil.example"),
    ]
    assert {one.source.family for one in found if isinstance(one, Indicator)} == {"Evil"}
    assert [one.row for one in found if isinstance(one, Problem)] == ["line 4"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (SHA256, "sha256"),
        ("192.0.2.1", "ip"),
        ("https://evil.example/x", "url"),
        ("evil.example/x", "url"),
        ("a@evil.example", "email"),
        ("/var/tmp/x", "path"),
        ("evil.apk", "file_name"),
        ("evil[.]example", "domain"),
    ],
)
def test_values_without_a_type(value: str, kind: str) -> None:
    assert [one[0] for one in values(read(f"indicator,notes\n{value},x\n"))] == [kind]


def test_several_hashes_in_one_field() -> None:
    """The hashes of one file, of different lengths, with any sign between."""
    for between in (",", "; ", " / ", "\n"):
        found = read(f'value,entity_type,description\n"{SHA256}{between}{"cd" * 20}{between}{"ef" * 16}",file,x\n')
        assert [kind for kind, _ in values(found)] == ["sha256", "sha1", "md5"]
    assert values(read("value,entity_type\na@evil.example,emailsender\n")) == [("email", "a@evil.example")]


def test_classes() -> None:
    """Flags of stores' lists: what is dual use is not stalkerware."""
    found = read("appId,store,flag,title\ncom.a.b,x,dual-use,A\ncom.c.d,x,stalkerware,B\n")
    assert [one.source.threat for one in found if isinstance(one, Indicator)] == ["dual-use", "stalkerware"]


def test_one_bad_row_costs_no_other() -> None:
    """Bad quotes, missing columns and bad values are problems with their lines."""
    rows = [
        '"never closed,domain',
        "evil.example,domain",
        "short"[:0] + ",domain",
        "no dot,domain",
        "x",
        "b.example,domain",
    ]
    found = read("comment,value,type\n" + "".join(f"x,{row}\n" for row in rows))
    assert values(found) == [("domain", "evil.example"), ("domain", "b.example")]
    assert [one.row for one in found if isinstance(one, Problem)] == ["line 2", "line 4", "line 5"]
    assert len([one for one in found if isinstance(one, Unsupported)]) == 1


def test_mutations() -> None:
    data = MISP.encode()
    whole = len(list(tables.read(data, "feed")))
    assert any(len(list(tables.read(made, "feed"))) != whole for made in mutants(data, 400))
