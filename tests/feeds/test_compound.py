"""Compound patterns as trees: what is written is what is read, negation too; what cannot be matched is said so."""

import json
import time
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.feeds import compound, stix
from scanner.feeds.compound import Comparison, Compound, Joined, Junction, Qualified, Seen
from scanner.feeds.model import Unsupported
from scanner.feeds.patterns import InexpressibleError
from scanner.feeds.regular import Regular
from scanner.finding import Problem, Source
from scanner.record import Kind

A, B = Comparison(Kind.APP_ID, "IN", ("a.b",)), Comparison(Kind.APP_ID, "IN", ("c.d",))


def test_it_survives_json() -> None:
    made = compound.compile(
        "([app:id='a.b'] FOLLOWEDBY [url:value LIKE 'http%']) WITHIN 60 SECONDS OR [app:id IN ('c.d','e.f')]"
    )
    assert msgspec.json.decode(msgspec.json.encode(made), type=Compound) == made


def test_merged() -> None:
    first, second = Source(feed="one"), Source(feed="two")
    made = compound.compile("[app:id LIKE 'a%']")
    known = [msgspec.structs.replace(made, sources=(one,)) for one in (first, second, first)]
    assert compound.merged(known) == (msgspec.structs.replace(made, sources=(first, second)),)


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("app:id NOT = 'c.d'", True), ("app:id != 'c.d'", True), ("app:id NOT != 'c.d'", False),
        ("app:id <> 'c.d'", True), ("app:id NOT IN ('c.d')", True), ("app:id IN ('c.d')", False),
        ("app:id NOT /* IN */ IN ('c.d')", True),
    ],
)  # fmt: skip
def test_negation(text: str, negated: bool) -> None:
    """The NOTs that stix2 loses are kept, and stand where they are written."""
    other = Comparison(Kind.APP_ID, "IN", ("c.d",), negated)
    (test,) = compound.compile(f"[app:id = 'NOT IN' AND {text} AND app:id='a.b']").observations
    assert test == Junction("AND", (Comparison(Kind.APP_ID, "IN", ("not in",)), other, A))


@pytest.mark.parametrize("operator", ["LIKE", "MATCHES", ">", "<=", "ISSUBSET", "ISSUPERSET"])
@pytest.mark.parametrize("negated", [False, True])
def test_operators(operator: str, negated: bool) -> None:
    address = operator.startswith("IS")
    path, value = ("ipv4-addr:value", "192.0.2.0/24") if address else ("app:id", "x.y")
    sure = "ipv4-addr:value='192.0.2.1'" if address else "app:id='a.b'"
    (test,) = compound.compile(f"[{sure} AND {path} {'NOT ' * negated}{operator} '{value}']").observations
    assert isinstance(test, Junction)
    assert test.operands[1] == Comparison(Kind.IP if address else Kind.APP_ID, operator, (value,), negated)


def test_exists() -> None:
    (test,) = compound.compile("[file:name='x.bin' AND EXISTS file:hashes.'SHA-256']").observations
    assert isinstance(test, Junction)
    assert test.operands[1] == Comparison(Kind.SHA256, "EXISTS")


def test_observations() -> None:
    made = compound.compile(
        "([app:id='a.b'] AND [app:id='c.d'] AND [app:id='a.b']) FOLLOWEDBY [app:id='c.d'] REPEATS 3 TIMES"
    )
    assert made.observations == (A, B, A, B)
    inner = Joined("AND", (Seen(0), Seen(1), Seen(2)))
    assert made.tree == Joined("FOLLOWEDBY", (inner, Qualified(Seen(3), times=3)))
    start, stop = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    limited = compound.compile("[app:id='a.b'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'")
    assert limited.tree == Qualified(Seen(0), start=start, stop=stop)


def test_values_of_other_kinds_than_their_path() -> None:
    (test,) = compound.compile(
        "[domain-name:value NOT IN ('evil.example','192.0.2.1') AND domain-name:value='a.example']"
    ).observations
    domain = Comparison(Kind.DOMAIN, "IN", ("evil.example",), True)
    address = Comparison(Kind.IP, "IN", ("192.0.2.1",), True)
    assert isinstance(test, Junction)
    assert test.operands[0] == Junction("AND", (domain, address))


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[app:id != 'a.b']", "negations alone"),
        ("[EXISTS app:id]", "negations alone"),
        ("[app:id='a.b'] OR [app:id NOT IN ('c.d')]", "negations alone"),
        ("[app:id='a.b' AND NOT EXISTS app:cert.sha1]", "NOT EXISTS"),
        ("[domain-name:value='a.example' AND process:name='b']", "two types"),
        ("[process:command_line='evil -x'] AND [app:id='a.b']", "process:command_line"),
        ("[app:id = 5]", "no text"),
        ("[app:id ISSUBSET '192.0.2.0/24']", "no address"),
        (r"[url:value MATCHES '(a)\\1']", "regular expression"),
        ("[url:value MATCHES 'a(?=b)']", "regular expression"),
        ("[url:value MATCHES 'a*+b']", "possessive"),
        ("[url:value MATCHES '((a{900}){900}){900}']", "too many"),
        (f"[url:value MATCHES '{'a' * 1001}']", "1001 characters"),
        ("[app:id='a.b'] REPEATS 100000 TIMES", "REPEATS"),
        (" OR ".join(["[app:id LIKE 'a%']"] * 60), "observations"),
        ("(" * 45 + "[app:id LIKE 'a%']" + ")" * 45, "deep"),
    ],
)
def test_unsupported(pattern: str, why: str) -> None:
    with pytest.raises(InexpressibleError, match=why):
        compound.compile(pattern)


