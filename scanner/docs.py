"""The reference, written from what artifacts, rules, the command line and the report declare.

`python -m scanner.docs docs` writes it; a test sees that it is up to date.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from scanner import artifact, rule
from scanner.artifact import Artifact
from scanner.finding import word
from scanner.record import Kind, Record, fields
from scanner.rule import Rule


def rule_page(one: Rule) -> str:
    """A rule's page, as `bridle rule` prints it and the reference holds it."""
    page = one.page
    links = "".join(f"\n- {link}" for link in page.references)
    return (
        f"## {one.id} {page.title}\n\nSeverity: {word(one.severity)}. How far: {word(one.stage)}.\n\n"
        f"**Why:** {page.why}\n\n**Benign causes:** {page.benign}\n\n**Base rate:** {page.rate}\n\n"
        f"**Next:** {page.next}\n\n**References:**\n{links}\n"
    )


def artifact_page(one: Artifact) -> str:
    """An artifact's page: what it is, where it lies, what its records hold."""
    where = "\n".join(f"- `{pattern}`" for pattern in one.where)
    return f"## {one.id}\n\n{one.doc}\n\n{where}\n\n" + "\n".join(map(record_table, one.records))


def record_table(record: type[Record]) -> str:
    """A record's fields: type, and what they are matched as or which clock they are in."""
    rows = [f"`{record.__name__}`: {(record.__doc__ or '').strip()}\n", "| field | type | holds |", "|---|---|---|"]
    for name, (kind, marks, many) in fields(record).items():
        held = ", ".join(str(mark.value) for mark in marks if hasattr(mark, "value"))
        rows.append(f"| `{name}` | {kind.__name__}{', several' if many else ''} | {held} |")
    return "\n".join(rows) + "\n"


def pages() -> Iterator[tuple[str, str]]:
    """Every generated page: its file name and its text."""
    from scanner.report.json import schema

    head = "<!-- Written by `make docs` from the code; changes here are lost. -->\n\n"
    kinds = "\n".join(f"- `{kind}`" for kind in Kind)
    artifacts = "\n".join(map(artifact_page, artifact.load().values()))
    yield "artifacts.md", f"{head}# Artifacts\n\nFields are matched as one of these kinds:\n\n{kinds}\n\n{artifacts}"
    yield "rules.md", f"{head}# Rules\n\n" + "\n".join(map(rule_page, rule.load().values()))
    yield "cli.md", f"{head}# Command line\n\n" + "\n".join(commands())
    yield "report.schema.json", json.dumps(schema(), indent=2) + "\n"


def commands() -> Iterator[str]:
    """Every command's help."""
    from typer.testing import CliRunner

    from scanner.cli.app import app

    names = ["", "scan", "demo", "evidence", "feeds list", "artifacts", "rules", "rule", "schema"]
    for name in names:
        shown = CliRunner(env={"COLUMNS": "110", "TERM": "dumb"}).invoke(
            app, [*name.split(), "--help"], prog_name="bridle"
        )
        yield f"## bridle {name}".rstrip() + f"\n\n```\n{shown.output.strip()}\n```\n"


def write(folder: Path) -> None:
    """Write every page."""
    folder.mkdir(exist_ok=True)
    for name, text in pages():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
