"""Component names: `package/Class` in the ways that Android prints them."""

import re
from collections.abc import Iterator

WORD = re.compile(r"[^\s{}\[\],:;=()]+")
"""What may be a component: no part of one has blanks or brackets."""


def component(text: str) -> tuple[str, str] | None:
    """The package and the full name of the first component in a text, None where there is none.

    `pkg/.Cls`, `{pkg/pkg.Cls}` and `ComponentInfo{pkg/pkg.Cls}` all give `("pkg", "pkg/pkg.Cls")`.
    """
    return next(components(text), None)


def named(text: str) -> tuple[str, str]:
    """The package and the full name of what is a component."""
    package, _, name = text.partition("/")
    return package, f"{package}/{package if name.startswith('.') else ''}{name}"


def components(text: str) -> Iterator[tuple[str, str]]:
    """All components in a text."""
    for found in WORD.finditer(text):
        package, _, name = found[0].partition("/")
        if package and name and "/" not in name:
            yield named(found[0])
