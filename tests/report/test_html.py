"""The page: whole, alone, inert, the same each time."""

import base64
import hashlib
import re
import time
from collections import Counter

import pytest

from scanner.finding import Finding, Suppressed, Withheld
from scanner.report.html_policy import policy
from scanner.report.html_text import UNSEEN
from tests.report.html_pages import NOW, Page, everything, finding, report, written

HOSTILE = (
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "\"'><svg/onload=alert(1)>", "</title><b>",
    "javascript:alert(1)", "<!--", "-->", "]]>", "{{ 7 * 7 }}", "{% include 'x' %}", "{n}{0.__class__}", "&lt;b&amp;",
    "=cmd|' /C calc'!A0", "\x1b[31mred\x1b]0;title\x07", "nul\0nul", "\u202egnp.exe", "\u2066x\u2069", "\u061c\u200f",
    "a\ud800b", "\udfff", "\ufeff\ufffe\uffff", "zalgo" + "\u0301" * 500, "long " + "x" * 100_000, "\r\n\t", "\u2028",
    "`${alert(1)}`", "%s%n", "</script >", "\U000e0041\U000e0042",
)  # fmt: skip


def skeleton(page: Page) -> list[tuple[str, tuple[str, ...], str]]:
    """The elements, the names of their attributes, and those values that make a page do something."""
    acting = ("id", "class", "href", "src", "http-equiv", "type", "for", "name", "role", "lang", "dir")
    return [
        (one.tag, tuple(one.attributes), " ".join(one.attributes.get(name, "") for name in acting))
        for one in page.elements
    ]


def test_the_page_is_whole_and_its_parts_are_marked() -> None:
    page = Page(written(everything()))
    ids = Counter(one.attributes["id"] for one in page.elements if "id" in one.attributes)
    assert max(ids.values()) == 1
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("nav")) == 1
    for one in page.elements:
        for name in ("aria-labelledby", "for"):
            assert one.attributes.get(name, "main") in ids
        if one.tag in {"a", "use"} and one.attributes["href"].startswith("#"):
            assert one.attributes["href"][1:] in ids
        assert not ({"style", "src", "srcset"} & set(one.attributes))
        assert not [name for name in one.attributes if name.startswith("on")]
    assert page.all("body")[0].text.strip() == ""


SAID = (
    "example.bad.app", "oakd", "Oakfamily", "line 7", "/var/apps.db", "ab/cd", "f" * 64, "Because", "Perhaps", "Look",
    "no address", "inner", "our own app", "A. Auditor", "cut off", "not encrypted", "GREEN", "1,200", "1,601",
    "a short name", "S1",
)  # fmt: skip


@pytest.mark.parametrize("word", SAID)
def test_the_page_says(word: str) -> None:
    assert word in Page(written(everything())).said()


def test_the_headline_is_bound_to_coverage() -> None:
    said = " ".join(Page(written(everything())).said().split())
    assert (
        "9 new findings to look at in 40 of 42 checks that this evidence allows; 2 could not be checked completely"
        in said
    )
    assert "; 1 finding known already; 1 finding suppressed." in said


