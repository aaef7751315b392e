"""Compound STIX patterns: what they ask for, as a small tree that can be kept as JSON and sent to workers.

An observation `[…]` is met by one record; AND, OR, FOLLOWEDBY and qualifiers join the records that meet several.

One observation speaks of one object, so AND over objects of two types (a domain and a process) is refused, as stix2
does: `[…] AND […] WITHIN n SECONDS` says what is meant. One rule of this program stands beside STIX's: a pattern must
ask for something; what is made of negations and EXISTS alone holds for every phone, and is refused.

References:
    STIX 2.1, section 9 (STIX Patterning): https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from ipaddress import ip_network
from typing import Any, Literal

import msgspec

from scanner.feeds import normalise
from scanner.feeds.patterns import ESCAPED, InexpressibleError, observable, parse
from scanner.feeds.regular import regular
from scanner.finding import Source
from scanner.record import Kind

MAX_DEPTH = 40
MAX_OBSERVATIONS = 50
MAX_COMPARISONS = 500
MAX_TIMES = 1000
"""Of REPEATS."""

TOKEN = re.compile(
    r"""
    '[^'\\]*(?:\\.[^'\\]*)*' | (?P<comment>/\*.*?\*/ | //[^\r\n]*)
    | (?P<not>(?<![\w-])NOT(?![\w-]))
    | (?P<operator><=|>=|!=|<>|==?|<|>|(?<![\w-])(?:IN|LIKE|MATCHES|ISSUBSET|ISSUPERSET)(?![\w-])
        | (?<![\w-])EXISTS\s+(?P<path>[\w-]+\s*:\s*(?:[\w.-]|\[(?:\d+|\*)\]|'[^'\\]*'|\['[^'\\]*'\])+))
    """,
    re.VERBOSE | re.DOTALL,
)
NAMES = {"==": "=", "<>": "!="}
READ = {"!=": "=", "EXISTS": "LIKE"}
"""What stix2 reads in the place of some operators."""
NETWORKS = frozenset({"ISSUBSET", "ISSUPERSET"})
HASHES = frozenset(normalise.BY_LENGTH.values())
CERTIFICATES = frozenset(normalise.CERTIFICATES.values())


class Comparison(msgspec.Struct, frozen=True, tag="comparison"):
    """Something about one value: `=`, `>`, `IN`, `LIKE`, …; `negated` also where the pattern writes `!=`."""

    kind: Kind
    operator: str
    values: tuple[str, ...] = ()
    negated: bool = False


class Junction(msgspec.Struct, frozen=True, tag="junction"):
    """Comparisons joined, inside one observation."""

    operator: Literal["AND", "OR"]
    operands: "tuple[Comparison | Junction, ...]"


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """That an observation of the pattern, by number, is met."""

    number: int


class Joined(msgspec.Struct, frozen=True, tag="joined"):
    """Observations joined."""

    operator: Literal["AND", "OR", "FOLLOWEDBY"]
    operands: "tuple[Seen | Joined | Qualified, ...]"


class Qualified(msgspec.Struct, frozen=True, tag="qualified"):
    """Observations with one qualifier: WITHIN seconds, REPEATS times, or START (inclusive) and STOP (exclusive)."""

    operand: "Seen | Joined | Qualified"
    within: float | None = None
    times: int | None = None
    start: datetime | None = None
    stop: datetime | None = None


Test = Comparison | Junction
Expression = Seen | Joined | Qualified


class Compound(msgspec.Struct, frozen=True):
    """A pattern: what each of its observations asks for, how they are joined, and who published it."""

    pattern: str
    observations: tuple[Comparison | Junction, ...]
    tree: Seen | Joined | Qualified
    sources: tuple[Source, ...] = ()


def compile(pattern: str) -> Compound:  # noqa: A001 - as `re.compile`
    """A pattern as a tree.

    Raises:
        InexpressibleError: a sound pattern that can never be matched, or not in bounded time; the message says why.
        ValueError: not a pattern.
    """
    plain, operators = unnegated(pattern)
    made = Compiler(operators)
    tree = made.expression(parse(plain), 0)
    if made.left():
        raise InexpressibleError("compound pattern that the parser reads otherwise than it is written")
    if not asks(tree, made.observations):
        raise InexpressibleError("compound pattern of negations alone, which holds for every phone")
    return Compound(pattern, tuple(made.observations), tree)


def merged(compounds: Iterable[Compound]) -> tuple[Compound, ...]:
    """Patterns of several feeds, each once, with all its sources."""
    found: dict[str, Compound] = {}
    for one in compounds:
        before = found[one.pattern].sources if one.pattern in found else ()
        sources = tuple(dict.fromkeys((*before, *one.sources)))
        found[one.pattern] = msgspec.structs.replace(one, sources=sources)
    return tuple(found.values())


def unnegated(pattern: str) -> tuple[str, list[tuple[str, bool]]]:
    """A pattern as stix2 can read it, and each operator of it in order, with whether it is negated.

    stix2 3.0 loses NOTs or trips over them, so they are taken out; it trips over EXISTS, which becomes `LIKE '%'`.

    Raises:
        ValueError: a NOT that stands before no operator.
    """
    operators: list[tuple[str, bool]] = []
    pieces, done, negated = list[str](), 0, False
    for found in TOKEN.finditer(pattern):
        if negated and (found["operator"] is found["comment"] or pattern[done : found.start()].strip()):
            raise ValueError("not a STIX pattern: a NOT before no operator")
        if found["comment"] or found["not"]:
            pieces += [pattern[done : found.start()], " "]
            done, negated = found.end(), negated or bool(found["not"])
        elif found["operator"]:
            operators.append(("EXISTS" if found["path"] else NAMES.get(found[0], found[0]), negated))
            pieces += [pattern[done : found.start()], f"{found['path']} LIKE '%'" if found["path"] else found[0]]
            done, negated = found.end(), False
    if negated:
        raise ValueError("not a STIX pattern: a NOT before no operator")
    return "".join([*pieces, pattern[done:]]), operators


class Compiler:
    """Goes through the tree of stix2 in the order of the text."""

    def __init__(self, operators: list[tuple[str, bool]]) -> None:
        """Take the operators as they stand in the text."""
        self.patterns = import_module("stix2.patterns")
        self.operators = iter(operators)
        self.count = 0
        self.observations: list[Test] = []

    def left(self) -> bool:
        """Whether the text has operators that the tree has not."""
        return next(self.operators, None) is not None

    def expression(self, node: Any, depth: int) -> Expression:
        """Observations, joined and qualified."""
        patterns = self.patterns
        node = self.bare(node, depth)
        if isinstance(node, patterns.ObservationExpression):
            return self.observation(node)
        if isinstance(node, patterns.QualifiedObservationExpression):
            return self.qualified(self.expression(node.observation_expression, depth + 1), node.qualifier)
        if node is None or not hasattr(node, "operands"):
            raise InexpressibleError(f"compound pattern with {type(node).__name__}")
        parts = tuple(self.expression(part, depth + 1) for part in self.operands(node))
        return Joined(node.operator, parts)

    def bare(self, node: Any, depth: int) -> Any:
        """What stands in parentheses."""
        for _ in range(MAX_DEPTH):
            if depth > MAX_DEPTH:
                break
            if not isinstance(node, self.patterns.ParentheticalExpression):
                return node
            node = node.expression
        raise InexpressibleError("compound pattern that is nested too deep")

    def operands(self, node: Any) -> list[Any]:
        """The operands of a chain of equal operators, which stix2 nests to the left."""
        right: list[Any] = []
        kind = type(node)
        while type(node) is kind:
            node, *rest = node.operands
            right += reversed(rest)
        return [node, *reversed(right)]

    def qualified(self, operand: Expression, qualifier: Any) -> Expression:
        """A qualifier as numbers and times."""
        patterns = self.patterns
        if isinstance(qualifier, patterns.WithinQualifier):
            return Qualified(operand, within=float(qualifier.number_of_seconds.value))
        if isinstance(qualifier, patterns.RepeatQualifier):
            if not 0 < (times := int(qualifier.times_to_repeat.value)) <= MAX_TIMES:
                raise InexpressibleError(f"compound pattern with REPEATS {times} TIMES")
            return Qualified(operand, times=times)
        return Qualified(operand, start=moment(qualifier.start_time), stop=moment(qualifier.stop_time))

    def observation(self, node: Any) -> Seen:
        """One observation: a number in the tree, and what it asks of one record."""
        if len(self.observations) >= MAX_OBSERVATIONS:
            raise InexpressibleError(f"compound pattern of more than {MAX_OBSERVATIONS} observations")
        test = self.test(node.operand, 0)
        self.observations.append(test)
        return Seen(len(self.observations) - 1)

    def test(self, node: Any, depth: int) -> Test:
        """What one record must meet."""
        node = self.bare(node, depth)
        if hasattr(node, "operands"):
            return Junction(node.operator, tuple(self.test(part, depth + 1) for part in self.operands(node)))
        self.count += 1
        operator, negated = next(self.operators, ("nothing", False))
        if self.count > MAX_COMPARISONS:
            raise InexpressibleError(f"compound pattern of more than {MAX_COMPARISONS} comparisons")
        if getattr(node, "operator", None) != READ.get(operator, operator):
            raise InexpressibleError("compound pattern that the parser reads otherwise than it is written")
        return compared(str(node.lhs), operator, negated, constants(node.rhs))


def moment(constant: Any) -> datetime:
    """The time of START or STOP."""
    value = constant.value
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return datetime.fromtimestamp(value.timestamp(), UTC)


def constants(node: Any) -> tuple[str, ...]:
    """The texts that a value is compared with."""
    found = []
    for one in node.value if isinstance(node.value, list) else [node]:
        if type(one).__name__ != "StringConstant":
            raise InexpressibleError("a constant that is no text")
        found.append(ESCAPED.sub(r"\1", one.value))
    return tuple(found)


def compared(path: str, operator: str, negated: bool, values: tuple[str, ...]) -> Test:
    """One comparison, its values in normal form where they are whole values."""
    kind = observable(path)
    if operator == "EXISTS":
        if negated:
            raise InexpressibleError("NOT EXISTS: what a record of a phone does not hold says nothing")
        return Comparison(kind, operator)
    if operator == "!=":
        operator, negated = "=", not negated
    if operator in {"LIKE", "MATCHES"}:
        regular(folded(kind, values[0]) if operator == "LIKE" else values[0], operator == "LIKE")
        values = (folded(kind, values[0]),) if operator == "LIKE" else values
        return Comparison(kind, operator, values, negated)
    if operator in NETWORKS:
        if kind is not Kind.IP:
            raise InexpressibleError(f"{operator} of what is no address")
        return Comparison(kind, operator, (str(ip_network(values[0], strict=False)),), negated)
    if operator not in {"=", "IN"}:
        return Comparison(kind, operator, (folded(kind, values[0]),), negated)
    grouped: dict[Kind, dict[str, None]] = {}
    for value in values:
        directory = kind is Kind.PATH and path.startswith("directory") and value[-1:] != "/"
        named, normal = normalise.indicator(kind, value + "/" * directory)
        grouped.setdefault(named, {})[normal] = None
    parts = tuple(Comparison(named, "IN", tuple(normal), negated) for named, normal in grouped.items())
    return parts[0] if len(parts) == 1 else Junction("AND" if negated else "OR", parts)


def folded(kind: Kind, value: str) -> str:
    """A part of a value in the letters that its kind is compared in: STIX minds their case, names of hosts do not."""
    if kind in {Kind.DOMAIN, Kind.EMAIL, Kind.APP_ID, Kind.IP} or kind in HASHES | CERTIFICATES:
        return value.lower()
    if kind is Kind.PROFILE:
        return value.upper()
    return normalise.path(value) if kind is Kind.PATH else value


def asks(node: Expression | Test, observations: list[Test]) -> bool:
    """Whether something must be there, beyond what every phone has."""
    if isinstance(node, Comparison):
        return not node.negated and node.operator != "EXISTS"
    if isinstance(node, Seen):
        return asks(observations[node.number], observations)
    if isinstance(node, Qualified):
        return asks(node.operand, observations)
    return (all if node.operator == "OR" else any)(asks(part, observations) for part in node.operands)
