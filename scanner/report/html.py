"""The report as one self-contained page for people: it loads nothing, sends nothing, and reads without JavaScript.

Text of the evidence, of feeds and of rules is shown as text, whatever stands in it; see `html_text`, `html_policy`.
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from markupsafe import Markup

from scanner.finding import INCOMPLETE, Device, Finding, Report, Severity, State
from scanner.report import html_hits
from scanner.report.html_activity import Chart, busiest, chart
from scanner.report.html_coverage import MAX_FILES, Area, areas, by_artifact, counted
from scanner.report.html_ladder import ladder
from scanner.report.html_mentions import Mentions
from scanner.report.html_policy import policy
from scanner.report.html_rows import Record, Timeline, timeline
from scanner.report.html_stories import Hit, Story, order, severity, stories
from scanner.report.html_text import english, finalize, joined, link, sentence, stamp, value
from scanner.report.html_words import Words, words

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = Path(__file__).with_name("page")
SECTIONS = (
    "result", "next", "ladder", "findings", "timeline", "coverage", "feeds", "limits", "glossary", "about",
)  # fmt: skip
SERIOUS_STEPS = ("step.keep", "step.note", "step.talk", "step.safety")
QUIET_STEPS = ("step.quiet", "step.update", "step.again")
HELPLINES = (
    ("help.accessnow", "https://www.accessnow.org/help/"),
    ("help.amnesty", "https://securitylab.amnesty.org/get-help/"),
    ("help.stalkerware", "https://stopstalkerware.org/"),
)
GLOSSARY = (
    "artifact", "evidence", "feed", "finding", "hash", "indicator", "mercenary", "record", "rule", "stalkerware",
    "tlp", "utc",
)  # fmt: skip
LIMITS = ("limit.known", "limit.removed", "limit.evidence", "limit.clock", "limit.harmless", "limit.proof")
MAX_AROUND = 300
"""Stories that show the records around them in the page itself."""


def write(report: Report, stream: TextIO, *, language: str = "en", records: Iterable[Record] | None = None) -> None:
    """Write the page.

    Args:
        report: The report document.
        stream: Where to; UTF-8 is declared in the page.
        language: Of the page's own texts: en, es, fr, ar or ru. Rule pages and messages stay English, and say so.
        records: What was read of the evidence, for the timeline: when, which artifact, and one line for people.
            A report that is shared or redacted is written without: records are evidence.

    Raises:
        ValueError: there is no catalogue for the language.
    """
    render(report, stream, words(language), records)


def render(report: Report, stream: TextIO, t: Words, records: Iterable[Record] | None = None) -> None:
    """Write the page with the texts of a catalogue."""
    made = stories(report.findings)
    hits = sorted((hit for story in made for hit in story.hits), key=order)
    shared = report.redacted or report.withheld is not None
    rows = timeline(records, hits) if records is not None and not shared else None
    style, script = part("report.css"), part("report.js")
    facts = {
        "t": t, "report": report, "style": trusted(style), "script": trusted(script), "policy": policy(style, script),
        "names": ", ".join(one.id for one in report.evidence), "sections": SECTIONS, "stories": made,
        "several": len(report.evidence) > 1, "rows": rows, "around": around(made, rows),
    }  # fmt: skip
    template = environment().get_template("report.html.j2")
    stream.writelines(
        template.generate(
            **facts, **result(report, t, made), **seen(report), **looked(report), **when(hits, rows), **builders(t)
        )
    )


def result(report: Report, t: Words, made: list[Story]) -> dict[str, Any]:
    """What the page says first: the headline, what it means, what to do, how far it went."""
    standing = [one for one in report.findings if one.suppressed is None]
    serious = any(severity(one.severity) >= Severity.MEDIUM for one in standing)
    rungs, beside = ladder(standing)
    meaning = ("critical" if report.verdict.level == "critical" else "look") if serious else "minor"
    return {
        "headline": headline(report, t), "serious": [story for story in made if story.serious], "rungs": rungs,
        "beside": beside, "level": report.verdict.level if serious else "quiet",
        "meaning": meaning if standing else "none", "steps": SERIOUS_STEPS if serious else QUIET_STEPS,
        "helplines": HELPLINES, "limits": LIMITS, "glossary": GLOSSARY, "device": Device.__struct_fields__,
    }  # fmt: skip


def headline(report: Report, t: Words) -> Markup:
    """The verdict's sentence, put together from what it is made of."""
    counting = [one for one in report.findings if one.counts]
    serious = sum(severity(one.severity) >= Severity.MEDIUM for one in counting)
    suppressed = sum(one.suppressed is not None for one in report.findings)
    known = len(report.findings) - len(counting) - suppressed
    verdict, new = report.verdict, "_new" if known else ""
    found = t(f"verdict.found{new}", serious) if serious else t(f"verdict.minor{new}", len(counting))
    said = t(
        "verdict.checks", verdict.possible, checked=verdict.checked, possible=verdict.possible,
        found=found if counting else t(f"verdict.nothing{new}"),
    )  # fmt: skip
    rest = (("incomplete", verdict.incomplete), ("known", known), ("suppressed", suppressed))
    return joined([said, *(t(f"verdict.{name}", count) for name, count in rest if count)])


