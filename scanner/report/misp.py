"""The report as a MISP event: what was known as attributes with sightings, what was found as annotations of them.

The event is for the own organisation, is not published, and every attribute inherits that. Ids stay the same for one
scan. What a feed said under a marking of the Traffic Light Protocol is tagged with it.

References:
    MISP core format: https://www.misp-standard.org/rfc/misp-standard-core.html
    Object templates `annotation` and `forensic-evidence`: https://www.misp-project.org/objects.html
    Taxonomy `tlp`: https://www.misp-project.org/taxonomies.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import uuid5

from scanner.finding import SEVERITIES, EvidenceFacts, Finding, Report, Severity
from scanner.report.plain import printable
from scanner.report.stix import hidden
from scanner.report.stix_words import NAMESPACE, marking, strictest
from scanner.report.strict_json import listed, moment, whole
from scanner.report.text import where

DROPPED, INSTALLED, NETWORK = "Artifacts dropped", "Payload installation", "Network activity"
TYPES = {
    "domain": ("domain", NETWORK), "url": ("url", NETWORK), "ip": ("ip-dst", NETWORK), "cidr": ("ip-dst", NETWORK),
    "email": ("email-src", "Payload delivery"), "phone": ("phone-number", "Other"), "process": ("text", DROPPED),
    "file_name": ("filename", DROPPED), "path": ("filename", DROPPED), "md5": ("md5", INSTALLED),
    "sha1": ("sha1", INSTALLED), "sha256": ("sha256", INSTALLED), "sha512": ("sha512", INSTALLED),
    "app_id": ("mobile-application-id", INSTALLED), "cert_md5": ("x509-fingerprint-md5", INSTALLED),
    "cert_sha1": ("x509-fingerprint-sha1", INSTALLED), "cert_sha256": ("x509-fingerprint-sha256", INSTALLED),
}  # fmt: skip
"""MISP's type and category for each kind of indicator; what has none is text that its comment explains."""
TEXT = ("text", "Other")
THREAT = {Severity.CRITICAL: "1", Severity.HIGH: "1", Severity.MEDIUM: "2", Severity.LOW: "3", Severity.INFO: "4"}
OWN_ORGANISATION, INHERIT = "0", "5"
ONGOING, COMPLETE = "1", "2"
COLOURS = {
    "clear": "#ffffff", "green": "#339900", "amber": "#ffc000", "amber+strict": "#ffc000", "red": "#cc0033",
}  # fmt: skip
ANNOTATION = {
    "name": "annotation", "meta-category": "misc", "template_uuid": "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487",
    "template_version": "3",
}  # fmt: skip
EVIDENCE = {
    "name": "forensic-evidence", "meta-category": "misc", "template_uuid": "fe44c648-63ef-43fc-b3de-af71a2e023e4",
    "template_version": "2",
}  # fmt: skip
MAX_VALUE = 8000


def write(report: Report, stream: TextIO) -> None:
    """Write the report as one event, as MISP exports and imports it."""
    made = Event(report)
    head = made.head() | {"Attribute": list(made.attributes())}
    stream.write('{"Event": ')
    listed(stream, head, "Object", made.objects())
    stream.write("}\n")


