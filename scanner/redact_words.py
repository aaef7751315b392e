"""The words of the scanner's own sentences: what else stands in a message came out of the evidence.

Messages are put together from texts in the code and from values of records. The texts are known: they are constants of
the code, and every word that is in none of them is taken for a part of a value.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import CodeType, ModuleType
from typing import Any

WORD = re.compile(r"[^\W\d_]+")
PACKAGES = ("rules", "artifacts", "formats", "evidence", "matching")
MODULES = ("convert", "engine", "examine", "gather", "integrity", "joining", "sift", "suppress", "workers", "artifact")
MAX_DEPTH = 4
ALSO = "Error Exception None True False UTC ios android sqlite plist xml json zip tar gzip iPhone iPad Galaxy Pixel"
"""Of sentences that others write, Python's and SQLite's errors, and what most phones are called after."""
MONTHS = frozenset({"Jan", "May", "April", "June", "August"})
"""Persons are called so; no sentence of ours needs them."""


@cache
def vocabulary() -> frozenset[str]:
    """Every word of the code's own texts, as it is written there."""
    found = set(WORD.findall(ALSO))
    for module in modules():
        for text in texts(module):
            found.update(WORD.findall(text))
    return frozenset(found - MONTHS)


@cache
def components() -> frozenset[str]:
    """Every name of a file or folder that a parser asks for: they are the same on all phones."""
    from scanner import artifact

    paths = (path for one in artifact.load().values() for path in one.where)
    return frozenset(part for path in paths for part in path.split("/") if part and "*" not in part)


def modules() -> Iterator[ModuleType]:
    """The modules whose sentences stand in reports."""
    for name in MODULES:
        yield import_module(f"scanner.{name}")
    for package in PACKAGES:
        top = import_module(f"scanner.{package}")
        yield top
        for found in walk_packages(top.__path__, top.__name__ + "."):
            with suppress(ImportError):  # of an extra that is not installed: its words are not used then
                yield import_module(found.name)


def texts(module: ModuleType) -> Iterator[str]:
    """The constants of a module and of its functions, without what documents them."""
    for name, value in vars(module).items():
        if name.startswith("__"):
            continue
        yield from constants(value)
        if getattr(value, "__module__", None) == module.__name__:
            yield from code(value)
            for member in vars(value).values() if isinstance(value, type) else ():
                yield from code(member)


def code(value: Any) -> Iterator[str]:
    """The constants of a function."""
    value = getattr(value, "__wrapped__", getattr(value, "__func__", getattr(value, "fget", value)))
    if isinstance(inner := getattr(value, "__code__", None), CodeType):
        documented = getattr(value, "__doc__", None)
        yield from (text for text in compiled(inner) if text != documented)


def compiled(inner: CodeType) -> Iterator[str]:
    """The constants of compiled code."""
    for value in inner.co_consts:
        if isinstance(value, CodeType):
            yield from compiled(value)
        else:
            yield from constants(value)


def constants(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in a constant."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < MAX_DEPTH:
        for key, one in value.items():
            yield from constants(key, depth + 1)
            yield from constants(one, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < MAX_DEPTH:
        for one in value:
            yield from constants(one, depth + 1)
