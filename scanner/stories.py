"""Findings told together: everything about one app, link, process, file or contact is one story with its times."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, NamedTuple

import msgspec

from scanner.finding import RUNGS, SEVERITIES, STAGES, Finding, Report

__all__ = ["RUNGS", "WITHIN", "Nearby", "Story", "Subject", "related", "stories", "subject"]

WITHIN = timedelta(minutes=10)
"""How long before and after a finding something may be related to it."""


class Subject(NamedTuple):
    """What a finding is about."""

    kind: str
    """app, link, process, file, contact, profile, setting, or place: a part of the evidence with no name of its own."""
    name: str
    """An app's id, a link's host, a process's or file's name or path, a number or address, an artifact's id."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What all findings on one subject in one piece of evidence say together."""

    kind: str
    subject: str
    evidence: str
    severity: str
    """The worst of its findings."""
    stage: str
    """The highest rung of the ladder from contact to execution; `RUNGS` says what it means."""
    first: datetime | None
    """The earliest time of its findings (UTC); None if the evidence gives none a time."""
    last: datetime | None
    findings: tuple[str, ...]
    """Their ids, in the report's order: worst first."""
    families: tuple[str, ...] = ()
    """Of the indicators, if any."""
    suppressed: bool = False
    """Whether all of its findings are."""


def stories(report: Report) -> list[Story]:
    """The findings of a report by their subjects, the worst and furthest story first."""
    grouped: dict[tuple[str, Subject], list[Finding]] = {}
    for one in report.findings:
        grouped.setdefault((one.locator.evidence, subject(one)), []).append(one)
    told = [story(about, same) for (_, about), same in grouped.items()]
    return sorted(told, key=lambda one: (one.suppressed, -SEVERITIES[one.severity], -STAGES[one.stage]))


def story(about: Subject, same: list[Finding]) -> Story:
    """The story of findings that are about one subject of one piece of evidence; what is suppressed counts last."""
    times = sorted(one.time for one in same if one.time)
    counted = [one for one in same if one.suppressed is None]
    weighed = counted or same
    return Story(
        kind=about.kind, subject=about.name, evidence=same[0].locator.evidence, suppressed=not counted,
        severity=max((one.severity for one in weighed), key=SEVERITIES.__getitem__),
        stage=max((one.stage for one in weighed), key=STAGES.__getitem__),
        first=times[0] if times else None, last=times[-1] if times else None,
        findings=tuple(one.id for one in same), families=tuple(dict.fromkeys(families(same))),
    )  # fmt: skip


def families(findings: list[Finding]) -> Iterator[str]:
    """The families that the indicators of some findings are known of."""
    for one in findings:
        for source in one.indicator.sources if one.indicator else ():
            if named := source.canonical or source.family:
                yield named


class Nearby:
    """The findings of a report in the order of their times, to ask for many what lies around each."""

    def __init__(self, report: Report) -> None:
        """Sort the findings that have a time."""
        self.dated = sorted(
            ((one.time, number, one) for number, one in enumerate(report.findings) if one.time), key=lambda one: one[:2]
        )

    def __call__(self, finding: Finding, within: timedelta = WITHIN) -> list[Finding]:
        """The other findings of the same evidence at most so long before or after one, the earliest first."""
        time = finding.time
        if time is None:
            return []
        start = bisect_left(self.dated, time - within, key=lambda one: one[0])
        end = bisect_right(self.dated, time + within, key=lambda one: one[0])
        near = (one for _, _, one in self.dated[start:end])
        return [one for one in near if one is not finding and one.locator.evidence == finding.locator.evidence]


def related(report: Report, finding: Finding) -> list[Finding]:
    """The findings of the same evidence within ten minutes before and after one, the earliest first.

    For many findings of one report, make one `Nearby` and ask that.
    """
    return Nearby(report)(finding)


def host(value: str) -> str:
    """The host of a link, or what is given if it is none."""
    rest = value.partition("://")[2] or value
    rest = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    if rest.startswith("["):
        return rest.partition("]")[0][1:].lower()
    try:
        return str(ip_address(rest))
    except ValueError:
        return rest.partition(":")[0].rstrip(".").lower()


def path(value: str) -> str:
    """A path without the `/private` that iOS links `/var` and `/tmp` to, and without the `/` that ends folders."""
    value = value.removeprefix("/private") if value.startswith(("/private/var/", "/private/tmp/")) else value
    return value.rstrip("/") or value


def same(value: str) -> str:
    """A value as it is."""
    return value


def address(value: str) -> str:
    """Whom a number, address or account name reaches: in lower case, a number without what only divides it."""
    value = value.removeprefix("mailto:").removeprefix("tel:")
    local, _, server = value.partition("@")
    if server == "s.whatsapp.net" and local.isdigit():
        return f"+{local}"
    bare = "".join(letter for letter in value if letter not in " -().")
    return bare if bare.lstrip("+").isdigit() else value.lower()


Name = Callable[[str], str]
INDICATED: dict[str, tuple[str, Name]] = {
    "domain": ("link", host), "url": ("link", host), "ip": ("link", host), "cidr": ("link", same),
    "email": ("contact", address), "phone": ("contact", address), "handle": ("contact", address),
    "process": ("process", same), "path": ("file", path), "file_name": ("file", path),
    "app_id": ("app", same), "profile": ("profile", same), "android_property": ("setting", same),
}  # fmt: skip
"""What an indicator of each kind is about; of other kinds (hashes, certificates, YARA) the record tells."""
RECORDED: tuple[tuple[str, Name, tuple[str, ...]], ...] = (
    ("app", same, ("app_id", "package", "bundle", "app")),
    ("profile", same, ("profile",)),
    ("process", same, ("process", "executable")),
    ("file", path, ("path", "apk", "file", "file_name")),
    ("app", same, ("client",)),
    ("link", host, ("redirect", "url", "host", "page", "urls", "links")),
    ("contact", address, ("sender", "handle", "number", "address", "phone", "email", "username", "organizer", "chat")),
)
"""The fields of a record that name what it is about, in the order in which they are asked."""
APP_FIRST = frozenset({"cert_md5", "cert_sha1", "cert_sha256", "cert_organisation"})


def subject(finding: Finding) -> Subject:
    """What a finding is about: what its indicator names, else what its record names, else the place that it is in."""
    matched = finding.indicator
    if matched and matched.kind in INDICATED:
        kind, name = INDICATED[matched.kind]
        return program(Subject(kind, name(matched.observed if kind == "file" else matched.value)), finding)
    if matched and matched.kind not in APP_FIRST and finding.locator.artifact == "contents":
        return Subject("file", path(finding.locator.path))
    found = next(named(finding.record), None)
    return program(found or Subject("place", finding.locator.artifact), finding)


def named(record: dict[str, Any]) -> Iterator[Subject]:
    """What the fields of a record name."""
    for kind, name, fields in RECORDED:
        for field in fields:
            value = record.get(field)
            value = value[0] if isinstance(value, list | tuple) and value else value
            if isinstance(value, str) and value:
                yield Subject(kind, name(value))


def program(found: Subject, finding: Finding) -> Subject:
    """Android names an app's processes by the app (`org.example.app:remote`): they are about the app."""
    android = finding.locator.artifact.startswith("android.") and "/" not in found.name and "." in found.name
    if found.kind == "process" and android:
        return Subject("app", found.name.partition(":")[0])
    return found