class Event:
    """The parts of the event of a report."""

    def __init__(self, report: Report) -> None:
        """Sort findings by what they are a sighting of."""
        self.report, self.stamp = report, seconds(report.run.finished)
        self.known: dict[tuple[str, str], list[Finding]] = {}
        for one in report.findings:
            if one.indicator:
                self.known.setdefault((one.indicator.kind, one.indicator.value), []).append(one)

    def uuid(self, *of: object) -> str:
        """An id that stays the same for one scan."""
        text = "\x1f".join(map(str, ("misp", moment(self.report.run.started), *of)))
        return str(uuid5(NAMESPACE, whole(text)))

    def head(self) -> dict[str, Any]:
        """The event itself."""
        report = self.report
        worst = max(
            (SEVERITIES[one.severity] for one in report.findings if one.suppressed is None), default=Severity.INFO
        )
        sources = [source for one in report.findings if one.indicator for source in one.indicator.sources]
        return {
            "uuid": self.uuid("event"), "info": printable(f"bridle: {report.verdict.headline}", 1000),
            "date": report.run.started.strftime("%Y-%m-%d"), "timestamp": self.stamp,
            "analysis": ONGOING if report.verdict.incomplete else COMPLETE, "threat_level_id": THREAT[worst],
            "distribution": OWN_ORGANISATION, "published": False, "Tag": tags(marking(sources)),
        }  # fmt: skip

    def attributes(self) -> Iterator[dict[str, Any]]:
        """Each matched indicator once, with a sighting for each finding that is not suppressed."""
        for (kind, value), found in self.known.items():
            matched = [one.indicator for one in found if one.indicator]
            secret = hidden(matched[0])
            sources = list(dict.fromkeys(source for one in matched for source in one.sources))
            type_, category = TEXT if secret else TYPES.get(kind, TEXT)
            names = ", ".join(dict.fromkeys(one.canonical or one.family or one.feed for one in sources))
            yield self.attribute(("attribute", kind, value), type_, category, value) | {
                "to_ids": type_ != "text"
                and any(one.weak is None for one in sources)
                and any(one.suppressed is None for one in found),
                "comment": printable(f"{kind.replace('_', ' ')} known of {names}", 1000),
                "Tag": tags(strictest(marking(one.sources) for one in matched if not secret)),
                "Sighting": [self.sighting(one) for one in found if one.suppressed is None],
            }

    def attribute(self, of: tuple[object, ...], type_: str, category: str, value: str) -> dict[str, Any]:
        """An attribute that no detection system is fed with."""
        return {
            "uuid": self.uuid(*of), "type": type_, "category": category, "value": cut(value),
            "timestamp": self.stamp, "distribution": INHERIT, "to_ids": False,
        }  # fmt: skip

    def sighting(self, one: Finding) -> dict[str, Any]:
        """That an indicator was seen."""
        name = self.uuid("sighting", one.locator.evidence, one.id)
        return {"uuid": name, "type": "0", "source": "bridle", "date_sighting": seconds(one.time) or self.stamp}

    def objects(self) -> Iterator[dict[str, Any]]:
        """The evidence, then the findings."""
        yield from map(self.evidence, self.report.evidence)
        yield from map(self.finding, self.report.findings)

    def evidence(self, one: EvidenceFacts) -> dict[str, Any]:
        """A piece of evidence."""
        phone = one.device
        said = [phone.product or phone.model, phone.os, phone.version, phone.build]
        parts = {
            "name": one.id, "type": one.kind,
            "additional-comments": " ".join(map(str, filter(None, said))),
        }  # fmt: skip
        return self.object(EVIDENCE, ("evidence", one.id), parts, "")

    def finding(self, one: Finding) -> dict[str, Any]:
        """A finding."""
        of = ("finding", one.locator.evidence, one.id)
        parts = {"text": f"{one.message or one.title}\n{where(one)}"}
        why = f"suppressed: {one.suppressed.reason}: " if one.suppressed else ""
        comment = f"{why}{one.rule} {one.severity} {one.stage} {one.confidence}: {one.title}"
        made = self.object(ANNOTATION, of, parts, comment)
        if matched := one.indicator:
            target = self.uuid("attribute", matched.kind, matched.value)
            made["ObjectReference"] = [
                {
                    "uuid": self.uuid(*of, "reference"), "object_uuid": made["uuid"], "referenced_uuid": target,
                    "relationship_type": "annotates", "timestamp": self.stamp,
                }
            ]  # fmt: skip
        level = marking(matched.sources) if matched and not hidden(matched) else None
        for attribute in made["Attribute"]:
            attribute["Tag"] = tags(level)
        return made

    def object(
        self, template: dict[str, str], of: tuple[object, ...], parts: dict[str, str], comment: str
    ) -> dict[str, Any]:
        """An object of a template; its parts are text."""
        return {
            **template, "uuid": self.uuid(*of), "timestamp": self.stamp, "distribution": INHERIT,
            "comment": printable(comment, 1000),
            "Attribute": [
                self.attribute((*of, name), *TEXT, value) | {"object_relation": name}
                for name, value in parts.items() if value
            ],
        }  # fmt: skip


def tags(level: str | None) -> list[dict[str, str]]:
    """The tag of a marking, if there is one."""
    return [{"name": f"tlp:{level}", "colour": COLOURS[level]}] if level else []


def cut(text: str) -> str:
    """Text without half characters and NUL, no longer than anybody needs; MISP wants some text."""
    shown = whole(text).replace("\x00", "\\x00").strip()
    return (shown if len(shown) <= MAX_VALUE else shown[:MAX_VALUE] + "…") or "-"


def seconds(time: datetime | None) -> str:
    """Seconds since 1970 as text; none before."""
    if time is None:
        return ""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return str(max(int(aware.timestamp()), 0))
