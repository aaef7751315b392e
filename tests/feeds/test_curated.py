"""Curated indicators: bad entries are reported with index and line, the rest is loaded."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.feeds import curated
from scanner.feeds.files import bundled
from scanner.feeds.load import load
from scanner.feeds.model import Indicator
from scanner.finding import Problem
from scanner.record import Kind

GOOD = """
family: Evil
class: stalkerware
synonyms: [Evil Pro]
reports: [https://lab.example/1]
source: Example Lab
indicators:
  - {kind: app_id, value: com.Evil.app, role: infection, campaign: 1.10, report: "https://lab.example/2"}
  - {kind: cert_sha1, value: "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA", platform: android}
  - {kind: process, value: no, weak: true, note: a common word}
"""


def test_good() -> None:
    """Scalars stay text, and what a family says holds for its entries."""
    app, cert, process = curated.read(GOOD.encode(), "evil")
    assert isinstance(app, Indicator)
    assert (app.kind, app.value) == (Kind.APP_ID, "com.evil.app")
    assert (app.source.family, app.source.threat, app.source.role) == ("Evil", "stalkerware", "infection")
    assert app.source.campaign == "1.10"
    assert app.source.reports == ("https://lab.example/2", "https://lab.example/1")
    assert isinstance(cert, Indicator)
    assert cert.value == "aa" * 20
    assert isinstance(process, Indicator)
    assert (process.value, process.source.weak) == ("no", "a common word")


def test_bad_entries() -> None:
    """Each is one problem with its index and its line."""
    bad = [
        "{kind: domain, value: nodot}",
        "{kind: sausage, value: x.example}",
        "{kind: domain, value: evil.example, role: baker}",
        "{kind: domain, value: evil.example, typo: 1}",
        "{kind: domain, value: [evil.example]}",
        "{kind: domain, kind: domain, value: evil.example}",
        "{kind: domain}",
        "{kind: domain, value: evil.example, platform: toaster}",
        "text",
    ]
    text = GOOD + "".join(f"  - {one}\n" for one in bad) + "  - {kind: domain, value: evil.example}\n"
    found = list(curated.read(text.encode(), "evil"))
    rows = [one.row for one in found if isinstance(one, Problem)]
    assert rows == [f"indicators[{3 + at}] line {11 + at}" for at in range(len(bad))]
    assert isinstance(found[-1], Indicator)


def test_hostile() -> None:
    """Aliases, deep nesting, tags and broken YAML are one problem."""
    bomb = "a: &a [x]\nindicators: [*a, *a]\n"
    tag = "family: !!python/object/apply:os.system [x]\nindicators: []\n"
    for text in (bomb, "[" * 5000, tag, "family: [", "family: x\nindicators: 5", "a: 1\n---\nb: 2", "\x01", ""):
        (found,) = curated.read(text.encode(), "evil")
        assert isinstance(found, Problem)


@given(st.integers(0, len(GOOD)), st.text(max_size=4))
def test_never_raises(at: int, noise: str) -> None:
    """Damaged text gives entries or problems."""
    list(curated.read((GOOD[:at] + noise + GOOD[at + 1 :]).encode("utf-8", "replace"), "evil"))


def test_bundled_indicators_are_sound() -> None:
    """What ships has no problems."""
    feeds = load(bundled())
    assert feeds
    assert [problem for feed in feeds for problem in feed.facts.problems] == []
