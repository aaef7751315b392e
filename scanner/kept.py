"""What a task keeps of its records: shards on disk with their atoms, and in memory what correlations ask for."""

import io
import os
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from scanner.atoms import Atoms
from scanner.context import Context
from scanner.finding import Outcome
from scanner.record import Record
from scanner.store import Shard, shard_name, write_run

RUN = ".atoms"
PART = ".part"


class Shelf:
    """The shard of one type, if it is kept on disk, and its atoms; under temporary names until it is whole."""

    def __init__(self, folder: Path, name: str, stack: ExitStack) -> None:
        """Open it below `folder`; a worker that outlives a scan that was killed writes to a file of its own."""
        self.path = folder / name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.part = self.path.with_name(f"{self.path.name}.{os.getpid()}{PART}")
        self.atoms = Atoms()
        sink: IO[bytes] = stack.enter_context(self.part.open("wb"))
        self.shard = Shard(sink)

    def write(self, kind: type[Record], records: list[Record]) -> None:
        """Keep records."""
        self.shard.write(records)
        self.atoms.add(kind, records)

    def publish(self) -> None:
        """Give the shard and its atoms their names; the shard comes last, so that no shard is without atoms."""
        run = self.path.with_name(self.path.name + RUN)
        part = run.with_name(f"{run.name}.{os.getpid()}{PART}")
        write_run(part, self.atoms.run())
        part.replace(run)
        self.part.replace(self.path)


class Kept:
    """The shards of an outcome."""

    def __init__(self, context: Context, outcome: Outcome, stack: ExitStack) -> None:
        """Open nothing until there is a record."""
        self.context, self.outcome, self.stack = context, outcome, stack
        self.name = (outcome.path, outcome.native)
        self.shelves: dict[type[Record], Shelf] = {}
        self.memory: dict[type[Record], tuple[Shard, io.BytesIO]] = {}

    def write(self, kind: type[Record], records: list[Record]) -> None:
        """Keep records of one type."""
        order = self.outcome.order
        if order and order[-1][0] == kind.__name__:
            order[-1] = (kind.__name__, order[-1][1] + len(records))
        else:
            order.append((kind.__name__, len(records)))
            self.open(kind)
        if kind in self.shelves:
            self.shelves[kind].write(kind, records)
        if kind in self.memory:
            self.memory[kind][0].write(records)

    def open(self, kind: type[Record]) -> None:
        """Make the shards for records of a type, if they are not there."""
        if self.context.records and kind not in self.shelves:
            name = shard_name(self.outcome.artifact, kind, *self.name)
            self.shelves[kind] = Shelf(self.context.records, name, self.stack)
            self.outcome.kept[kind.__name__] = name
        if kind in self.context.wanted and kind not in self.memory:
            sink = io.BytesIO()
            self.memory[kind] = Shard(sink), sink

    def close(self) -> dict[str, bytes]:
        """Finish every shard; those on disk get their names, those in memory are returned."""
        for shelf in self.shelves.values():
            shelf.shard.close()
        self.stack.close()
        for shelf in self.shelves.values():
            shelf.publish()
        for shard, _ in self.memory.values():
            shard.close()
        return {kind.__name__: sink.getvalue() for kind, (_, sink) in self.memory.items()}
