"""What every task of a scan shares: the evidence, what is looked for, and how far to go."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from scanner.evidence import Evidence
from scanner.feeds.compound import Compound
from scanner.matching.compound import Watcher
from scanner.matching.index import Index
from scanner.matching.yara import Yara
from scanner.record import Record
from scanner.rule import Rule

TASK_SECONDS = 600


@dataclass
class Context:
    """Sent to each worker process once."""

    evidence: Evidence
    index: Index
    rules: dict[str, Rule]
    yara: Yara | None = None
    records: Path | None = None
    """The folder that keeps the records of the case, if they are kept."""
    since: datetime | None = None
    until: datetime | None = None
    hashing: bool = False
    """Whether every file that is read is hashed whole, for the manifest of a case."""
    details: bool = False
    """Whether the manifest's times and owners are wanted for every file."""
    seconds: float = TASK_SECONDS
    compounds: tuple[Compound, ...] = ()
    """Patterns over several records; their rule is IOC009."""
    checks: dict[type[Record], list[Rule]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the rules by the record type that they judge."""
        self.checks = {}
        for rule in self.rules.values():
            for record in rule.records:
                self.checks.setdefault(record, []).append(rule)

    @cached_property
    def watcher(self) -> Watcher:
        """What says which observations of the compound patterns a record meets; one for each process."""
        return Watcher(self.compounds)

    @cached_property
    def wanted(self) -> frozenset[type[Record]]:
        """The record types that some correlation asks for."""
        return frozenset(record for rule in self.rules.values() for record in rule.inputs)
