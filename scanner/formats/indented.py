"""Indented text, as Android's services print their state: lines below lines, and `key=value` pairs in them.

References:
    AOSP, android.util.IndentingPrintWriter, which most services print with:
    https://android.googlesource.com/platform/frameworks/libs/modules-utils
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAX_CHILDREN = 1_000_000
"""Lines below one line at the top level."""
PAIR = re.compile(r"([\w.$/-]+)=(\[[^\]]*\]|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\"[^\"]*\"|\([^)]*\)|[^\s,;\]})]*)")


@dataclass(slots=True)
class Node:
    """A line, without its indentation, and the lines that are indented below it."""

    line: int
    text: str
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of lines."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def below(self, start: str) -> "Node | None":
        """The first child whose text begins so."""
        return next((child for child in self.children if child.text.startswith(start)), None)


def outline(lines: Iterable[tuple[int, str]]) -> Iterator[Node]:
    """The nodes at the top level, each with all that is below it; empty lines are left out.

    The top level is where the first line stands, or further left. A tab counts as one column, as services use one or
    the other.
    """
    stack: list[tuple[int, Node]] = []
    held = 0
    for number, text in lines:
        stripped = text.lstrip()
        if not stripped:
            continue
        indent, node = len(text) - len(stripped), Node(number, stripped.rstrip())
        while len(stack) > 1 and stack[-1][0] >= indent:
            stack.pop()
        if stack and (stack[0][0] >= indent or held >= MAX_CHILDREN):
            yield stack[0][1]
            stack, held = [], 0
        if stack:
            stack[-1][1].children.append(node)
            held += 1
        stack.append((indent, node))
    if stack:
        yield stack[0][1]


def pairs(text: str) -> dict[str, str]:
    """The `key=value` pairs in a line: `a=1 b=[x, y] c={d=2} e="f g"`; brackets and quotes stay with the value."""
    return dict(PAIR.findall(text))
