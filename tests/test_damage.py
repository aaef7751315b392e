"""Every store that an artifact reads, damaged in many ways: nothing escapes, no sound row is lost, no gap is hidden.

A store that is damaged must not be called "checked" or "empty" while records are missing. What no reader can tell from
a sound store is excepted, and nothing else:

TODO
"""

import os
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scanner.artifact import Finder, load
from scanner.finding import State
from scanner.synthetic import make
from tests.damage import SECONDS, Copy, Layout, Own, Result, Store, copies, own_columns, queries, run
from tests.devices import build

AMOUNT = int(os.environ.get("BRIDLE_FUZZ", "6"))
CASES = Path(__file__).parent / "artifacts"
BLIND = (State.CHECKED, State.EMPTY)


@cache
def stores() -> dict[str, Store]:
    """Every store of the synthetic phone and of all cases, by name."""
    find = Finder(load())
    found = [Store(f"phone{one.path}", one.path, one.read()) for one in make().files() if find(one.path)]
    for case in sorted(CASES.glob("*/*/in")):
        with TemporaryDirectory() as folder:
            device = build(case, Path(folder) / "device")
            for entry in device.entries():
                reader = device.reader(entry)
                content = reader.read(0, reader.size)
                reader.close()
                if content and find(entry.path):
                    name = "/".join((*case.parts[-3:-1], entry.native))
                    found.append(Store(name, entry.path, content))
    return {store.name: store for store in found}


@pytest.mark.parametrize("name", stores())
def test_damage(name: str) -> None:
    store = stores()[name]
    with queries() as seen:
        sound = run(store.path, store.content, store.artifacts).results
    own = own_columns(seen)
    layout = Layout(store.content) if store.database else None
    wrong: list[str] = []
    for copy in copies(store, AMOUNT):
        ran = run(store.path, copy.content, store.artifacts)
        if ran.seconds > SECONDS:
            wrong.append(f"{name} copy {copy.number} ({copy.kind}): took {ran.seconds:.1f} s")
        for artifact, before in sound.items():
            after = ran.results[artifact]
            found = [*hidden(before, after), *(lost(layout, own, copy, before, after) if layout else ())]
            wrong += [f"{artifact} copy {copy.number} ({copy.kind}): {why}" for why in found]
    assert not wrong, "\n".join(wrong)


def hidden(before: Result, after: Result) -> list[str]:
    missing = before.missing(after)
    if missing and after.outcome.state in BLIND:
        return [f"{after.outcome.state} without {missing[:3]} of {len(missing)}"]
    crash = [one for one in after.problems if one.split(":")[0].endswith("Error")]
    return [f"crashed: {crash}"] if crash else []


def lost(layout: Layout, own: Own, copy: Copy, before: Result, after: Result) -> list[str]:
    if not layout.schema_whole(copy.content):
        return []
    wrong = []
    for (kind, table, row), records in before.records.items():
        pages = layout.rows.get((table or "", row)) if isinstance(row, int) else None
        if pages is None or not layout.whole(pages, copy.content):
            continue
        now = after.records.get((kind, table, row), [])
        if len(now) < len(records):
            wrong.append(f"lost {kind} {table} {row}, state {after.outcome.state}, {after.problems[:3]}")
        elif now:
            for name in own.get(table, ()):
                if hasattr(records[0], name) and getattr(records[0], name) != getattr(now[0], name):
                    wrong.append(
                        f"{kind} {table} {row}: {name} was {getattr(records[0], name)!r}, is {getattr(now[0], name)!r}"
                        f" state {after.outcome.state}, {after.problems[:3]}"
                    )
    return [*wrong[:2], f"{len(wrong)} in all"] if len(wrong) > 2 else wrong
