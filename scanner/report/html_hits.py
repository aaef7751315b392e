"""A finding in the page: when, what, where in the evidence, the evidence's own row, and who names the indicator.

Built here and not in a template: thousands of findings are written in less than a second.
"""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from scanner.finding import Finding, Locator, Source
from scanner.record import Place
from scanner.report.html_stories import Hit
from scanner.report.html_text import english, fill, joined, link, stamp, value, visible
from scanner.report.html_words import Words

PLACE = ("table", "row", "line", "offset", "key")
MAX_CELL = 2000
MAX_FIELDS = 100
NOTHING = Markup("")
HIT = (
    '<li class="hit{known}" id="f{number}"><p class="said">{time} {message}{times} '
    '<span class="soft from">{artifact}</span>{mark}</p>'
    '<p class="where for-analyst"><span class="path">{path}</span> {place}{confidence}</p>'
    '{record}<dl class="custody for-court">{custody}</dl></li>\n'
)
FACT = "<div><dt>{}</dt><dd>{}</dd></div>"
FLAG = ' <span class="flag">{}</span>'
SOFT = ' <span class="soft">{}</span>'
CONFIDENCE = ' <span class="soft">· {}: {}</span>'
CELL = '<tr><th scope="row">{}</th><td>{}</td></tr>'
MATCHED = '<tr class="matched"><th scope="row">{}</th><td>{}</td></tr>'
PLACES = '<p class="soft">{}</p><ul class="places">{}</ul>'
RECORD = '<details class="row for-analyst"><summary>{}</summary><div class="wrap">{}{}</div></details>'
EVENT = (
    '<tr><td class="when">{}</td><td><span class="badge sev-{}">{}</span></td><td class="for-analyst">{}</td>'
    '<td><a href="#f{}"><code>{}</code></a> {}</td></tr>\n'
)
SOURCE = '<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class="when">{}</td><td>{}</td><td>{}</td></tr>\n'
INDICATOR = (
    '<details class="for-analyst"><summary>{0}</summary><div class="scroll" tabindex="0" role="region" '
    'aria-label="{0}"><table><thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div></details>'
)
COLUMNS = ("indicator", "family", "role", "feed", "seen", "reports", "tlp")


def told(t: Words, hit: Hit) -> Markup:
    """A finding as an item of a list."""
    one = hit.finding
    confidence = fill(CONFIDENCE, t("finding.confidence"), t.named("confidence", one.confidence))
    return fill(
        HIT, known=escape(" set-aside") if one.suppressed else NOTHING, number=escape(hit.number), time=stamp(one.time),
        message=english(one.message or one.title, MAX_CELL), mark=mark(t, one), record=record(t, one),
        times=fill(" · {}", t("count.times", one.count)) if one.count > 1 else NOTHING,
        artifact=value(one.locator.artifact, 80), path=value(one.locator.path, 500), place=placed(t, one.locator),
        confidence=confidence, custody=custody(t, one),
    )  # fmt: skip


def mark(t: Words, one: Finding) -> Markup:
    """That somebody looked at it before, and what he says."""
    if held := one.suppressed:
        said = " · ".join(filter(None, (held.reason, held.author, held.expires)))
        return fill(FLAG, t("finding.suppressed")) + fill(SOFT, value(said, 500))
    return fill(FLAG, t("finding.known")) if one.known else NOTHING


def placed(t: Words, place: Locator | Place) -> Markup:
    """Where in its file: `table message row 12`."""
    given = ((name, getattr(place, name)) for name in PLACE)
    parts = [fill("{} {}", t(f"place.{name}"), value(at, 300)) for name, at in given if at is not None]
    if place.recovered:
        parts.append(fill(FLAG, t("place.recovered")))
    return joined(parts, " ") if parts else t("place.whole")


def record(t: Words, one: Finding) -> Markup:
    """The evidence's own row, and further places of the same."""
    if not one.record and not one.places:
        return NOTHING
    field = one.indicator.field if one.indicator else None
    rows = joined(
        fill(MATCHED if name == field else CELL, called(name), cell(given))
        for name, given in list(one.record.items())[:MAX_FIELDS]
    )
    table = fill("<table><tbody>{}</tbody></table>", rows) if rows else NOTHING
    return fill(RECORD, t("finding.record"), table, places(t, one.places))


@lru_cache(1024)
def called(name: str) -> Markup:
    """The name of a record's field."""
    return value(name, 100)


def places(t: Words, further: list[Place]) -> Markup:
    """Where the same was found again."""
    if not further:
        return NOTHING
    items = joined(fill("<li>{}</li>", placed(t, place)) for place in further)
    return fill(PLACES, t("finding.places", len(further)), items)


def cell(given: Any) -> Markup:
    """A value of a record: text as it is, the rest as JSON."""
    if given is None:
        return escape("–")
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=str)
    return value(text, MAX_CELL)


def custody(t: Words, one: Finding) -> Markup:
    """What is needed to find and check it again: its id, the file and the file's hash."""
    at = one.locator
    facts = (("id", one.id), ("evidence", at.evidence), ("native", at.native), ("sha256", at.sha256))
    return joined(fill(FACT, t(f"custody.{name}"), value(given, 600)) for name, given in facts if given is not None)


def sources(t: Words, heads: Markup, hits: Iterable[Hit]) -> Markup:
    """Every entry of every feed that names an indicator of these findings, each once."""
    rows = [named(kind, indicator, source) for kind, indicator, source in distinct(hits)]
    if not rows:
        return NOTHING
    return fill(INDICATOR, t("sources.title", len(rows)), heads, joined(rows))


def heads(t: Words) -> Markup:
    """The heads of the columns of sources."""
    return joined(fill('<th scope="col">{}</th>', t(f"column.{name}")) for name in COLUMNS)


def distinct(hits: Iterable[Hit]) -> Iterator[tuple[str, str, Source]]:
    """The sources of some findings, each once: kind and value of the indicator, and the source."""
    seen: set[tuple[str, str, Source]] = set()
    for hit in hits:
        if matched := hit.finding.indicator:
            for source in matched.sources:
                entry = (matched.kind, matched.value, source)
                if entry not in seen:
                    seen.add(entry)
                    yield entry


def named(kind: str, indicator: str, source: Source) -> Markup:
    """An entry of a feed."""
    names = " · ".join(dict.fromkeys(filter(None, (source.canonical, source.family, source.campaign))))
    seen = "–".join(text[:10] for text in (source.first_seen, source.last_seen) if text)
    place = fill("<br>" + SOFT, value(source.place, 200)) if source.place else NOTHING
    return fill(
        SOURCE, fill("<code>{}</code> {}", escape(visible(kind)), value(indicator, 300)), value(names, 200),
        value(f"{source.role} · {source.threat}", 80), value(source.feed, 120) + place,
        value(seen, 40), joined((link(address) for address in source.reports[:10]), "<br>"),
        value((source.tlp or "–").upper(), 20),
    )  # fmt: skip


def event(t: Words, hit: Hit) -> Markup:
    """A finding as a row of the timeline."""
    one = hit.finding
    return fill(
        EVENT, stamp(one.time), escape(visible(one.severity)), t.named("severity", one.severity),
        t.named("stage", one.stage), escape(hit.number), escape(visible(one.rule)),
        english(one.message or one.title, 300),
    )  # fmt: skip