def seen(report: Report) -> dict[str, Any]:
    """What was checked and what was not."""
    checked = by_artifact(report.coverage)
    rows = [row for row in report.coverage if row.state is not State.ABSENT or row.problems]
    return {
        "states": counted(report.coverage), "areas": areas(checked), "files": rows[:MAX_FILES],
        "gaps": [one for one in checked if one.state in INCOMPLETE or one.problems],
        "there": [one for one in checked if one.state is not State.ABSENT],
        "absent": [one for one in checked if one.state is State.ABSENT],
        "files_more": max(len(rows) - MAX_FILES, 0),
    }  # fmt: skip


def looked(report: Report) -> dict[str, Any]:
    """What was looked for, and how old that is."""
    ages = [feed.age_days for feed in report.feeds if feed.age_days is not None]
    return {
        "indicators": sum(feed.indicators for feed in report.feeds),
        "unsupported": sum(feed.unsupported for feed in report.feeds), "newest": min(ages, default=None),
    }  # fmt: skip


def when(hits: Sequence[Hit], rows: Timeline | None) -> dict[str, Any]:
    """What happened when."""
    marks = [(hit.finding.time, hit.finding.severity) for hit in hits if hit.finding.time]
    micros = rows.times if rows else []
    drawn: list[tuple[Chart | None, str]] = [(chart(marks, micros), "chart.all"), (chart(busiest(marks)), "chart.busy")]
    return {
        "charts": [(one, key) for one, key in drawn if one], "timed": [hit for hit in hits if hit.finding.time],
        "untimed": sum(hit.finding.time is None for hit in hits),
        "severities": ("critical", "high", "medium", "low", "info"),
    }  # fmt: skip


def around(made: Sequence[Story], rows: Timeline | None) -> dict[int, list[tuple[str, str, str]]]:
    """The records within ten minutes of the beginning of each story, where records are given."""
    times = rows.times if rows else []
    shown = {story.number for story in made[:MAX_AROUND] if story.times} if rows else set()
    return {
        story.number: rows.around(story.times[0], times) if rows and story.number in shown else [] for story in made
    }


def builders(t: Words) -> dict[str, Any]:
    """What templates call to build parts of the page."""
    pages: dict[str, Markup] = {}
    names = Mentions(t)
    template = environment().get_template("rule_page.html.j2")
    shown = {"english": english, "link": link, "sentence": sentence}

    def page(one: Finding) -> Markup:
        key = "\x1f".join((one.rule, one.why, one.benign, one.next, *one.references))
        if key not in pages:
            pages[key] = Markup(template.render(one=one, t=t, **shown))  # noqa: S704 - escaped there
        return pages[key]

    def mapped(area: Area) -> str:
        states = (f"{t.plain(f'state.{state}')} {t.number(count)}" for state, count in area.states.items())
        return f"{area.name}: {', '.join(states)}"

    return {
        "page": page, "mapped": mapped, "told": partial(html_hits.told, t), "event": partial(html_hits.event, t),
        "sources": partial(html_hits.sources, t, html_hits.heads(t)), "about": names.about, "times": names.times,
        "near": names.near, "stands": names.stands, "families": names.families, "cell": html_hits.cell,
        "value": value, "english": english, "link": link, "stamp": stamp,
    }  # fmt: skip


def trusted(text: str) -> Markup:
    """A part of the page that is ours: it stands as it is, so that its hash is that of the policy."""
    return Markup(text)  # noqa: S704 - comes with the package


@cache
def part(name: str) -> str:
    """A file of the page."""
    return (PAGE / name).read_text(encoding="utf-8")


@cache
def environment() -> "Environment":
    """The templates: everything is escaped, and what is unknown is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, finalize=finalize,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
