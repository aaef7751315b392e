"""Since when kept feeds have a value, and when they withdrew it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.feeds import history
from scanner.feeds.store import State, Store, digest
from scanner.record import Kind

FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)
STAYS, GOES, COMES = ((Kind.PROCESS, name) for name in ("evild", "gonerd", "newcomerd"))


def days(count: int) -> datetime:
    return FIRST + timedelta(days=count)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three versions of a plain list, ten days apart, each last checked five days after it came."""
    made = Store(tmp_path / "feeds")
    for came, names in ((0, "evild\ngonerd\n"), (10, "evild\ngonerd\nnewcomerd\n"), (20, "evild\nnewcomerd\n")):
        data = names.encode()
        state = State(sha256=digest(data), fetched=days(came), checked=days(came + 5))
        made.install("my-processes", made.place("my-processes", "x.txt"), data, state)
    return made


def test_seen_and_withdrawn(store: Store) -> None:
    goes, stays, comes = sorted(
        history.history(store, ["my-processes", "not-kept"], [STAYS, GOES, COMES]),
        key=lambda one: "gen".find(one.value[0]),
    )
    assert (goes.first_seen, goes.last_seen, goes.withdrawn) == (days(0), days(15), days(20))
    assert (stays.first_seen, stays.last_seen, stays.withdrawn) == (days(0), days(25), None)
    assert (comes.first_seen, comes.last_seen, comes.withdrawn) == (days(10), days(25), None)
    assert [one.earlier for one in (goes, stays, comes)] == [True, True, False]
    assert {one.versions for one in (goes, stays, comes)} == {3}
    assert history.text([goes, comes]) == [
        "my-processes (3 kept versions): process gonerd first seen 2026-01-01 or earlier, last seen 2026-01-16, "
        "withdrawn on 2026-01-21",
        "my-processes (3 kept versions): process newcomerd first seen 2026-01-11, last seen 2026-01-26",
    ]


def test_what_never_stood_has_no_history(store: Store) -> None:
    assert history.history(store, store.ids(), [(Kind.PROCESS, "otherd"), (Kind.DOMAIN, "evild")]) == []


def test_a_version_that_cannot_be_read_is_left_out(store: Store) -> None:
    newest = store.previous("my-processes")[0]
    newest.unlink()
    newest.mkdir()
    (past,) = history.history(store, ["my-processes"], [GOES])
    assert (past.versions, past.last_seen, past.withdrawn) == (2, days(5), days(20))


def test_what_is_no_feed_withdraws_nothing(store: Store) -> None:
    current = store.current("my-processes")
    assert current is not None
    current.write_bytes(b"\0\1\2")
    (past,) = history.history(store, ["my-processes"], [GOES])
    assert (past.versions, past.withdrawn) == (2, None)


def test_without_a_record_the_time_of_change_stands(store: Store) -> None:
    current = store.current("my-processes")
    assert current is not None
    current.write_text("evild\ngonerd\nagaind\n")
    os.utime(current, (days(40).timestamp(),) * 2)
    (past,) = history.history(store, ["my-processes"], [(Kind.PROCESS, "againd")])
    assert (past.first_seen, past.last_seen) == (days(40), days(40))
