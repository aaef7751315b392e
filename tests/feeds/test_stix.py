"""STIX feeds: every odd thing that feeds were seen to hold is loaded or reported with its place; nothing raises."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.feeds import stix
from scanner.feeds.model import Indicator, Unsupported, YaraSource
from scanner.finding import Problem
from scanner.record import Kind

HASH = "ab" * 32


def read(*objects: object) -> list[Any]:
    return list(stix.read(json.dumps({"type": "bundle", "objects": objects}).encode(), "odd"))


def made(pattern: object, number: int = 1, **more: object) -> dict[str, object]:
    return {"type": "indicator", "id": f"indicator--{number}", "pattern": pattern, **more}


def family(name: str, number: int = 1, kind: str = "malware", **more: object) -> dict[str, object]:
    return {"type": kind, "id": f"{kind}--{number}", "name": name, **more}


def link(source: str, target: str) -> dict[str, str]:
    return {
        "type": "relationship", "relationship_type": "indicates", "source_ref": source, "target_ref": target
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "want"),
    [
        ("[domain-name:value='evil.example']", [(Kind.DOMAIN, "evil.example")]),
        ("[ domain-name : value = 'evil.example' ]", [(Kind.DOMAIN, "evil.example")]),
        ('[domain-name:value="evil.example"]', [(Kind.DOMAIN, "evil.example")]),
        ("[domain-name:value='192.0.2.7']", [(Kind.IP, "192.0.2.7")]),
        ("[domain-name:value='evil.example/x']", [(Kind.URL, "evil.example/x")]),
        ("[ipv4-addr:value='192.0.2[.]7']", [(Kind.IP, "192.0.2.7")]),
        ("[ipv4-addr:value = '192.0.2.0/24']", [(Kind.CIDR, "192.0.2.0/24")]),
        ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", [(Kind.CIDR, "192.0.2.0/24")]),
        ("[ipv6-addr:value = '2001:db8::1']", [(Kind.IP, "2001:db8::1")]),
        ("[url:value = 'https://evil.example/x?id=1&a=[b]']", [(Kind.URL, "https://evil.example/x?id=1&a=[b]")]),
        ("[email-addr:value='Joe@evil.example']", [(Kind.EMAIL, "joe@evil.example")]),
        (f"[file:hashes.sha256='{HASH}']", [(Kind.SHA256, HASH)]),
        (f"[file:hashes.'SHA-256'='{HASH.upper()}']", [(Kind.SHA256, HASH)]),
        (f"[file:hashes.\"SHA-256\"='{HASH}']", [(Kind.SHA256, HASH)]),
        (f"[file:hashes.SHA-256='{HASH}']", [(Kind.SHA256, HASH)]),
        (f"[file:hashes['SHA-256']='{HASH}']", [(Kind.SHA256, HASH)]),
        (f"[x509-certificate:hashes.'SHA-256'='{HASH}']", [(Kind.CERT_SHA256, HASH)]),
        (f"[app:cert.sha256='{HASH}']", [(Kind.CERT_SHA256, HASH)]),
        ("[app:id='com.Evil.app']", [(Kind.APP_ID, "com.evil.app")]),
        ("[process:name='it\\'s \\\\ evil']", [(Kind.PROCESS, "it's \\ evil")]),
        ("[file:name='/data/local/tmp/wd/']", [(Kind.PATH, "/data/local/tmp/wd/")]),
        ("[file:path='/private/var/tmp/evil']", [(Kind.PATH, "/var/tmp/evil")]),
        ("[directory:path='/private/var/evil']", [(Kind.PATH, "/var/evil/")]),
        ("[configuration-profile:id='ab-cd']", [(Kind.PROFILE, "AB-CD")]),
        ("[android-property:name='sys.evil']", [(Kind.ANDROID_PROPERTY, "sys.evil")]),
        ("[user-account:account_login='joe@evil.example']", [(Kind.EMAIL, "joe@evil.example")]),
        ("[app:id='a.b' OR app:id='c.d']", [(Kind.APP_ID, "a.b"), (Kind.APP_ID, "c.d")]),
        ("[app:id='a.b'] OR [app:id='c.d']", [(Kind.APP_ID, "a.b"), (Kind.APP_ID, "c.d")]),
        ("[app:id IN ('a.b', 'it\\'s')]", [(Kind.APP_ID, "a.b"), (Kind.APP_ID, "it's")]),
        ("([(app:id='a.b' OR (app:id='c.d'))])", [(Kind.APP_ID, "a.b"), (Kind.APP_ID, "c.d")]),
        ("[" + " OR ".join(["app:id='a.b'"] * 600) + "]", [(Kind.APP_ID, "a.b")] * 600),
    ],
)
def test_pattern(pattern: str, want: list[tuple[Kind, str]]) -> None:
    """Everything that names single values becomes these values."""
    found = read(made(pattern))
    assert [(one.kind, one.value) for one in found] == want
    assert all(one.source.place == "objects[0] indicator--1" for one in found)


@pytest.mark.parametrize(
    "pattern",
    [
        "[app:id != 'a.b']",
        "[app:id NOT IN ('a.b')]",
        "[app:id NOT = 'a.b']",
        "[ipv4-addr:value NOT ISSUBSET '192.0.2.0/24']",
        "[process:command_line='evil -x']",
        "[mutex:name='evil']",
        "[app:id = 5]",
        "[user-account:user_id='evil']",
        "[" + " AND ".join(["app:id='a.b'"] * 2000) + "]",
    ],
)
def test_unsupported(pattern: str) -> None:
    """Sound patterns that cannot be matched are counted with their place."""
    (found,) = read(made(pattern))
    assert isinstance(found, Unsupported)
    assert found.place == "objects[0] indicator--1"


@pytest.mark.parametrize(
    "one",
    [
        made("[domain-name:value='nodot']"),
        made("[domain-name:value='evil.example'"),
        made("domain-name:value='evil.example']"),
        made("[domain-name:value=evil.example]"),
        made("[process:name='it's']"),
        made("[app:id='']"),
        made(""),
        made(None),
        made(7),
        made("[file:hashes.md5='abc']"),
        made("[" + "(" * 3000),
        made("[app:id='" + "x" * 70_000 + "']"),
        made("[" + " AND ".join(["app:id='a.b'"] * 900) + "]"),
        {"type": "indicator"},
        {"type": 5},
        {"id": "x"},
        "text",
        None,
        [[]],
    ],
)
def test_bad_object_is_one_problem(one: object) -> None:
    """A bad object is one problem that names its place, and its neighbours are loaded."""
    good = made("[app:id='a.b']", 9)
    first, problem, last = read(good, one, good)
    assert isinstance(problem, Problem)
    assert (problem.where, problem.path) == ("feed", "odd")
    assert str(problem.row).startswith("objects[1]")
    assert isinstance(first, Indicator)
    assert isinstance(last, Indicator)


def test_attribution() -> None:
    """Relationships before and after, several families, reports, and nothing at all."""
    found = read(
        link("indicator--1", "malware--1"),
        made("[app:id='a.one']", 1),
        made("[app:id='a.two']", 2),
        made("[app:id='a.three']", 3),
        made("[app:id='a.four']", 4),
        family("Pegasus", 1, external_references=[{"url": "https://lab.example/1"}, {"url": 5}, None]),
        family("Evil", 2, description="Watchware application"),
        family("Autumn", 1, "campaign"),
        family("Evils", 1, "report", object_refs=["indicator--3", "malware--2", 5]),
        link("indicator--2", "malware--1"),
        link("indicator--2", "malware--2"),
        link("indicator--2", "campaign--1"),
        link("indicator--2", "malware--404"),
    )
    told = [(one.value, one.source.family, one.source.campaign, one.source.threat) for one in found]
    assert told == [
        ("a.one", "Pegasus", None, "mercenary"),
        ("a.two", "Pegasus", "Autumn", "mercenary"),
        ("a.two", "Evil", "Autumn", "watchware"),
        ("a.three", "Evil", "Evils", "watchware"),
        ("a.four", None, None, "unknown"),
    ]
    assert found[0].source.reports == ("https://lab.example/1",)


def test_orphans_belong_to_the_only_family() -> None:
    """A file about one family needs no relationships."""
    (found,) = read(made("[app:id='a.b']"), family("Evil", description="Stalkerware application"))
    assert (found.source.family, found.source.threat) == ("Evil", "stalkerware")


def test_validity_and_role() -> None:
    """Revoked and expired indicators are kept and marked; a phase of the kill chain gives the role."""
    c2 = [{"phase_name": "command-and-control"}, 5]
    found = read(
        made("[app:id='a.b']", revoked=True, valid_from="2020-01-01T00:00:00Z"),
        made("[app:id='a.b']", valid_until="2001-01-01T00:00:00.000Z"),
        made("[app:id='a.b']", valid_until="9999-01-01T00:00:00Z", kill_chain_phases=c2),
        made("[app:id='a.b']", valid_until="soon", labels=5, kill_chain_phases={}),
        made("[process:name='bh']"),
    )
    short = "a name of 2 characters"
    assert [one.source.weak for one in found] == ["revoked", "expired on 2001-01-01", None, None, short]
    assert [one.source.role for one in found[:3]] == ["unknown", "unknown", "c2"]
    assert found[0].source.first_seen == "2020-01-01T00:00:00Z"


def test_other_pattern_languages() -> None:
    """YARA in an indicator is a rule source; other languages are counted."""
    rule, other = read(made("rule x { condition: true }", pattern_type="yara"), made("x", pattern_type="sigma"))
    assert isinstance(rule, YaraSource)
    assert isinstance(other, Unsupported)


INDICATOR = json.dumps(made("[app:id='a.b']"))


@pytest.mark.parametrize(
    ("data", "indicators", "problem"),
    [
        (f"[{INDICATOR}]", 1, ""),
        (f'{{"objects": [{INDICATOR}]}}', 1, ""),
        (f'{{"more": true, "objects": [{INDICATOR}]}}', 1, "several"),
        (INDICATOR, 1, ""),
        ("\ufeff[" + INDICATOR + "]", 1, ""),
        (f'{{"objects": [{INDICATOR}, {INDICATOR}, {INDICATOR[:40]}', 2, "2 whole objects"),
        (f'{{"objects": [{INDICATOR}, {{"a": "\\x"}}, {INDICATOR}]}}', 2, "1 broken places"),
        (f'{{"type": "bundle",\n "objects": [{INDICATOR},]}}', 1, "invalid JSON"),
        (f'[{INDICATOR}, {{"type": "x", "n": NaN}}]', 1, "NaN"),
        (f'[{INDICATOR}, {{"type": "x", "n": {"9" * 5000}}}]', 1, "5000 digits"),
        (f'[{INDICATOR}, {{"type": "x", "a": 1, "a": 2}}]', 1, "occurs twice"),
        (f"[{INDICATOR}, " + "[" * 200_000, 1, "nested too deep"),
        ("", 0, "invalid JSON"),
        ("null", 0, "no list"),
        ("{}", 0, "no list"),
    ],
)
def test_documents(data: str, indicators: int, problem: str) -> None:
    """Bundles, lists and envelopes, whole and damaged."""
    found = list(stix.read(data.encode(), "odd"))
    assert sum(isinstance(one, Indicator) for one in found) == indicators
    messages = [one.message for one in found if isinstance(one, Problem)]
    assert any(problem in message for message in messages) if problem else not messages


def test_invalid_json_names_line_and_column() -> None:
    """So that a person finds the place."""
    first = next(stix.read(b'{"objects": [\n  oops]}', "odd"))
    assert isinstance(first, Problem)
    assert first.row == "line 2 column 3"


def test_encodings() -> None:
    """Another encoding, and broken bytes, are said; what is whole is read."""
    wide = list(stix.read(f"[{INDICATOR}]".encode("utf-16"), "odd"))
    assert [type(one) for one in wide] == [Problem, Indicator]
    broken = list(stix.read(f"[{INDICATOR}, {INDICATOR}]".encode().replace(b"a.b", b"a.\xff", 1), "odd"))
    assert [type(one) for one in broken] == [Problem, Problem, Indicator]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "id",
    "pattern",
    "pattern_type",
    "valid_from",
    "valid_until",
    "revoked",
    "labels",
    "kill_chain_phases",
    "external_references",
    "name",
    "object_refs",
    "relationship_type",
    "source_ref",
    "target_ref",
    "description",
    "objects",
]
TYPES = st.sampled_from(["indicator", "relationship", "malware", "report", "campaign", "bundle", "observed-data"])
IDS = st.sampled_from(["malware--1", "indicator--1", "report--1", "indicates", "[app:id='a.b']"])
OBJECT = st.builds(
    lambda kind, rest: {"type": kind, **rest}, TYPES | JSON, st.dictionaries(st.sampled_from(KEYS), IDS | JSON)
)


@given(st.lists(OBJECT | JSON, max_size=6), st.integers(0, 300))
def test_never_raises(objects: list[object], cut: int) -> None:
    """Any JSON, whole or cut, gives entries."""
    data = json.dumps({"objects": objects}).encode()
    for each in (data, data[:cut]):
        for one in stix.read(each, "odd"):
            assert isinstance(one, Indicator | Unsupported | Problem | YaraSource)
