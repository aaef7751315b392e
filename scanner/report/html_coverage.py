"""What was checked: by artifact for the table and the map, never better than its worst file."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.finding import Coverage, Problem, State

WORST = (
    State.FAILED, State.TIMED_OUT, State.UNSUPPORTED, State.PARTIAL, State.SKIPPED, State.CHECKED, State.EMPTY,
    State.ABSENT,
)  # fmt: skip
"""States, the one that says most about a gap first."""
MAX_PROBLEMS = 50
MAX_FILES = 5000


@dataclass
class Checked:
    """What became of one artifact in one piece of evidence."""

    evidence: str
    artifact: str
    rows: list[Coverage] = field(default_factory=list)

    @property
    def state(self) -> State:
        """The worst of its files; absent only if all are."""
        return min((row.state for row in self.rows), key=WORST.index)

    @property
    def mark(self) -> str:
        """The state as a name for a class or a symbol."""
        return self.state.value.replace(" ", "-")

    @property
    def records(self) -> int:
        """How many records were read."""
        return sum(row.records for row in self.rows)

    @property
    def files(self) -> int:
        """In how many files it was looked for and found."""
        return sum(row.path is not None for row in self.rows)

    @property
    def problems(self) -> list[tuple[str | None, Problem]]:
        """What could not be read, with its file; the first of them."""
        every = [
            (problem.path or row.path, problem) for row in self.rows for problem in row.problems if not problem.note
        ]
        return every[:MAX_PROBLEMS]

    @property
    def more(self) -> int:
        """How many problems are not listed."""
        return max(sum(not one.note for row in self.rows for one in row.problems) - MAX_PROBLEMS, 0)


@dataclass
class Area:
    """Artifacts of one part of the phone: Safari, messages, packages."""

    name: str
    checked: list[Checked] = field(default_factory=list)

    @property
    def there(self) -> list[Checked]:
        """Those that the evidence holds."""
        return [one for one in self.checked if one.state is not State.ABSENT]

    @property
    def states(self) -> dict[str, int]:
        """How many are in each state."""
        return counted(self.checked)


def by_artifact(coverage: Iterable[Coverage]) -> list[Checked]:
    """The coverage by artifact: gaps first, then what was read, then what the evidence does not hold."""
    found: dict[tuple[str, str], Checked] = {}
    for row in coverage:
        found.setdefault((row.evidence, row.artifact), Checked(row.evidence, row.artifact)).rows.append(row)
    return sorted(found.values(), key=lambda one: (WORST.index(one.state), one.artifact, one.evidence))


def areas(checked: Iterable[Checked]) -> list[Area]:
    """The map: by the middle part of the artifacts' names."""
    found: dict[str, Area] = {}
    for one in sorted(checked, key=lambda one: (one.artifact, one.evidence)):
        parts = one.artifact.split(".")
        name = parts[1] if len(parts) > 1 else parts[0]
        found.setdefault(name, Area(name)).checked.append(one)
    return [found[name] for name in sorted(found)]


def counted(checked: Iterable[Checked] | Iterable[Coverage]) -> dict[str, int]:
    """How many are in each state, gaps first."""
    made: dict[str, int] = {}
    for one in checked:
        made[one.state.value] = made.get(one.state.value, 0) + 1
    return {state.value: made[state.value] for state in WORST if state.value in made}
