"""Rules: named, documented judgements over one record, and correlations over many."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import cleandoc
from pkgutil import walk_packages
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from scanner.finding import Severity
from scanner.record import Record, Stage

T = TypeVar("T", bound=Record)
C = TypeVar("C", bound=Callable[..., Any])
PARTS = ("Why", "Benign causes", "Base rate", "Next", "References")


@dataclass(frozen=True)
class Page:
    """What a rule says of itself: title, and the parts of its docstring."""

    title: str
    why: str
    benign: str
    rate: str
    next: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """A record and the file that it was read from."""

    record: T
    artifact: str
    path: str
    native: str | None


class Records(Generic[T]):
    """All records of one type in the evidence, read anew at each iteration."""

    def __init__(self, read: Callable[[], Iterator[Located[T]]]) -> None:
        """Take what reads them."""
        self.read = read

    def __iter__(self) -> Iterator[Located[T]]:
        """One after the other."""
        return self.read()


@dataclass(frozen=True, slots=True)
class Hit:
    """What a correlation found: the record to point at, and what to say."""

    at: Located[Any]
    message: str
    count: int = 1
    severity: Severity | None = None
    """Where it is worth more or less than its rule says."""


@dataclass(frozen=True)
class Rule:
    """A check of single records, or (`inputs`) a correlation; indicator rules are pages without a check."""

    id: str
    name: str
    severity: Severity
    stage: Stage
    page: Page
    check: Callable[..., Any]
    records: tuple[type[Record], ...] = ()
    inputs: tuple[type[Record], ...] = ()
    once: str | None = None
    """The field whose value is the subject: a subject is reported once, with a count."""


REGISTRY: dict[str, Rule] = {}


def rule(rule_id: str, severity: Severity, stage: Stage, *, once: str | None = None) -> Callable[[C], C]:
    """Register a check `record -> message or None`: its argument's annotation says of which records."""

    def register(check: C) -> C:
        hints = get_type_hints(check)
        hint = next(hint for name, hint in hints.items() if name != "return")
        enter(rule_id, check, severity, stage, records=get_args(hint) or (hint,), once=once)
        return check

    return register


def correlation(rule_id: str, severity: Severity, stage: Stage) -> Callable[[C], C]:
    """Register a correlation `*Records[…] -> Iterator[Hit]`; it runs after all parsing."""

    def register(check: C) -> C:
        hints = get_type_hints(check)
        inputs = tuple(get_args(hint)[0] for name, hint in hints.items() if name != "return")
        enter(rule_id, check, severity, stage, inputs=inputs)
        return check

    return register


def enter(rule_id: str, check: Callable[..., Any], severity: Severity, stage: Stage, **more: Any) -> None:
    """Put a rule into the registry under an id that no other has."""
    if rule_id in REGISTRY:
        raise ValueError(f"two rules have the id {rule_id}")
    name = check.__name__.replace("_", "-")
    REGISTRY[rule_id] = Rule(rule_id, name, severity, stage, page(check.__doc__ or ""), check, **more)


def page(doc: str) -> Page:
    """The parts of a docstring: a title, then `Part: text`."""
    title, *blocks = re.split(rf"\n\s*({'|'.join(PARTS)}):\s*", cleandoc(doc))
    parts = {name: " ".join(text.split()) for name, text in zip(blocks[::2], blocks[1::2], strict=True)}
    links = tuple(parts.get("References", "").split())
    return Page(
        " ".join(title.split()),
        parts.get("Why", ""),
        parts.get("Benign causes", ""),
        parts.get("Base rate", ""),
        parts.get("Next", ""),
        links,
    )


@cache
def load(system: str | None = None) -> dict[str, Rule]:
    """Every rule by id; of a system (`Android`), those that concern it: the modules of others are not imported."""
    from scanner import rules

    own = f"{rules.__name__}.{(system or '').lower()}."
    for module in walk_packages(rules.__path__, rules.__name__ + "."):
        if system is None or module.name.startswith(own) or module.name.count(".") == own.count(".") - 1:
            import_module(module.name)
    if system is None:
        return dict(sorted(REGISTRY.items()))
    return {name: one for name, one in sorted(REGISTRY.items()) if of(one, own)}


def of(one: Rule, own: str) -> bool:
    """Whether a rule stands in a system's package, or in none of a system."""
    module = one.check.__module__
    return module.startswith(own) or module.count(".") == own.count(".") - 1


def chosen(select: tuple[str, ...] = (), ignore: tuple[str, ...] = (), system: str | None = None) -> dict[str, Rule]:
    """The rules whose id begins with a selected prefix (none: all) and with no ignored one."""
    return {
        one: found
        for one, found in load(system).items()
        if (not select or one.startswith(select)) and not (ignore and one.startswith(ignore))
    }
