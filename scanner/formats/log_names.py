"""What in a line of a log an indicator can meet: links, host names, packages, paths, addresses and hashes."""

import re

MAX_SEEN = 200_000
"""Words that are remembered."""
SHORTEST_HASH = 32
NAME = re.compile(r"(?<![\w./@-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::\w+)?")
"""A package, a package's process, or a class."""
PATH = re.compile(r"(?<![\w.:/-])/(?:[\w.@+~=%-]+/)*[\w.@+~=%-]+/?")
WORTH = re.compile(r"[A-Za-z]\w*\.[A-Za-z]|/[\w.]+/|\d\.\d+\.\d+\.\d|[0-9a-fA-F]{32}|://")
MAX_NAMES = 32
ABSENT = (
    "not found", "notfound", "not installed", "isn't installed", "no such file", "enoent", "unknown package",
    "not exist", "n't exist", "not find", "n't find", "failed to find", "unable to find", "missing",
)  # fmt: skip
"""What lines say in lower case of something that is not there: apps ask for packages and files that others have."""


class Fresh:
    """Whether a line holds a word of interest that no line of the same hour held.

    Lines that say that something is not there are counted apart, lest they hide those that say that it is.
    """

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.seen: dict[str, str] = {}
        self.absent: dict[str, str] = {}

    def __call__(self, message: str, hour: str) -> bool:
        """Whether a message holds such a word; from now on it was seen."""
        if not self.first(message, hour, self.seen):
            return False
        if not tells_of_absence(message):
            return True
        for word in message.replace(",", " ").split():
            self.seen.pop(word, None)
        return self.first(message, hour, self.absent)

    def first(self, message: str, hour: str, seen: dict[str, str]) -> bool:
        """Whether a message holds a word of interest that was not seen in this hour."""
        fresh = False
        for word in message.replace(",", " ").split():
            if ("." in word or "/" in word or len(word) >= SHORTEST_HASH) and seen.get(word) != hour:
                if word in seen or WORTH.search(word):
                    fresh = True
                    seen[word] = hour
                if len(seen) > MAX_SEEN:
                    seen.clear()
        return fresh


def tells_of_absence(message: str) -> bool:
    """Whether a line says that what it names is not there."""
    lower = message.lower()
    return any(words in lower for words in ABSENT)


def names(message: str) -> tuple[str, ...]:
    """Dotted names in a message, each once."""
    return tuple(dict.fromkeys(NAME.findall(message)))[:MAX_NAMES]


def paths(message: str) -> tuple[str, ...]:
    """Absolute paths in a message, each once."""
    return tuple(dict.fromkeys(PATH.findall(message)))[:MAX_NAMES] if "/" in message else ()
