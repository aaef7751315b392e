"""The page's own texts in each language: catalogues with plural forms.

References:
    Unicode CLDR, plural rules: https://www.unicode.org/cldr/charts/46/supplemental/language_plural_rules.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from markupsafe import Markup, escape

from scanner.report.html_text import fill, value

FOLDER = Path(__file__).with_name("languages")
Text = str | dict[str, str]
HUNDRED, TEN, TEENS = 100, 10, range(11, 15)
FEW = range(2, 5)


def one_other(number: int) -> str:
    """English and Spanish."""
    return "one" if number == 1 else "other"


def french(number: int) -> str:
    """French: nothing is singular."""
    return "one" if number < 2 else "other"


def russian(number: int) -> str:
    """Russian: by the last digits."""
    if number % HUNDRED in TEENS:
        return "many"
    last = number % TEN
    return "one" if last == 1 else "few" if last in FEW else "many"


def arabic(number: int) -> str:
    """Arabic: six forms."""
    if number < 3:
        return ("zero", "one", "two")[number]
    rest = number % HUNDRED
    return "few" if 3 <= rest <= TEN else "many" if rest > TEN else "other"


PLURALS: dict[str, Callable[[int], str]] = {
    "en": one_other, "es": one_other, "fr": french, "ar": arabic, "ru": russian,
}  # fmt: skip
LANGUAGES = tuple(PLURALS)
FORMS = {
    "en": ("one", "other"), "es": ("one", "other"), "fr": ("one", "other"), "ru": ("one", "few", "many"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
}  # fmt: skip
"""The forms that a text with a number has in each language."""


@dataclass(frozen=True)
class Words:
    """The catalogue of one language; called with a key, it gives the text with values in their places."""

    language: str
    texts: dict[str, Text]
    made: dict[tuple[str, int | None], Markup] = field(default_factory=dict)
    """Texts that were asked for already, escaped, with their numbers."""

    @property
    def direction(self) -> str:
        """Where lines begin: `ltr` or `rtl`."""
        return self.plain("language.direction")

    def __call__(self, key: str, /, count: int | None = None, **values: Any) -> Markup:
        """A text as markup; values stand on their own.

        Raises:
            KeyError: no such text.
        """
        text = self.made.get((key, count))
        if text is None:
            text = self.made[key, count] = escape(self.form(key, count).replace("{n}", self.number(count or 0)))
        return fill(str(text), **{name: self.shown(one) for name, one in values.items()}) if values else text

    def plain(self, key: str, /, count: int | None = None, **values: Any) -> str:
        """A text without markup, for attributes.

        Raises:
            KeyError: no such text.
        """
        return self.form(key, count).format(**values, n=self.number(count or 0))

    def form(self, key: str, count: int | None) -> str:
        """The text itself, in the form for a number."""
        text = self.texts[key]
        if isinstance(text, str):
            return text
        return text[PLURALS[self.language](count or 0)]

    def named(self, group: str, name: str) -> Markup:
        """The word for a state, a kind or the like: the word itself if the catalogue does not know it."""
        key = f"{group}.{name}"
        return self(key) if key in self.texts else value(name)

    def shown(self, given: Any) -> Markup:
        """A value as markup."""
        if isinstance(given, Markup):
            return given
        return escape(self.number(given)) if type(given) is int else value(given)

    def number(self, number: int) -> str:
        """A whole number with its thousands apart."""
        return f"{number:,}".replace(",", str(self.texts["language.thousands"]))


@cache
def words(language: str) -> Words:
    """The catalogue of a language.

    Raises:
        ValueError: there is none.
    """
    import yaml

    if language not in LANGUAGES:
        raise ValueError(f"no report in {language!r}; there is {', '.join(LANGUAGES)}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    return Words(language, yaml.load(text, loader))  # noqa: S506 - a safe loader


def places(text: str) -> set[str]:
    """The names of the values that a text takes."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
