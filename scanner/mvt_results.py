"""Results of MVT made into a case: matched, judged and kept like what a scan reads, so that `bridle rescan` works."""

from collections.abc import Iterator
from datetime import UTC, datetime

from scanner import __version__, artifact, rule, workers
from scanner.case import Case
from scanner.context import Context
from scanner.evidence import EvidenceError
from scanner.evidence.mvt_results import FoundMvtResults, MvtResults, detect
from scanner.evidence.secret import Secret
from scanner.examine import Task
from scanner.feeds.compound import merged
from scanner.finding import Outcome, Report, State
from scanner.gather import Gathered, report
from scanner.journal import Opened, key
from scanner.matching.index import Index
from scanner.relate import related
from scanner.scan import Request, begun, cores, load_feeds


def imported(request: Request) -> Report:
    """Make a case of the results of MVT that a request names.

    Args:
        request: One path, the folder of MVT's results; `output`, the case; feeds.

    Raises:
        EvidenceError: it is no folder of MVT's results, a feed is not there, the case cannot be made.
    """
    started = datetime.now(UTC)
    (path,) = request.paths
    if not detect(path):
        raise EvidenceError(f"{path} is no folder of MVT's results: it has no info.json of MVT's, and no timeline.csv")
    evidence = FoundMvtResults(path).open(Secret())
    feeds = load_feeds(request)
    context = Context(
        evidence=evidence, index=Index(indicator for feed in feeds for indicator in feed.indicators),
        rules=rule.chosen(request.select, request.ignore), hashing=True,
        compounds=merged(one for feed in feeds for one in feed.compounds),
    )  # fmt: skip
    case, gathered = begun(request, feeds), Gathered()
    context.records = case.records / evidence.facts.id if case else None
    for outcome in outcomes(context, evidence, case, request.jobs or cores()):
        gathered.take(outcome)
    gathered.opened(evidence)
    if case:
        case.opened(Opened(facts=evidence.facts, problems=list(evidence.problems)))
    made = report(gathered, feeds, started, request.jobs or cores(), request.noted())
    made.run.options["imported"] = f"results of MVT, by bridle {__version__}"
    if case:
        case.finish(made, gathered.hashes)
    return made


def outcomes(context: Context, evidence: MvtResults, case: Case | None, jobs: int) -> Iterator[Outcome]:
    """What became of each file, and the correlations."""
    system = (evidence.facts.device.os or "").lower()
    name = f"{system}.mvt.results"
    find = artifact.Finder({name: artifact.load(system)[name]})
    tasks = [
        Task(tuple(one.id for one in readers), entry, evidence.size(entry))
        for entry in evidence.entries()
        if (readers := find(entry.path))
    ]
    context.index.prepare()
    shards: list[Outcome] = []
    for number, result in workers.run(tasks, context, jobs, context.seconds):
        found = lost(tasks[number], context, result) if isinstance(result, workers.Lost) else result
        shards += [one for one in found if one.shards or one.sightings]
        if case:
            case.ended(key(tasks[number]), found)
        yield from found
    last = related(context, shards)
    if case:
        case.ended(None, [last])
    yield last


def lost(task: Task, context: Context, why: workers.Lost) -> list[Outcome]:
    """The outcomes of a file that took its worker with it."""
    return task.blank(context, State.TIMED_OUT if why.timed_out else State.FAILED, why.reason)