def test_nothing_is_loaded_and_the_policy_names_what_runs() -> None:
    text = written(everything(), records=[(NOW, "ios.sms", "x")])
    page = Page(text)
    [meta] = [one for one in page.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy"]
    [style] = page.all("style")
    running = [one for one in page.all("script") if "type" not in one.attributes]
    assert meta.attributes["content"] == policy(style.text, running[0].text)
    for element in (style, *running):
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in meta.attributes["content"]
    assert meta.attributes["content"].startswith("default-src 'none'")
    assert len(running) == 1
    assert not re.search(
        r"@import|url\(|fetch\(|XMLHttp|WebSocket|import\(|innerHTML|eval\(", style.text + running[0].text
    )
    assert {one.tag for one in page.elements} & {"link", "iframe", "object", "embed", "img", "base", "form"} <= {"form"}


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_hostile_text_stays_text(hostile: str) -> None:
    def say(text: str) -> str:
        return f"{text}{hostile}"

    rows = [(NOW, "ios.x", "plain"), (None, "ios.x", "plain")]
    plain = written(everything(), records=rows)
    bad = written(everything(say), records=[(when, say(artifact), say(text)) for when, artifact, text in rows])
    ours, theirs = skeleton(Page(plain)), skeleton(Page(bad))
    assert [one[:2] for one in theirs] == [one[:2] for one in ours]
    assert [one for one in theirs if one not in ours] == []
    unseen = set(UNSEEN.findall(bad)) - set("\n\u202f")
    assert unseen == set()
    assert len(bad.encode()) < len(plain) * 40


def test_words_that_are_not_known_are_shown_as_they_are() -> None:
    odd = finding(1, severity="<b>sev", stage='"stage{n}', confidence="<i>{0}", rule="'\"><rule>", message="")
    made = report(odd)
    made.verdict.level = '"><script>'
    page = Page(written(made))
    assert not {one.tag for one in page.elements} & {"b", "rule"}
    assert "<b>sev" in page.said()
    assert '"stage{n}' in page.said()
    assert "<i>{0}" in page.said()


def test_only_web_addresses_can_be_followed() -> None:
    good = "https://example.org/page?x=1#y"
    bad = (
        "javascript:alert(1)",
        "https://example.org/<b>",
        "file:///etc/passwd",
        "https://user@example.org/",
        "//x.example",
    )
    page = Page(written(report(finding(1, references=(good, *bad)))))
    outside = {one.attributes["href"] for one in page.all("a") if not one.attributes["href"].startswith("#")}
    assert good in outside
    assert not outside & set(bad)
    assert all(
        one.attributes["rel"] == "noreferrer noopener" for one in page.all("a") if one.attributes["href"] == good
    )


def test_the_same_report_gives_the_same_page() -> None:
    rows = [(NOW, "ios.sms", f"row {number}") for number in range(10)]
    assert written(everything(), records=rows) == written(everything(), records=rows)


def test_what_is_suppressed_counts_nowhere_and_is_shown() -> None:
    one = finding(1, suppressed=Suppressed(reason="our own"))
    said = Page(written(report(one))).said()
    assert "Nothing found" in said
    assert "our own" in said
    assert "1 finding suppressed" in said


def test_an_empty_report_is_a_page_too() -> None:
    empty = report()
    empty.evidence, empty.feeds, empty.coverage, empty.problems = [], [], [], []
    empty.verdict.checked = empty.verdict.possible = empty.verdict.incomplete = 0
    page = Page(written(empty, records=[]))
    assert "Nothing found in 0 of 0 checks" in page.said()


@pytest.mark.parametrize("how", ["withheld", "redacted"])
def test_a_report_for_others_says_so_and_has_no_records(how: str) -> None:
    shared = everything()
    shared.redacted = how == "redacted"
    shared.withheld = Withheld(level="green", indicators=7) if how == "withheld" else None
    said = Page(written(shared, records=[(NOW, "ios.sms", "a record")])).said()
    assert ("TLP:GREEN" if how == "withheld" else "Pseudonyms stand for") in said
    assert "a record" not in said
    assert "Everything that was read" not in said


def test_every_depth_is_in_the_page_and_needs_no_script() -> None:
    page = Page(written(everything()))
    depths = [one.attributes for one in page.all("input") if one.attributes.get("name") == "depth"]
    assert [one["id"] for one in depths] == ["depth-person", "depth-analyst", "depth-court"]
    style = page.all("style")[0].text
    assert "body:has(#depth-person:checked) :is(.for-analyst, .for-court)" in style
    classes = {name for one in page.elements for name in one.attributes.get("class", "").split()}
    assert {"for-analyst", "for-court"} <= classes


def test_thousands_of_findings_are_written_quickly() -> None:
    many = report(*(varied(number) for number in range(5000)))
    written(report())
    began = time.process_time()
    assert len(written(many)) > 5_000_000
    assert time.process_time() - began < 5, "expected well under a second on a quiet machine"


def varied(number: int) -> Finding:
    return finding(
        number % 50, id=f"{number:016x}", indicator=None, record={"process": f"p{number % 300}", "n": number}
    )
