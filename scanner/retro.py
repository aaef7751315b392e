"""Which kept shards an indicator may stand in: by their atoms, and where compound patterns ask for them."""

from collections.abc import Iterator

from scanner import past
from scanner.atom_store import AtomStore
from scanner.case import ATOMS
from scanner.examine import LEFT_OUT
from scanner.feeds.compound import Compound
from scanner.finding import Outcome, Problem
from scanner.matching.compound import Asked
from scanner.matching.index import Index
from scanner.past import Past
from scanner.record import Record
from scanner.sift import CONTENTS


def concerned(case: Past, index: Index, compounds: tuple[Compound, ...]) -> frozenset[str] | None:
    """The shards that some indicator may stand in, or a compound pattern asks for; None: all, for there are no atoms.

    Raises:
        ValueError: atoms or shards are damaged.
        OSError: they cannot be read.
    """
    if not (case.folder / ATOMS).is_file():
        return None
    atoms = AtomStore(case.folder / ATOMS)
    try:
        found = atoms.within(index)
    finally:
        atoms.close()
    if compounds:
        found |= {name for task in case.tasks for one in task.outcomes for name in asked(compounds, one)}
    every = (one for task in case.tasks for one in task.outcomes if any(map(cut, one.problems)))
    return frozenset(found.union(f"{one.evidence}/{shard}" for one in every for shard in one.kept.values()))


def cut(problem: Problem) -> bool:
    """Whether a problem says that a task had more findings than are listed."""
    return problem.message.endswith(LEFT_OUT)


def asked(compounds: tuple[Compound, ...], one: Outcome) -> Iterator[str]:
    """The shards of a task whose records compound patterns ask for."""
    for name, shard in one.kept.items():
        if one.artifact == CONTENTS or asks(compounds, past.record_type(one, name)):
            yield f"{one.evidence}/{shard}"


def asks(compounds: tuple[Compound, ...], kind: type[Record]) -> bool:
    """Whether some pattern has a test for records of a type."""
    made = Asked(compounds, kind, described=False)
    return bool(made.extracts or made.of_path)
