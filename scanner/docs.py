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
    yield "lint.md", f"{head}{lint_page()}"
    yield "cli.md", f"{head}# Command line\n\n" + "\n".join(commands())
    yield "report.schema.json", json.dumps(schema(), indent=2) + "\n"


def lint_page() -> str:
    """The rules of `bridle feeds lint`: a table, then what each one says."""
    from scanner.feeds.lint import rules

    known = list(rules().values())
    table = "\n".join(f"| [{one.id}](#{one.id.lower()}) | {one.level.value} | {one.title} |" for one in known)
    texts = "\n".join(f"## {one.id}\n\n{one.level.value.capitalize()}. {one.doc}\n" for one in known)
    return (
        "# What is wrong with a feed\n\n`bridle feeds lint` looks at feeds with these rules. A scan takes what it can "
        "from a bad feed; a linter says\nwhat its publisher should put right. An error ends it with exit code 1.\n\n"
        f"| rule | level | what |\n|---|---|---|\n{table}\n\n{texts}"
    )


def commands() -> Iterator[str]:
    """Every command's help."""
    from typer.testing import CliRunner

    from scanner.cli.app import app

    feeds = [f"feeds {name}" for name in ("list", "show", "diff", "lint", "doctor")]
    feeds += [f"feeds {name}" for name in ("update", "add", "remove", "export", "import")]
    cases = ["report", "rescan", "verify", "replay", "show", "share", "import-mvt"]
    names = ["", "scan", "demo", *cases, "evidence", *feeds, "artifacts", "rules", "rule", "schema"]
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
