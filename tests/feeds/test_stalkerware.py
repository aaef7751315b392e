"""The five layouts of stalkerware indicators: equal values from each, roles, lines of what is bad, damage."""

import random

import msgspec
import pytest

from scanner.feeds import stalkerware
from scanner.feeds.model import Entry, Indicator, Unsupported
from scanner.finding import Problem
from scanner.record import Kind

SHA256 = "ab" * 32
SHA1 = "CD" * 20
APPS = f"""\
- name: Examplespy
  names:
  - Example Spy
  type: stalkerware
  packages:
  - com.Example.spy
  ios_bundles: [com.example.spy-ios]
  certificates:
  - {SHA1}
  certificate_organizations:
  - Example SRL
  certificate_cname_re:
  - ^Example\\W[0-9]$
  websites:
  - www.spy.example
  distribution:
  - get.spy.example
  - https://code.example/spy
  c2:
    domains:
    - c2.spy.example
    ips:
    - 192.0.2.1
- name: 1.10
  type: watchware
  packages:
  c2:
    ip:
    - 192.0.2.2
"""
SAMPLES = f"""\
SHA256,Package Name,Certificate,Version,App
{SHA256},com.example.spy,{SHA1},1.10,Examplespy
{"ef" * 32},,,,Examplespy
"""
NETWORK = "type,indicator,app\ndomain,c2.spy.example,Examplespy\nipv4,192.0.2.1,Examplespy\n"
TINYCHECK = """{"iocs": [
 {"type": "domain", "tag": "stalkerware", "tlp": "white", "value": "c2.spy.example"},
 {"type": "ip4addr", "tag": "stalkerware", "tlp": "red", "value": "192.0.2.1"},
 {"type": "ja3", "tag": "stalkerware", "tlp": "white", "value": "x"},
 {"type": "domain", "tag": "stalkerware", "tlp": "white", "value": 5}]}"""


def entries(text: str | bytes) -> list[Entry]:
    data = text if isinstance(text, bytes) else text.encode()
    assert stalkerware.sniff(data)
    return list(stalkerware.read(data, "spy"))


def values(found: list[Entry]) -> set[tuple[Kind, str]]:
    return {(one.kind, one.value) for one in found if isinstance(one, Indicator)}


def rows(found: list[Entry]) -> list[int | str | None]:
    return [one.row for one in found if isinstance(one, Problem)]


def test_yaml() -> None:
    found = entries(APPS)
    told = {one.value: one.source for one in found if isinstance(one, Indicator)}
    assert {value: (source.role, source.family, source.threat) for value, source in told.items()} == {
        "com.example.spy": ("unknown", "Examplespy", "stalkerware"),
        "com.example.spy-ios": ("unknown", "Examplespy", "stalkerware"),
        SHA1.lower(): ("unknown", "Examplespy", "stalkerware"),
        "example srl": ("unknown", "Examplespy", "stalkerware"),
        "www.spy.example": ("website", "Examplespy", "stalkerware"),
        "get.spy.example": ("distribution", "Examplespy", "stalkerware"),
        "https://code.example/spy": ("distribution", "Examplespy", "stalkerware"),
        "c2.spy.example": ("c2", "Examplespy", "stalkerware"),
        "192.0.2.1": ("c2", "Examplespy", "stalkerware"),
        "192.0.2.2": ("c2", "1.10", "watchware"),
    }
    assert told["c2.spy.example"].place == "Examplespy c2.domains line 21"
    assert rows(found) == []
    assert [one.place for one in found if isinstance(one, Unsupported)] == [
        "Examplespy certificate_cname_re line 13",
    ]


def test_the_same_values_from_every_layout() -> None:
    known = values(entries(APPS))
    assert values(entries(SAMPLES)) - {(Kind.SHA256, SHA256), (Kind.SHA256, "ef" * 32)} < known
    assert values(entries(NETWORK)) == values(entries(TINYCHECK)) < known
    assert len(values(entries(SAMPLES))) == 4
    semicolons = "\ufeff" + SAMPLES.replace(",", ";").replace("\n", "\r\n")
    assert values(entries(semicolons)) == values(entries(SAMPLES))


def test_tinycheck() -> None:
    domain, address, fingerprint, bad = entries(TINYCHECK)
    assert isinstance(domain, Indicator)
    assert isinstance(address, Indicator)
    assert (domain.source.threat, domain.source.tlp, address.source.tlp) == ("stalkerware", "clear", "red")
    assert isinstance(fingerprint, Unsupported)
    assert rows([bad]) == ["iocs[3]"]
    assert len(values(entries(TINYCHECK[:-100]))) == 2


def test_each_bad_value_is_a_problem_with_its_line() -> None:
    bad = APPS.replace("192.0.2.2", "192.0.2.999").replace(SHA1, "CD").replace("www.spy.example", "{a: b}")
    found = entries(bad + "  kettle: [x]\n- text\n- type: sausage\n  c2: [a.example]\n  name: Third\n  name: Third\n")
    assert rows(found) == [
        "Examplespy certificates line 9",
        "Examplespy websites line 15",
        "1.10 c2.ip line 29",
        "1.10 line 30",
        "[2] line 31",
        "Third line 32",
        "Third line 32",
        "Third c2 line 33",
    ]
    assert len(values(found)) == 7
    assert rows(entries(SAMPLES + "zz,com.example.b\n\n,,,,Empty\n")) == ["line 4", "line 4", "line 6"]
    assert rows(entries(NETWORK + 'domain,"nodot,Examplespy\n')) == ["line 4", "line 4"]


@pytest.mark.parametrize(
    "evil", ["- name: !!python/object/apply:os.system [x]\n", "- name: *a\n", "- [" + "[" * 99 + "\n"]
)
def test_a_broken_entry_costs_no_other(evil: str) -> None:
    found = entries(APPS + evil + APPS.replace("spy.example", "other.example"))
    assert rows(found) == ["line 30"]
    assert len(values(found)) == 10 + 3


def test_what_only_the_whole_file_shows_is_said() -> None:
    found = entries("---\n" + APPS + "---\n" + APPS)
    assert rows(found) == ["line 31"]
    assert len(values(found)) == 10


def test_others_are_not_taken() -> None:
    for text in (
        "family: Evil\nclass: stalkerware\nindicators:\n  - {kind: domain, value: evil.example}\n",
        "- name: play\n  hosts: all\n",
        "indicators:\n- name: X\n  type: github\n",
        "type,value\ndomain,evil.example\n",
        '{"objects": []}',
        "evil.example\n",
        "",
    ):
        assert not stalkerware.sniff(text.encode())


@pytest.mark.parametrize("text", [APPS, SAMPLES, NETWORK, TINYCHECK])
def test_damage_gives_entries_or_problems(text: str) -> None:
    chance = random.Random(text)
    for _ in range(300):
        data = bytearray(text.encode())
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 9)] = chance.choice(
                (bytes(chance.randbytes(3)), b"\n", b"- ", b'"', b"\xff", b": ", b"[", b"", b"\\ud800", b"\0")
            )
        stalkerware.sniff(bytes(data))
        msgspec.json.encode(list(stalkerware.read(bytes(data), "spy")))
