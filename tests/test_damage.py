"""Every store that an artifact reads, damaged in many ways: nothing escapes, no sound row is lost, no gap is hidden.

A store is never "checked" or "empty" while it gives fewer records than before it was damaged, and a damaged database
is never "unsupported". Excepted is damage that no reader can tell, and no more:

- a property list, a JSON value or a manifest of old that still is a sound one, with values of the same types (lengths
  in the manifest), only that a text, a number or a date among them is another (`excused`);
- a plain text of lines (what services print, logs, lists), which is as sound with other lines, or fewer;
- an XML document of Android that still is well-formed: newer versions have elements and attributes of other names;
- bytes missing from an XML property list between two elements of one kind, so that what is left is valid;
- a database in which whole pages were doubled or taken out and that SQLite finds sound with others in their places;
- a database that SQLite finds sound and whose schema calls a table or a column by another name than before.

Of a database whose schema is untouched, each row whose own pages are untouched has to give its record, with the values
of its own columns. Excepted are records that cannot do without a value of another row, if a problem with the number of
the row says so (`refused`), and rows that are only listed because no other row refers to them (`LEFTOVERS`): damaged
rows may do so. What stands in columns of joined rows is not compared.
"""

import os
import sqlite3
from contextlib import closing
from functools import cache
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scanner.artifact import Finder, load
from scanner.finding import State
from scanner.synthetic import Amount, make
from tests.damage import (
    PAGE,
    SECONDS,
    Copy,
    Layout,
    Own,
    Result,
    Store,
    copies,
    is_sound,
    is_text,
    is_valid_xml,
    own_columns,
    queries,
    run,
    same_shape,
    with_log,
)
from tests.devices import build

AMOUNT = int(os.environ.get("BRIDLE_FUZZ", "12"))
CASES = Path(__file__).parent / "artifacts"
LARGE = Amount(messages=2500, whatsapp=1500, visits=2500, interactions=600)
LARGER = 100_000
HISTORY = "/private/var/mobile/Library/Safari/History.db"
DERIVED = {
    "CalendarEvent": frozenset({"organizer"}),
    "Call": frozenset({"handle"}),
    "WhatsAppCall": frozenset({"creator"}),
}
"""Fields that an artifact fills from other rows than that of the column of the same name."""
LEFTOVERS = frozenset(
    {"FirefoxPlace history", "FirefoxPlace moz_places", "ChromeVisit urls", "ChromeFavicon favicons"}
    | {"SafariVisit history_items", "NetworkUse ZPROCESS"}
)
"""Rows that are records only while no row of another table refers to them."""
UNTOLD = {
    "android.whatsapp_media.odd": "a picture in which nothing odd is left is a picture",
    "android.netstats_files.stored": "no list has a sum: a count of zero is a count",
    "android.minidumps.crashes": "a dump of a process that did not crash has no exception",
    "android.apk.packages": "newer signatures that are gone are a finding, AND075",
} | dict.fromkeys(
    ("android.whatsapp_increments.calls", "android.properties.kept", "android.usagestats_files.interval"),
    "a message of Protocol Buffers may have fields of any number, and fewer of them",
)
"""Artifacts of formats that say nothing of what they should hold, and why what is lost there cannot be told."""
BLIND = (State.CHECKED, State.EMPTY)


@cache
def stores() -> dict[str, Store]:
    """Every store of the synthetic phone and of all cases, by name; of a phone long in use those of many pages."""
    find = Finder(load())
    found = [Store(f"phone{one.path}", one.path, one.read()) for one in make().files() if find(one.path)]
    used = (Store(f"used{one.path}", one.path, one.read()) for one in make(amount=LARGE).files() if find(one.path))
    found += (store for store in used if len(store.content) > LARGER)
    for case in sorted(CASES.glob("*/*/in")):
        with TemporaryDirectory() as folder:
            device = build(case, Path(folder) / "device")
            for entry in device.entries():
                content = (device.root / entry.native).read_bytes()
                if content and find(entry.path):
                    found.append(Store("/".join((*case.parts[-3:-1], entry.native)), entry.path, content))
    return {store.name: store for store in found}


@pytest.mark.parametrize("name", stores())
def test_damage(name: str) -> None:
    wrong = chain.from_iterable(faults(stores()[name], copy) for copy in copies(stores()[name], AMOUNT))
    assert not (found := list(wrong)), "\n".join(found)


@pytest.mark.parametrize("of_log", [False, True], ids=["database", "log"])
def test_damage_beside_a_log(of_log: bool, tmp_path: Path) -> None:
    store = with_log(
        stores()[f"phone{HISTORY}"], tmp_path, "UPDATE history_visits SET title = 'later' WHERE id % 7 = 0"
    )
    assert store.log
    damaged = Store(f"{store.name}-wal", store.path, store.log) if of_log else store
    wrong: list[str] = []
    for copy in copies(damaged, AMOUNT):
        wrong += faults(store, Copy(copy.number, copy.kind, store.content, copy.content) if of_log else copy)
    assert not wrong, "\n".join(wrong)


@cache
def sound(store: Store) -> tuple[dict[str, Result], Own, Layout | None]:
    """What a store gives as it is, which columns are those of the rows themselves, and where the rows lie."""
    with queries() as seen:
        results = run(store, store.content, store.log).results
    return results, own_columns(seen), Layout(store.merged(store.content)) if store.database else None


