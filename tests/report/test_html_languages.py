"""The page's catalogues: complete, with the right plural forms, and nothing beside them in the templates."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner import gather
from scanner.finding import RUNGS, Counts, Finding, Report
from scanner.report import html, support
from scanner.report.html_words import FOLDER, FORMS, LANGUAGES, Text, Words, places, words
from tests.report.html_pages import NOW, Element, Page, everything, finding, report, written

ENGLISH = words("en").texts
OTHERS = [language for language in LANGUAGES if language != "en"]
SAME = {"no", "IMEI", "UDID", "TLP", "UTC", "Stalkerware", "Hash (SHA-256)", "Artefact"}
"""Words that are the same in another language."""
SAME_KEYS = {
    "fact.time", "language.direction", "language.thousands", "page.contents", "stage.contact", "stage.presence",
    "stage.execution", "rule.references", "browser.text", "section.findings", "device.version",
    "device.serial", "about.signature", "place.table", "state.absent", "found.more", "term.record",
    "state.partial", "column.path", "finding.confidence", "chart.records", "severity.critical", "column.indicators",
    "column.indicator", "column.what", "rule.next", "subject.app", "verdict.incomplete", "column.state",
}  # fmt: skip
"""Texts that may be the same in another language, because the word is."""
HIDDEN = {"style", "script"}
ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def test_every_language_has_a_catalogue_and_every_catalogue_is_a_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(LANGUAGES)
    with pytest.raises(ValueError, match="no report in 'xx'; there is en, es, fr, ar, ru"):
        words("xx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_missing_left_over_or_twice(language: str) -> None:
    lines = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8").splitlines()
    keys = [str(yaml.safe_load(line.partition(":")[0])) for line in lines if not line.startswith("#")]
    assert len(keys) == len(set(keys))
    assert list(words(language).texts) == list(ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_the_forms_and_the_values_of_its_language(language: str) -> None:
    for key, text in words(language).texts.items():
        english = ENGLISH[key]
        assert isinstance(text, dict) == isinstance(english, dict), key
        if isinstance(text, dict):
            assert tuple(text) == FORMS[language], key
        wanted = places(forms(english)[-1])
        for form in forms(text):
            assert form == form.strip() or key.startswith(("verdict.", "language.")), key
            assert places(form) <= wanted, key
        assert set().union(*map(places, forms(text))) == wanted, key


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    for key, text in words(language).texts.items():
        same = [form for form in forms(text) if form in forms(ENGLISH[key]) and form not in SAME]
        assert not same or key in SAME_KEYS, key


@pytest.mark.parametrize(
    ("language", "key", "said"),
    [
        ("en", "count.findings", {0: "0 findings", 1: "1 finding", 2: "2 findings", 1234: "1,234 findings"}),
        ("fr", "count.findings", {0: "0 constat", 1: "1 constat", 2: "2 constats", 1234: "1\u202f234 constats"}),
        ("es", "count.times", {1: "1 vez", 2: "2 veces", 1234: "1.234 veces"}),
        ("ru", "count.findings", {
            0: "0 находок", 1: "1 находка", 2: "2 находки", 4: "4 находки", 5: "5 находок", 11: "11 находок",
            12: "12 находок", 14: "14 находок", 21: "21 находка", 22: "22 находки", 25: "25 находок",
            111: "111 находок", 112: "112 находок", 121: "121 находка",
        }),
        ("ar", "count.findings", {
            0: "لا نتائج", 1: "نتيجة واحدة", 2: "نتيجتان", 3: "3 نتائج", 10: "10 نتائج", 11: "11 نتيجة",
            99: "99 نتيجة", 100: "100 نتيجة", 102: "102 نتيجة", 103: "103 نتائج", 111: "111 نتيجة",
        }),
    ],
)  # fmt: skip
def test_numbers_take_their_forms(language: str, key: str, said: dict[int, str]) -> None:
    assert {number: str(words(language)(key, number)) for number in said} == said


def bracketed() -> Words:
    """A catalogue in which every text is marked."""
    texts: dict[str, Any] = {
        key: f"⟦{text}⟧" if isinstance(text, str) else {name: f"⟦{form}⟧" for name, form in text.items()}
        for key, text in ENGLISH.items()
    }
    return Words("en", texts | {key: ENGLISH[key] for key in ENGLISH if key.startswith("language.")})


def bare(text: str) -> list[str]:
    """Words that stand in no catalogue's text."""
    previous = ""
    while previous != text:
        previous, text = text, re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    return LETTERS.findall(text)


