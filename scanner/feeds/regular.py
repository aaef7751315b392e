r"""Regular expressions and LIKE of STIX patterns, matched in time that grows with the text alone.

Feeds are written by strangers, and an expression such as `(a+)+$` keeps a backtracking matcher busy for years. So an
expression becomes a small program, all of whose ways are followed at once, one character at a time; the states that it
meets are remembered. Only single characters and classes of them are left to `re`. Of PCRE there are: groups,
alternatives, classes, quantifiers greedy or lazy, `^ $ \A \z \Z \b \B`, and a leading `(?i)`, `(?s)`, `(?is)`.

References:
    STIX 2.1, section 9.6.1 (LIKE, MATCHES): https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
    R. Cox, Regular Expression Matching Can Be Simple And Fast: https://swtch.com/~rsc/regexp/regexp1.html
"""

import re
from functools import lru_cache

from scanner.feeds.patterns import InexpressibleError

MAX_EXPRESSION = 1000
"""Characters of the longest expression that is taken."""
MAX_PROGRAM = 1500
"""Steps of the longest program: what bounded repetitions are written out to."""
MAX_DEPTH = 20
MAX_KNOWN = 200_000
"""Places in states, and steps from one to the other, that are remembered."""
MAX_TEXT = 4096
"""Characters of a value that are looked at."""

