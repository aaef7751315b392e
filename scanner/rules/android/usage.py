"""Whose usage statistics are: what Android 11 and later store names apps by number only."""

from collections.abc import Iterable

from scanner.artifacts.android.usagestats import UsageEvent, UsageTotal
from scanner.artifacts.android.usagestats_files import UsageName
from scanner.rule import Located

Numbers = dict[tuple[int | None, int], str]


def numbers(names: Iterable[Located[UsageName]]) -> Numbers:
    """The app of each user's number."""
    return {(one.record.user, one.record.token): one.record.package for one in names}


def owner(record: UsageEvent | UsageTotal, known: Numbers) -> str | None:
    """The app that a row is about."""
    if record.package or record.token is None:
        return record.package
    return known.get((record.user, record.token))