@pytest.mark.parametrize(
    "pattern", ["NOT [app:id='a.b']", "[app:id NOT 'a.b']", "[app:id = 'a.b' NOT]", "[url:value MATCHES '(a']", "[", ""]
)
def test_no_pattern(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        compound.compile(pattern)
    assert not isinstance(caught.value, InexpressibleError)


@given(st.text(alphabet="[]()'=!<> \\NOTINEXSabc:.%-/*", max_size=60))
def test_whatever_is_written_only_value_errors(text: str) -> None:
    with suppress(ValueError):
        compound.compile(text)


def test_a_feed_yields_them() -> None:
    def read(pattern: str) -> object:
        one = {"type": "indicator", "id": "indicator--1", "pattern": pattern}
        family = {"type": "malware", "id": "malware--1", "name": "Chimera"}
        link = {
            "type": "relationship",
            "relationship_type": "indicates",
            "source_ref": one["id"],
            "target_ref": family["id"],
        }
        (found,) = stix.read(json.dumps({"type": "bundle", "objects": [family, one, link]}).encode(), "odd")
        return found

    found = read("[app:id='a.b'] FOLLOWEDBY [app:id NOT IN ('c.d')]")
    assert isinstance(found, Compound)
    assert [(source.feed, source.family) for source in found.sources] == [("odd", "Chimera")]
    assert isinstance(read("[app:id NOT IN ('c.d')]"), Unsupported)
    assert isinstance(read("[app:id NOT IN 'c.d'"), Problem)


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("", "", True), ("a", "xax", True), ("^a$", "xa", False), ("^a|b$", "xb", True), ("(?:ab)+c", "xababc", True),
        ("a{2,3}$", "baaa", True), ("^a{2,3}$", "aaaa", False), ("^a{2,}$", "aaaaa", True), ("a{2}b", "ab", False),
        (r"\bevil\b", "so evil!", True), (r"\bevil\b", "devil", False), (r"\Bvil", "devil", True),
        (r"^[a-z0-9-]+\.evil\.(?:com|net)$", "x-1.evil.net", True), (r"\d{3}-\d", "12-3", False),
        ("[^/]/x", "a/x", True), ("[]a]b", "]b", True), ("(?i)EVIL", "evil", True), ("EVIL", "evil", False),
        ("a.c", "a\nc", False), ("(?s)a.c", "a\nc", True), (r"\x41", "A", True), ("a??b", "b", True), ("x*", "", True),
        ("(?P<name>a|b)c", "bc", True), ("a{,3}", "a{,3}", True), ("()", "x", True), ("(a|)b", "b", True),
    ],
)  # fmt: skip
def test_regular_expressions(expression: str, text: str, found: bool) -> None:
    assert Regular(expression).search(text) is found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a%", "abc", True), ("a%", "ba", False), ("%c", "abc", True), ("a_c", "abc", True), ("a_c", "ac", False),
        ("a.c", "abc", False), ("%", "", True), ("a%b%c", "a\nb--c", True), ("A%", "a", False),
    ],
)  # fmt: skip
def test_like(pattern: str, text: str, found: bool) -> None:
    assert Regular(pattern, like=True).search(text) is found


SMALL = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", "^", "$", r"\b"]),
    lambda part: st.one_of(
        st.tuples(part, part).map("".join),
        st.tuples(part, part).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(part, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "*?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)


@given(SMALL, st.text(alphabet="ab -", max_size=8))
def test_equal_to_re(expression: str, text: str) -> None:
    import re

    assert Regular(expression).search(text) is bool(re.compile(expression, re.ASCII).search(text))


@pytest.mark.parametrize(
    "expression", ["(a+)+$", "^(a|a)*$", "(a|aa)+$", ".*.*.*.*.*x$", "(.*a){20}$", "a?" * 200 + "a" * 200 + "$"]
)
def test_a_catastrophic_expression_is_bounded(expression: str) -> None:
    compiled, started = Regular(expression), time.perf_counter()
    assert not compiled.search("a" * 4000 + "!")
    assert time.perf_counter() - started < 2
