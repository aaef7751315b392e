"""Each file of tests/rules is one rule's examples: records on which it fires, does not fire, and known misses."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner import artifact, rule
from scanner.finding import Severity
from scanner.record import Record
from scanner.rule import Located, Records, Rule

FOLDER = Path(__file__).parent / "rules"
RULES = {name: one for name, one in rule.load().items() if one.records or one.inputs}
TYPES: dict[str, type[Record]] = {
    record.__name__: record for parser in artifact.load().values() for record in parser.records
}


def examples(name: str, section: str) -> list[dict[str, Any]]:
    """One section of a rule's file."""
    found = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")).get(section, [])
    assert isinstance(found, list)
    return found


def messages(one: Rule, example: dict[str, Any]) -> list[str]:
    """What a rule says of an example: `{RecordType = {…}}`, or for a correlation `records = [{…}, …]`."""
    given = example.get("records") or [{name: values for name, values in example.items() if name in TYPES}]
    made = [msgspec.convert(values, TYPES[name], strict=False) for each in given for name, values in each.items()]
    if one.records:
        return [message for record in made if (message := one.check(record))]
    return [hit.message for hit in one.check(*(records(kind, made) for kind in one.inputs))]


def records(kind: type[Record], made: list[Record]) -> Records[Record]:
    """The example's records of one type, as a correlation gets them."""
    return Records(lambda: (Located(one, "example", "/example", None) for one in made if type(one) is kind))


@pytest.mark.parametrize("name", RULES)
def test_examples(name: str) -> None:
    fires, quiet = examples(name, "fires"), examples(name, "quiet")
    assert fires, "a rule needs an example on which it fires"
    assert quiet, "a rule needs an example on which it does not"
    for example in fires:
        said = messages(RULES[name], example)
        assert said, example
        assert example.get("says", "") in said[0]
    for example in quiet + examples(name, "known_miss"):
        assert not messages(RULES[name], example), example


@pytest.mark.parametrize("one", rule.load().values(), ids=lambda one: one.id)
def test_page(one: Rule) -> None:
    assert all((one.page.title, one.page.why, one.page.benign, one.page.rate, one.page.next)), "a part is missing"
    assert all(link.startswith("https://") for link in one.page.references)
    assert one.page.references
    if one.records or one.inputs:
        assert one.severity <= Severity.HIGH, "a heuristic alone reaches at most HIGH"


def test_no_examples_without_a_rule() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(RULES)
