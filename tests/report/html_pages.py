"""What the tests of the page share: a report with something of everything in it, and a reader of pages."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from scanner.finding import (
    Counts,
    Coverage,
    Device,
    EvidenceFacts,
    FeedFacts,
    Finding,
    Locator,
    Matched,
    Problem,
    Report,
    Run,
    Source,
    State,
    Suppressed,
    Tool,
    Verdict,
)  # fmt: skip
from scanner.record import Place
from scanner.report import html
from scanner.report.html_rows import Record

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VOID = {"meta", "input", "br", "link", "img", "hr"}
Made = Callable[[str], str]


def as_it_is(text: str) -> str:
    """Text as it is."""
    return text


def source(say: Made, number: int) -> Source:
    """An entry of a feed."""
    return Source(
        feed=say(f"feed{number}"), family=say("Oakfamily"), campaign=say("Spring"), role=say("c2"), tlp="green",
        threat=say("mercenary"), reports=(say("not a link"),), weak=say("a short name"), place=say("line 7"),
        first_seen="2024-01",
    )  # fmt: skip


def finding(number: int, say: Made = as_it_is, **more: object) -> Finding:
    """A finding with something in every field."""
    given: dict[str, object] = {
        "id": say(f"{number:016x}"), "rule": say("IOC006"), "title": say("An application."), "severity": "critical",
        "stage": "presence", "confidence": "high", "message": say(f"app {number}"), "count": 3,
        "time": NOW + timedelta(minutes=number),
        "indicator": Matched(
            kind="app_id", value=say("example.bad.app"), observed=say("example.bad.app"), field="app",
            sources=(source(say, 1), source(say, 2)),
        ),
        "locator": Locator(
            evidence=say("phone"), artifact=say("ios.apps.list"), path=say("/var/apps.db"), native=say("ab/cd"),
            sha256="f" * 64, table=say("apps"), row=7, key=say("a.b"), recovered=True,
        ),
        "places": [Place(table=say("apps"), row=9)], "references": (say("no address"),),
        "record": {"app": say("example.bad.app"), say("odd name"): say("v"), "deep": [{"x": say("inner")}], "n": None},
        "why": say("because"), "benign": say("perhaps"), "next": say("look"),
    }  # fmt: skip
    return Finding(**(given | more))  # type: ignore[arg-type]


def report(*findings: Finding, say: Made = as_it_is) -> Report:
    """A report with these findings, and with every other part."""
    device = Device(name=say("Phone"), model=say("X1"), os=say("iOS"), version=say("17"), serial=say("S1"))
    gap = Problem(where=say("ios.sms"), message=say("cut off"), path=say("/var/sms.db"), row=say("12"))
    return Report(
        tool=Tool(name="bridle", version=say("1")),
        run=Run(started=NOW, finished=NOW, seconds=1.0, jobs=2, options={"yara": say("all")}),
        evidence=[EvidenceFacts(id=say("phone"), path=say("/e"), kind=say("ios backup"), complete=False, device=device,
                                acquired=NOW, notes=[say("not encrypted")])],
        feeds=[FeedFacts(id=say("f"), name=say("Feed"), path=say("/f"), sha256="c" * 64, age_days=90, indicators=1200,
                         unsupported=2, problems=[gap], tlp=say("green"), private=True)],
        verdict=Verdict(level="critical", headline="x", checked=40, possible=42, incomplete=2),
        coverage=[
            Coverage(evidence=say("phone"), artifact=say("ios.sms.messages"), path=say("/var/sms.db"), problems=[gap],
                     state=State.PARTIAL, records=5),
            *(Coverage(evidence=say("phone"), artifact=say(f"ios.area{number}.part"), path=None, state=state)
              for number, state in enumerate(State)),
        ],
        findings=list(findings), problems=[gap], counts=Counts(critical=1, records=1601),
    )  # fmt: skip


def everything(say: Made = as_it_is) -> Report:
    """A report in which nothing is left out."""
    held = Suppressed(reason=say("our own app"), author=say("A. Auditor"), expires="2027-01-01")
    return report(
        *(finding(number, say) for number in range(8)),
        finding(8, say, indicator=None, record={"process": say("oakd")}, rule=say("IOS001"), severity="medium"),
        finding(9, say, indicator=None, record={}, time=None, stage="none", severity="info", rule=say("IOS015")),
        finding(10, say, suppressed=held), finding(11, say, known=True), say=say,
    )  # fmt: skip


def written(given: Report, language: str = "en", records: Iterable[Record] | None = None) -> str:
    """The page."""
    stream = io.StringIO()
    html.write(given, stream, language=language, records=records)
    return stream.getvalue()


@dataclass
class Element:
    """A start tag, the texts in it, and what it stands in."""

    tag: str
    attributes: dict[str, str]
    above: "tuple[Element, ...]"
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without that of elements in it."""
        return "".join(self.texts)


class Page(HTMLParser):
    """A page as its elements in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self.open, [one.tag for one in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        made = Element(tag, {name: given or "" for name, given in attrs}, tuple(self.open))
        self.elements.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert [one.tag for one in self.open[-1:]] == [tag], self.getpos()
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].texts.append(data)

    def all(self, tag: str) -> list[Element]:
        """The elements of a kind."""
        return [one for one in self.elements if one.tag == tag]

    def said(self) -> str:
        """Every text that people read."""
        return " ".join(one.text for one in self.elements if one.tag not in {"style", "script"})
