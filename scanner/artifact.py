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
def load(system: str | None = None) -> dict[str, Artifact]:
    """Every artifact by id, of one system (`Android`) or of all; the modules of others are not imported."""
    from scanner import artifacts

    system = system.lower() if system is not None else None
    for module in walk_packages(artifacts.__path__, artifacts.__name__ + "."):
        if system is None or module.name.startswith(f"{artifacts.__name__}.{system}."):
            import_module(module.name)
    return {name: one for name, one in sorted(REGISTRY.items()) if system is None or name.startswith(f"{system}.")}


def find(name: str) -> Artifact:
    """One artifact by its id."""
    return load(name.partition(".")[0])[name]


def glob(pattern: str) -> str:
    """A device path pattern as a regular expression."""
    parts = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return "".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*)", pattern))


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A device path pattern, compiled when a path first may be one: compiling all takes longer than many a scan."""
    return re.compile(glob(pattern))


class Finder:
    """Which artifacts a path belongs to, fast: most patterns are one path, or end in a fixed file name."""

    def __init__(self, chosen: dict[str, Artifact]) -> None:
        """Sort the patterns of the chosen artifacts."""
        self.fixed: dict[str, list[Artifact]] = {}
        """Whole paths: they need no list of files to be looked for."""
        self.named: dict[str, list[tuple[str, Artifact]]] = {}
        self.others: list[tuple[str, Artifact]] = []
        for one in chosen.values():
            for pattern in one.where:
                name = pattern.rpartition("/")[2]
                if "*" not in pattern:
                    self.fixed.setdefault(pattern, []).append(one)
                elif "*" in name:
                    self.others.append((pattern, one))
                else:
                    self.named.setdefault(name, []).append((pattern, one))
        self.any_other = re.compile("|".join(glob(pattern) for pattern, _ in self.others) or "(?!)")

    def __call__(self, path: str) -> list[Artifact]:
        """The artifacts that read this path, each once, in the order of their ids."""
        found = {one.id: one for one in self.fixed.get(path, ())}
        candidates = self.named.get(path[path.rfind("/") + 1 :], [])
        if self.any_other.fullmatch(path):
            candidates = candidates + self.others
        elif not candidates:
            return list(found.values())
        found |= {one.id: one for pattern, one in candidates if compiled(pattern).fullmatch(path)}
        return [found[name] for name in sorted(found)]
