"""What was measured, as rows with medians and ratios, for a terminal or for the documentation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.measure import Measured

Results = Mapping[str, Sequence[Measured]]
Cells = tuple[str, ...]
MEGABYTE = 1 << 20
HEAD = ("", "CPU s", "wall s", "memory MB (PSS)", "memory MB (RSS)", "MVT's CPU / this", "MVT's wall / this")


@dataclass(frozen=True)
class Row:
    """One line: the trials that it adds up, and the row of the rival that it is compared with."""

    label: str
    trials: tuple[str, ...]
    rival: str | None = None


PLAIN, PASSWORD, KEY = "MVT, plain", "MVT, encrypted, password", "MVT, encrypted, key"
ROWS = (
    Row(PLAIN, ("mvt plain",)),
    Row("Bridle, plain, 2 jobs", ("plain 2",), PLAIN),
    Row("Bridle, plain, 1 job", ("plain 1",), PLAIN),
    Row("Bridle, plain, 1 job, no YARA", ("plain 1 no yara",), PLAIN),
    Row(PASSWORD, ("mvt decrypt", "mvt decrypted")),
    Row("Bridle, encrypted, password, 2 jobs", ("password",), PASSWORD),
    Row(KEY, ("mvt decrypt key", "mvt decrypted")),
    Row("Bridle, encrypted, key, 2 jobs", ("key",), KEY),
)


def summed(results: Results, trials: Iterable[str]) -> Measured | None:
    """The medians of each trial, added up; None where one was not run."""
    total: Measured | None = None
    for name in trials:
        if not results.get(name):
            return None
        one = middle(results[name])
        total = one if total is None else total + one
    return total


def middle(measured: Sequence[Measured]) -> Measured:
    """The median of each figure."""
    resident = [one.resident for one in measured if one.resident is not None]
    proportional = [one.proportional for one in measured if one.proportional is not None]
    return Measured(
        median(one.cpu for one in measured), median(one.wall for one in measured),
        int(median(resident)) if resident else None, int(median(proportional)) if proportional else None,
    )  # fmt: skip


def figures(results: Results) -> list[Cells]:
    """The rows of the table."""
    medians = {row.label: one for row in ROWS if (one := summed(results, row.trials))}
    return [cells(row, medians[row.label], medians.get(row.rival or "")) for row in ROWS if row.label in medians]


def cells(row: Row, one: Measured, rival: Measured | None) -> Cells:
    """One row."""
    ratios = (f"{rival.cpu / one.cpu:.1f}", f"{rival.wall / one.wall:.1f}") if rival and one.cpu else ("", "")
    memory = (megabytes(one.proportional), megabytes(one.resident))
    return (row.label, f"{one.cpu:.2f}", f"{one.wall:.2f}", *memory, *ratios)


def megabytes(size: int | None) -> str:
    """A size; a dash where none was measured (only Linux tells)."""
    return "–" if size is None else f"{size / MEGABYTE:.0f}"


@dataclass(frozen=True)
class Target:
    """What Bridle shall reach."""

    what: str
    figure: Callable[[dict[str, Measured]], float | None]
    bound: float
    most: bool = False
    """Whether the bound is the most it may be, not the least."""


def ratio(rival: str, ours: str) -> Callable[[dict[str, Measured]], float | None]:
    """MVT's CPU time over Bridle's."""

    def figure(rows: dict[str, Measured]) -> float | None:
        return rows[rival].cpu / rows[ours].cpu if rival in rows and ours in rows else None

    return figure


def memory(rows: dict[str, Measured]) -> float | None:
    """The highest memory of any of Bridle's runs (proportional: a page shared by two processes counts once)."""
    sizes = [one.proportional for label, one in rows.items() if label.startswith("Bridle") and one.proportional]
    return max(sizes) / MEGABYTE if sizes else None


def speedup(rows: dict[str, Measured]) -> float | None:
    """Wall clock of one job over that of two."""
    one, two = rows.get("Bridle, plain, 1 job"), rows.get("Bridle, plain, 2 jobs")
    return one.wall / two.wall if one and two else None


TARGETS = (
    Target("plain: MVT's CPU time / Bridle's", ratio(PLAIN, "Bridle, plain, 2 jobs"), 15),
    Target("encrypted, password: the same", ratio(PASSWORD, "Bridle, encrypted, password, 2 jobs"), 25),
    Target("encrypted, key: the same", ratio(KEY, "Bridle, encrypted, key, 2 jobs"), 35),
    Target("memory of Bridle in MB (PSS)", memory, 250, most=True),
    Target("wall clock of one job / two jobs", speedup, 1.6),
)


def targets(results: Results) -> list[Cells]:
    """Each target, what was measured, and whether it is reached."""
    rows = {row.label: one for row in ROWS if (one := summed(results, row.trials))}
    found: list[Cells] = [("target", "at least/most", "measured", "")]
    for target in TARGETS:
        value = target.figure(rows)
        bound = f"{'≤' if target.most else '≥'} {target.bound:g}"
        if value is None:
            found.append((target.what, bound, "–", "not measured"))
        else:
            reached = value <= target.bound if target.most else value >= target.bound
            found.append((target.what, bound, f"{value:.1f}", "reached" if reached else "MISSED"))
    return found


def text(rows: Sequence[Cells]) -> str:
    """A table for a terminal: first column to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        figures = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join((first.ljust(widths[0]), *figures)).rstrip())
    return "\n".join(lines)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table for the documentation."""
    rule = ("---", *("---:" for _ in rows[0][1:]))
    return "\n".join("| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:]))
