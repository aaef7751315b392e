"""A finding as one row of a table, for the writers that make tables."""

from typing import Any

from scanner.finding import Finding
from scanner.report.strict_json import moment, readable

COLUMNS: dict[str, type] = {
    "id": str, "severity": str, "stage": str, "confidence": str, "rule": str, "title": str, "message": str, "time": str,
    "count": int, "evidence": str, "artifact": str, "path": str, "native": str, "sha256": str, "table": str, "row": int,
    "line": int, "offset": int, "key": str, "recovered": bool, "indicator_kind": str, "indicator_value": str,
    "observed": str, "field": str, "families": str, "feeds": str, "tlp": str, "reports": str, "references": str,
    "known": bool, "suppressed": str, "record": str,
}  # fmt: skip
"""The columns and what they hold: times are RFC 3339 in UTC, several values are separated by blanks or semicolons."""
AT = ("evidence", "artifact", "path", "native", "sha256", "table", "row", "line", "offset", "key", "recovered")
OWN = ("id", "severity", "stage", "confidence", "rule", "title", "message", "count", "known")


def cells(one: Finding) -> dict[str, Any]:
    """The row of a finding, in the order of `COLUMNS`; None is an empty cell."""
    known = {
        **{name: getattr(one, name) for name in OWN},
        **{name: getattr(one.locator, name) for name in AT},
        **indicated(one),
        "time": moment(one.time) if one.time else None,
        "suppressed": suppressed(one),
        "references": " ".join(one.references) or None,
        "record": readable(one.record) if one.record else None,
    }
    return {name: known.get(name) for name in COLUMNS}


def indicated(one: Finding) -> dict[str, Any]:
    """The indicator of a finding, and who knows of it."""
    if (matched := one.indicator) is None:
        return {}
    sources = matched.sources
    return {
        "indicator_kind": matched.kind, "indicator_value": matched.value, "observed": matched.observed,
        "field": matched.field,
        "families": joined(source.canonical or source.family for source in sources),
        "feeds": joined(source.feed for source in sources),
        "tlp": joined(source.tlp for source in sources),
        "reports": joined((link for source in sources for link in source.reports), " "),
    }  # fmt: skip


def suppressed(one: Finding) -> str | None:
    """Why a finding does not count, who says so, and until when."""
    if (said := one.suppressed) is None:
        return None
    return joined((said.reason, said.author and f"by {said.author}", said.expires and f"until {said.expires}"))


def joined(words: Any, between: str = "; ") -> str | None:
    """Each of some words once."""
    return between.join(dict.fromkeys(filter(None, words))) or None
