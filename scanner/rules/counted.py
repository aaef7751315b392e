"""Findings of which each subject has one, with a count."""

from dataclasses import replace

from scanner.rule import Hit

Hits = dict[str, Hit]
"""Findings by subject."""


def add(found: Hits, subject: str, hit: Hit) -> None:
    """One more sign of a subject: the first is the one that is shown, the others are counted."""
    known = found.get(subject)
    found[subject] = hit if known is None else replace(known, count=known.count + hit.count)
