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
from tests.damage import SECONDS, Copy, Layout, Own, Result, Store, copies, own_columns, queries, run, same_shape
from tests.devices import build

AMOUNT = int(os.environ.get("BRIDLE_FUZZ", "6"))
CASES = Path(__file__).parent / "artifacts"
DERIVED = {
    "CalendarEvent": frozenset({"organizer"}),
    "Call": frozenset({"handle"}),
    "WhatsAppCall": frozenset({"creator"}),
}
"""Fields that an artifact fills from other rows than that of the column of the same name."""
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
            found = [*hidden(store, copy, before, after), *(lost(layout, own, copy, before, after) if layout else ())]
            wrong += [f"{artifact} copy {copy.number} ({copy.kind}): {why}" for why in found]
    assert not wrong, "\n".join(wrong)


def hidden(store: Store, copy: Copy, before: Result, after: Result) -> list[str]:
    """What is wrong with the state of one artifact on one copy."""
    wrong = []
    missing = before.missing(after)
    if missing and after.outcome.state in BLIND and not excused(store, copy):
        wrong.append(f"{after.outcome.state} without {missing[:3]} of {len(missing)}")
    if store.database and after.outcome.state is State.UNSUPPORTED is not before.outcome.state:
        wrong.append(f"unsupported: {after.problems[:3]}")
    if crash := [one for one in after.problems if one.split(":")[0].endswith("Error")]:
        wrong.append(f"crashed: {crash}")
    return wrong


def excused(store: Store, copy: Copy) -> bool:
    """Whether a copy is a sound file, only that it says something else."""
    if store.database:
        return False
    return same_shape(store.content, copy.content)


def lost(layout: Layout, own: Own, copy: Copy, before: Result, after: Result) -> list[str]:
    """Which records whose rows are whole one artifact lost or changed."""
    if not layout.schema_whole(copy.content):
        return []
    wrong = []
    for key, records in before.records.items():
        kind, table, row = key
        pages = layout.rows.get((table or "", row)) if isinstance(row, int) else None
        if pages is None or not layout.whole(pages, copy.content):
            continue
        said = f"{kind} {table} {row}, state {after.outcome.state}, {after.problems[:4]}"
        now = after.records.get(key, [])
        if not now and not refused(after, row):
            wrong.append(f"lost {said}")
        for name in sorted(own.get(table, frozenset()) - DERIVED.get(kind, frozenset())):
            old = getattr(records[0], name, None)
            wrong += [f"{name} was {old!r}, is {getattr(one, name)!r}: {said}" for one in now[:1] if getattr(one, name, None) != old]
    return [*wrong[:2], f"{len(wrong)} in all"] if len(wrong) > 2 else wrong


def refused(after: Result, row: object) -> bool:
    """Whether a row is among the problems: what its record cannot do without stood on a damaged page."""
    return any(problem.row == row and "got `null`" in problem.message for problem in after.outcome.problems)
