"""`bridle artifacts`, `rules`, `rule` and `schema`: what Bridle knows, from the declarations themselves."""

import sys
from enum import StrEnum
from typing import Annotated

import typer


class Document(StrEnum):
    """Documents that have a schema."""

    REPORT = "report"


def artifacts() -> None:
    """List the artifacts: what is read, and where it lies on a phone."""
    from scanner import artifact

    for one in artifact.load().values():
        typer.echo(f"{one.id}  {one.doc.splitlines()[0]}")


def rules() -> None:
    """List the rules: what is judged, and how severely."""
    from scanner import rule as registry
    from scanner.finding import word

    for one in registry.load().values():
        typer.echo(f"{one.id}  {word(one.severity):8}  {one.page.title}")


def rule(rule_id: Annotated[str, typer.Argument(help="The rule's id, like IOS001.", metavar="ID")]) -> None:
    """Explain one rule: why it matters, what else it may be, what to do next."""
    from scanner.docs import rule_page
    from scanner.rule import load

    found = load().get(rule_id.upper())
    if found is None:
        raise typer.BadParameter(f"there is no rule {rule_id}; `bridle rules` lists them", param_hint="ID")
    typer.echo(rule_page(found))


def schema(document: Annotated[Document, typer.Argument(help="Which document.")]) -> None:  # noqa: ARG001 - one so far
    """Print the JSON Schema of a document."""
    import json

    from scanner.report.json import schema as report_schema

    json.dump(report_schema(), sys.stdout, indent=2)
    typer.echo()
