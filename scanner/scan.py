"""A scan from end to end: what was asked for in, one report out, and a case on disk if that was asked for."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import chain, count
from pathlib import Path
from threading import Thread

import msgspec

from scanner import __version__, engine, rule, sealed, snapshot
from scanner import artifact as registry
from scanner.artifact import Artifact
from scanner.case import Case
from scanner.context import Context
from scanner.evidence import Evidence, EvidenceError
from scanner.evidence.open import Found, recognise
from scanner.evidence.secret import Secret
from scanner.feeds import cache, files, private
from scanner.feeds.compound import Compound, merged
from scanner.feeds.model import Feed
from scanner.finding import Report
from scanner.gather import Gathered, report
from scanner.journal import Begun, Opened
from scanner.matching.index import Index
from scanner.matching.yara import Yara
from scanner.report import share
from scanner.sift import CONTENTS

Unlock = Callable[[Found], Secret]
Progress = Callable[[str], AbstractContextManager[engine.Progress]]


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    paths: tuple[Path, ...]
    output: Path | None = None
    force: bool = False
    feeds: tuple[Path, ...] = ()
    private_feeds: tuple[Path, ...] = ()
    """Like `feeds`; no shared report names anything of them."""
    share_level: str | None = None
    """For a report that others see: the highest marking that it may show."""
    default_feeds: bool = True
    yara: str | None = "default"
    """`default`: what rules can concern; `all`: everything; None: no YARA."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    details: bool = False
    keep_records: bool = True
    jobs: int | None = None
    cache: bool = True
    """Whether loaded feeds may be kept in the user's cache folder."""
    suppressions: Path | None = None
    """A file of findings that somebody has judged: they are marked, and count no more."""
    baseline: Path | None = None
    """An earlier report, or its case: only what it does not have counts."""
    resume: bool = False
    """Whether to go on with a scan into `output` that was killed."""
    encrypt_to: tuple[str, ...] = ()
    """Recipients: the case becomes an archive that only they open."""
    sign: Path | None = None
    """The private key that the case's manifest is signed with."""
    keep_feeds: bool = False
    """Whether the case keeps the feeds as they were loaded."""

    def noted(self) -> dict[str, object]:
        """What of it shapes the report, for the report."""
        names = ("default_feeds", "yara", "select", "ignore", "artifacts", "since", "until", "details", "share_level")
        return {name: value for name in names if (value := getattr(self, name))}


def no_progress(_: str) -> AbstractContextManager[engine.Progress]:
    """For those who watch nothing."""
    return nullcontext(lambda _done, _total: None)


def scan(request: Request, unlock: Unlock = lambda _: Secret(), progress: Progress = no_progress) -> Report:
    """Scan every piece of evidence.

    Raises:
        EvidenceError: a path is no evidence or cannot be opened, a feed, suppressions or a baseline that were
            named cannot be read, the case cannot be made; nothing was scanned then.
    """
    started = datetime.now(UTC)
    named(request.artifacts)
    weighed, readers = weigher(request), sealed.recipients(request.encrypt_to)
    if readers and request.output and sealed.target(request.output).exists():
        raise EvidenceError(f"{sealed.target(request.output)} exists; name another case with -o")
    found = [(one, unlock(one)) for one in map(recognise, request.paths)]
    opening = Opening(found)
    try:
        feeds, index, compounds, kept_feeds = sought(request)
    finally:
        opening.join()
    evidence = opening.result()
    yara = compiled(feeds) if request.yara else None
    case = begun(request, feeds)
    gathered, jobs = Gathered(), request.jobs or cores()
    contents = (request.yara or "default") if wanted(CONTENTS, request.artifacts) else None
    for one in distinct(evidence):
        context = Context(
            evidence=one, index=index, yara=yara,
            rules=rule.chosen(request.select, request.ignore, one.facts.device.os),
            records=case.records / one.facts.id if case and request.keep_records else None,
            since=request.since, until=request.until, hashing=case is not None, details=request.details,
            compounds=compounds,
        )  # fmt: skip
        with progress(one.facts.id) as shown:
            chosen = artifacts(one.facts.device.os, request.artifacts)
            for outcome in engine.scan(context, chosen, contents, jobs, shown, case):
                gathered.take(outcome)
        gathered.opened(one)
        if case:
            case.opened(Opened(facts=one.facts, problems=list(one.problems)))
    made = weighed(report(gathered, feeds, started, jobs, request.noted()), started)
    if request.share_level:
        made = share.shared(made, request.share_level, share.kept_key(data_folder()))
    if case:
        case.finish(made, gathered.hashes, kept_feeds)
        if readers and request.output:
            sealed.seal(request.output, readers)
    return made


