"""Names of processes that pretend to be the system's."""

from collections import defaultdict
from functools import cache, lru_cache

from scanner.artifacts.ios.datausage import NetworkUse
from scanner.artifacts.ios.osanalytics import NetworkBaseline
from scanner.data import lines
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

BASELINE = "baselines/ios_processes.txt"
SHORTEST = 6
"""Genuine names shorter than this are often one letter apart."""


LONGEST = 64
"""Of a name of evidence that is looked at; no genuine one comes near."""


def shortened(name: str) -> set[str]:
    """A name, and what remains of it without any one of its letters: names one edit apart share one of these."""
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


@cache
def by_form() -> dict[str, list[str]]:
    """Genuine names by their shortened forms."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(lines(BASELINE)):
        for form in shortened(name):
            found[form].append(name)
    return dict(found)


@lru_cache(4096)
def neighbour(name: str) -> str | None:
    """A genuine name that is one letter more, less or other than this one, which is none itself."""
    if not SHORTEST <= len(name) <= LONGEST or name in lines(BASELINE) or "." in name:
        return None
    near = {other for form in shortened(name) for other in by_form().get(form, ())}
    return min((other for other in near if one_edit(name, other)), default=None)


def one_edit(one: str, other: str) -> bool:
    """Whether two different names become equal by one letter more, less or other."""
    if len(one) > len(other):
        one, other = other, one
    start = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    return one[start:] == other[start + 1 :] or one[start + 1 :] == other[start + 1 :]


@rule("IOS017", Severity.LOW, Stage.EXECUTION, once="process")
def almost_a_system_process(use: NetworkUse | NetworkBaseline) -> str | None:
    """A process whose name is one letter off that of a process of the system.

    Why: spyware gives its processes names that look like the system's at a glance.
    Benign causes: a genuine process of a version that the list of genuine names does not cover; its coverage is in
        its first lines.
    Base rate: a few on phones with newer versions than the list.
    Next: compare with the processes of a genuine phone of the same version.
    References: https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """
    if not use.process or use.on_behalf:
        return None
    name = use.process[use.process.rfind("/") + 1 :]
    genuine = neighbour(name)
    return f"{name} is one letter off {genuine}" if genuine else None
