"""Sentences about evidence, without what they tell of persons: known values, then every word that is none of ours."""

import re
from collections.abc import Callable, Iterable

from ahocorasick_rs import AhoCorasick

from scanner.pseudonyms import MADE, Pseudonyms
from scanner.redact_values import SHORT_NUMBER, Values
from scanner.redact_words import WORD, vocabulary

QUOTED = re.compile(r"(?<!\w)(['\"])(.{1,2000}?)\1(?!\w)", re.DOTALL)
TOKEN = re.compile(rf"{MADE.pattern}|{WORD.pattern}|(?<![\w.])\d{{7,}}(?![\w.]| bytes)")
MAX_ALLOWED = 4096
"""Characters of the longest value whose words a sentence may say."""
LEAST = 2
"""Characters of the shortest value that is looked for."""


class Sweep:
    """Replaces values wherever they stand in a text, but not inside longer words; what is public stays."""

    def __init__(self, found: dict[str, str], public: Iterable[str]) -> None:
        """Take what stands for each value, and what is not to be touched."""
        kept = {one.lower(): "" for one in public if one}
        self.found = {value: made for value, made in found.items() if len(value) >= LEAST and value not in kept} | kept
        self.values = list(self.found)
        self.automaton = AhoCorasick(self.values) if self.values else None

    def __call__(self, text: str) -> str:
        """A text without the values; of those that overlap, the first and longest counts."""
        if self.automaton is None:
            return text
        low = text.lower()
        if len(low) != len(text):  # a letter that is two in lower case would move all places behind it
            low = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
        made, at = [], 0
        spans = [(start, -end, which) for which, start, end in self.automaton.find_matches_as_indexes(low, True)]
        taken = [(found.start(), -found.end(), None) for found in MADE.finditer(text)]
        for start, end, which in sorted([*spans, *taken], key=lambda one: one[:2]):
            if start < at or (which is not None and not alone(text, start, -end)):
                continue
            put = self.found[self.values[which]] if which is not None else ""
            made += [text[at:start], put or text[start:-end]]
            at = -end
        return "".join((*made, text[at:]))


def alone(text: str, start: int, end: int) -> bool:
    """Whether a part of a text is not a part of a longer word."""
    before = start > 0 and text[start].isalnum() and text[start - 1].isalnum()
    after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (before or after)


class Sentences:
    """What stands for sentences."""

    def __init__(self, names: Pseudonyms, values: Values) -> None:
        """Take what makes pseudonyms, and the values that were replaced."""
        self.names, self.values = names, values
        self.sweep = Sweep(values.found, values.public)

    def known(self, text: str) -> str:
        """A text without known values and without what is personal by its shape."""
        return self.values.shapes(self.sweep(text))

    def __call__(self, text: str, allowed: Iterable[str] = ()) -> str:
        """A sentence: of what it quotes and of its words, only those stay that are allowed or the scanner's own.

        Args:
            text: The sentence.
            allowed: Values that it may hold, as they are shown.
        """
        exact = frozenset(allowed)
        words = {word for one in exact if len(one) <= MAX_ALLOWED for word in WORD.findall(one)}
        numbers = " ".join(exact)
        text = QUOTED.sub(lambda found: self.quoted(found, exact), self.known(text))
        return TOKEN.sub(self.token(words, numbers), text)

    def quoted(self, found: re.Match[str], exact: frozenset[str]) -> str:
        """A quotation: of an allowed value, of a single word, or of nothing that may be seen."""
        mark, value = found[1], found[2]
        plain = value.replace("\\\\", "\\")
        if plain in exact or plain in self.values.public or MADE.fullmatch(plain) or not re.search(r"\s", plain):
            return found[0]
        return f"{mark}{self.names('text', value)}{mark}"

    def token(self, words: set[str], numbers: str) -> Callable[[re.Match[str]], str]:
        """What replaces one word or long number."""

        def replaced(found: re.Match[str]) -> str:
            one = found[0]
            if MADE.fullmatch(one) or one in words or one in vocabulary() or SHORT_NUMBER.fullmatch(one):
                return one
            if one.isdigit():
                return one if one in numbers else self.names("number", one)
            return self.values.spelt.get(one) or self.names("text", one)

        return replaced
