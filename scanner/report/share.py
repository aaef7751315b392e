"""A report that others may see: what feeds tell in confidence is replaced by pseudonyms, and counted.

A pseudonym is a keyed hash: the same value has the same one in all reports of one key, and nobody without the key can
try values against it. What the evidence itself holds is not touched but where it says what an indicator says.

References:
    TLP 2.0: https://www.first.org/tlp/
    HMAC, RFC 2104: https://www.rfc-editor.org/rfc/rfc2104
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from scanner.finding import MARKINGS, FeedFacts, Finding, Locator, Matched, Problem, Report, Source, Withheld
from scanner.record import Kind

KEY_BYTES = 32
DIGITS = 12
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
REMOTE = frozenset({"domain", "url", "ip", "cidr", "email", "phone"})
"""Kinds that no path of the evidence names."""
VALUES = frozenset(kind.value for kind in Kind)
"""What stands in the evidence as it is, other than rules and patterns."""
WITHHELD = "withheld"
MAX_DEPTH = 20


def shared(report: Report, level: str, key: bytes) -> Report:
    """A report without what is above a level, or private; the given one stays as it is.

    Args:
        report: The whole report.
        level: The highest marking that may be shared: clear, green, amber or red.
        key: Of the pseudonyms; see `kept_key`.

    Raises:
        ValueError: An unknown level.
    """
    return Redaction(report, level, key).report()


def kept_key(folder: Path) -> bytes:
    """The user's key of pseudonyms, made when first asked for; one for this time only where it cannot be kept."""
    path, made = folder / "pseudonyms.key", secrets.token_bytes(KEY_BYTES)
    with suppress(OSError):
        folder.mkdir(0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError), os.fdopen(os.open(path, NEW, 0o600), "wb") as file:
            file.write(made)
        found = path.read_bytes()
        return found if len(found) == KEY_BYTES else made
    return made


