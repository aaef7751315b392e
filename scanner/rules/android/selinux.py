"""What a log says of SELinux's rules: which domains did what is forbidden."""

from collections import defaultdict
from collections.abc import Iterable

from scanner.artifacts.android.log_records import SelinuxDenial
from scanner.rule import Located

OWN = frozenset({"su", "magisk", "shell"})
"""Domains that are permissive in builds for developers, or that root tools make so."""


def passed(denials: Iterable[Located[SelinuxDenial]]) -> dict[str, list[Located[SelinuxDenial]]]:
    """The access that the rules forbid and that happened nevertheless, by domain."""
    found: dict[str, list[Located[SelinuxDenial]]] = defaultdict(list)
    for one in denials:
        record = one.record
        if record.permissive and not record.granted and record.domain and record.domain not in OWN:
            found[record.domain].append(one)
    return found
