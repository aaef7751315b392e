"""Lists in JSON, as AndroidQF writes most of what it collects."""

from collections.abc import Iterator
from typing import TypeVar

from scanner.evidence import File

T = TypeVar("T", str, dict)  # type: ignore[type-arg]
WORDS = {str: "a text", dict: "an object"}


def members(file: File, kind: type[T]) -> Iterator[tuple[int, T]]:
    """The numbered members of a list; `null` stands for an empty one, a member of another kind is noted.

    Raises:
        ValueError: it is no list.
    """
    found = file.json()
    if found is not None and not isinstance(found, list):
        raise ValueError(f"not a list but {type(found).__name__}")
    for number, one in enumerate(found or []):
        if isinstance(one, kind):
            yield number, one
        else:
            file.problem(f"not {WORDS[kind]} but {type(one).__name__}", number)
