"""Text of the evidence and of rules in Markdown: never markup, a link, a mention, a reference or a command.

A forge looks for mentions and addresses after it has undone escapes, but not in code: what the evidence says is code.

References:
    CommonMark, backslash escapes and code spans: https://spec.commonmark.org/0.31.2/
    GitHub Flavored Markdown, autolinks: https://github.github.com/gfm/#autolinks-extension-
"""

import re

from scanner.report.plain import MAX_SHOWN, printable

PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&=-])")
CALLING = re.compile(r"([@#!~%$:.^/])(?=[\w/])")
"""Before a word: mentions, numbers of issues, labels, addresses, short names of pictures."""
BREAK = "\u200b"
"""Takes no room, and ends a word."""
LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/?#=&%+,;:@!$'*-]*)?")
MAX_LINK = 500


def code(text: str, limit: int = MAX_SHOWN) -> str:
    """Text as a code span, whatever stands in it; one line."""
    shown = printable(text, limit)
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown[:1] in {"`", " ", ""} or shown[-1:] in {"`", " "} else ""
    return f"{fence}{pad}{shown or ' '}{pad}{fence}"


def prose(text: str, limit: int = 2000) -> str:
    """Text of a rule's page as running text."""
    return CALLING.sub(rf"\1{BREAK}", PUNCTUATION.sub(r"\\\1", printable(text, limit)))


def link(text: str) -> str:
    """An address as a link that shows where it goes; as code if it is none."""
    return f"<{text}>" if len(text) <= MAX_LINK and LINK.fullmatch(text) else code(text)