def sought(request: Request) -> tuple[list[Feed], Index, tuple[Compound, ...], bytes | None]:
    """What is looked for: the feeds, their indicators, their compound patterns; and the feeds to keep, if wanted."""
    feeds = load_feeds(request)
    index = Index(indicator for feed in feeds for indicator in feed.indicators)
    compounds = merged(one for feed in feeds for one in feed.compounds)
    kept_feeds = snapshot.encoded(feeds) if request.keep_feeds else None
    for feed in feeds:
        feed.indicators = []  # the index has them
    return feeds, index, compounds, kept_feeds


class Opening(Thread):
    """The evidence being opened beside other work: deriving a key takes a second."""

    def __init__(self, found: list[tuple[Found, Secret]]) -> None:
        """Begin."""
        super().__init__()
        self.found, self.evidence = found, list[Evidence]()
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Open one after the other."""
        try:
            self.evidence = [one.open(secret) for one, secret in self.found]
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            self.error = error

    def result(self) -> list[Evidence]:
        """The evidence, or what opening it raised."""
        self.join()
        if self.error is not None:
            raise self.error
        return self.evidence


def weigher(request: Request) -> Callable[[Report, datetime], Report]:
    """What marks findings that somebody has judged, or that an earlier report showed."""
    if not request.suppressions and not request.baseline:
        return lambda report, _: report
    from scanner import suppress

    return suppress.weigher(request.suppressions, request.baseline)


def begun(request: Request, feeds: list[Feed]) -> Case | None:
    """The case, if one was asked for."""
    if request.output is None:
        return None
    case = Case(request.output, force=request.force, resume=request.resume, sign=request.sign)
    paths = [str(path).encode("utf-8", "backslashreplace").decode() for path in request.paths]
    loaded = [(one.facts.id, one.facts.path, one.facts.sha256) for one in feeds]
    options = msgspec.to_builtins(request.noted() | {"keep_records": request.keep_records})
    case.begin(Begun(tool=f"bridle {__version__}", paths=paths, feeds=loaded, options=options))
    return case


def named(patterns: tuple[str, ...]) -> None:
    """See that patterns name artifacts.

    Raises:
        EvidenceError: a pattern names none.
    """
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in (*registry.load(), CONTENTS)):
            raise EvidenceError(f"no artifact is named {pattern}; `bridle artifacts` lists them")


def artifacts(system: str | None, patterns: tuple[str, ...]) -> dict[str, Artifact]:
    """The artifacts of a system that are asked for."""
    return {name: one for name, one in registry.load(system).items() if wanted(name, patterns)}


def wanted(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether some patterns, or none at all, name an artifact."""
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def load_feeds(request: Request) -> list[Feed]:
    """The feeds that are asked for.

    Raises:
        EvidenceError: one that was named is not there.
    """
    for path in (*request.feeds, *request.private_feeds):
        if not path.exists():
            raise EvidenceError(f"there is no feed {path}")
    defaults = [*files.bundled(), *kept()] if request.default_feeds else []
    loaded = cache.feeds([*defaults, *request.feeds], kept=request.cache)
    try:
        private.own(loaded, data_folder())
    except ValueError as error:
        if request.share_level:
            raise EvidenceError(f"nothing can be shared: {error}") from error
    return loaded + private.feeds(request.private_feeds, [one.facts.id for one in loaded])


def kept() -> Iterator[Path]:
    """The folder of downloaded feeds, where there is one."""
    folder = data_folder() / "feeds"
    if folder.is_dir():
        yield folder


def data_folder() -> Path:
    """The user's own folder: downloaded feeds, and the key of pseudonyms."""
    from platformdirs import user_data_path

    return user_data_path("bridle", appauthor=False)


def compiled(feeds: list[Feed]) -> Yara | None:
    """The YARA rules of all feeds; a source that does not compile is a problem of its feed."""
    sources = [source for feed in feeds for source in feed.yara]
    made, problems = Yara.compile(sources)
    for problem in problems:
        owner = next((feed for feed in feeds if any(source.name == problem.path for source in feed.yara)), feeds[0])
        owner.facts.problems.append(problem)
    return made or None


def distinct(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """The pieces of evidence, each under an id of its own."""
    taken: set[str] = set()
    for one in evidence:
        name = one.facts.id or "evidence"
        one.facts.id = next(each for each in chain([name], (f"{name}-{n}" for n in count(2))) if each not in taken)
        taken.add(one.facts.id)
        yield one


def cores() -> int:
    """How many processes can work at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
