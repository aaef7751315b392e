"""An old case against the indicators of today, without the evidence: what is new, what is gone, what is as it was.

`report.json` stays what the scan wrote. Each look is a report of its own, `reports/<time>.json`, whose `run.options`
says under `compared` what changed since the last one; the log holds its hash.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from scanner import __version__, past, retro, rule, signing, suppress
from scanner.case import LATER, LOG, digest, write_report
from scanner.chain import Log
from scanner.context import Context
from scanner.evidence import Evidence, EvidenceError
from scanner.feeds.compound import Compound, merged
from scanner.feeds.model import Feed
from scanner.finding import Coverage, Finding, Problem, Report, State
from scanner.gather import Gathered, report
from scanner.matching.index import Index
from scanner.past import Past, Remembered
from scanner.rematch import Again
from scanner.report import share
from scanner.scan import Request, data_folder, load_feeds
from scanner.sift import CONTENTS

OWNER_ONLY = 0o700


@dataclass
class Looked:
    """What a look at a case gave."""

    case: Path
    report: Report
    since: str
    """The report that it is compared with, below the case's folder."""
    new: list[Finding]
    gone: list[Finding]
    unchanged: int
    written: Path | None = None
    """Where the report of this look lies."""


def rescan(folder: Path, request: Request, *, new_only: bool = False) -> Looked:
    """Match what a case keeps with the feeds of a request, and write the report of that into the case.

    Args:
        folder: The case.
        request: Feeds, suppressions, baseline, share level and key; what else shapes a scan is as it was.
        new_only: Whether findings that the last report has are marked known, and count no more.

    Raises:
        EvidenceError: it is no case, it is damaged, it keeps no records, a feed is not there.
    """
    started = datetime.now(UTC)
    case = readable(folder)
    weighed = suppress.weigher(request.suppressions, request.baseline)
    if request.sign:
        signing.check_key(request.sign)
    since, last = case.last()
    made = weighed(matched(case, load_feeds(request), started), started)
    if request.share_level:
        made = share.shared(made, request.share_level, share.kept_key(data_folder()))
    if new_only:
        made = suppress.compared(made, [one.id for one in last.findings])
    looked = compared(case, since, last, made)
    made.run.options["compared"] = told(looked, named=not request.share_level)
    write(case, looked, started, request.sign)
    return looked


def readable(folder: Path) -> Past:
    """A case that keeps records.

    Raises:
        EvidenceError: it is none, or keeps none.
    """
    case = past.read(folder)
    if not case.option("keep_records"):
        raise EvidenceError(f"{folder} keeps no records, so that nothing can be matched again: scan the evidence again")
    return case


def matched(case: Past, feeds: list[Feed], started: datetime, *, every: bool = False) -> Report:
    """The report that a scan of the evidence would give with some feeds.

    Args:
        case: The case.
        feeds: The feeds.
        started: When this look began.
        every: Whether all records are judged again, with every rule: what another version of this program must do.

    Raises:
        EvidenceError: the case is damaged.
    """
    index = Index(indicator for feed in feeds for indicator in feed.indicators)
    compounds = merged(one for feed in feeds for one in feed.compounds)
    for feed in feeds:
        feed.indicators = []  # the index has them
    yara = same_yara(case, feeds)
    stay = frozenset(name for name, _, sha256 in case.begun.feeds if sha256 in yara)
    shards = None if every or case.begun.tool != f"bridle {__version__}" else concerned(case, index, compounds)
    select, ignore = (tuple(case.option(name) or ()) for name in ("select", "ignore"))
    gathered = Gathered()
    for opened in case.opened:
        evidence = cast("Evidence", Remembered(opened.facts, opened.problems))
        rules = {} if shards == frozenset() else rule.chosen(select, ignore, opened.facts.device.os)
        context = Context(evidence=evidence, index=index, rules=rules, compounds=compounds)
        for outcome in Again(case, context, shards, stay).outcomes():
            gathered.take(outcome)
        gathered.opened(evidence)
    remark(case, feeds, yara, gathered)
    return report(gathered, feeds, started, 1, dict(case.options))


