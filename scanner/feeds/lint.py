"""What is wrong with feeds: every rule over every file, for publishers, our own pack and continuous integration.

A scan takes what it can from a bad feed; a linter says what a publisher should put right.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path

import msgspec

from scanner.feeds import files, lint_catalogue, lint_sets, lint_stix, lint_values, load
from scanner.feeds.lint_model import RULES, Level, Options, Remark, Rule, Subject

__all__ = ["RULES", "Level", "Lint", "Options", "Remark", "exit_code", "lint", "rules", "text"]

MOST = 10_000
"""Remarks of one rule about one file."""
SHOWN = 20
MODULES = (lint_values, lint_sets, lint_stix)
"""They register their rules when they are imported."""


class Lint(msgspec.Struct, kw_only=True):
    """What a lint found."""

    files: int
    indicators: int
    remarks: list[Remark] = []
    counts: dict[str, int] = {}
    """How many remarks there are of each level."""


def rules() -> dict[str, Rule]:
    """Every rule by id, also the one that looks at folders."""
    folder = Rule(lint_catalogue.ID, Level.ERROR, lint_catalogue.TITLE, lambda _: iter(()))
    return dict(sorted((RULES | {folder.id: folder}).items()))


def lint(paths: Iterable[Path], options: Options | None = None) -> Lint:
    """Look at files and folders, as a scan would take them.

    Args:
        paths: Files, or folders of them.
        options: What the rules may use.

    Raises:
        ValueError: The folder of warning lists is none.
    """
    made = Lint(files=0, indicators=0)
    taken: set[str] = set()
    for root in paths:
        for path, named in files.files(root):
            if lint_catalogue.is_index(path):
                made.remarks += lint_catalogue.remarks(path.parent)
            elif (feed := load.one(path, named, taken)) is not None:
                made.files += 1
                made.indicators += feed.facts.indicators
                made.remarks += remarks(Subject(path, feed, content(path), options or Options()))
    made.remarks.sort(key=lambda one: (one.path, one.rule, one.line or 0))
    counts = Counter(one.level for one in made.remarks)
    made.counts = {level.value: counts[level] for level in Level}
    return made


def content(path: Path) -> bytes:
    """A file's bytes, or none where it cannot be read: its reader has said so."""
    try:
        return files.content(path)
    except (OSError, ValueError):
        return b""


def remarks(subject: Subject) -> Iterator[Remark]:
    """What all rules say of one file."""
    for one in rules().values():
        for said in islice(one.look(subject), MOST):
            yield Remark(
                rule=one.id,
                level=said.level or one.level,
                message=said.message,
                path=str(subject.path),
                place=said.place,
                line=subject.line(said.place),
                value=said.value,
            )


def exit_code(made: Lint) -> int:
    """1 if there is an error, else 0."""
    return 1 if made.counts.get(Level.ERROR) else 0


def text(made: Lint, *, every: bool = False) -> list[str]:
    """A lint as lines for a person: `path:line: error FEED003 message [place]`, then the sum.

    Args:
        made: What a lint found.
        every: Show also what comes after the first 20 remarks of one rule about one file.
    """
    lines: list[str] = []
    for (path, rule), group in groupby(made.remarks, key=lambda one: (one.path, one.rule)):
        found = list(group)
        lines += map(line, found if every else found[:SHOWN])
        if len(found) > SHOWN and not every:
            lines.append(f"{path}: {rule}: {len(found) - SHOWN} more")
    sums = ", ".join(f"{count} {level}{'' if count == 1 else 's'}" for level, count in made.counts.items())
    return [*lines, f"{made.files} files, {made.indicators} indicators: {sums}"]


def line(one: Remark) -> str:
    """One remark."""
    where = f"{one.path}:{one.line}" if one.line else one.path
    place = f" [{one.place}]" if one.place and not one.place.startswith("line ") else ""
    return f"{where}: {one.level.value} {one.rule} {one.message}{place}"