def faults(store: Store, copy: Copy) -> list[str]:
    """What is wrong with how a damaged copy is read."""
    before, own, layout = sound(store)
    log = store.log if copy.log is None else copy.log
    ran = run(store, copy.content, log)
    found = [f"took {ran.seconds:.1f} s"] if ran.seconds > SECONDS else []
    for artifact, result in ran.results.items():
        wrong = hidden(store, copy, before[artifact], result)
        if layout and copy.log is None:
            wrong += lost(layout, own, store.merged(copy.content), before[artifact], result)
        found += [f"{artifact}: {one}" for one in wrong]
    return [f"{store.name} copy {copy.number} ({copy.kind}): {one}" for one in found]


def hidden(store: Store, copy: Copy, before: Result, after: Result) -> list[str]:
    """What is wrong with the state of one artifact on one copy."""
    wrong = []
    missing = before.missing(after)
    told = after.outcome.artifact not in UNTOLD
    if missing and told and after.outcome.state in BLIND and not excused(store, copy):
        wrong.append(f"{after.outcome.state} without {missing[:3]} of {len(missing)}")
    unsupported = after.outcome.state is State.UNSUPPORTED is not before.outcome.state
    if store.database and unsupported and not renamed(store, copy):
        wrong.append(f"unsupported: {after.problems[:3]}")
    if crash := [one for one in after.problems if one.split(":")[0].endswith("Error")]:
        wrong.append(f"crashed: {crash}")
    return wrong


def excused(store: Store, copy: Copy) -> bool:
    """Whether a copy is a sound file, only that it says something else."""
    if store.database:
        return moved(store, copy)
    return same_shape(store.content, copy.content) or is_valid_xml(copy.content) or is_text(store)


def moved(store: Store, copy: Copy) -> bool:
    """Whether whole pages were doubled or taken out, others stand in their places, and SQLite finds that sound."""
    shift = len(copy.content) - len(store.content)
    whole = shift and not shift % PAGE and copy.kind in {"repeat", "remove"}
    return bool(whole) and copy.log is None and is_sound(copy.content)


def renamed(store: Store, copy: Copy) -> bool:
    """Whether a copy is a sound database with a damaged schema."""
    layout = sound(store)[2]
    return layout is not None and not layout.schema_whole(store.merged(copy.content)) and is_sound(copy.content)


def lost(layout: Layout, own: Own, damaged: bytes, before: Result, after: Result) -> list[str]:
    """Which records whose rows are whole one artifact lost or changed."""
    if not layout.schema_whole(damaged):
        return []
    wrong = []
    for key, records in before.records.items():
        kind, table, row = key
        pages = layout.rows.get((table or "", row)) if isinstance(row, int) else None
        if pages is None or not layout.whole(pages, damaged):
            continue
        said = f"{kind} {table} {row}, state {after.outcome.state}, {after.problems[:4]}"
        now = after.records.get(key, [])
        if not now and not refused(after, row) and f"{kind} {table}" not in LEFTOVERS:
            wrong.append(f"lost {said}")
        for name in own.get(table, frozenset()) - DERIVED.get(kind, frozenset()):
            old = getattr(records[0], name, None)
            wrong += [f"{name} was {old!r}: {one}, {said}" for one in now[:1] if getattr(one, name, None) != old]
    return [*wrong[:2], f"{len(wrong)} in all"] if len(wrong) > 2 else wrong


def refused(after: Result, row: object) -> bool:
    """Whether a row is among the problems: what its record cannot do without stood on a damaged page."""
    for problem in after.outcome.problems:
        if (
            problem.row == row and "got `null`" in problem.message
        ) or "further problems are not listed" in problem.message:
            return True
    return False


def test_a_row_without_a_number_is_not_taken_for_another() -> None:
    """A join that keeps both sides gives rows without a number of their own: each is told by its values."""
    contacts = "/private/var/mobile/Library/AddressBook/AddressBook.sqlitedb"
    store = stores()[f"ios.contacts.entries/ios17{contacts}"]
    before, _, layout = sound(store)
    assert layout
    (page,) = layout.rows["ABMultiValueEntry", 1]
    end = page * layout.page_size
    damaged = store.content[: end - layout.page_size] + bytes(layout.page_size) + store.content[end:]
    people = [key for key in before["ios.contacts.entries"].records if key[1] == "ABPerson"]
    after = run(store, damaged, None).results["ios.contacts.entries"]
    assert len(people) > 1
    assert set(people) <= after.records.keys()
    assert after.outcome.state is State.PARTIAL


@pytest.mark.parametrize("size", [512, 4096, 8192])
def test_the_page_size_of_a_database_without_a_header(size: int, tmp_path: Path) -> None:
    path = tmp_path / "small.db"
    path.write_bytes(stores()[f"phone{HISTORY}"].content)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(f"PRAGMA page_size = {size}; VACUUM")
    store = Store("small", HISTORY, path.read_bytes())
    before = sound(store)[0]
    after = run(store, bytes(100) + store.content[100:], None).results
    for artifact, result in after.items():
        assert not before[artifact].missing(result)
        assert result.outcome.state not in BLIND


def test_a_database_of_another_kind_that_is_damaged_is_not_called_unsupported(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE t (x); CREATE TABLE u (y); INSERT INTO t VALUES (1), (2), (3)")
    content = path.read_bytes()
    store = Store("other", HISTORY, content)
    assert {one.outcome.state for one in run(store, content, None).results.values()} == {State.UNSUPPORTED}
    after = run(store, content[:4096] + b"\xff" * 100 + content[4196:], None).results
    assert {one.outcome.state for one in after.values()} == {State.FAILED}
    assert all("the database is damaged" in one.problems[0] for one in after.values())
