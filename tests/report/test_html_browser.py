"""The page in a browser: readable, silent, quick, and of use without a mouse or JavaScript."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scanner.report.html_words import LANGUAGES
from tests.report.html_pages import NOW, everything, finding, report, written

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
HOSTILE = (
    "<img src=https://evil.example/x onerror=alert(1)><script>fetch('https://evil.example')</script>\u202e\x1b[31m"
)
MANY, PART = 1_000_000, 100_000


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium, if there is one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright's Python client is not installed")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)} is installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


class Seen:
    """A page in a tab, and what it said and asked for."""

    def __init__(self, browser: "Browser", folder: Path, text: str, width: int = 1280, **options: object) -> None:
        file = folder / "report.html"
        file.write_text(text, encoding="utf-8")
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        self.tab: Tab = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(file.as_uri())
        self.own = file.as_uri()

    def silent(self) -> bool:
        """Whether the page said nothing and asked for nothing but itself."""
        return not self.said and self.asked == [self.own]

    def overflow(self) -> int:
        """By how much the page is wider than the window."""
        wide: int = self.tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        return wide


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fits_and_is_silent(browser: "Browser", tmp_path: Path, language: str, width: int) -> None:
    seen = Seen(browser, tmp_path, written(everything(), language, [(NOW, "ios.sms", "x")]), width)
    for depth in ("person", "analyst", "court"):
        seen.tab.check(f"#depth-{depth}", force=True)
        assert seen.overflow() <= 0
    assert seen.silent(), (seen.said, seen.asked)
    seen.context.close()


def test_hostile_evidence_does_nothing(browser: "Browser", tmp_path: Path) -> None:
    text = written(everything(lambda text: f"{text}{HOSTILE}"), records=[(NOW, HOSTILE, HOSTILE)])
    seen = Seen(browser, tmp_path, text, 390)
    seen.tab.check("#depth-court", force=True)
    seen.tab.fill("#rows-text", "img")
    seen.tab.wait_for_timeout(600)
    assert "evil.example" in seen.tab.inner_text("#rows")
    assert seen.silent(), (seen.said, seen.asked)
    assert seen.overflow() <= 0
    seen.context.close()


def test_depths_need_no_script_and_lose_nothing(browser: "Browser", tmp_path: Path) -> None:
    seen = Seen(browser, tmp_path, written(everything()), java_script_enabled=False)
    where, custody = seen.tab.locator(".where").first, seen.tab.locator(".custody").first
    shown = []
    for depth in ("person", "analyst", "court", "person"):
        seen.tab.check(f"#depth-{depth}", force=True)
        shown.append((where.is_visible(), custody.is_visible()))
    assert shown == [(False, False), (True, False), (True, True), (False, False)]
    assert seen.tab.locator(".said").first.is_visible()
    seen.context.close()


def test_it_can_be_used_with_keys_alone(browser: "Browser", tmp_path: Path) -> None:
    seen = Seen(browser, tmp_path, written(everything(), records=[(NOW, "ios.sms", "x")]))
    seen.tab.keyboard.press("Tab")
    assert seen.tab.evaluate("document.activeElement.className") == "skip"
    seen.tab.keyboard.press("Tab")
    seen.tab.keyboard.press("ArrowRight")
    assert seen.tab.is_checked("#depth-analyst")
    seen.tab.fill("#find", "oakd")
    assert seen.tab.locator(".story:visible").count() == 1
    assert seen.tab.inner_text("#found") == "Shown: 1"
    seen.tab.fill("#find", "")
    seen.tab.locator(".story .jump").first.press("Enter")
    seen.tab.wait_for_timeout(200)
    assert seen.tab.evaluate("document.activeElement.id") == "rows"
    seen.tab.keyboard.press("Enter")
    seen.tab.keyboard.press("ArrowDown")
    seen.tab.wait_for_timeout(200)
    assert seen.tab.locator("#rows .picked").count() == 1
    assert seen.tab.locator("#rows .picked").get_attribute("aria-rowindex") != "1"
    seen.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(browser: "Browser", tmp_path: Path, language: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    text = written(everything(), language, [(NOW, "ios.sms", "x")])
    seen = Seen(browser, tmp_path, text, color_scheme=scheme, bypass_csp=True)
    seen.tab.check("#depth-court", force=True)
    seen.tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = axe.Axe().run(seen.tab).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    seen.context.close()


def test_the_print_has_the_findings_and_not_the_controls(browser: "Browser", tmp_path: Path) -> None:
    seen = Seen(browser, tmp_path, written(everything()))
    seen.tab.check("#depth-court", force=True)
    seen.tab.emulate_media(media="print")
    for name in (".depths", "nav", "#print", ".filter", ".skip"):
        assert not seen.tab.locator(name).first.is_visible(), name
    assert seen.tab.locator(".hit").first.is_visible()
    assert len(seen.tab.pdf(prefer_css_page_size=True)) > 20_000
    seen.context.close()


def rows(count: int) -> Iterator[tuple[datetime, str, str]]:
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    return ((begin + timedelta(seconds=30 * number), f"ios.a{number % 5}", f"row {number}") for number in range(count))


def test_a_million_rows_load_at_once_and_can_be_read(browser: "Browser", tmp_path: Path) -> None:
    text = written(report(finding(1)), records=rows(MANY))
    seen = Seen(browser, tmp_path, text)
    seen.tab.wait_for_selector("#rows [role=row]", state="attached")
    timing = seen.tab.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
    assert timing < 3000
    assert seen.tab.inner_text("#rows-status") == "1,000,001 rows"
    memory = seen.tab.evaluate("performance.memory.usedJSHeapSize")
    assert memory < 100_000_000
    row = seen.tab.locator("#rows [role=row]")
    seen.tab.evaluate("document.getElementById('rows').scrollTop = 1e9")
    seen.tab.wait_for_timeout(500)
    assert row.last.get_attribute("aria-rowindex") == "1000001"
    seen.tab.fill("#rows-time", "2020-02-01 00:00")
    seen.tab.wait_for_timeout(800)
    assert seen.tab.locator("#rows [role=row] >> text=/^row 89280$/").count() == 1
    assert seen.silent(), seen.said
    seen.context.close()


def test_rows_can_be_searched(browser: "Browser", tmp_path: Path) -> None:
    seen = Seen(browser, tmp_path, written(report(finding(1)), "fr", rows(PART)))
    seen.tab.fill("#rows-text", "ROW 9999")
    seen.tab.wait_for_timeout(3000)
    assert seen.tab.inner_text("#rows-status") == "Lignes : 11"
    seen.tab.fill("#rows-text", "")
    seen.tab.check("#rows-findings")
    seen.tab.wait_for_timeout(3000)
    assert seen.tab.inner_text("#rows-status") == "Lignes : 1"
    assert "IOC006" in seen.tab.inner_text("#rows")
    seen.tab.uncheck("#rows-findings")
    seen.tab.select_option("#rows-artifact", label="ios.a3")
    seen.tab.wait_for_timeout(3000)
    assert seen.tab.inner_text("#rows-status") == "Lignes : 20\u202f000"
    seen.context.close()
