"""A lint as SARIF 2.1.0, which forges of source code and editors show beside the lines.

References:
    OASIS SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from scanner import __version__
from scanner.feeds.lint import Lint, rules
from scanner.feeds.lint_model import Remark, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def document(made: Lint) -> dict[str, Any]:
    """The SARIF log, ready to be written as JSON: one run, the rules it could apply, and a result for each remark."""
    every = rules()
    place = {name: at for at, name in enumerate(every)}
    driver = {"name": "bridle feeds lint", "version": __version__, "rules": list(map(descriptor, every.values()))}
    results = [result(one, place[one.rule]) for one in made.remarks]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def descriptor(rule: Rule) -> dict[str, Any]:
    """A rule (section 3.49)."""
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": " ".join(rule.doc.split())},
        "defaultConfiguration": {"level": rule.level.value},
    }


def result(one: Remark, at: int) -> dict[str, Any]:
    """A remark (section 3.27)."""
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": uri(one.path)}}}
    if one.line:
        location["physicalLocation"]["region"] = {"startLine": one.line}
    if one.place:
        location["logicalLocations"] = [{"fullyQualifiedName": one.place, "kind": "member"}]
    return {
        "ruleId": one.rule,
        "ruleIndex": at,
        "level": one.level.value,
        "message": {"text": one.message},
        "locations": [location],
    }


def uri(path: str) -> str:
    """A path as a reference: relative where it is, else with `file:`."""
    one = Path(path)
    if one.is_absolute():
        return one.as_uri()
    return quote(one.as_posix().encode("utf-8", "surrogateescape"))
