"""What newer Android services print: nested `name={`, `name=[` and `key=value`, one to a line.

References:
    AOSP, com.android.internal.util.dump.DualDumpOutputStream:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/com/android/internal/util/dump/
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 64
MAX_BLOCKS = 200_000


@dataclass(slots=True)
class Block:
    """An object (`{`) or a list (`[`): its plain values, and what is nested in it."""

    line: int
    name: str = ""
    values: list[tuple[int, str, str]] = field(default_factory=list)
    """(line, key, text); an element of a list has the key ""."""
    blocks: list["Block"] = field(default_factory=list)

    def get(self, key: str) -> str | None:
        """The first value of a key."""
        return next((text for _, name, text in self.values if name == key), None)

    def texts(self, key: str) -> tuple[str, ...]:
        """All values of a key, whether it is written `key=a` or as a list `key=[`."""
        single = [text for _, name, text in self.values if name == key]
        listed = [text for block in self.blocks if block.name == key for _, _, text in block.values]
        return tuple(single + listed)

    def walk(self) -> Iterator["Block"]:
        """This block and all in it, in the order of lines."""
        waiting = [self]
        while waiting:
            block = waiting.pop()
            yield block
            waiting.extend(reversed(block.blocks))

    def named(self, name: str) -> Iterator["Block"]:
        """All blocks of a name, however deep; the elements of a list bear the list's name."""
        return (block for block in self.walk() if block.name == name)


def read(lines: Iterable[tuple[int, str]]) -> tuple[Block, str]:
    """The whole text as one block, and what is wrong with it ("" where nothing is).

    An element of a list gets the list's name.
    """
    root = Block(0)
    stack, made, problem = [root], 0, ""
    for line, written in lines:
        text = written.strip()
        if text in {"}", "]"}:
            if len(stack) > 1:
                stack.pop()
            else:
                problem = problem or f"line {line}: closed what was not open"
        elif text.endswith(("={", "=[")) or text in {"{", "["}:
            made += 1
            if len(stack) > MAX_DEPTH or made > MAX_BLOCKS:
                return root, f"line {line}: nested too deeply, or too much: the rest was not read"
            block = Block(line, text[:-2] if "=" in text else stack[-1].name)
            stack[-1].blocks.append(block)
            stack.append(block)
        elif text:
            key, equals, value = text.partition("=")
            stack[-1].values.append((line, key, value) if equals else (line, "", text))
    if len(stack) > 1:
        problem = problem or "it ends in the middle of an object"
    return root, problem
