"""Artifacts: one decorated generator for each kind of file that a phone keeps."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import cleandoc
from pkgutil import walk_packages
from typing import Any, TypeVar, get_args, get_type_hints

from scanner.evidence import File
from scanner.record import Record

Parse = Callable[[File], Iterator[Record]]
P = TypeVar("P", bound=Callable[[File], Iterator[Any]])


@dataclass(frozen=True)
class Artifact:
    """A parser: where its files lie on the device, what it yields and how it reads."""

    id: str
    where: tuple[str, ...]
    records: tuple[type[Record], ...]
    parse: Parse
    doc: str

    @property
    def own(self) -> bool:
        """Whether it reads the acquisition's own files, not the phone's: they exist in that kind of evidence only."""
        return all(":" in pattern.partition("/")[0] for pattern in self.where)

    def fits(self, system: str | None, schemes: tuple[str, ...]) -> bool:
        """Whether evidence of a system, in which these schemes are, could hold its files."""
        if not self.id.startswith(f"{(system or '').lower()}."):
            return False
        return not self.own or any(pattern.startswith(schemes) for pattern in self.where)


REGISTRY: dict[str, Artifact] = {}


def artifact(*where: str) -> Callable[[P], P]:
    """Register a parser of the files at these device paths; its id is its module's and its own name.

    In a path, `*` stands for any part of one name, `**` for any number of folders. The record types come from the
    annotation `Iterator[…]`, the documentation from the docstring.
    """

    def register(parse: P) -> P:
        package, module = parse.__module__.rsplit(".", 2)[-2:]
        name = f"{package}.{module}.{parse.__name__}"
        if name in REGISTRY:
            raise ValueError(f"two artifacts are named {name}")
        (yielded,) = get_args(get_type_hints(parse)["return"])
        records = get_args(yielded) or (yielded,)
        REGISTRY[name] = Artifact(name, where, records, parse, cleandoc(parse.__doc__ or ""))
        return parse

    return register


@cache
def load() -> dict[str, Artifact]:
    """Every artifact by id."""
    from scanner import artifacts

    for module in walk_packages(artifacts.__path__, artifacts.__name__ + "."):
        import_module(module.name)
    return dict(sorted(REGISTRY.items()))


def glob(pattern: str) -> str:
    """A device path pattern as a regular expression."""
    parts = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return "".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*)", pattern))


class Finder:
    """Which artifacts a path belongs to, fast: most patterns end in a fixed file name."""

    def __init__(self, chosen: dict[str, Artifact]) -> None:
        """Compile the patterns of the chosen artifacts."""
        self.named: dict[str, list[tuple[re.Pattern[str], Artifact]]] = {}
        open_ended: list[tuple[str, Artifact]] = []
        for one in chosen.values():
            for pattern in one.where:
                name = pattern.rpartition("/")[2]
                if "*" in name:
                    open_ended.append((glob(pattern), one))
                else:
                    self.named.setdefault(name, []).append((re.compile(glob(pattern)), one))
        self.others = [(re.compile(pattern), one) for pattern, one in open_ended]
        self.fixed = {pattern for one in chosen.values() for pattern in one.where if "*" not in pattern}
        """Paths that need no list of files to be looked for."""
        self.any_other = re.compile("|".join(pattern for pattern, _ in open_ended) or "(?!)")

    def __call__(self, path: str) -> list[Artifact]:
        """The artifacts that read this path, each once."""
        candidates = self.named.get(path[path.rfind("/") + 1 :], [])
        if self.any_other.fullmatch(path):
            candidates = candidates + self.others
        elif not candidates:
            return []
        return list({one.id: one for pattern, one in candidates if pattern.fullmatch(path)}.values())