def foreign(one: Element) -> bool:
    """Whether an element holds what others say: evidence, English of rules, code."""
    return one.tag in {"bdi", "code", *HIDDEN} or (one.tag != "html" and one.attributes.get("lang") == "en")


def own(page: Page) -> list[str]:
    """What the page itself says, in the order in which it says it."""
    return [one.text for one in page.elements if not any(map(foreign, (one, *one.above)))]


def test_no_template_says_anything_by_itself() -> None:
    stream = io.StringIO()
    html.render(everything(), stream, bracketed(), records=[(NOW, "ios.sms", "x"), (None, "ios.sms", "x")])
    page = Page(stream.getvalue())
    shown = [one.attributes[name] for one in page.elements for name in ATTRIBUTES if name in one.attributes]
    assert len(shown) > 10
    for text in (*own(page), *shown):
        artifacts = re.sub(r"\bios(\.\w+)+|\barea\d|\bsms\b", "", text)
        assert set(bare(artifacts)) <= {"UTC", "TLP", "SHA", "phone"}, text


def test_no_template_holds_words() -> None:
    for path in Path(html.__file__).parent.joinpath("page").glob("*.j2"):
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        said = re.sub(r"<!?[^<>]*>", " ", text)
        assert not set(LETTERS.findall(said)) - {"TLP", "SHA", "UTC", "bridle", "verify", "CASE", "EVIDENCE"}, path.name
        for name in ATTRIBUTES:
            for given in re.findall(rf'\b{name}="([^"]*)"', text):
                assert not LETTERS.search(given), (path.name, given)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_in_each_language_leaves_no_place_open(language: str) -> None:
    rows = [(NOW, "ios.sms", "x"), (None, "ios.sms", "x")]
    page = Page(written(everything(), language, rows))
    [root] = page.all("html")
    assert root.attributes == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    browser = {"data-rows", "data-searching", "data-text"}
    assert not re.search(r"[{}]", " ".join(own(page)))
    for one in page.elements:
        assert not [name for name, given in one.attributes.items() if "{" in given and name not in browser]


def test_every_text_is_used() -> None:
    files = [*Path(html.__file__).parent.glob("html*.py"), *Path(html.__file__).parent.joinpath("page").glob("*.j2")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    named = (
        "language.", "section.", "stage.", "meaning.", "severity.", "confidence.", "subject.", "place.", "custody.",
        "column.", "state.", "term.", "device.", "verdict.",
    )  # fmt: skip
    for key in ENGLISH:
        assert f'"{key}"' in text or key.startswith(named), key
    sections = {key.partition(".")[2] for key in ENGLISH if key.startswith("section.")}
    assert sections == set(html.SECTIONS)


def test_rungs_advice_and_help_are_the_same_text_everywhere() -> None:
    for name, said in RUNGS.items():
        if said:
            assert f"{ENGLISH[f'stage.{name}']}: {ENGLISH[f'meaning.stage.{name}']}" == said
    assert tuple(ENGLISH[key] for key in html.SERIOUS_STEPS) == support.SERIOUS
    assert tuple(ENGLISH[key] for key in html.QUIET_STEPS) == support.QUIET
    assert tuple((ENGLISH[key], address) for key, address in html.HELPLINES) == support.HELPLINES


def counted(*findings: Finding) -> Report:
    made = report(*findings)
    made.counts = Counts()
    return made


@pytest.mark.parametrize("incomplete", [0, 1, 2])
@pytest.mark.parametrize(
    "given",
    [
        (), (finding(1),), (finding(1), finding(2)), (finding(1, severity="low"),), (finding(1, known=True),),
        (finding(1, known=True), finding(2)), (finding(1, known=True), finding(2, severity="info")),
    ],
)  # fmt: skip
def test_the_english_headline_is_the_documents(given: tuple[Finding, ...], incomplete: int) -> None:
    made = report(*given)
    made.verdict.incomplete, made.verdict.checked, made.verdict.possible = incomplete, 7, 7 + incomplete
    said = gather.headline(list(given), 7, 7 + incomplete, incomplete)
    shown = " ".join(Page(written(made)).said().split())
    assert said[0].upper() + said[1:] + "." in shown
