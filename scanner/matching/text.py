"""Candidates in free text: one automaton over all names, then whole tokens: no part of a longer name matches."""

import re
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

PUNYCODE = "xn--"
TOKEN = r"\w.@+%\-"  # noqa: S105 - characters of host names and e-mail addresses
BEFORE = re.compile(rf"(?:[a-zA-Z][a-zA-Z0-9+.\-]{{1,15}}:(?://)?(?:[^\s/@<>]{{0,64}}@)?)?[{TOKEN}]*\Z")
AFTER = re.compile(rf"[{TOKEN}]*(?::\d{{1,5}})?(?:[/?#][^\s<>\"'`|\\^{{}}]*)?")
ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)")
TRAILING = ".,;:!?)]}>'\"*_~…"
REACH = 320
"""How far before a name its link may begin: a scheme, a user, and a host of 253 characters."""


class FreeText:
    """Finds the tokens of a text that hold one of many names."""

    def __init__(self, names: Iterable[str], *, addresses: bool = False) -> None:
        """Build the automaton over host names, e-mail addresses, hashes; `addresses`: also give every IPv4 address."""
        patterns = set(names)
        patterns |= {unicode_name(name) for name in patterns if PUNYCODE in name}
        ordered = sorted(patterns)
        self.addresses = addresses
        self.automaton = automaton(ordered) if ordered else None

    def tokens(self, text: str) -> list[str]:
        """The links, hosts, e-mail addresses and hashes of a text that hold a name, whole, each once."""
        found: dict[str, None] = {}
        if self.automaton is not None:
            folded = text.lower()
            places = self.automaton.find_matches_as_indexes(folded)
            if places:
                source = text if len(text) == len(folded) else folded
                found = dict.fromkeys(token(source, start, end) for _, start, end in places)
        if self.addresses:
            found |= dict.fromkeys(ADDRESS.findall(text))
        return list(found)


def automaton(names: list[str]) -> AhoCorasick:
    """What finds any of some names; of this kind, for it is small and built in milliseconds."""
    kind = Implementation.ContiguousNFA
    return AhoCorasick(names, matchkind=MatchKind.LeftmostLongest, implementation=kind, store_patterns=False)


def token(text: str, start: int, end: int) -> str:
    """The link or name around a match, without the punctuation of the sentence that it stands in."""
    reach = max(0, start - REACH)
    before = BEFORE.search(text, reach, start)
    begin = before.start() if before else start
    after = AFTER.match(text, end)
    stop = after.end() if after else end
    whole = text[begin:stop].rstrip(TRAILING)
    return whole.lstrip(".-") if len(whole) >= end - begin else text[begin:end]


def unicode_name(name: str) -> str:
    """A host name as people write it: A-labels decoded; one that does not decode stays."""
    try:
        labels = [
            part[4:].encode().decode("punycode") if part.startswith(PUNYCODE) else part for part in name.split(".")
        ]
    except UnicodeError:
        return name
    return ".".join(labels)
