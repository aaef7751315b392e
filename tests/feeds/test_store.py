"""The store under every kind of bad server, cut off at any moment, and used twice at once: whole, and told truly."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.feeds import load, update
from scanner.feeds.catalogue import Entry
from scanner.feeds.fetch import Answer, Failed, Fetched, Gone, Limits, Same, Wanted, fetch
from scanner.feeds.store import KEPT, State, Store, StoreError, digest
from scanner.feeds.update import Became, Result
from tests import feed_server
from tests.feed_server import serving, stix

QUICK = Limits(connect=1, read=0.3, total=1.5, attempts=2, backoff=0.01)
FEED = Entry(id="chimera", url="https://feeds.example/a/chimera.stix2", format="stix2")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "feeds")
    with made.lock():
        yield made


def step(store: Store, answer: Answer | bytes, entry: Entry = FEED) -> Result:
    """One update by an answer, after which the store is whole."""
    given = Fetched(answer) if isinstance(answer, bytes) else answer
    (result,) = update.update(store, [entry], lambda wanted: [(wanted[0], given)])
    whole(store)
    return result


def whole(store: Store) -> None:
    """What a scan loads: every feed once, each without a problem."""
    feeds = load.load([store.folder])
    assert [feed.facts.id for feed in feeds] == store.ids()
    assert not [problem for feed in feeds for problem in feed.facts.problems]


def used(store: Store) -> set[str]:
    return {one.value for feed in load.load([store.folder]) for one in feed.indicators}


def told(result: Result) -> tuple[int, int, int]:
    return len(result.change.added), len(result.change.removed), len(result.change.changed)


def test_a_feed_comes_and_changes(store: Store) -> None:
    first = step(store, stix(40))
    assert (first.became, told(first), first.values) == (Became.NEW, (41, 0, 0), 41)
    assert store.current("chimera") == store.folder / "chimera.stix2"
    second = step(store, stix([f"d{n}.parcel.example" for n in range(1, 44)]))
    assert (second.became, told(second)) == (Became.UPDATED, (4, 1, 0))
    assert second.change.removed[0].value == "d0.parcel.example"
    assert second.change.families() == {"Chimera": {"added": 4, "removed": 1, "changed": 0}}
    (older,) = store.previous("chimera")
    assert len(load.load([older])[0].indicators) == 41


def test_other_ids_and_equal_values_are_no_change(store: Store) -> None:
    step(store, stix(40))
    result = step(store, stix(40))
    assert (result.became, told(result)) == (Became.UPDATED, (0, 0, 0))
    assert step(store, Same()).became is Became.UNCHANGED


def test_another_family_is_a_change(store: Store) -> None:
    step(store, stix(3))
    result = step(store, stix(3, family="Griffin"))
    assert told(result) == (0, 0, 4)
    assert list(result.change.families()) == ["Griffin"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"), (b" \n", "is empty"), (b"<!DOCTYPE html><p>Log in</p>", "HTML page"),
        (b"\n <?xml version='1.0'?><!-- a --><HTML>", "HTML page"), (stix(40)[:-900], "ends in the middle"),
        (b'{"type": "bundle", "objects": []}', "no indicators"), (b'{"message": "rate limit"}', "no indicators"),
        (b"\x00\xff" * 500, "no indicators"),
    ],
)  # fmt: skip
def test_what_is_no_feed_replaces_nothing(store: Store, data: bytes, why: str) -> None:
    result = step(store, data)
    assert (result.became, store.ids()) == (Became.FAILED, [])
    step(store, stix(40))
    result = step(store, data)
    assert (result.became, result.values) == (Became.FAILED, 41)
    assert why in result.why[0]
    assert len(used(store)) == 41


@pytest.mark.parametrize(("left", "became"), [(38, Became.UPDATED), (37, Became.HELD), (1, Became.HELD)])
def test_more_than_a_twentieth_missing_is_held_back(store: Store, left: int, became: Became) -> None:
    step(store, stix(40))
    assert step(store, stix(left)).became is became


def test_what_is_held_back_is_told_until_it_is_accepted(store: Store) -> None:
    step(store, stix(40))
    fewer = stix(20)
    first = step(store, fewer)
    assert first.why == ["20 of 41 values are missing (49 %)"]
    assert step(store, fewer).why == first.why
    assert len(used(store)) == 41
    assert "still held back" in step(store, Failed("no", reached=False)).why[1]
    (accepted,) = update.accept(store, ["chimera"])
    assert (accepted.became, told(accepted)) == (Became.ACCEPTED, (0, 20, 0))
    assert len(used(store)) == 21
    assert step(store, fewer).became is Became.UNCHANGED
    assert next(iter(update.accept(store, ["chimera"]))).became is Became.FAILED
    whole(store)


def test_only_what_was_reported_is_accepted(store: Store) -> None:
    step(store, stix(40))
    step(store, stix(20))
    held = store.held_file("chimera")
    assert held
    held.write_bytes(stix(1))
    assert next(iter(update.accept(store, ["chimera"]))).became is Became.FAILED
    assert len(used(store)) == 41


def test_a_lost_kind_is_held_back(store: Store) -> None:
    step(store, stix(40))
    result = step(store, stix(44, processes=()))
    assert (result.became, result.why) == (Became.HELD, ["no process is left"])
    assert step(store, stix(44)).became is Became.UPDATED
    assert store.held_file("chimera") is None


def test_replaced_values_are_missing_too(store: Store) -> None:
    step(store, stix(40))
    assert step(store, stix([f"other{n}.example" for n in range(60)])).became is Became.HELD


def test_what_vanished_is_kept_and_told(store: Store) -> None:
    assert step(store, Gone(404)).became is Became.FAILED
    step(store, stix(40))
    for _ in range(2):
        result = step(store, Gone(404))
        assert (result.became, result.values) == (Became.HELD, 41)
    assert next(iter(update.accept(store, ["chimera"]))).became is Became.ACCEPTED
    assert step(store, Gone(404)).became is Became.UNCHANGED
    assert step(store, stix(41)).became is Became.UPDATED
    assert step(store, Gone(404)).became is Became.HELD


def test_the_age_is_that_of_the_last_answer(store: Store) -> None:
    step(store, stix(3))
    path = store.current("chimera")
    assert path
    os.utime(path, (10**9, 10**9))
    step(store, Same())
    assert datetime.now(UTC) - datetime.fromtimestamp(path.stat().st_mtime, UTC) < timedelta(minutes=1)


def test_some_older_versions_are_kept(store: Store) -> None:
    for number in range(KEPT + 3):
        step(store, stix(40 + number))
    assert len(store.previous("chimera")) == KEPT


def test_a_changed_file_or_a_damaged_state_is_fetched_anew(store: Store) -> None:
    def asked() -> Wanted:
        return update.asked(store, FEED)

    step(store, Fetched(stix(40), etag='"one"'))
    assert asked().etag == '"one"'
    path, note = store.current("chimera"), store.folder / ".state" / "chimera.json"
    assert path
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert asked().etag == ""
    path.write_bytes(data)
    note.write_bytes(b'{"etag"')
    assert asked().etag == ""
    assert step(store, stix(10)).became is Became.HELD


def test_a_feed_keeps_its_file_name(store: Store) -> None:
    step(store, stix(40))
    step(store, stix(41), Entry(id="chimera", url="https://feeds.example/export.json"))
    assert [path.name for path in store.folder.glob("[!.]*")] == ["chimera.stix2"]


def test_removed_is_removed(store: Store) -> None:
    for number in (40, 41, 3):
        step(store, stix(number))
    assert store.remove("chimera")
    assert not store.remove("chimera")
    assert store.state("chimera") == State()
    assert {path.name for path in store.folder.rglob("*") if path.is_file()} == {".lock"}


def test_a_second_update_waits_and_then_says_so(store: Store) -> None:
    with pytest.raises(StoreError, match="another update"), Store(store.folder).lock(0.1):
        pass


def test_no_folder_for_feeds(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"), Store(tmp_path / "file" / "feeds").lock(0.1):
        pass


def test_two_updates_at_once_do_no_harm(tmp_path: Path) -> None:
    results: list[Result] = []
    entries = [Entry(id=f"feed-{number}", url=f"https://feeds.example/{number}.stix2") for number in range(8)]
    data = {one.id: stix(20, family=one.id) for one in entries}

    def run() -> None:
        store = Store(tmp_path / "feeds")
        with store.lock():
            results.extend(update.update(store, entries, lambda all_: [(one, Fetched(data[one.id])) for one in all_]))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    whole(Store(tmp_path / "feeds"))
    became = [one.became for one in results]
    assert (became.count(Became.NEW), became.count(Became.UNCHANGED)) == (8, 8)


KILLED = """
import os, sys
from pathlib import Path
way, left = sys.argv[3], int(sys.argv[4])
EVENTS = ("open", "os.rename", "os.remove", "os.utime", "os.mkdir")