def concerned(case: Past, index: Index, compounds: tuple[Compound, ...]) -> frozenset[str] | None:
    """The shards to be looked at, for a case that may be damaged."""
    try:
        return retro.concerned(case, index, compounds)
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{case.folder} is damaged: {error}; `bridle verify` says where") from error


def same_yara(case: Past, feeds: list[Feed]) -> frozenset[str]:
    """The hashes of feeds whose YARA rules were run on the evidence; what did not compile then is said again."""
    before = {sha256 for _, _, sha256 in case.begun.feeds}
    said = {one.sha256: [each for each in one.problems if each.where == "yara"] for one in case.report.feeds}
    same = [feed for feed in feeds if feed.yara and feed.facts.sha256 in before]
    for feed in same:
        feed.facts.problems += said.get(feed.facts.sha256, [])
    return frozenset(feed.facts.sha256 for feed in same)


def remark(case: Past, feeds: list[Feed], yara: frozenset[str], gathered: Gathered) -> None:
    """Say what cannot be done again without the evidence: YARA rules, and what newer parsers would read."""
    new = [feed.facts.id for feed in feeds if feed.yara and feed.facts.sha256 not in yara]
    rows = [row for row in gathered.coverage if row.artifact == CONTENTS]
    if new and case.option("yara") and rows:
        said = f"YARA rules of {', '.join(new)} are not those that were run: they need the evidence; scan it again"
        for row in rows:
            incomplete(row, Problem("yara", said))
        gathered.problems.append(Problem("yara", said))
    if case.begun.tool != f"bridle {__version__}":
        said = f"the evidence was read by {case.begun.tool}: what this version reads beyond that is not in the case"
        gathered.problems.append(Problem("rescan", said, note=True))


def incomplete(row: Coverage, problem: Problem) -> None:
    """Mark a row of coverage as partial."""
    row.state, row.problems = State.PARTIAL, [*row.problems, problem]


def compared(case: Past, since: str, last: Report, made: Report) -> Looked:
    """What changed since the last report; the report says so too."""
    before, now = ({(one.locator.evidence, one.id): one for one in each.findings} for each in (last, made))
    new = [one for key, one in now.items() if key not in before]
    gone = [one for key, one in before.items() if key not in now]
    return Looked(case.folder, made, since, new, gone, len(now) - len(new))


def told(looked: Looked, *, named: bool) -> dict[str, Any]:
    """What changed, as a report says it; `named`: also what it is that is gone."""
    gone = [{"id": one.id, "rule": one.rule} | ({"message": one.message} if named else {}) for one in looked.gone]
    return {
        "with": looked.since, "unchanged": looked.unchanged, "new": [one.id for one in looked.new], "gone": gone
    }  # fmt: skip


def write(case: Past, looked: Looked, started: datetime, key: Path | None) -> None:
    """Write the report beside the older ones, and note it in the log."""
    place = case.folder / LATER
    try:
        place.mkdir(OWNER_ONLY, exist_ok=True)
        path = next(one for one in names(place, started) if not one.exists())
        write_report(path, looked.report)
        log = Log(case.folder / LOG)
        log.note(
            "rescanned", report=f"{LATER}/{path.name}", sha256=digest(path), compared=looked.since,
            feeds={feed.path: feed.sha256 for feed in looked.report.feeds}, new=len(looked.new), gone=len(looked.gone),
            verdict=looked.report.verdict.headline,
        )  # fmt: skip
        log.close()
        if key:
            signing.sign(path, key)
    except OSError as error:
        raise EvidenceError(f"the case cannot be written to {case.folder}: {error.strerror or error}") from error
    looked.written = path


def names(place: Path, started: datetime) -> Iterator[Path]:
    """What a report of this time may be called: by its millisecond, or the next that is free."""
    for later in range(1000):
        moment = started + timedelta(milliseconds=later)
        yield place / f"{moment:%Y-%m-%dT%H%M%S}.{moment.microsecond // 1000:03}Z.json"
