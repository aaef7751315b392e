"""The rules of a report's findings as SARIF's reporting descriptors: each is the page of its rule.

References:
    OASIS SARIF 2.1.0, section 3.49: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from typing import Any

from scanner.finding import SEVERITIES, Finding
from scanner.report.markdown_text import link, prose
from scanner.report.sarif_text import plain, short

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0", "info": "0.1"}
"""What GitHub takes for the severity of a security rule: above 9.0 is critical, from 7.0 high, from 4.0 medium."""
MAX_TAGS = 20
MAX_HELP = 4000
MAX_REFERENCES = 20
PARTS = (("Why it matters", "why"), ("May be harmless", "benign"), ("Next", "next"))


def described(findings: list[Finding]) -> list[dict[str, Any]]:
    """The rules that some findings are of, in the order of their ids; each has the weight of its worst finding."""
    worst: dict[str, Finding] = {}
    tags: dict[str, dict[str, None]] = {}
    for one in findings:
        first = worst.setdefault(short(one.rule), one)
        if SEVERITIES[one.severity] > SEVERITIES[first.severity]:
            worst[short(one.rule)] = one
        kinds = [one.stage, short(one.indicator.kind) if one.indicator else "heuristic"]
        tags.setdefault(short(one.rule), {"security": None}).update(dict.fromkeys(kinds))
    return [descriptor(worst[name], list(tags[name])) for name in sorted(worst)]


def descriptor(one: Finding, tags: list[str]) -> dict[str, Any]:
    """The rule of a finding."""
    references = one.references[:MAX_REFERENCES]
    parts = [(name, getattr(one, field)) for name, field in PARTS if getattr(one, field)]
    text = "\n\n".join([one.title, *(f"{name}: {said}" for name, said in parts), *references])
    marked = [prose(one.title, MAX_HELP), *(f"**{name}:** {prose(said, MAX_HELP)}" for name, said in parts)]
    made: dict[str, Any] = {
        "id": short(one.rule),
        "shortDescription": {"text": plain(one.title)},
        "fullDescription": {"text": plain(" ".join([one.title, *(f"{name}: {said}" for name, said in parts)]))},
        "help": {
            "text": "\n\n".join(plain(said, MAX_HELP) for said in text.split("\n\n")),
            "markdown": "\n\n".join([*marked, *(f"- {link(one)}" for one in references)]),
        },
        "defaultConfiguration": {"level": LEVELS[one.severity]},
        "properties": {"tags": tags[:MAX_TAGS], "security-severity": SCORES[one.severity]},
    }
    if one.references and link(one.references[0]).startswith("<http"):
        made["helpUri"] = one.references[0]
    return made
