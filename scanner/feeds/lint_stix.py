"""Rules of lint about STIX files: ids, what refers to what, and, if asked, what a strict parser says.

References:
    STIX 2.1, sections 2.9 (identifiers) and 5.1 (relationships): https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

import re
from collections.abc import Iterator
from importlib import import_module
from time import monotonic
from typing import Any
from uuid import UUID

from scanner.feeds.lint_model import Level, Said, Subject, rule
from scanner.feeds.written import place

FAMILIES = frozenset({"malware", "tool", "threat-actor", "intrusion-set", "campaign", "report", "grouping"})
TYPE = re.compile(r"[a-z0-9][a-z0-9-]{1,248}[a-z0-9]")
BUNDLE = re.compile(rb'"id"\s*:\s*"(bundle--[^"]{0,100})"')
MAX_STRICT_SECONDS = 60.0
MAX_STRICT_BYTES = 64 << 20
MAX_SAID = 300
MAX_SHOWN = 100
MAX_REFERENCES = 100_000


@rule("FEED030", Level.ERROR)
def bad_id(subject: Subject) -> Iterator[Said]:
    """An id is not its object's type, `--` and a UUID: strict parsers refuse the object, or the whole bundle."""
    bundle = BUNDLE.search(subject.data) if subject.objects else None
    if bundle and not is_id(name := bundle[1].decode("utf-8", "replace"), "bundle"):
        yield Said(f"the bundle's id is no UUID: {name}", value=name)
    for at, one in enumerate(subject.objects):
        if "id" in one and not is_id(one["id"], one.get("type")):
            yield Said(
                f"not an id of a {one.get('type')}: {str(one['id'])[:MAX_SHOWN]}",
                place(one, at),
                str(one["id"])[:MAX_SHOWN],
            )


def is_id(name: object, kind: object) -> bool:
    """Whether this is an id of an object of this type."""
    if not isinstance(name, str):
        return False
    of, mark, unique = name.partition("--")
    try:
        UUID(unique)
    except ValueError:
        return False
    return of == kind and mark == "--" and TYPE.fullmatch(of) is not None and unique.count("-") == len("----")


@rule("FEED031", Level.WARNING)
def repeated_id(subject: Subject) -> Iterator[Said]:
    """Two objects bear one id and are of one version: where they differ, nobody knows which one a reader keeps.

    A note, where they are the same.
    """
    seen: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for at, one in enumerate(subject.objects):
        if isinstance(name := one.get("id"), str):
            first, other = seen.setdefault((name, str(one.get("modified"))), (at, one))
            if other is not one:
                same = other == one
                message = (
                    f"the id is that of objects[{first}] too, which {'is the same' if same else 'differs'}: {name}"
                )
                yield Said(message, place(one, at), name, Level.NOTE if same else None)


@rule("FEED032", Level.WARNING)
def dangling(subject: Subject) -> Iterator[Said]:
    """A relationship or a report refers to an object that the file does not hold."""
    known = {one["id"] for one in subject.objects if isinstance(one.get("id"), str)}
    for at, one in enumerate(subject.objects):
        for name in references(one):
            if name not in known:
                yield Said(f"refers to {name[:MAX_SHOWN]}, which is not here", place(one, at), name[:MAX_SHOWN])


def references(one: dict[str, Any]) -> list[str]:
    """The ids that a relationship or a collection names."""
    named = [one.get("source_ref"), one.get("target_ref")] if one.get("type") == "relationship" else []
    listed = one.get("object_refs")
    named += listed[:MAX_REFERENCES] if isinstance(listed, list) else []
    return [name for name in named if isinstance(name, str)]


@rule("FEED033", Level.WARNING)
def orphan(subject: Subject) -> Iterator[Said]:
    """An indicator is linked to no family, campaign or report: a hit on it cannot say what it is a trace of."""
    kinds = {one["id"]: one.get("type") for one in subject.objects if isinstance(one.get("id"), str)}
    linked: set[str] = set()
    for one in subject.objects:
        named = references(one)
        if one.get("type") in FAMILIES or any(kinds.get(name) in FAMILIES for name in named):
            linked.update(named)
    for at, one in enumerate(subject.objects):
        if one.get("type") == "indicator" and one.get("id") not in linked:
            yield Said(
                f"belongs to no family: {str(one.get('pattern'))[:MAX_SHOWN]}",
                place(one, at),
                str(one.get("id"))[:MAX_SHOWN],
            )


@rule("FEED034", Level.ERROR)
def strict(subject: Subject) -> Iterator[Said]:
    """The parser of the stix2 package, the reference of the standard, refuses an object (only with `--strict`)."""
    if not subject.options.strict or not subject.objects:
        return
    if len(subject.data) > MAX_STRICT_BYTES:
        yield Said(f"larger than {MAX_STRICT_BYTES >> 20} MB: not given to stix2", level=Level.WARNING)
        return
    parse = import_module("stix2").parse
    end = monotonic() + MAX_STRICT_SECONDS
    for at, one in enumerate(subject.objects):
        if monotonic() > end:
            yield Said(f"the objects from objects[{at}] on were not given to stix2: no time left", level=Level.WARNING)
            return
        if (why := refusal(parse, one)) is not None:
            yield Said(f"stix2: {why}", place(one, at), str(one.get("pattern") or one.get("id"))[:MAX_SAID])


def refusal(parse: Any, one: dict[str, Any]) -> str | None:
    """Why stix2 does not take an object, or None."""
    try:
        parse(one, allow_custom=True)
    except RecursionError:
        return "nested too deep"
    except Exception as error:  # noqa: BLE001 - the parser lets whatever happens inside it out
        return " ".join(str(error).split())[:MAX_SAID] or type(error).__name__
    return None