class Redaction:
    """What is withheld of one report."""

    def __init__(self, report: Report, level: str, key: bytes) -> None:
        """Find everything that must not be seen.

        Raises:
            ValueError: An unknown level.
        """
        if level not in MARKINGS:
            raise ValueError(f"unknown level {level!r}; {', '.join(MARKINGS)} are known")
        self.whole, self.level, self.key = report, level, key
        self.feeds = {one.id: one for one in report.feeds if self.secret(one)}
        sources = {source for one in report.findings if one.indicator for source in one.indicator.sources}
        self.sources = {one for one in sources if self.secret(one)}
        self.hidden = [one.indicator for one in report.findings if one.indicator and self.hides(one.indicator)]
        self.words = {word.lower(): self.pseudonym(one.kind, one.value) for one in self.hidden for word in words(one)}
        self.pattern = alternatives(self.words)

    def secret(self, one: Source | FeedFacts) -> bool:
        """Whether a source or a feed must not be seen; a marking that is not known is taken for the strictest."""
        rank = MARKINGS.index(one.tlp) if one.tlp in MARKINGS else len(MARKINGS)
        return one.private or (one.tlp is not None and rank > MARKINGS.index(self.level))

    def hides(self, matched: Matched) -> bool:
        """Whether nobody but confidential sources names an indicator."""
        return bool(matched.sources) and all(source in self.sources for source in matched.sources)

    def pseudonym(self, what: str, value: str) -> str:
        """What stands for a value."""
        text = f"{what}\x1f{value}".encode("utf-8", "backslashreplace")
        return f"{WITHHELD}-{what}-{hmac.new(self.key, text, hashlib.sha256).hexdigest()[:DIGITS]}"

    def report(self) -> Report:
        """The report that may be seen."""
        whole = self.whole
        gone = {problem for feed in self.feeds.values() for problem in feed.problems}
        return replace(
            whole,
            feeds=[self.feed(one) for one in whole.feeds],
            findings=[self.finding(one) for one in whole.findings],
            problems=[self.problem(one) for one in whole.problems if one not in gone],
            coverage=[
                replace(one, path=self.clean(one.path), problems=[self.problem(each) for each in one.problems])
                for one in whole.coverage
            ],
            evidence=[replace(one, notes=self.clean(one.notes)) for one in whole.evidence],
            withheld=Withheld(
                level=self.level, feeds=len(self.feeds), sources=len(self.sources), findings=len(self.hidden),
                indicators=len({(one.kind, one.value) for one in self.hidden}),
            ),
        )  # fmt: skip

    def feed(self, one: FeedFacts) -> FeedFacts:
        """A feed; of a confidential one, how large and how old it is."""
        if one.id not in self.feeds:
            return one
        name = self.pseudonym("feed", one.id)
        said = [Problem(where="feed", message=f"{len(one.problems)} problems", path=name)] if one.problems else []
        return replace(one, id=name, name=name, path=name, sha256="", problems=said)

    def problem(self, one: Problem) -> Problem:
        """A problem."""
        return replace(one, message=self.clean(one.message), path=self.clean(one.path), row=self.clean(one.row))

    def finding(self, one: Finding) -> Finding:
        """A finding; of one that only confidential sources know, where it stands and how much it counts."""
        matched = one.indicator
        if matched and self.hides(matched):
            return self.bare(one, matched)
        seen = replace(
            one, message=self.clean(one.message), record=self.clean(one.record), locator=self.place(one.locator),
            places=[replace(each, key=self.clean(each.key)) for each in one.places],
        )  # fmt: skip
        if matched:
            seen.indicator = replace(
                matched, observed=self.clean(matched.observed), sources=tuple(map(self.source, matched.sources))
            )
            if seen.indicator.sources != matched.sources:
                seen.message = self.clean(retold(matched, [one for one in matched.sources if one not in self.sources]))
        return seen

    def bare(self, one: Finding, matched: Matched) -> Finding:
        """A finding without anything that tells its indicator."""
        name = self.pseudonym(matched.kind, matched.value)
        locator = replace(self.place(one.locator), key=None, sha256=None, native=None)
        if matched.kind not in REMOTE:
            locator = replace(locator, path=WITHHELD)
        return replace(
            one, id=self.pseudonym("finding", one.id), record={}, locator=locator,
            message=f"an indicator that is not shared: {name}",
            places=[replace(each, key=None) for each in one.places],
            indicator=replace(
                matched, value=name, observed=WITHHELD, sources=tuple(map(self.source, matched.sources))
            ),
        )  # fmt: skip

    def source(self, one: Source) -> Source:
        """A source; of a confidential one, which feed it is of without its name."""
        feed = self.pseudonym("feed", one.feed)
        if one in self.sources:
            return Source(feed=feed, tlp=one.tlp, private=one.private)
        return replace(one, feed=feed, place=None) if one.feed in self.feeds else one

    def place(self, one: Locator) -> Locator:
        """Where a finding stands."""
        return replace(one, path=self.clean(one.path), native=self.clean(one.native), key=self.clean(one.key))

    def clean(self, value: Any, depth: int = 0) -> Any:
        """A value of any depth without the words that tell a withheld indicator."""
        if self.pattern is None:
            return value
        if isinstance(value, str):
            return self.pattern.sub(lambda found: self.words.get(found[0].lower(), WITHHELD), value)
        if isinstance(value, list | tuple) and depth < MAX_DEPTH:
            return [self.clean(one, depth + 1) for one in value]
        if isinstance(value, dict) and depth < MAX_DEPTH:
            return {self.clean(name, depth + 1): self.clean(one, depth + 1) for name, one in value.items()}
        return value if depth < MAX_DEPTH or isinstance(value, int | float) else WITHHELD


def words(matched: Matched) -> Iterator[str]:
    """How the evidence, and what is said of it, may write an indicator."""
    value = matched.value.partition("://")[2] or matched.value
    value = value.rstrip("/") or value
    yield value
    if matched.kind in VALUES and value.casefold() not in matched.observed.casefold():
        yield matched.observed


def alternatives(found: dict[str, str]) -> re.Pattern[str] | None:
    """What finds any of some words where they stand alone, the longest first; None for no words."""
    listed = sorted(filter(None, found), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(alone, listed)), re.IGNORECASE) if listed else None


def alone(word: str) -> str:
    """A pattern for a word that is not a part of a longer one."""
    start = r"(?<!\w)" if re.match(r"\w", word) else ""
    end = r"(?!\w)" if re.search(r"\w\Z", word) else ""
    return f"{start}{re.escape(word)}{end}"


def retold(matched: Matched, sources: list[Source]) -> str:
    """The message of a finding as those of its sources that are shared would have it."""
    families = ", ".join(dict.fromkeys(source.family or source.feed for source in sources))
    return f"{matched.observed!r} is known of {families} ({matched.kind.replace('_', ' ')} {matched.value!r})"
