"""Nothing that evidence, a feed or a foreign report says breaks out of the format that it is written in."""

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stix2
from defusedxml.ElementTree import fromstring
from markdown_it import MarkdownIt
from msgspec.structs import replace

from scanner.finding import Matched, Report, Source
from scanner.record import Kind
from scanner.report import formats
from scanner.report.markdown_text import code, link, prose
from scanner.report.sarif_text import plain, uri
from tests.report.sample import SAFARI, STREAMED, finding, hostile, report, written

TEXTS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "xml": "]]></failure></testcase><!-- &lt; \" ' -->",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "plus": "+1+1",
    "full-width": "＝1+1;=1+1",
    "tab": "\t=1+1",
    "return": "\r=1+1\r\n=2",
    "cells": '","x";=1+1\n"=2',
    "markdown": "@everyone #1 !1 [x](http://evil.example) ![y](z) <http://evil.example> **b** `c` https://evil.example",
    "code": "``` ` `` `",
    "block": "\n# head\n---\n| a | b |\n|---|---|\n- x\n\n/close\n",
    "terminal": "\x1b[31m\x07\x9b1m\x00\x7f\x08",
    "turned": "\u202egpj.\u2066\u200f\u2028\ufeff",
    "half": "\udfff lone \ud800",
    "no-characters": "\ufffe\uffff",
    "places": "{0} [a](1) {{1}} ${x} %s",
    "pattern": "' OR '1'='1] \\' \\",
    "upwards": "../../etc/passwd",
    "scheme": "javascript:/alert(1)",
    "empty": "",
    "blank": " ",
    "long": "=<x>\u202e`" * 200_000,
}
VALUES = ("a", "'", "\\", "[a", "(" * 5000, "", "/", "::1", "zz", "\ud800", "[file:name = 'x']")
UNSAFE = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200e-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
HOSTILE = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


@HOSTILE
def test_json_stays_json_and_ascii(text: str) -> None:
    made = hostile(text)
    for name in ("sarif", "stix", "misp"):
        data = written(made, name)
        assert data.isascii()
        assert not UNSAFE.search(data.decode())
        json.dumps(json.loads(data), ensure_ascii=False).encode()
    assert all(json.loads(line)["message"] for line in written(made, "timesketch").splitlines())


@HOSTILE
def test_stix_takes_it(text: str) -> None:
    made = json.loads(written(hostile(text), "stix"))
    stix2.parse(made, version="2.1")
    kinds = Counter(one["type"] for one in made["objects"])
    assert kinds["observed-data"] == kinds["sighting"] + kinds["note"] == 4


@HOSTILE
def test_csv_has_no_formulas_and_no_further_cells(text: str) -> None:
    table = written(hostile(text), "csv").decode()
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert len(rows) == 5
    assert {len(row) for row in rows} == {len(rows[0])}
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if re.match("[=+@\t\r＝-]", cell) or re.search("[;] *[=+@-]", cell)]
    assert max(map(len, cells)) <= 32_767
    assert not UNSAFE.search(table)


@HOSTILE
def test_junit_stays_xml(text: str) -> None:
    data = written(hostile(text), "junit")
    root = fromstring(data)
    assert Counter(one.tag for one in root.iter()) == Counter(
        one.tag for one in fromstring(written(hostile("x"), "junit")).iter()
    )
    assert not UNSAFE.search(data.decode())


@HOSTILE
def test_markdown_stays_text(text: str) -> None:
    reader = MarkdownIt("commonmark", {"html": True})
    made, plain_one = (reader.parse(written(hostile(one), "markdown").decode()) for one in (text, "x"))
    if text.strip() and len(text) < 1000:
        assert [token.type for token in made] == [token.type for token in plain_one]
    inside, other = (Counter(one.type for token in page for one in token.children or ()) for page in (made, plain_one))
    assert inside["strong_open"] <= other["strong_open"]
    assert not {"html_inline", "image", "em"} & inside.keys()
    assert inside["link_open"] == 3
    words = " ".join(one.content for token in made for one in token.children or () if one.type == "text")
    assert not re.search(r"@everyone|#1|https?://evil|!1", words)