TOKEN = re.compile(
    r"""
    (?P<class>\[\^?\]?(?:[^\]\\]|\\.)*\])
    | (?P<escape>\\(?:x[0-9a-fA-F]{2}|.))
    | (?P<open>\((?:\?:|\?P?<[A-Za-z]\w*>|(?!\?)))
    | (?P<many>(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})[?+]?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
FLAGS = re.compile(r"\(\?([is]{1,2})\)")
REFUSED_CLASS = re.compile(r"\[\^?\]?\[|\[:|--|&&|~~|\|\|")
"""What Python and PCRE do not agree on."""
CHARACTERS = frozenset("dDwWsSnrtfv")
ASSERTIONS = {"b": "word", "B": "inside", "A": "begin", "z": "end", "Z": "end"}

Step = tuple[str, int, int]
"""What to do, and for `split` and `jump` where to go on, relative to the step itself."""
Program = list[Step]
Places = frozenset[int]


class State:
    """Where a program may stand after some text, and what is known of where the next character leads."""

    __slots__ = ("after", "before", "places")

    def __init__(self, places: Places, before: str) -> None:
        """Take the places, and what stands before: nothing, a word's character, or another."""
        self.places, self.before = places, before
        self.after: dict[str, State | None] = {}
        """By the next character, or by the empty text at the end; None: the expression is met."""


class Regular:
    """An expression, ready to be looked for."""

    def __init__(self, expression: str, *, like: bool = False) -> None:
        """Make the program.

        Args:
            expression: A regular expression, found anywhere in a text; or, with `like`, an SQL pattern of the whole
                text, in which `%` is any characters and `_` is one.
            like: Which of them.

        Raises:
            InexpressibleError: too long, or with something that cannot be matched in bounded time.
            ValueError: no regular expression.
        """
        if len(expression) > MAX_EXPRESSION:
            raise InexpressibleError(f"a regular expression of {len(expression)} characters")
        self.atoms: list[re.Pattern[str]] = []
        self.numbers: dict[str, int] = {}
        self.flags = re.ASCII
        self.program = self.of_like(expression) if like else self.parsed(expression)
        self.program.append(("met", 0, 0))
        self.states: dict[tuple[Places, str], State] = {}
        self.known = 0

    def search(self, text: str) -> bool:
        """Whether the first 4,096 characters of a text meet the expression."""
        state = self.state(frozenset({0}), "")
        for letter in text[:MAX_TEXT]:
            following = state.after[letter] if letter in state.after else self.step(state, letter)
            if following is None:
                return True
            state = following
        return (state.after[""] if "" in state.after else self.step(state, "")) is None

    # --- following all ways at once

    def state(self, places: Places, before: str) -> State:
        """A state, made once."""
        found = self.states.get((places, before))
        if found is None:
            found = self.states[places, before] = State(places, before)
        return found

    def step(self, state: State, letter: str) -> State | None:
        """Where a character (or the end) leads: None if the expression is met before it."""
        if self.known >= MAX_KNOWN:
            self.states.clear()
            self.known = 0
        self.known += 1 + len(state.places)
        standing = self.closure(state, letter)
        following: State | None = None
        if standing is not None:
            nexts = {at + 1 for at in standing if letter and self.atoms[self.program[at][1]].fullmatch(letter)}
            following = self.state(frozenset({0} | nexts), wordness(letter))
        state.after[letter] = following
        return following

    def closure(self, state: State, letter: str) -> list[int] | None:
        """The characters that may come now; None if the expression is met already."""
        waiting, seen, standing = list(state.places), set[int](), list[int]()
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            what, first, second = self.program[at]
            if what == "met":
                return None
            if what == "atom":
                standing.append(at)
            elif what == "split":
                waiting += [at + first, at + second]
            elif what == "jump":
                waiting.append(at + first)
            elif holds(what, state.before, letter):
                waiting.append(at + 1)
        return standing

    # --- from expression to program

    def atom(self, written: str) -> Program:
        """One character."""
        if written not in self.numbers:
            try:
                compiled = re.compile(written, self.flags)
            except re.error as error:
                raise InexpressibleError(f"a regular expression with {written[:40]}: {error}") from None
            self.numbers[written] = len(self.atoms)
            self.atoms.append(compiled)
        return [("atom", self.numbers[written], 0)]

    def of_like(self, pattern: str) -> Program:
        """The program of an SQL pattern."""
        self.flags |= re.DOTALL
        made: Program = [("begin", 0, 0)]
        for letter in pattern:
            made += star(self.atom(".")) if letter == "%" else self.atom("." if letter == "_" else re.escape(letter))
        return [*made, ("end", 0, 0)]

    def parsed(self, expression: str) -> Program:
        """The program of a regular expression."""
        if flags := FLAGS.match(expression):
            self.flags |= (re.IGNORECASE if "i" in flags[1] else 0) | (re.DOTALL if "s" in flags[1] else 0)
            expression = expression[flags.end() :]
        tokens = list(TOKEN.finditer(expression))
        made, at = self.alternatives(tokens, 0, 0)
        if at < len(tokens):
            raise ValueError("a regular expression with a ) too many")
        return made

    def alternatives(self, tokens: list[re.Match[str]], at: int, depth: int) -> tuple[Program, int]:
        """What stands between `|`, up to the end of a group."""
        if depth > MAX_DEPTH:
            raise InexpressibleError("a regular expression that is nested too deep")
        branches: list[Program] = []
        while True:
            branch, at = self.sequence(tokens, at, depth)
            branches.append(branch)
            if at >= len(tokens) or tokens[at][0] != "|":
                break
            at += 1
        made = branches.pop()
        while branches:
            first = branches.pop()
            made = bounded([("split", 1, len(first) + 2), *first, ("jump", len(made) + 1, 0), *made])
        return made, at

    def sequence(self, tokens: list[re.Match[str]], at: int, depth: int) -> tuple[Program, int]:
        """What follows one another."""
        made: Program = []
        while at < len(tokens) and tokens[at][0] not in {"|", ")"}:
            token = tokens[at]
            if token["open"]:
                part, at = self.alternatives(tokens, at + 1, depth + 1)
                if at >= len(tokens):
                    raise ValueError("a regular expression with a ( too many")
            else:
                part = self.single(token)
            at += 1
            if at < len(tokens) and tokens[at]["many"]:
                part = repeated(part, tokens[at]["many"])
                at += 1
            made = bounded(made + part)
        return made, at

    def single(self, token: re.Match[str]) -> Program:
        """A character, a class of them, or an assertion."""
        written = token[0]
        if written in {"^", "$"}:
            return [("begin" if written == "^" else "end", 0, 0)]
        if token["escape"]:
            letter = written[1]
            if letter in ASSERTIONS:
                return [(ASSERTIONS[letter], 0, 0)]
            if letter.isalnum() and letter not in CHARACTERS and len(written) == 2:
                raise InexpressibleError(f"a regular expression with {written}")
            return self.atom(written)
        if token["many"]:
            raise ValueError("a regular expression that repeats nothing")
        if written in {"[", "\\"}:
            raise ValueError(f"a regular expression with {written} that does not end")
        if written == "(":
            raise InexpressibleError("a regular expression with (?: only plain groups can be matched in bounded time")
        if token["class"] and REFUSED_CLASS.search(written):
            raise InexpressibleError(f"a regular expression with the class {written[:40]}")
        return self.atom(written if token["class"] or written == "." else re.escape(written))


@lru_cache(maxsize=512)
def regular(expression: str, like: bool) -> Regular:
    """An expression, made once in a process.

    Raises:
        InexpressibleError: it cannot be matched in bounded time.
        ValueError: it is none.
    """
    return Regular(expression, like=like)


def bounded(program: Program) -> Program:
    """A program that is not too long."""
    if len(program) > MAX_PROGRAM:
        raise InexpressibleError("a regular expression whose repetitions are too many")
    return program


def star(part: Program) -> Program:
    """Any number of times."""
    return [("split", 1, len(part) + 2), *part, ("jump", -len(part) - 1, 0)]


def repeated(part: Program, many: str) -> Program:
    """As often as a quantifier says; a lazy one finds the same texts."""
    if len(many) > 1 and many[-1] == "+":
        raise InexpressibleError("a regular expression with a possessive quantifier")
    if many[0] != "{":
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[many[0]]
    else:
        low, comma, high = many.rstrip("?")[1:-1].partition(",")
        least, most = int(low), (int(high) if high else None) if comma else int(low)
    if most is not None and most < least:
        raise ValueError(f"a regular expression with {many}")
    if len(part) * max(least, most or 0) > MAX_PROGRAM:
        raise InexpressibleError("a regular expression whose repetitions are too many")
    optional: Program = [("split", 1, len(part) + 1), *part]
    return bounded(part * least + (star(part) if most is None else optional * (most - least)))


def wordness(letter: str) -> str:
    r"""What `\b` needs to know of a character: whether a word may hold it."""
    return "w" if letter == "_" or (letter.isascii() and letter.isalnum()) else "-"


def holds(what: str, before: str, letter: str) -> bool:
    """Whether an assertion holds between what stands before and the next character."""
    if what == "begin":
        return not before
    if what == "end":
        return not letter
    differs = (before == "w") != (bool(letter) and wordness(letter) == "w")
    return differs if what == "word" else not differs