def watch(event, arguments):
    global left
    path = str(arguments[0]) if arguments else ""
    if event in EVENTS and "feeds" in path and writing(event, arguments):
        left -= 1
        if left < 0:
            os._exit(9)

def writing(event, arguments):
    return event != "open" or bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))

from scanner.feeds import catalogue, load, update
from scanner.feeds.fetch import Fetched
from scanner.feeds.store import Store
entry = catalogue.Entry(id="chimera", url="https://feeds.example/a/chimera.stix2")
store, data = Store(Path(sys.argv[1])), Path(sys.argv[2]).read_bytes()
with store.lock():
    sys.addaudithook(watch)
    if way == "accept":
        list(update.accept(store, ["chimera"]))
    else:
        list(update.update(store, [entry], lambda wanted: [(wanted[0], Fetched(data, "tag"))]))
"""


@pytest.mark.parametrize("way", ["new", "update", "accept"])
def test_killed_at_any_moment(tmp_path: Path, way: str) -> None:
    old, new = stix(40), stix([f"d{n}.parcel.example" for n in range(1, 44)] if way != "accept" else 20)
    (tmp_path / "new").write_bytes(new)
    for left in range(100):
        store = Store(tmp_path / str(left) / "feeds")
        with store.lock():
            if way != "new":
                step(store, old)
            if way == "accept":
                step(store, new)
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, store.folder, tmp_path / "new", way, str(left)],
            check=False, timeout=60, capture_output=True,
        )  # fmt: skip
        assert ended.returncode in {0, 9}, ended.stderr.decode()
        after_the_kill(store, way, new)
        if ended.returncode == 0:
            break
    assert left > 5


def after_the_kill(store: Store, way: str, new: bytes) -> None:
    """One of the two versions is used; the next update ends with the new one, and what is told adds up."""
    whole(store)
    amount = len(used(store))
    assert amount in {"new": {0, 44}, "update": {41, 44}, "accept": {41, 21}}[way]
    finished = store.state("chimera").sha256 == (sha256 := digest(new))
    with store.lock(1):
        result = step(store, new)
        if result.became is Became.HELD:
            (result,) = update.accept(store, ["chimera"])
        expected = {"new": (44, 0, 0), "update": (4, 1, 0), "accept": (0, 20, 0)}[way]
        assert told(result) == ((0, 0, 0) if finished else expected)
        assert (store.state("chimera").sha256, len(used(store))) == (sha256, 21 if way == "accept" else 44)


def test_a_bad_day_of_a_server(tmp_path: Path) -> None:
    """Everything at once over the network: each feed is told truly, and what was good stays."""
    good = stix(40)
    names = ["good", "newer", "html", "missing", "fewer", "cut", "lying", "hanging", "loop", "gzip"]
    newer = stix(42)
    with serving() as server:
        store = Store(tmp_path / "feeds")
        server.pages = {f"/{name}.stix2": good for name in names}
        entries = [Entry(id=name, url=f"{server.url}/{name}.stix2") for name in names]
        with store.lock():
            first = list(update.update(store, entries, lambda wanted: fetch(wanted, QUICK)))
            assert {one.became for one in first} == {Became.NEW}
            server.pages |= {
                "/newer.stix2": newer, "/html.stix2": b"<html>maintenance</html>", "/fewer.stix2": stix(4),
                "/cut.stix2": good[:2000], "/lying.stix2": feed_server.length(good, len(good) * 2),
                "/hanging.stix2": feed_server.hang, "/loop.stix2": feed_server.redirect("/loop.stix2"),
                "/gzip.stix2": feed_server.compressed(newer),
            }  # fmt: skip
            del server.pages["/missing.stix2"]
            second = {one.id: one for one in update.update(store, entries, lambda wanted: fetch(wanted, QUICK))}
    whole(store)
    became = {name: one.became.name for name, one in second.items()}
    failing = dict.fromkeys(("html", "cut", "lying", "hanging", "loop"), "FAILED")
    held, taken = dict.fromkeys(("missing", "fewer"), "HELD"), dict.fromkeys(("newer", "gzip"), "UPDATED")
    assert became == {"good": "UNCHANGED"} | failing | held | taken
    assert all(one.values == (43 if name in {"newer", "gzip"} else 41) for name, one in second.items())
    assert len(store.ids()) == len(names)