@HOSTILE
def test_mvt_stays_readable(text: str, tmp_path: Path) -> None:
    formats.save(hostile(text), "mvt", tmp_path)
    assert len(json.loads((tmp_path / "alerts.json").read_text())) == 4
    with (tmp_path / "timeline.csv").open(encoding="utf-8", newline="") as stream:
        assert {len(row) for row in csv.reader(stream)} == {4}


@pytest.mark.parametrize("name", STREAMED)
def test_a_megabyte_is_cut(name: str) -> None:
    assert len(written(hostile(TEXTS["long"]), name)) < 4_000_000


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_any_time_can_be_written(year: int) -> None:
    time = datetime(year, 1, 1, tzinfo=UTC)
    made = replace(report(), findings=[finding("IOC001", "high", "none", SAFARI, time=time)])
    texts = {name: written(made, name).decode() for name in STREAMED}
    for name in ("sarif", "stix", "timesketch", "csv"):
        assert f'"{year:04}-01-01T00:00:00Z"' in texts[name], name


@pytest.mark.parametrize("kind", [*Kind, "yara", "pattern", "unknown"])
@pytest.mark.parametrize(
    "value", ["a", "'", "\\", "[a", "(" * 5000, "", "/", "::1", "zz", "\ud800", "[file:name = 'x']"]
)
def test_any_indicator_can_be_written(kind: str, value: str) -> None:
    source = Source(feed=value, family=value, first_seen=value, reports=(value,), tlp=value)
    matched = Matched(kind=kind, value=value, observed=value, field=value, sources=(source,))
    locator = replace(SAFARI, path=value, sha256=value, key=value)
    made = replace(report(), findings=[finding("X", "high", "visit", locator, indicator=matched)])
    stix2.parse(written(made, "stix").decode(), version="2.1")
    assert json.loads(written(made, "misp"))["Event"]["Attribute"][0]["value"]


def test_nothing_at_all_can_be_written() -> None:
    empty = replace(report(), findings=[], coverage=[], evidence=[], feeds=[], problems=[])
    for name in STREAMED:
        assert written(empty, name) or name == "timesketch"


def test_uris() -> None:
    assert uri("/a b/%41/ü?#x") == ("a%20b/%2541/%C3%BC%3F%23x", False)
    assert uri("section:/PROCESSES AND THREADS") == ("section:/PROCESSES%20AND%20THREADS", True)
    assert uri("/../a/./b") == ("%5C../a/%5C./b", False)
    assert uri("//host/x") == ("host/x", False)
    assert uri("c:/x//y:z") == ("c%3A/x//y%3Az", False)
    assert uri("/") == (".", False)
    assert uri("/\ud800") == ("%5Cud800", False)


def test_text_of_sarif_has_no_links_and_placeholders() -> None:
    assert plain("[click](http://evil.example) {0} {x}") == "[click\\](http://evil.example) {{0} {x}"


def test_markdown_pieces() -> None:
    assert code("a`b``c") == "```a`b``c```"
    assert code("`") == "`` ` ``"
    assert code("") == "`   `"
    assert link("https://a.example/x?y=1#z") == "<https://a.example/x?y=1#z>"
    assert link("https://a.example/x> <script>") == "`https://a.example/x> <script>`"
    assert link("javascript:alert(1)") == "`javascript:alert(1)`"
    assert "@\u200beveryone" in prose("@everyone")


def test_writers_are_deterministic() -> None:
    """Twice written, twice the same: no clock, no random ids, no order of sets."""
    for name in STREAMED:
        again: Report = hostile("x")
        assert written(again, name) == written(hostile("x"), name)
